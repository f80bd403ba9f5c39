import type { OperatorNode } from "../../graph/node.js";
import type { Op } from "../../ops/op.js";
import type { Cause, Link } from "../../why-results.js";
import { sourcesOf } from "./elements.js";
import { type Reason, say } from "./reasons/reason.js";
import { reasonOfValue } from "./reasons/values.js";
import { reasonOfZeroValue } from "./reasons/zero-values.js";
import type { Place, Situation } from "./situation.js";

/** A cause, and the node at which it was found. */
export interface Found {
  readonly cause: Cause;
  readonly origin: OperatorNode | undefined;
}

/** The places that a value comes from, the first of them where something enters, the last the value itself. */
export type Path = readonly Place[];

/** What an element is computed from, by input; of a choice, the side that is taken. */
export function sources(situation: Situation, { node, element }: Place): Place[][] {
  const isWhere = node.op.name === "where";
  const isTrue = isWhere && situation.at(argumentAt(situation, { node, element }, 0)) !== 0;
  return node.inputs.map((input, index) => {
    if (isWhere && index !== (isTrue ? 1 : 2)) return [];
    return sourcesOf(situation.local, node, element, index).map((position) => ({
      node: input,
      element: position,
    }));
  });
}

const argumentAt = (situation: Situation, { node, element }: Place, index: number): Place => ({
  node: node.inputs[index]!,
  element: sourcesOf(situation.local, node, element, index)[0]!,
});

/** The numbers that an element is computed from: of an elementwise operation its arguments. */
export function numbersOf(situation: Situation, { node, element }: Place): number[] {
  const op = node.op as Op;
  const inputs = op.kind === "scalar" ? node.inputs : node.inputs.slice(0, 1);
  return inputs.flatMap((input, index) =>
    sourcesOf(situation.local, node, element, index).map((position) =>
      situation.at({ node: input, element: position }),
    ),
  );
}

/** Follows a value back as long as something that it is computed from is chosen. */
function followed(place: Place, choose: (place: Place) => Place | undefined): Path {
  const path = [place];
  for (;;) {
    const next = choose(path[0]!);
    if (next === undefined) return path;
    path.unshift(next);
  }
}

/** Operations that hand on what a script writes or is given, such as `-inf` for what is masked. */
const handing: ReadonlySet<string> = new Set([
  "neg",
  "where",
  "named",
  ...["broadcast_to", "reshape", "slice", "concatenate"],
]);

/**
 * Back to where a NaN or an infinity enters. An infinity that the script itself writes, or is given, is meant: of a NaN, what
 * comes before it is left out then.
 */
export function followNonFinite(situation: Situation, place: Place): Path {
  const isBad = (one: Place) => !Number.isFinite(situation.at(one));
  const path = followed(place, (at) => {
    const from = sources(situation, at)
      .flat()
      .filter((one) => one.node.op.name !== "constant" && isBad(one));
    if (!Number.isNaN(situation.at(at))) return from.find((one) => !Number.isNaN(situation.at(one)));
    return from.find((one) => Number.isNaN(situation.at(one))) ?? from[0];
  });
  const first = path.findIndex((one) => Number.isNaN(situation.at(one)));
  const before = path.slice(0, Math.max(0, first));
  const isMeant = before.every(
    ({ node }, i) => handing.has(node.op.name) || (i === 0 && node.inputs.length === 0),
  );
  return isMeant && before.length > 0 ? path.slice(first) : path;
}

/** Operations whose value is 0 as soon as one of the numbers that they read is. */
const anyZero: ReadonlySet<string> = new Set(["mul", "prod", "cumprod"]);
/** Operations whose 0 says something of its own. */
const ownZero: ReadonlySet<string> = new Set([
  ...["less", "less_equal", "greater", "greater_equal", "equal", "not_equal"],
  ...["logical_and", "logical_or", "logical_not"],
]);

/** Back to where a 0 enters. */
export function followZero(situation: Situation, place: Place): Path {
  return followed(place, (at) => {
    const { name } = at.node.op;
    if (ownZero.has(name)) return undefined;
    const [first = [], ...rest] = sources(situation, at);
    // A quotient is 0 by its numerator, unless the divisor is too large.
    const from = name === "div" ? first : [first, ...rest].flat();
    const moving = from.filter((one) => one.node.op.name !== "constant");
    const zeros = moving.filter((one) => situation.at(one) === 0);
    return anyZero.has(name) || zeros.length === moving.length ? zeros[0] : undefined;
  });
}

/** The links of a path: what belongs to one operation of the script is one link. */
export function linksOf(
  situation: Situation,
  path: Path,
): { readonly links: Link[]; readonly heads: Place[] } {
  const heads: Place[] = [];
  path.forEach((place, i) => {
    const step = situation.stepOf(place.node);
    const next = path[i + 1];
    const isLast = next === undefined || step === undefined || situation.stepOf(next.node) !== step;
    // What has no step, such as the inner part of several, is shown only where it stands alone.
    if (isLast && (step !== undefined || path.length === 1)) heads.push(place);
  });
  if (heads.length === 0) heads.push(path.at(-1)!);
  return { links: heads.map((place) => situation.link(place, "value", situation.at(place))), heads };
}

/** Why a value is not finite or 0, with the way from there. */
export function valueCause(situation: Situation, path: Path, isZero: boolean): Found {
  const origin = path[0]!;
  const { links, heads } = linksOf(situation, path);
  const { node } = origin;
  const value = situation.at(origin);
  const isLeaf = node.inputs.length === 0;
  let found: Reason & { readonly isCancelled?: boolean };
  if (isLeaf) found = { reason: `${situation.labelOf(node)} is given as ${say(value)}` };
  else if (isZero) found = reasonOfZeroValue(node.op.name, numbersOf(situation, origin));
  else found = reasonOfValue(node.op.name, numbersOf(situation, origin), value);
  const { reason, remedy, isCancelled = false } = found;
  const cause: Cause = {
    kind: !isZero ? "not finite" : isCancelled ? "cancelled" : "zero by value",
    reason: withinStep(situation, origin, reason),
    ...(remedy === undefined ? {} : { remedy }),
    at: atPlace(situation, origin, links[0]!),
    reads: isLeaf ? [] : situation.readsOf(heads[0]!),
    chain: links,
    isBackward: false,
  };
  return { cause, origin: node };
}

/** The place of what is inside of an operation of the script, where it has one of its own, as derivatives have. */
export function atPlace(situation: Situation, { node }: Place, link: Link): Link {
  const { span: own } = node;
  const whole = situation.stepOf(node)?.span;
  const isInside =
    own !== undefined &&
    whole !== undefined &&
    own.source === whole.source &&
    own.start >= whole.start &&
    own.end <= whole.end;
  return isInside ? { ...link, span: own } : link;
}

/** Says which operation the script calls, where the reason speaks of one inside of it. */
export function withinStep(situation: Situation, { node }: Place, reason: string): string {
  const step = situation.stepOf(node);
  if (step === undefined || step.nodes.filter(({ op }) => op.name !== "named").length <= 1) return reason;
  if (step.kind === "input" || step.op === node.op.name || reason.includes(`\`${step.op}\``)) return reason;
  if (!/^\w+$/.test(step.op)) return reason;
  return `inside of \`${step.op}\`, ${reason}`;
}
