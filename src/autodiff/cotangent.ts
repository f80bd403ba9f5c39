import type { OperatorNode } from "../graph/node.js";
import type { Cotangent, Op, Partial } from "../ops/op.js";
import { unbroadcast } from "../ops/unbroadcast.js";
import type { Calculus } from "../ops/vocabulary.js";
import { sizeOf } from "../tensor.js";

export const everywhere = (value: OperatorNode): Cotangent => ({ value, mask: null });

/** What a node passes to one input, summed over the axes along which the input was broadcast; `null`: nothing. */
export function passOn(
  b: Calculus,
  node: OperatorNode,
  cotangent: Cotangent,
  index: number,
): Cotangent | null {
  const passed = contribution(b, node, cotangent, index);
  if (passed === null) return null;
  const { shape } = node.inputs[index]!;
  const batchRank = cotangent.value.shape.length - node.shape.length;
  const value = unbroadcast(b, passed.value, shape, batchRank, "sum");
  if (passed.mask === null || sizeOf(node.shape) === 0) return everywhere(value);
  // An element is live if any of those that it was repeated to is.
  const maskBatch = passed.mask.shape.length - (passed.value.shape.length - batchRank);
  return { value, mask: unbroadcast(b, passed.mask, shape, maskBatch, "max") };
}

/** The sum of two contributions: live where either is. */
export function sumOf(b: Calculus, p: Cotangent, q: Cotangent): Cotangent {
  const isMasked = p.mask !== null && q.mask !== null;
  return {
    value: b.add(p.value, q.value),
    mask: isMasked ? b.elementwise("logical_or", p.mask, q.mask) : null,
  };
}

function contribution(
  b: Calculus,
  node: OperatorNode,
  cotangent: Cotangent,
  index: number,
): Cotangent | null {
  const op = node.op as Op;
  if (op.kind === "scalar") {
    const rule = op.partials[index]!;
    const partial = rule === null ? 0 : rule(b, node.inputs, node);
    return partial === 0 ? null : scaled(b, node, cotangent, partial);
  }
  if (op.pull !== undefined) return op.pull(b, cotangent, node, index);
  if (op.vjp === null) return null;
  const isEmpty = sizeOf(node.shape) === 0;
  const live =
    cotangent.mask === null || isEmpty ? null : unbroadcast(b, cotangent.mask, node.shape, 0, "max");
  const value = op.vjp(b, cotangent.value, node, index, live);
  if (isEmpty || (live === null && op.chooses === undefined)) return everywhere(value);
  const mask = liveInputs(b, op, node, cotangent.mask, index);
  // What only moves elements has moved the zeros of the dead ones, too.
  return { value: op.live === op.vjp ? value : b.where(mask, value, 0), mask };
}

/** Which elements of an input (or of what it was broadcast to) any live element of the output depends on. */
function liveInputs(
  b: Calculus,
  op: Extract<Op, { kind: "tensor" }>,
  node: OperatorNode,
  mask: OperatorNode | null,
  index: number,
): OperatorNode {
  const chosen = op.chooses?.(b, node, index);
  if (mask === null) return chosen!;
  const live = op.live === undefined ? anyLive(b, mask, node, index) : op.live(b, mask, node, index);
  return chosen === undefined ? live : b.and(live, chosen);
}

/** Without a rule of its own, every element of an operation's input may matter to every element of its output. */
function anyLive(b: Calculus, mask: OperatorNode, node: OperatorNode, index: number): OperatorNode {
  const batch = mask.shape.slice(0, mask.shape.length - node.shape.length);
  const any = b.reduce(
    "max",
    mask,
    node.shape.map((_, axis) => axis - node.shape.length),
  );
  const { shape } = node.inputs[index]!;
  return b.broadcastTo(b.reshape(any, [...batch, ...shape.map(() => 1)]), [...batch, ...shape]);
}

function scaled(b: Calculus, node: OperatorNode, { value, mask }: Cotangent, partial: Partial): Cotangent {
  if (partial === 1) return { value, mask };
  if (partial === -1) return { value: b.neg(value), mask };
  if (typeof partial === "number") return { value: b.mul(value, partial), mask };
  if ("select" in partial) {
    const { select, scale } = partial;
    return {
      value: b.where(select, scale === undefined ? value : b.mul(value, scale), 0),
      mask: mask === null ? b.broadcastTo(select, node.shape) : b.and(mask, select),
    };
  }
  const product = b.mul(value, partial);
  return { value: mask === null ? product : b.where(mask, product, 0), mask };
}
