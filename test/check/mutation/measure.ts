import { forwardJacobians } from "../../../src/autodiff/forward.js";
import { derivatives } from "../../../src/autodiff/reverse.js";
import { ruleAt } from "../../../src/check/derivative-rule.js";
import { firstWrongNode } from "../../../src/check/locate.js";
import { Motion } from "../../../src/check/motion.js";
import type { PairResult } from "../../../src/check/pair-check.js";
import { checkPairs } from "../../../src/check/pairs.js";
import type { OperatorNode } from "../../../src/graph/node.js";
import { sub } from "../../../src/precise/double-double.js";
import { evaluatePrecisely } from "../../../src/precise/evaluate.js";
import {
  elementOf,
  fromTensor,
  type PreciseTensor,
  preciseTensor,
  toTensor,
} from "../../../src/precise/tensor.js";
import type { Tensor } from "../../../src/tensor.js";
import { evaluator, inputName } from "../../support/graph.js";
import { isAllowed, kindOf } from "./kinds.js";
import { forwardMutationsOf, mutationsOf } from "./mutations.js";
import { type Point, type Subject, withOp } from "./subjects.js";

/** What was checked, and what went wrong, in words. */
export interface Rates {
  points: number;
  mutants: number;
  /** Those of them that are wrong forward alone. */
  forward: number;
  /** Mutants that 32 digits of the value cannot tell from the right rule: too flat. */
  unseen: number;
  readonly falseAlarms: string[];
  readonly misses: string[];
  readonly wrongNames: string[];
}

export const noRates = (): Rates => ({
  points: 0,
  mutants: 0,
  forward: 0,
  unseen: 0,
  falseAlarms: [],
  misses: [],
  wrongNames: [],
});

const options = { seed: 1, exhaustive: false, verbose: false };

/** Checks the right rule of a subject at all points, and every mutation of it where the right one passes. */
export function measure(subject: Subject, rates: Rates): void {
  const { b, inputs, output, op } = subject;
  const gradients = derivatives(b, output, inputs);
  const present = gradients.filter((node) => node !== null);
  const run = evaluator([output, ...present]);
  const mutants = [
    ...mutationsOf(subject.node).map((mutation) => ({ ...mutation, rule: ruleAt, isForward: false })),
    ...forwardMutationsOf(subject.node).map((mutation) => ({
      ...mutation,
      rule: forwardAt,
      isForward: true,
    })),
  ].map((mutation) => ({ ...mutation, output: withOp(subject, mutation.op) }));
  const isSpecial = new Set(subject.special);
  for (const point of [...subject.points, ...subject.special]) {
    const [value, ...found] = run(point);
    let next = 0;
    const numbers = gradients.map((node, k) =>
      node === null ? { shape: inputs[k]!.shape, data: zeros(inputs[k]!) } : found[next++]!,
    );
    const results = check(subject, output, point, numbers);
    const motion = new Motion(b, [output], new Map([...point].map(([name, x]) => [name, fromTensor(x)])));
    const sizes = [...point.values()].flatMap(({ data }) => [...data.map(Math.abs)]);
    const size = Math.min(1, ...sizes.filter((one) => one > 0));
    /** Special points are of scalars alone. */
    const specialKind = (name: string, { data }: Pick<Tensor, "data">) =>
      kindOf(motion, name, {
        x: point.get(name)!.data[0]!,
        size,
        value: value!.data[0]!,
        derivative: data[0]!,
      });
    results.forEach((result, k) => {
      rates.points += 1;
      const verdict = result.worst?.verdict ?? "PASS";
      const name = inputName(inputs[k]!);
      const kind = isSpecial.has(point) ? specialKind(name, numbers[k]!) : "inside";
      if (!isAllowed(kind, verdict))
        rates.falseAlarms.push(describe(subject, `by ${name}, ${kind}`, point, verdict, result));
    });
    const passing = results.flatMap(({ worst }, k) => ((worst?.verdict ?? "PASS") === "PASS" ? [k] : []));
    if (passing.length === 0) continue;
    const place = new Map([...point].map(([name, tensor]) => [name, fromTensor(tensor)]));
    const right = ruleAt(b, output, inputs, place);
    const valueSize = sizeOfValue(output, place);
    for (const mutant of mutants) {
      const wrong = mutant.rule(b, mutant.output, inputs, place);
      const changed = passing.filter((k) => differs(right[k]!, wrong[k]!));
      const seen = changed.filter((k) =>
        isSeen(right[k]!, wrong[k]!, point.get(inputName(inputs[k]!))!.data, valueSize),
      );
      rates.unseen += changed.length - seen.length;
      if (seen.length === 0) continue;
      // Where the forward rule is wrong alone, the numbers come in reverse.
      const numbersOf = mutant.isForward ? right : wrong;
      const broken = check(subject, mutant.output, point, numbersOf.map(toTensor));
      for (const k of seen) {
        rates.mutants += 1;
        if (mutant.isForward) rates.forward += 1;
        const what = `${mutant.name} of operand ${mutant.operand}, by ${inputName(inputs[k]!)}`;
        const { verdict, isForward = false } = broken[k]!.worst ?? { verdict: "PASS" };
        const isLost = wrong[k]!.hi.some((x) => !Number.isFinite(x));
        if (isLost && verdict === "NONFINITE") continue;
        if (verdict !== "WRONG" || isForward !== mutant.isForward) {
          rates.misses.push(describe(subject, what, point, verdict, broken[k]!));
          continue;
        }
        const node = firstWrongNode(b, mutant.output, inputs[k]!, place, options.seed);
        // A function that states its own derivative is told by its name; its operands are its arguments.
        const [name, operand] = op === "custom" ? ["f", mutant.operand - 1] : [op, mutant.operand];
        if (node === undefined || node.op !== name || node.operand < operand)
          rates.wrongNames.push(
            describe(subject, what, point, `${node?.op ?? "nothing"} operand ${node?.operand}`, broken[k]!),
          );
      }
    }
  }
}

