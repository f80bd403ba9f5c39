import type { OperatorNode } from "../graph/node.js";
import { loops } from "../ops/families/loops.js";
import { type Loop, type LoopOp, packedSize } from "../ops/loop.js";
import type { Cotangent } from "../ops/op.js";
import { batchOf } from "../ops/tangents.js";
import type { Calculus } from "../ops/vocabulary.js";
import { pullbackLoop } from "./loop-cotangents.js";
import { pushLoop } from "./loop-tangents.js";

/** The operation of a loop, with its derivatives, which are loops themselves. */
export function loopOp(loop: Loop): LoopOp {
  const shape = [packedSize(loop)];
  /** Cotangents of all inputs from one of the value: they come from one loop, but are asked for one by one. */
  const pulled = new Map<string, readonly (Cotangent | null)[]>();
  const pull = (b: Calculus, cotangent: Cotangent, node: OperatorNode) => {
    const key = `${node.id} ${cotangent.value.id} ${cotangent.mask?.id}`;
    const known = pulled.get(key) ?? pullbackLoop(b, loopNode, loop, cotangent, node);
    pulled.set(key, known);
    return known;
  };
  return {
    ...loops.loop,
    loop,
    withLoop: loopOp,
    shape: () => shape,
    pull: (b, cotangent, node, index) => pull(b, cotangent, node)[index]!,
    vjp: (b, value, node, index, live) =>
      pull(b, { value, mask: live }, node)[index]?.value ??
      b.broadcastTo(0, [...batchOf(value, shape), ...node.inputs[index]!.shape]),
    jvp: (b, tangents, node) => pushLoop(b, loopNode, loop, tangents, node),
  };
}

/** A loop as a node. */
export const loopNode = (b: Calculus, loop: Loop, inputs: readonly OperatorNode[]): OperatorNode =>
  b.builder.node(loopOp(loop), inputs);
