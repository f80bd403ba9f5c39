import type { OperatorNode } from "../graph/node.js";
import { sizeOf } from "../tensor.js";
import { combined, scalarBase } from "./instructions.js";
import { kernelNumbers } from "./kernel-numbers.js";
import { isGiven } from "./liveness.js";

/** A sum or a difference of single elements, and what it takes in: the operation of the instruction, and what that reads. */
export interface Combination {
  readonly operation: number;
  readonly operands: readonly OperatorNode[];
}

const add = scalarBase + kernelNumbers.scalar("add");
const sub = scalarBase + kernelNumbers.scalar("sub");

/**
 * Which products and changes of sign, of one element and read once, are a part of the sum or difference that reads them:
 * most of what the derivatives of a graph of numbers add up. Each is rounded as if it stood alone. Kept by id, since there
 * may be millions of nodes.
 */
export class Combinations {
  /** By id: 1 for what is a part of another node's instruction. */
  readonly #isPart: Uint8Array;

  /**
   * `reads`: as `timesRead` gives them. Parts are done with reading when the whole is: `ends`, by position as `lastUses`
   * wants them, is made to say so.
   */
  constructor(order: readonly OperatorNode[], reads: Uint8Array, ends: Int32Array) {
    this.#isPart = new Uint8Array(reads.length);
    const negated = new Int32Array(reads.length);
    order.forEach((node, position) => {
      const { name } = node.op;
      if (name === "neg") negated[node.id] = position;
      if ((name !== "add" && name !== "sub") || sizeOf(node.shape) !== 1) return;
      const [x, y] = node.inputs as [OperatorNode, OperatorNode];
      const isPart = (operand: OperatorNode, operation: string) =>
        operand.op.name === operation && reads[operand.id] === 1;
      const take = (part: OperatorNode, at: number) => {
        this.#isPart[part.id] = 1;
        ends[at] = ends[position]!;
      };
      // One number is alive for one that is not; what a product reads is more, and alive until here if it stands before.
      const minus = isPart(y, "neg") ? y : isPart(x, "neg") && name === "add" ? x : undefined;
      if (minus !== undefined) take(minus, negated[minus.id]!);
      let at = position - 1;
      while (at > 0 && (order[at] === minus || isGiven(order[at]!))) at -= 1;
      const before = order[at];
      if (before !== undefined && (before === x || before === y) && isPart(before, "mul")) take(before, at);
    });
  }

  /** Whether a node is a part of another one's instruction, which reads what it would have read. */
  isPart({ id }: OperatorNode): boolean {
    return this.#isPart[id] === 1;
  }

  /** What a node takes in; `undefined` where it is computed as it stands. */
  of(node: OperatorNode): Combination | undefined {
    const { name } = node.op;
    if (name !== "add" && name !== "sub") return undefined;
    let [x, y] = node.inputs as [OperatorNode, OperatorNode];
    if (!this.isPart(x) && !this.isPart(y)) return undefined;
    let isSum = name === "add";
    if (this.#isPartOf(y, "neg")) {
      y = y.inputs[0]!;
      isSum = !isSum;
    } else if (this.#isPartOf(x, "neg")) {
      [x, y] = [y, x.inputs[0]!];
      isSum = false;
    }
    if (this.#isPartOf(x, "mul"))
      return { operation: isSum ? combined.mulAdd : combined.mulSub, operands: [...x.inputs, y] };
    if (this.#isPartOf(y, "mul"))
      return { operation: isSum ? combined.mulAdd : combined.subMul, operands: [...y.inputs, x] };
    return { operation: isSum ? add : sub, operands: [x, y] };
  }

  /** How many nodes before the one at the position are its parts, those among them that are given included. */
  rightBefore(order: readonly OperatorNode[], position: number): number {
    const { inputs } = order[position]!;
    let count = 0;
    for (let at = position - 1; at >= 0; at--) {
      const node = order[at]!;
      if (this.isPart(node) && inputs.includes(node)) count = position - at;
      else if (!isGiven(node)) break;
    }
    return count;
  }

  #isPartOf(node: OperatorNode, operation: string): boolean {
    return this.isPart(node) && node.op.name === operation;
  }
}