/** The derivatives of an output by the forward rules. */
function forwardAt(
  b: Subject["b"],
  output: OperatorNode,
  inputs: readonly OperatorNode[],
  place: ReadonlyMap<string, PreciseTensor>,
): PreciseTensor[] {
  const found = inputs.map((input) => forwardJacobians(b, [output], input)[0]!);
  return found.map((node, k) =>
    node === null
      ? preciseTensor([...output.shape, ...inputs[k]!.shape])
      : evaluatePrecisely([node], place)[0]!,
  );
}

const zeros = ({ shape }: OperatorNode) => new Float64Array(shape.reduce((product, one) => product * one, 1));

function check(
  { b, inputs }: Subject,
  output: OperatorNode,
  point: Point,
  numbers: readonly { readonly shape: readonly number[]; readonly data: Float64Array }[],
): PairResult[] {
  const pairs = inputs.map((inputNode, k) => ({
    output: "out",
    input: inputName(inputNode),
    outputNode: output,
    inputNode,
    gradient: {
      output: "out",
      input: inputName(inputNode),
      outputRank: output.shape.length,
      connected: true,
      tensor: numbers[k]!,
    },
  }));
  return checkPairs(b, pairs, point, options);
}

function differs(right: PreciseTensor, wrong: PreciseTensor): boolean {
  return right.hi.some((_, i) => {
    const [p, q] = [elementOf(right, i), elementOf(wrong, i)];
    return Math.abs(sub(p, q).hi) > 1e-9 * Math.max(Math.abs(p.hi), Math.abs(q.hi)) || Number.isNaN(q.hi);
  });
}

/** Smaller numbers have fewer than 16 digits in float64, and the smallest of their changes are below all numbers. */
const leastNormal = 2 ** -1022;

/** How far rounding to 32 digits, on a few operations, moves a value of size 1. */
const precise = 2 ** -92;

/** Whether some element changes by more than what 32 digits of the value can show when its input moves by its own size. */
function isSeen(right: PreciseTensor, wrong: PreciseTensor, x: Float64Array, size: number): boolean {
  return right.hi.some((_, i) => {
    const change = Math.abs(sub(elementOf(right, i), elementOf(wrong, i)).hi);
    if (change < leastNormal) return false;
    return change * (Math.abs(x[i]!) || 1) > precise * size || Number.isNaN(change);
  });
}

function sizeOfValue(output: OperatorNode, place: ReadonlyMap<string, PreciseTensor>): number {
  return Math.abs(evaluatePrecisely([output], place)[0]!.hi[0]!);
}

function describe(
  { op }: Subject,
  what: string,
  point: Point,
  verdict: string,
  { worst }: PairResult,
): string {
  const values = [...point]
    .map(([name, { data }]) => `${name}=${data.length > 3 ? "…" : data.join(",")}`)
    .join(" ");
  const numbers =
    worst === undefined ? "" : `value ${worst.value} reference ${worst.reference} ± ${worst.bound}`;
  return `${op}: ${what} at ${values}: ${verdict} ${numbers}`;
}
