import { connectedTo, passes, pullback } from "../autodiff/reverse.js";
import { Fault } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import type { Op, TensorOp } from "../ops/op.js";
import type { Calculus } from "../ops/vocabulary.js";
import { add, fromNumber } from "../precise/double-double.js";
import { evaluatePrecisely } from "../precise/evaluate.js";
import { type PreciseTensor, preciseTensor, setElement } from "../precise/tensor.js";
import { sizeOf } from "../tensor.js";
import { hasRule } from "./own-rule.js";

/** Values of inputs by name. */
export type Point = ReadonlyMap<string, PreciseTensor>;

/** By how much one operation rounds, in double-doubles, with some more for those that take several steps. */
export const unitOfRounding = 2 ** -100;

/** 2⁻¹⁰⁷⁴ by that. */
const leastExact = 2 ** -974;

/** Outputs of more elements than this have the rounding of their sum, with signs, in each. */
const mostRows = 48;

/**
 * By how much rounding may move each element of an output: the rounding of every value on the way, times the derivative
 * of the output by that value. It is what tells that the difference of two large numbers is uncertain. A function that
 * states its own derivative often does so because its value cancels, so what it does inside is looked through as well.
 */
export function roundingOf(b: Calculus, output: OperatorNode, point: Point): Float64Array {
  const known = roundingBetween(b, output, point);
  const whole = opened(b, output);
  if (whole === output) return known;
  try {
    const inside = roundingBetween(b, whole, point);
    return known.map((own, i) => Math.max(own, inside[i]!));
  } catch (error) {
    // What the function does may have no derivative here, which may be why it states its own.
    if (error instanceof Fault) return known;
    throw error;
  }
}

/** The graph with what functions do in the place of calls of those that state their own derivative. */
function opened({ builder }: Calculus, output: OperatorNode): OperatorNode {
  const made = new Map<OperatorNode, OperatorNode>();
  const now = (node: OperatorNode) => made.get(node) ?? node;
  for (const node of topologicalOrder([output])) {
    // The first input is the value, behind a barrier.
    if (hasRule(node)) made.set(node, now(node.inputs[0]!.inputs[0]!));
    else if (node.inputs.some((input) => made.has(input)))
      made.set(node, builder.node(node.op, node.inputs.map(now), node.attributes));
  }
  return now(output);
}

function roundingBetween(b: Calculus, output: OperatorNode, point: Point): Float64Array {
  const size = sizeOf(output.shape);
  const { seed, rows } = seedOf(b, output);
  const inner = between(output);
  const pulled = pullback(b, output, seed, inner);
  const values = new Map<OperatorNode, PreciseTensor>();
  const terms = new Map<OperatorNode, number>();
  const wanted = new Set(inner);
  const present = inner.filter((node) => pulled.has(node));
  const cotangents = evaluatePrecisely([output, ...present.map((node) => pulled.get(node)!)], point, {
    visit: (node, inputs, value, steps) => {
      if (steps.length > 0 || !wanted.has(node)) return;
      values.set(node, value);
      terms.set(node, largestTerm(node, inputs));
    },
  });
  const found = new Float64Array(rows);
  for (const [k, node] of present.entries()) {
    const { hi } = cotangents[k + 1]!;
    const value = values.get(node)!;
    const least = Math.max(terms.get(node)!, leastExact);
    for (let row = 0; row < rows; row++) {
      for (const [i, x] of value.hi.entries()) {
        // Products of numbers so small have fewer digits.
        const moved = Math.abs(hi[row * value.hi.length + i]! * Math.max(Math.abs(x), least));
        if (Number.isFinite(moved) && !isExact(node, value.lo[i]!)) found[row]! += moved;
      }
    }
  }
  return Float64Array.from({ length: size }, (_, i) => unitOfRounding * found[rows === size ? i : 0]!);
}

/** What an operation adds up on the way to its value may be larger than that. */
function largestTerm({ op }: OperatorNode, inputs: readonly PreciseTensor[]): number {
  const isSum = op.name === "sum" || op.name === "cumsum" || op.name === "matmul";
  if (!isSum) return 0;
  const largest = inputs.map(({ hi }) =>
    hi.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 0),
  );
  return largest.reduce((product, one) => product * one, 1);
}

const sums: ReadonlySet<string> = new Set(["add", "sub"]);

/**
 * Whether an operation rounds nothing here: leaves, what only moves elements, and sums that are doubles; with what moves
 * added, these take two doubles.
 */
function isExact({ op, inputs }: OperatorNode, lo: number): boolean {
  if (inputs.length === 0 || op.name === "neg") return true;
  return (op as Op).kind === "tensor"
    ? (op as TensorOp).structure === "copies"
    : lo === 0 && sums.has(op.name);
}

/** By how much a value is changed to see what becomes of it: by more than an operation rounds, but not by much more. */
const nudge = 4 * unitOfRounding;

/** What computes another value of a node than the right one, by about as much as rounding may. */
export const nudged =
  (random: () => number) =>
  (node: OperatorNode, inputs: readonly PreciseTensor[], value: PreciseTensor): PreciseTensor => {
    // A loop gives what its steps have given.
    if (node.op.name === "loop") return value;
    const changed = preciseTensor(value.shape);
    const terms = largestTerm(node, inputs);
    for (const [i, x] of value.hi.entries()) {
      const own = { hi: x, lo: value.lo[i]! };
      const isKept = !Number.isFinite(x) || isExact(node, own.lo);
      setElement(
        changed,
        i,
        isKept ? own : add(own, fromNumber(Math.max(Math.abs(x), terms) * nudge * (random() - 0.5))),
      );
    }
    return changed;
  };

/** The nodes from the inputs to an output, through operations that pass derivatives. */
function between(output: OperatorNode): OperatorNode[] {
  const connected = connectedTo(output);
  const moving = new Set<OperatorNode>();
  for (const node of topologicalOrder([output])) {
    const moves =
      node.op.name === "input" || node.inputs.some((input, k) => moving.has(input) && passes(node, k));
    if (moves && connected.has(node)) moving.add(node);
  }
  return [...moving];
}

/** The identity, with one row for each element; or the signs + and − in turns, where there are many. */
export function seedOf(b: Calculus, { shape }: OperatorNode): { seed: OperatorNode; rows: number } {
  const size = sizeOf(shape);
  if (size > mostRows) {
    const data = Float64Array.from({ length: size }, (_, i) => (i % 2 === 0 ? 1 : -1));
    return { seed: b.constant({ shape, data }), rows: 1 };
  }
  const data = new Float64Array(size * size);
  for (let i = 0; i < size; i++) data[i * size + i] = 1;
  return { seed: b.constant({ shape: [size, ...shape], data }), rows: size };
}
