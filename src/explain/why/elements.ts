import type { OperatorNode } from "../../graph/node.js";
import { contiguousStrides } from "../../graph/shape.js";
import type { Op } from "../../ops/op.js";
import { unbroadcast } from "../../ops/unbroadcast.js";
import { indexAt, type Shape, sameShape, sizeOf, type Tensor } from "../../tensor.js";
import type { Local } from "./local.js";

/** Operations of one input that keep the order of the elements. */
const inOrder: ReadonlySet<string> = new Set(["named", "reshape", "stop_gradient"]);

/** Whether an input holds whole numbers that say where elements are: nothing is computed from them. */
const isIndex = ({ op }: OperatorNode, index: number): boolean =>
  index === 1 && (op.name === "gather" || op.name === "scatter_add");

/** Axes (negative) of an input along which each element of the output takes from all. */
function mixedAxes(node: OperatorNode, index: number): readonly number[] | "all" {
  const { structure } = node.op as Extract<Op, { kind: "tensor" }>;
  if (typeof structure === "function") return structure(node, index).axes;
  const { axes } = node.attributes;
  return Array.isArray(axes) ? (axes as readonly number[]) : "all";
}

const isOrdered = ({ op, inputs, shape }: OperatorNode, index: number): boolean =>
  inOrder.has(op.name) || (op.name === "custom" && index === 0 && sameShape(inputs[0]!.shape, shape));

/** The elements of an input, by position, that an element of a node is computed from. */
export function sourcesOf(
  local: Local,
  node: OperatorNode,
  element: number,
  index: number,
): readonly number[] {
  const op = node.op as Op;
  const { shape } = node.inputs[index]!;
  if (isOrdered(node, index)) return [element];
  if (op.kind === "scalar") return [projected(element, node.shape, shape)];
  if (op.name === "custom" || isIndex(node, index)) return [];
  const { live } = op;
  if (live !== undefined && typeof op.structure !== "function") {
    const mask: Tensor = { shape: node.shape, data: new Float64Array(sizeOf(node.shape)) };
    mask.data[element] = 1;
    const found = local.evaluate(node, [mask], (clone, [own]) =>
      unbroadcast(local.b, live(local.b, own!, clone, index), shape, 0, "max"),
    );
    return positionsOf(found!.data);
  }
  const axes = mixedAxes(node, index);
  if (axes === "all") return Array.from({ length: sizeOf(shape) }, (_, i) => i);
  const found = alongAxes(indexAt(element, node.shape), shape, axes);
  // In row-major order what stands before along an axis has a smaller position.
  return runs(node, index) ? found.filter((position) => position <= element) : found;
}

/** Whether each element takes only from those at or before it along an axis. */
function runs(node: OperatorNode, index: number): boolean {
  const { structure } = node.op as Extract<Op, { kind: "tensor" }>;
  const isBefore = typeof structure === "function" && structure(node, index).before === true;
  return isBefore && sameShape(node.inputs[index]!.shape, node.shape);
}

/** The elements of a node, as 1 in the place of each, that any of these elements of an input goes into. */
export function targetsOf(
  local: Local,
  node: OperatorNode,
  index: number,
  marked: Float64Array,
): Float64Array {
  const op = node.op as Op;
  const { shape } = node.inputs[index]!;
  const size = sizeOf(node.shape);
  if (isOrdered(node, index)) return marked;
  if (op.kind === "scalar" || op.name === "custom") {
    if (sizeOf(shape) === size) return marked;
    return Float64Array.from({ length: size }, (_, i) => marked[projected(i, node.shape, shape)]!);
  }
  const indicator: Tensor = { shape, data: marked };
  if (op.structure === "copies" && op.jvp !== null) {
    const { jvp } = op;
    const found = local.evaluate(node, [indicator], (clone, [own]) =>
      jvp(
        local.b,
        clone.inputs.map((_, i) => (i === index ? own! : null)),
        clone,
      ),
    );
    return found!.data.map((value) => (value === 0 ? 0 : 1));
  }
  const result = new Float64Array(size);
  if (op.structure === "adds" && op.vjp !== null) {
    const { vjp } = op;
    const positions = { shape: node.shape, data: Float64Array.from(result, (_, i) => i + 1) };
    const found = local.evaluate(node, [positions], (clone, [own]) =>
      unbroadcast(local.b, vjp(local.b, own!, clone, index, null), shape, 0, "max"),
    );
    found!.data.forEach((target, i) => {
      if (marked[i] !== 0 && target > 0) result[target - 1] = 1;
    });
    return result;
  }
  const axes = mixedAxes(node, index);
  if (axes === "all") return marked.some((mark) => mark !== 0) ? result.fill(1) : result;
  if (runs(node, index)) return running(marked, shape, axes[0]!);
  const reduced = shape.map((length, axis) => (axes.includes(axis - shape.length) ? 1 : length));
  const lines = new Float64Array(sizeOf(reduced));
  marked.forEach((mark, i) => {
    if (mark !== 0) lines[projected(i, shape, reduced)] = 1;
  });
  const keeps = node.shape.length === shape.length || !Array.isArray(node.attributes.axes);
  const kept = keeps ? reduced : reduced.filter((_, axis) => !axes.includes(axis - shape.length));
  return result.map((_, i) => lines[projected(i, node.shape, kept)]!);
}

function running(marked: Float64Array, shape: Shape, axis: number): Float64Array {
  const result = marked.slice();
  const stride = contiguousStrides(shape).at(axis)!;
  const period = stride * shape.at(axis)!;
  for (let i = 0; i < result.length; i++) if (i % period >= stride && result[i - stride] !== 0) result[i] = 1;
  return result;
}

export const positionsOf = (marks: Float64Array): number[] => {
  const found: number[] = [];
  marks.forEach((mark, i) => {
    if (mark !== 0) found.push(i);
  });
  return found;
};

/** The position in the shape `to` of what is broadcast to a position in the shape `from`. */
function projected(position: number, from: Shape, to: Shape): number {
  if (sameShape(from, to)) return position;
  const index = indexAt(position, from);
  const strides = contiguousStrides(to);
  let at = 0;
  for (let axis = 1; axis <= to.length; axis++) {
    if (to[to.length - axis] === 1) continue;
    at += index[from.length - axis]! * strides[to.length - axis]!;
  }
  return at;
}

/** The positions that agree with an index of the output in all axes but these, where the output has those axes at all. */
function alongAxes(index: readonly number[], shape: Shape, axes: readonly number[]): number[] {
  const isMixed = shape.map((_, axis) => axes.includes(axis - shape.length));
  // A reduction without `keepdims` leaves the mixed axes out.
  const kept = isMixed.filter((mixed) => !mixed).length;
  const isShort = index.length === kept && kept < shape.length;
  const strides = contiguousStrides(shape);
  let found = [0];
  let next = 0;
  shape.forEach((length, axis) => {
    const fromEnd = shape.length - axis;
    if (isMixed[axis]) {
      found = found.flatMap((at) => Array.from({ length }, (_, i) => at + i * strides[axis]!));
      return;
    }
    const own = isShort ? index[next++]! : length === 1 ? 0 : (index[index.length - fromEnd] ?? 0);
    found = found.map((at) => at + own * strides[axis]!);
  });
  return found.sort((p, q) => p - q);
}
