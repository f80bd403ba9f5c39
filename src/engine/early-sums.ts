import type { OperatorNode } from "../graph/node.js";
import { sizeOf } from "../tensor.js";
import { isGiven } from "./liveness.js";
import { isGroup, nodesOf, type Step } from "./schedule.js";

const none = -1;

/**
 * The steps with sums of single elements, term by term, as early as can be: what is added up waits for nobody, while the
 * terms, in the order of the graph, would all have to be kept until the sum is asked for. The derivative by a number that
 * is read again and again is such a sum; so it is taken while the terms are made, and the two do not wait for each other.
 * `reads`: as `timesRead` gives them. `stays` says of which nodes none of the readers may move.
 */
export function withEarlySums(
  steps: readonly Step[],
  reads: Uint8Array,
  stays: (node: OperatorNode) => boolean,
): readonly Step[] {
  /** A sum that only another one reads, which goes on with it. */
  const isBegun = (node: OperatorNode) => isSum(node) && reads[node.id] === 1;
  /** What only a sum reads: it is computed with the sum. */
  const isPart = ({ id, op, shape }: OperatorNode) =>
    reads[id] === 1 && (op.name === "mul" || op.name === "neg") && sizeOf(shape) === 1;
  /** Calls `use` with what a sum and its parts read and have to wait for. */
  const forEachAwaited = (sum: OperatorNode, use: (operand: OperatorNode) => void) => {
    for (const input of sum.inputs) {
      if (isPart(input)) {
        for (const operand of input.inputs) if (!isGiven(operand)) use(operand);
      } else if (!isGiven(input)) use(input);
    }
  };

  const moved: OperatorNode[] = [];
  const isMoved = new Uint8Array(reads.length);
  const move = (sum: OperatorNode) => {
    if (isMoved[sum.id] === 1) return;
    let [awaited, fixed] = [0, 0];
    forEachAwaited(sum, (operand) => {
      awaited += 1;
      if (stays(operand)) fixed += 1;
    });
    if (awaited === 0 || fixed > 0) return;
    isMoved[sum.id] = 1;
    moved.push(sum);
  };
  for (const step of steps) {
    if (isGroup(step) || !isSum(step) || !step.inputs.some(isBegun)) continue;
    move(step);
    for (const input of step.inputs) if (isBegun(input)) move(input);
  }
  if (moved.length === 0) return steps;

  const waiting = new Waiting(reads.length);
  for (const sum of moved) {
    for (const input of sum.inputs) if (isPart(input)) isMoved[input.id] = 1;
    forEachAwaited(sum, (operand) => waiting.add(sum, operand));
  }
  const placed: Step[] = [];
  const ready: OperatorNode[] = [];
  const place = (sum: OperatorNode) => {
    // A product stands right before the sum: see `Combinations`.
    for (const name of ["neg", "mul"])
      for (const input of sum.inputs) if (input.op.name === name && isPart(input)) placed.push(input);
    placed.push(sum);
    waiting.tell(sum, ready);
  };
  for (const step of steps) {
    if (!isGroup(step) && isMoved[step.id] === 1) continue;
    placed.push(step);
    if (isGroup(step)) for (const node of nodesOf(step)) waiting.tell(node, ready);
    else waiting.tell(step, ready);
    for (let sum = ready.pop(); sum !== undefined; sum = ready.pop()) place(sum);
  }
  return placed;
}

const isSum = ({ op: { name }, shape }: OperatorNode) =>
  (name === "add" || name === "sub") && sizeOf(shape) === 1;

/** Sums, and which operands they wait for: lists by id, since there may be millions. */
class Waiting {
  /** By id of a sum: how many operands are missing. */
  readonly #missing: Int32Array;
  /** By id of an operand: the first of those that wait for it. */
  readonly #first: Int32Array;
  readonly #sums: OperatorNode[] = [];
  readonly #next: number[] = [];

  /** `ids`: how many there are. */
  constructor(ids: number) {
    this.#missing = new Int32Array(ids);
    this.#first = new Int32Array(ids).fill(none);
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
