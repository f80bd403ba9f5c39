import type { OperatorNode } from "../graph/node.js";
import { sizeOf } from "../tensor.js";
import { type Placement, stridesOf } from "./placement.js";

/** What the arena begins with: a zero, the constants among the nodes, and those of the bodies of loops. */
export class Constants {
  readonly data: Float64Array;
  /** Where those of the body of a loop begin. */
  readonly #bodies = new Map<OperatorNode, number>();

  /** Gives the nodes their places. Throws a `Fault` where they take more room than there is. */
  constructor(
    order: readonly OperatorNode[],
    bodies: ReadonlyMap<OperatorNode, { readonly data: Float64Array }>,
    placement: Placement,
  ) {
    const constants = order.filter(({ op }) => op.name === "constant");
    let size = 1;
    for (const { shape } of constants) size += sizeOf(shape);
    for (const { data } of bodies.values()) size += data.length;
    placement.setAside(size);
    this.data = new Float64Array(size);
    let offset = 1;
    for (const node of constants) {
      const { value } = node.attributes;
      if (typeof value === "number") this.data[offset] = value;
      else if (typeof value === "object" && "data" in value) this.data.set(value.data, offset);
      placement.set(node, { storage: -1, offset, strides: stridesOf(node.shape) });
      offset += sizeOf(node.shape);
    }
    for (const [node, { data }] of bodies) {
      this.data.set(data, offset);
      this.#bodies.set(node, offset);
      offset += data.length;
    }
  }

  /** Where the constants of the body of a loop begin. */
  ofBody(loop: OperatorNode): number {
    return this.#bodies.get(loop)!;
  }
}
