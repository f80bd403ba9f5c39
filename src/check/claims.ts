import type { CheckFinding, Claims } from "../check-results.js";
import type { OperatorNode } from "../graph/node.js";
import type { Calculus } from "../ops/vocabulary.js";
import type { DoubleDouble } from "../precise/double-double.js";
import { evaluatePrecisely } from "../precise/evaluate.js";
import { elementOf, fromTensor, type PreciseTensor } from "../precise/tensor.js";
import type { Evaluation } from "../results.js";
import { sizeOf, type Tensor } from "../tensor.js";
import { type Agreement, agreement, nearer } from "./agreement.js";
import { ruleAt, sizeOfPair, weighedRuleAt } from "./derivative-rule.js";
import { scalesOf } from "./directions.js";
import type { Outcome, Place, Subject } from "./entries.js";
import { type Slopes, slopesAround } from "./kinks.js";
import { place as elementName, pairElement } from "./names.js";

/** Whose outputs and gradients they are. */
export interface Claimant {
  readonly kind: "expected" | "against";
  /** Behind the name of an entry: `in grads.json`. */
  readonly source: string;
  readonly tolerance: number;
}

/** Where both sides stand. */
export interface Ground {
  readonly b: Calculus;
  readonly nodes: ReadonlyMap<string, OperatorNode>;
  readonly place: Place;
  readonly evaluation: Evaluation;
}

/** Larger derivatives are computed again in 32 digits row by row only, and no more than so many rows. */
const mostElements = 2 ** 20;
const mostRows = 16;

/** More kinks than these at one point are taken for errors. */
const mostKinks = 64;

/** Compares everything that is claimed with our own outputs and gradients. */
export function judgeClaims(claims: Claims, claimant: Claimant, ground: Ground): [Subject, Outcome][] {
  const { evaluation } = ground;
  const outputs = claims.outputs.map(({ name, tensor }) => {
    const ours = evaluation.outputs.find((output) => output.name === name)!.tensor;
    return judgeOutput(name, ours, tensor, claimant, ground);
  });
  const gradients = claims.gradients.map(({ output, input, tensor }) => {
    const ours = evaluation.gradients.find((own) => own.output === output && own.input === input)!.tensor;
    return judgeGradient(output, input, ours, tensor, claimant, ground);
  });
  return [...outputs, ...gradients];
}

function judgeOutput(
  name: string,
  ours: Tensor,
  theirs: Tensor,
  claimant: Claimant,
  { nodes, place }: Ground,
): [Subject, Outcome] {
  const node = nodes.get(name)!;
  let known: PreciseTensor | undefined;
  const truth = (element: number): DoubleDouble => {
    known ??= evaluatePrecisely([node], pointOf(place))[0]!;
    return elementOf(known, element);
  };
  const sides = { ours: ours.data, theirs: theirs.data, tolerance: claimant.tolerance };
  const found = agreement({ ...sides, truth, scale: () => 0 });
  const subject = { kind: claimant.kind, name: `${name} ${claimant.source}`, span: node.span };
  const element = elementName(name, found.element, node);
  return [subject, outcomeOf(found, { ...sides, truth }, "value", element, claimant, place)];
}

function judgeGradient(
  output: string,
  input: string,
  ours: Tensor,
  theirs: Tensor,
  claimant: Claimant,
  { b, nodes, place, evaluation }: Ground,
): [Subject, Outcome] {
  const [outputNode, inputNode] = [nodes.get(output)!, nodes.get(input)!];
  const columns = sizeOf(inputNode.shape);
  const point = pointOf(place);
  const rowOf = rowsOfRule(b, outputNode, inputNode, point);
  const truth = (element: number): DoubleDouble | undefined => {
    const row = rowOf(Math.floor(element / columns));
    return row && elementOf(row.values, row.start + (element % columns));
  };
  const values = evaluation.outputs.find(({ name }) => name === output)!.tensor.data;
  let scales: Float64Array | undefined;
  const scale = (element: number): number => {
    scales ??= scalesOf(point, input);
    return Math.abs(values[Math.floor(element / columns)]!) / scales[element % columns]!;
  };
  const sides = { ours: ours.data, theirs: theirs.data, tolerance: claimant.tolerance };
  let found = agreement({ ...sides, truth, scale });
  const slopesOf = slopesAround(b, outputNode, input, point);
  const kinks = new Map<number, Slopes>();
  // The worst first: where that one is wrong, the others need not be looked at.
  while (found.verdict === "WRONG" && kinks.size < mostKinks) {
    const at = found.element;
    const slopes = slopesOf(theirs.data[at]!, Math.floor(at / columns), at % columns);
    if (slopes === undefined) break;
    kinks.set(at, slopes);
    found = agreement({ ...sides, truth, scale, excused: new Set(kinks.keys()) });
  }
  const subject = {
    kind: claimant.kind,
    name: `∂${output}/∂${input} ${claimant.source}`,
    span: outputNode.span,
  };
  const nameOf = (at: number) =>
    pairElement({ output, input, outputNode, inputNode }, Math.floor(at / columns), at % columns);
  const outcome = outcomeOf(found, { ...sides, truth }, "derivative", nameOf(found.element), claimant, place);
  const [kink] = kinks;
  return [
    subject,
    found.verdict !== "PASS" || kink === undefined ? outcome : atKink(outcome, kink, sides, nameOf),
  ];
}

