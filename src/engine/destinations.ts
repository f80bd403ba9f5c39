import type { OperatorNode } from "../graph/node.js";
import type { Loop } from "../ops/loop.js";
import { sizeOf } from "../tensor.js";
import { forever, viewing } from "./liveness.js";
import { isAlias } from "./schedule.js";

/** Where a value lies within that of a later node. */
interface Part {
  readonly whole: OperatorNode;
  /** Elements before it. */
  readonly start: number;
}

/** The carry of a loop that a value replaces. */
export interface Replaced {
  /** The storage of the parameter. */
  readonly storage: number;
  /** The last position at which a step reads it. */
  readonly lastRead: number;
}

/** A body that is planned, and which of its parameters keep their places. */
export interface PlannedLoop {
  readonly loop: Loop;
  readonly kept: readonly OperatorNode[];
}

/**
 * What is known beforehand of where values go, so that they are computed there and need not be copied: what is
 * concatenated into the whole, and the next carry of a loop over the one that no step reads any more.
 */
export class Destinations {
  readonly #parts: ReadonlyMap<OperatorNode, Part>;
  readonly #positions: ReadonlyMap<OperatorNode, number>;
  readonly #replaced: ReadonlyMap<OperatorNode, Replaced>;

  /** A storage lives as long as any of its parts: `uses`, the last uses by position, is made to say so. */
  constructor(order: readonly OperatorNode[], uses: Int32Array, body: PlannedLoop | undefined) {
    this.#parts = partsIn(order);
    const wholes = [...this.#parts.values()].map(({ whole }) => whole);
    this.#positions = positionsOf(order, new Set([...this.#parts.keys(), ...wholes, ...(body?.kept ?? [])]));
    this.#replaced = body === undefined ? new Map() : this.#carriesOf(body, uses);
    for (const [made, part] of this.#parts) {
      const use = uses[this.position(made)]!;
      for (let next: Part | undefined = part; next !== undefined; next = this.#parts.get(next.whole)) {
        const at = this.position(next.whole);
        uses[at] = Math.max(uses[at]!, use);
      }
    }
  }

  /** What a node is a part of. */
  partOf(node: OperatorNode): Part | undefined {
    return this.#parts.get(node);
  }

  /** The carry that a node replaces. */
  replacedBy(node: OperatorNode): Replaced | undefined {
    return this.#replaced.get(node);
  }

  /** Of a node that is a part, or has parts. */
  position(node: OperatorNode): number {
    return this.#positions.get(node)!;
  }

  #carriesOf({ loop, kept }: PlannedLoop, uses: Int32Array): Map<OperatorNode, Replaced> {
    const found = new Map<OperatorNode, Replaced>();
    loop.body.results.slice(0, loop.carries).forEach((result, i) => {
      const made = madeAs(result);
      const storage = this.position(loop.body.parameters[i]!);
      if (made !== undefined && !found.has(made)) found.set(made, { storage, lastRead: uses[storage]! });
    });
    for (const parameter of kept) uses[this.position(parameter)] = forever;
    return found;
  }
}

/** Parts of concatenations that follow one another in memory: each is computed for the first one that it is in. */
function partsIn(order: readonly OperatorNode[]): ReadonlyMap<OperatorNode, Part> {
  const found = new Map<OperatorNode, Part>();
  for (const whole of order) {
    if (whole.op.name !== "concatenate") continue;
    const axis = whole.shape.length + (whole.attributes.axis as number);
    if (sizeOf(whole.shape.slice(0, axis)) !== 1) continue;
    let start = 0;
    for (const part of whole.inputs) {
      const made = madeAs(part);
      if (made !== undefined && !found.has(made)) found.set(made, { whole, start });
      start += sizeOf(part.shape);
    }
  }
  return found;
}

/** The node that computes the elements of another in the same order; `undefined` where none does. */
function madeAs(node: OperatorNode): OperatorNode | undefined {
  let made = node;
  while (made.op.name === "reshape" || isAlias(made)) made = made.inputs[0]!;
  const { name } = made.op;
  return name === "input" || name === "constant" || viewing.has(name) ? undefined : made;
}

function positionsOf(order: readonly OperatorNode[], nodes: ReadonlySet<OperatorNode>) {
  const positions = new Map<OperatorNode, number>();
  if (nodes.size === 0) return positions;
  order.forEach((node, position) => {
    if (nodes.has(node)) positions.set(node, position);
  });
  return positions;
}
