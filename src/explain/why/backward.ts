import type { Contribution } from "../../autodiff/reverse.js";
import type { OperatorNode } from "../../graph/node.js";
import { indexAt } from "../../tensor.js";
import type { Cause, Link, Read } from "../../why-results.js";
import { positionsOf, sourcesOf, targetsOf } from "./elements.js";
import { type Found, followNonFinite, linksOf, numbersOf, valueCause, withinStep } from "./forward.js";
import type { Pullback } from "./pullback.js";
import { largest, type Reason, say } from "./reasons/reason.js";
import { reasonOfSlope } from "./reasons/slopes.js";
import { reasonOfValue } from "./reasons/values.js";
import type { Place, Situation } from "./situation.js";

/** An element as 1 in its place. */
export function markOf(node: OperatorNode, element: number): Float64Array {
  const marked = new Float64Array(node.shape.reduce((size, axis) => size * axis, 1));
  marked[element] = 1;
  return marked;
}

/** Derivatives from where something enters to the input, as links: each operation of the script once. */
export function backLinks(situation: Situation, pullback: Pullback, path: readonly Place[]): Link[] {
  const links: Link[] = [];
  path.forEach((place, i) => {
    const step = situation.stepOf(place.node);
    const isInner = step !== undefined && !step.parts.some(({ node }) => node === place.node);
    const before = path[i - 1];
    const isSame = before !== undefined && step !== undefined && situation.stepOf(before.node) === step;
    const isLast = i === path.length - 1;
    if (!isLast && (step === undefined || (i > 0 && (isInner || isSame)))) return;
    const value = pullback.sumGradOf(place.node)?.data[place.element] ?? 0;
    links.push(situation.link(place, "derivative", value));
  });
  return links;
}

/** Where a derivative that is not finite enters on the way back to an element of the input. */
export function nonFiniteCause(situation: Situation, pullback: Pullback, element: number): Found {
  let place: Place = { node: pullback.input, element };
  const path: Place[] = [place];
  for (;;) {
    const { node, element: at } = place;
    const given = pullback.contributionsTo(node);
    const own = pullback.sumGradOf(node)?.data[at] ?? 0;
    const bad = given.filter((one) => !Number.isFinite(pullback.valueOf(one).data[at]!));
    const contribution =
      (Number.isNaN(own) ? bad.find((one) => Number.isNaN(pullback.valueOf(one).data[at]!)) : undefined) ??
      bad[0];
    if (contribution === undefined) return sumCause(situation, pullback, path, given);
    const { consumer, index } = contribution;
    const targets = positionsOf(targetsOf(situation.local, consumer, index, markOf(node, at)));
    const sums = pullback.sumGradOf(consumer)!.data;
    const next =
      targets.find((target) => Number.isNaN(sums[target]!)) ??
      targets.find((target) => !Number.isFinite(sums[target]!));
    if (next === undefined) return localCause(situation, pullback, path, contribution, targets);
    place = { node: consumer, element: next };
    path.unshift(place);
  }
}

/** What consumers add to a sum, by their names; of one that reads it twice, with the number of the operand. */
export function termReads(
  situation: Situation,
  terms: readonly { readonly consumer: OperatorNode; readonly index: number; readonly value: number }[],
): Read[] {
  return terms.map(({ consumer, index, value }) => {
    const isTwice = terms.filter((other) => other.consumer === consumer).length > 1;
    const label = `from ${situation.labelOf(consumer)}${isTwice ? `, operand ${index + 1}` : ""}`;
    return { label, index: [], shape: [], value };
  });
}

/** Finite contributions whose sum is not. */
function sumCause(
  situation: Situation,
  pullback: Pullback,
  path: readonly Place[],
  given: readonly Contribution[],
): Found {
  const { node, element } = path[0]!;
  const links = backLinks(situation, pullback, path);
  const values = given.map((one) => pullback.valueOf(one).data[element]!);
  const cause: Cause = {
    kind: "not finite",
    ...reasonOfValue("sum", values, pullback.sumGradOf(node)!.data[element]!),
    at: links[0]!,
    reads: termReads(
      situation,
      given.map((one, i) => ({ ...one, value: values[i]! })),
    ),
    chain: links,
    isBackward: true,
  };
  return { cause, origin: node };
}

/** An operation that gets something finite and passes on what is not. */
function localCause(
  situation: Situation,
  pullback: Pullback,
  path: readonly Place[],
  { consumer, index }: Contribution,
  targets: readonly number[],
): Found {
  const { element } = path[0]!;
  const sums = pullback.sumGradOf(consumer)!.data;
  // Values that are not finite already on the way forward.
  for (const target of targets) {
    const inputs = consumer.inputs.flatMap((input, i) =>
      sourcesOf(situation.local, consumer, target, i).map((position) => ({ node: input, element: position })),
    );
    const bad = [...inputs, { node: consumer, element: target }].find(
      (one) => one.node.op.name !== "constant" && !Number.isFinite(situation.at(one)),
    );
    if (bad === undefined) continue;
    const forward = followNonFinite(situation, bad);
    const { cause, origin } = valueCause(situation, forward, false);
    const back = backLinks(situation, pullback, [{ node: consumer, element: target }, ...path]);
    return { cause: { ...cause, chain: [...linksOf(situation, forward).links, ...back] }, origin };
  }
  const shown = targets.slice(0, mostTerms);
  const ones = shown.map(() => 1);
  const mask = pullback.maskOf(consumer);
  const width = consumer.inputs[index]!.shape.reduce((size, axis) => size * axis, 1);
  const slopes = situation.local.terms(consumer, index, shown, ones, mask);
  const at = (row: number) => slopes?.data[row * width + element] ?? Number.NaN;
  const row = Math.max(
    0,
    shown.findIndex((_, i) => !Number.isFinite(at(i))),
  );
  const target = shown[row] ?? 0;
  const origin = { node: consumer, element: target };
  const slope = at(row);
  const passed = sums[target]!;
  const x = numbersOf(situation, origin);
  const chain = backLinks(situation, pullback, [origin, ...path]);
  const { reason, remedy } = slopeReason(consumer.op.name, x, index, slope, passed);
  const cause: Cause = {
    kind: "not finite",
    reason: withinStep(situation, origin, reason),
    ...(remedy === undefined ? {} : { remedy }),
    at: chain[0]!,
    reads: situation.readsOf(origin),
    sumGrad: { index: indexAt(target, consumer.shape), shape: consumer.shape, value: passed },
    chain,
    isBackward: true,
  };
  return { cause, origin: consumer };
}

/** So many elements are looked at one by one. */
export const mostTerms = 64;

function slopeReason(
  op: string,
  x: readonly number[],
  index: number,
  slope: number,
  sumGrad: number,
): Reason {
  if (Number.isFinite(slope)) {
    return {
      reason: `overflow: the product of the sum_grad ${say(sumGrad)} and the slope ${say(slope)} is beyond ${largest}`,
      remedy: "scale the numbers",
    };
  }
  const { reason, remedy } = reasonOfSlope(op, x, index, slope);
  if (sumGrad === 0 && !Number.isNaN(slope)) {
    return {
      reason: `${reason}, and what comes back to it is 0: 0·∞ is NaN`,
      remedy:
        "multiplying by 0 does not switch it off: choose with `where` or `if`, which pass nothing to the other side",
    };
  }
  return remedy === undefined ? { reason } : { reason, remedy };
}