/** What agrees but for a kink, at which there is more than one right number. */
function atKink(
  outcome: Outcome,
  [at, slopes]: readonly [number, Slopes],
  { ours, theirs }: Pick<Sides, "ours" | "theirs">,
  nameOf: (element: number) => string,
): Outcome {
  const finding: CheckFinding = {
    element: nameOf(at),
    value: theirs[at]!,
    reference: ours[at]!,
    bound: Math.abs(slopes[1] - slopes[0]),
    error: 0,
    message: "the point lies on a kink, and both sides have numbers between the slopes there",
    hint: "any number between the two is a subgradient; to compare everything, choose another point",
    slopes,
  };
  return { ...outcome, verdict: "KINK", finding };
}

const pointOf = ({ values }: Place) =>
  new Map([...values].map(([name, tensor]) => [name, fromTensor(tensor)]));

/** A row of the derivative in 32 digits, somewhere in a tensor; undefined for rows beyond the first few of a large one. */
function rowsOfRule(
  b: Calculus,
  output: OperatorNode,
  input: OperatorNode,
  point: ReturnType<typeof pointOf>,
) {
  const columns = sizeOf(input.shape);
  const rows = new Map<number, PreciseTensor>();
  let whole: PreciseTensor | undefined;
  return (row: number): { readonly values: PreciseTensor; readonly start: number } | undefined => {
    if (sizeOfPair(output, input) <= mostElements) {
      whole ??= ruleAt(b, output, [input], point)[0]!;
      return { values: whole, start: row * columns };
    }
    const known = rows.get(row);
    if (known !== undefined) return { values: known, start: 0 };
    if (rows.size === mostRows) return undefined;
    const weights = new Float64Array(sizeOf(output.shape));
    weights[row] = 1;
    const values = weighedRuleAt(b, output, weights, [input], point)[0]!;
    rows.set(row, values);
    return { values, start: 0 };
  };
}

interface Sides {
  readonly ours: Float64Array;
  readonly theirs: Float64Array;
  readonly truth: (element: number) => DoubleDouble | undefined;
}

function outcomeOf(
  found: Agreement,
  sides: Sides,
  what: "value" | "derivative",
  element: string,
  { kind }: Claimant,
  place: Place,
): Outcome {
  const total = sides.ours.length;
  const { verdict, error } = found;
  const common = { place, verdict, checked: total, total, error, digitsLost: undefined, claimed: kind };
  if (verdict === "PASS") return { ...common, finding: undefined };
  const [ours, theirs] = [sides.ours[found.element]!, sides.theirs[found.element]!];
  const named = `${kind === "expected" ? "the expected" : "the command's"} ${what}`;
  const finding: CheckFinding = {
    element,
    value: theirs,
    reference: ours,
    bound: found.allowed,
    error,
    ...(verdict === "WRONG"
      ? difference(named, found, total, ours, theirs, sides.truth(found.element))
      : { message: notFinite(named, ours, theirs) }),
  };
  return { ...common, finding };
}

function notFinite(named: string, ours: number, theirs: number): string {
  if (Number.isFinite(ours)) return `${named} is not a finite number`;
  return Number.isFinite(theirs)
    ? "ours is not a finite number"
    : `neither ${named} nor ours is a finite number`;
}

/** That two numbers differ, and who is right. */
function difference(
  named: string,
  { failed }: Agreement,
  total: number,
  ours: number,
  theirs: number,
  truth: DoubleDouble | undefined,
): Pick<CheckFinding, "message" | "hint"> {
  const differs = `${named} differs from ours${total === 1 ? "" : ` in ${failed} of ${total} elements`}`;
  if (truth === undefined || !Number.isFinite(truth.hi)) return { message: differs };
  const true_ = `the true one, ${truth.hi}`;
  switch (nearer(ours, theirs, truth)) {
    case "ours":
      return { message: `${differs}; ours is nearer to ${true_}` };
    case "theirs":
      return {
        message: `${differs}, but it is nearer to ${true_}`,
        hint: "ours has lost digits to rounding: look for the difference of two large numbers on the way",
      };
    default:
      return { message: `${differs}; both are as far from ${true_}` };
  }
}
