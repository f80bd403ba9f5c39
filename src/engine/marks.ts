import type { OperatorNode } from "../graph/node.js";
import { isLoop } from "../ops/loop.js";
import { sizeOf } from "../tensor.js";
import { isGiven } from "./liveness.js";
import { type Group, isAlias, isGroup, type Step } from "./schedule.js";

/** What instructions are for. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  /** What they compute: several nodes where they run strip by strip. */
  readonly parts: readonly Part[];
  /** Where they run strip by strip. */
  readonly group: Group | undefined;
}

/** A node that instructions compute. */
export interface Part {
  readonly node: OperatorNode;
  /** Elements of the storage that its value takes; none where it takes over that of an operand, or needs none. */
  readonly stored: number;
  /** About how many elements it computes: see `workOf`. */
  readonly work: number;
  /** What each step of a loop runs. */
  readonly body: readonly Mark[];
}

/** What is known of the bodies of loops. */
type Bodies = ReadonlyMap<OperatorNode, { readonly work: number; readonly marks: readonly Mark[] }>;

/** A rough count of the elements that a node's instructions compute: the terms of products and all steps of loops count. */
export function workOf(node: OperatorNode, bodies: Bodies): number {
  if (isLoop(node)) return node.op.loop.length * bodies.get(node)!.work;
  const { op, inputs, shape } = node;
  if (op.name === "matmul") return sizeOf(shape) * inputs[0]!.shape.at(-1)!;
  return inputs.reduce((most, input) => Math.max(most, sizeOf(input.shape)), sizeOf(shape));
}

/** Notes what instructions are for while they are written. */
export class Marker {
  readonly marks: Mark[] = [];
  /** By storage. */
  readonly #sizes = new Map<number, number>();

  store(storage: number, size: number): void {
    this.#sizes.set(storage, size);
  }

  /** A step has been written, for `nodes`, the first at `position`. One that takes no instruction gets no mark. */
  mark(
    nodes: readonly OperatorNode[],
    step: Step,
    position: number,
    start: number,
    end: number,
    bodies: Bodies,
  ): void {
    if (start === end) return;
    const parts = nodes.flatMap((node, i): Part[] => {
      if (isAlias(node) || isGiven(node)) return [];
      const stored = this.#sizes.get(position + i) ?? 0;
      return [{ node, stored, work: workOf(node, bodies), body: bodies.get(node)?.marks ?? [] }];
    });
    this.marks.push({ start, end, parts, group: isGroup(step) ? step : undefined });
  }
}
