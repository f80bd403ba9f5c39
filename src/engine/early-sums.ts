import type { OperatorNode } from "../graph/node.js";
import { sizeOf } from "../tensor.js";
import { isGiven, timesRead } from "./liveness.js";
import { isGroup, nodesOf, type Step } from "./schedule.js";

const none = -1;

/**
 * The steps with sums of single elements, term by term, as early as can be: what is added up waits for nobody, while the
 * terms, in the order of the graph, would all have to be kept until the sum is asked for. The derivative by a number that
 * is read again and again is such a sum; so it is taken while the terms are made, and the two do not wait for each other.
 * `stays` says of which nodes none of the readers may move.
 */
export function withEarlySums(
  steps: readonly Step[],
  results: readonly OperatorNode[],
  greatestId: number,
  stays: (node: OperatorNode) => boolean,
): readonly Step[] {
  const reads = timesRead(
    steps.flatMap((step) => (isGroup(step) ? nodesOf(step) : [step])),
    results,
    greatestId,
  );
  /** A sum that only another one reads, which goes on with it. */
  const isBegun = (node: OperatorNode) => isSum(node) && reads[node.id] === 1;
  /** What only the sum reads: it is computed with the sum. */
  const partsOf = ({ inputs }: OperatorNode) =>
    inputs.filter(({ id, op, shape }) => reads[id] === 1 && isPart(op.name) && sizeOf(shape) === 1);

  const moved = new Set<OperatorNode>();
  for (const step of steps) {
    if (isGroup(step) || !isSum(step) || !step.inputs.some(isBegun)) continue;
    for (const sum of [step, ...step.inputs.filter(isBegun)]) {
      const awaited = operandsOf(sum, partsOf(sum));
      if (awaited.length > 0 && !awaited.some(stays)) moved.add(sum);
    }
  }
  if (moved.size === 0) return steps;

  const waiting = new Waiting(greatestId);
  const isMovedPart = new Uint8Array(greatestId + 1);
  for (const sum of moved) {
    const parts = partsOf(sum);
    for (const { id } of parts) isMovedPart[id] = 1;
    for (const operand of operandsOf(sum, parts)) waiting.add(sum, operand);
  }
  const placed: Step[] = [];
  const ready: OperatorNode[] = [];
  for (const step of steps) {
    if (!isGroup(step) && (moved.has(step) || isMovedPart[step.id] === 1)) continue;
    placed.push(step);
    for (const node of isGroup(step) ? nodesOf(step) : [step]) waiting.tell(node, ready);
    for (let sum = ready.pop(); sum !== undefined; sum = ready.pop()) {
      // A product stands right before the sum: see `Combinations`.
      placed.push(...partsOf(sum).sort(productsLast), sum);
      waiting.tell(sum, ready);
    }
  }
  return placed;
}

const isSum = ({ op: { name }, shape }: OperatorNode) =>
  (name === "add" || name === "sub") && sizeOf(shape) === 1;

const isPart = (name: string) => name === "mul" || name === "neg";

const productsLast = (one: OperatorNode, other: OperatorNode) =>
  Number(one.op.name === "mul") - Number(other.op.name === "mul");

/** What a sum and its parts read and have to wait for. */
const operandsOf = ({ inputs }: OperatorNode, parts: readonly OperatorNode[]) =>
  inputs
    .flatMap((input) => (parts.includes(input) ? input.inputs : [input]))
    .filter((operand) => !isGiven(operand));

/** Sums, and which operands they wait for: lists by id, since there may be millions. */
class Waiting {
  /** By id of a sum: how many operands are missing. */
  readonly #missing: Int32Array;
  /** By id of an operand: the first of those that wait for it. */
  readonly #first: Int32Array;
  readonly #sums: OperatorNode[] = [];
  readonly #next: number[] = [];

  constructor(greatestId: number) {
    this.#missing = new Int32Array(greatestId + 1);
    this.#first = new Int32Array(greatestId + 1).fill(none);
  }

  add(sum: OperatorNode, operand: OperatorNode): void {
    this.#missing[sum.id]! += 1;
    this.#sums.push(sum);
    this.#next.push(this.#first[operand.id]!);
    this.#first[operand.id] = this.#sums.length - 1;
  }

  /** An operand is there: those that have waited for it alone are `ready`. */
  tell({ id }: OperatorNode, ready: OperatorNode[]): void {
    for (let at = this.#first[id]!; at !== none; at = this.#next[at]!) {
      const sum = this.#sums[at]!;
      this.#missing[sum.id]! -= 1;
      if (this.#missing[sum.id] === 0) ready.push(sum);
    }
  }
}
