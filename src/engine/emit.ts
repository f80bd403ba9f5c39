import type { OperatorNode } from "../graph/node.js";
import { contiguousStrides } from "../graph/shape.js";
import type { TensorOpName } from "../ops/registry.js";
import { type Shape, sizeOf } from "../tensor.js";
import type { Emission, Emitter } from "./emission.js";
import { linalgEmitters } from "./emit-linalg.js";
import { emitLoop } from "./emit-loop.js";
import { type Opcode, opcode } from "./instructions.js";
import { type AxisKernelName, kernelNumbers, type ReducerName } from "./kernel-numbers.js";
import type { DistributionName } from "./kernels/random.js";
import { broadcastStrides, collapse, isContiguous, reshapeStrides, type View } from "./layout.js";

const numbers = (node: OperatorNode, name: string) => node.attributes[name] as readonly number[];

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((total, x, i) => total + x * b[i]!, 0);

/** The part of a view that `slice` reads and `embed` writes: trailing axes cut, the others whole. */
function cut(view: View, starts: readonly number[], steps: readonly number[]): View {
  const whole = view.strides.length - starts.length;
  const trailing = view.strides.slice(whole);
  return {
    storage: view.storage,
    offset: view.offset + dot(trailing, starts),
    strides: [...view.strides.slice(0, whole), ...trailing.map((stride, i) => stride * steps[i]!)],
  };
}

/** The view of the diagonal of the last two axes. */
function alongDiagonal(view: View): View {
  const [row, column] = view.strides.slice(-2);
  return { ...view, strides: [...view.strides.slice(0, -2), row! + column!] };
}

const zeros = (p: Emission, shape: Shape): View => {
  const target = p.allocate(shape);
  p.copy(shape, target, { offset: p.zero, strides: shape.map(() => 0) });
  return target;
};

const select = <T>(values: readonly T[], indices: readonly number[]) => indices.map((i) => values[i]!);

/** The axes of a node's input, those that remain and those that its operation runs along. */
function splitAxes(node: OperatorNode): { kept: number[]; along: number[] } {
  const rank = node.inputs[0]!.shape.length;
  const axes = numbers(node, "axes");
  const all = Array.from({ length: rank }, (_, axis) => axis);
  return {
    kept: all.filter((axis) => !axes.includes(axis - rank)),
    along: all.filter((axis) => axes.includes(axis - rank)),
  };
}

/**
 * Calls `use` with a view of the input in which the axes run along can be walked by one stride (`inner`): the input
 * itself where its layout allows, a copy otherwise.
 */
function withOneStride(
  p: Emission,
  node: OperatorNode,
  use: (source: View, kept: readonly number[], inner: number) => void,
): void {
  const [x] = node.inputs;
  const view = p.view(x!);
  const { kept, along } = splitAxes(node);
  const one = collapse(select(x!.shape, along), [select(view.strides, along)]);
  if (one.sizes.length <= 1) {
    use(view, select(view.strides, kept), one.strides[0]![0] ?? 0);
    return;
  }
  const order = [...kept, ...along];
  const shape = select(x!.shape, order);
  p.temporary(shape, (copy) => {
    p.copy(shape, copy, { offset: view.offset, strides: select(view.strides, order) });
    use(copy, copy.strides.slice(0, kept.length), 1);
  });
}

const reduceWith =
  (name: ReducerName): Emitter =>
  (p, node) => {
    const target = p.allocate(node.shape);
    const { kept, along } = splitAxes(node);
    const { shape } = node.inputs[0]!;
    const sizes = select(shape, kept);
    if (sizes.includes(0)) return target;
    const count = sizeOf(select(shape, along));
    withOneStride(p, node, (source, keptStrides, inner) => {
      const nest = collapse(sizes, [contiguousStrides(sizes), keptStrides]);
      p.emit(opcode.reduce, kernelNumbers.reducer(name), nest.sizes.length, ...nest.sizes);
      p.emit(target.offset, ...nest.strides[0]!, source.offset, ...nest.strides[1]!, count, inner);
    });
    return target;
  };

const alongAxes =
  (name: AxisKernelName): Emitter =>
  (p, node) => {
    const { shape } = node;
    const { kept, along } = splitAxes(node);
    // The axes run along lie innermost in the result, so that one stride walks them all.
    const order = [...kept, ...along];
    const isInOrder = order.every((axis, i) => axis === i);
    const target = isInOrder ? p.allocate(shape) : p.allocateApart(select(shape, order));
    const strides: number[] = new Array(shape.length);
    order.forEach((axis, i) => {
      strides[axis] = target.strides[i]!;
    });
    if (sizeOf(shape) > 0) {
      withOneStride(p, node, (source, keptStrides, inner) => {
        const nest = collapse(select(shape, kept), [target.strides.slice(0, kept.length), keptStrides]);
        p.emit(opcode.axis, kernelNumbers.axis(name), nest.sizes.length, ...nest.sizes);
        p.emit(target.offset, ...nest.strides[0]!, source.offset, ...nest.strides[1]!);
        p.emit(sizeOf(select(shape, along)), 1, inner);
      });
    }
    return { ...target, strides };
  };

const matmul: Emitter = (p, node) => {
  const [x, y] = node.inputs;
  const target = p.allocate(node.shape);
  const batch = node.shape.slice(0, -2);
  const [m, n] = node.shape.slice(-2);
  const k = x!.shape.at(-1)!;
  if (sizeOf(node.shape) === 0) return target;
  const [a, b] = [p.view(x!), p.view(y!)];
  const batchStrides = (operand: OperatorNode, view: View) =>
    broadcastStrides(operand.shape.slice(0, -2), view.strides.slice(0, -2), batch);
  const nest = collapse(batch, [target.strides.slice(0, -2), batchStrides(x!, a), batchStrides(y!, b)]);
  const outer = Math.max(0, nest.sizes.length - 1);
  p.emit(opcode.matmul, 0, outer, ...nest.sizes.slice(0, outer));
  [target, a, b].forEach(({ offset }, operand) => {
    p.emit(offset, ...nest.strides[operand]!.slice(0, outer));
  });
  p.emit(m!, k, n!, ...a.strides.slice(-2), ...b.strides.slice(-2));
  p.emit(nest.sizes[outer] ?? 1, ...nest.strides.map((strides) => strides[outer] ?? 0));
  return target;
};

/** `gather` and `scatter`: loops over the other axes around one that walks the indices. */
const indexed =
  (operation: Opcode, allocate: (p: Emission, shape: Shape) => View): Emitter =>
  (p, node) => {
    const [x, index] = node.inputs;
    const target = allocate(p, node.shape);
    if (sizeOf(x!.shape) === 0 || sizeOf(node.shape) === 0) return target;
    const axis = node.shape.length + (node.attributes.axis as number);
    const others = node.shape.map((_, i) => i).filter((i) => i !== axis);
    const [source, indices] = [p.view(x!), p.view(index!)];
    const nest = collapse(select(node.shape, others), [
      select(target.strides, others),
      select(source.strides, others),
    ]);
    // What stands at an index is moved together where it lies side by side, or where it is more than the indices are.
    const count = index!.shape[0]!;
    const isSideBySide = nest.strides.every((steps) => steps.at(-1) === 1);
    const isRow = nest.sizes.length > 0 && (isSideBySide || nest.sizes.at(-1)! > count);
    const outer = (list: readonly number[]) => (isRow ? list.slice(0, -1) : list);
    const row = isRow ? [nest.sizes, ...nest.strides].map((list) => list.at(-1)!) : [1, 0, 0];
    p.emit(operation, 0, outer(nest.sizes).length, ...outer(nest.sizes));
    p.emit(target.offset, ...outer(nest.strides[0]!), source.offset, ...outer(nest.strides[1]!));
    p.emit(count, target.strides[axis]!, source.strides[axis]!, indices.offset, indices.strides[0]!, ...row);
    return target;
  };

const recurrence: Emitter = (p, node) => {
  const target = p.allocate(node.shape);
  if (sizeOf(node.shape) === 0) return target;
  const axis = node.shape.length + numbers(node, "axes")[0]!;
  const others = node.shape.map((_, i) => i).filter((i) => i !== axis);
  const views = node.inputs.map((input) => {
    const { offset, strides } = p.view(input);
    return { offset, strides: broadcastStrides(input.shape, strides, node.shape) };
  });
  const operands = [target, ...views];
  const nest = collapse(
    select(node.shape, others),
    operands.map(({ strides }) => select(strides, others)),
  );
  p.emit(opcode.recurrence, 0, nest.sizes.length, ...nest.sizes);
  operands.forEach(({ offset }, k) => {
    p.emit(offset, ...nest.strides[k]!);
  });
  p.emit(node.shape[axis]!, ...operands.map(({ strides }) => strides[axis]!));
  return target;
};

/** One entry an operation; the compiler names the one that is missing. */
export const emitters: Readonly<Record<TensorOpName, Emitter>> = {
  // Inputs and constants are placed before anything is planned.
  input: (p, node) => p.view(node),
  constant: (p, node) => p.view(node),
  iota: (p, node) => {
    const target = p.allocate(node.shape);
    p.emit(opcode.iota, 0, 0, target.offset, node.shape[0]!);
    return target;
  },
  random: (p, node) => {
    const target = p.allocate(node.shape);
    const { distribution, seed } = node.attributes;
    const high = Math.floor((seed as number) / 2 ** 32);
    p.emit(opcode.random, kernelNumbers.random(distribution as DistributionName), 0, target.offset);
    p.emit(sizeOf(node.shape), (seed as number) | 0, high | 0);
    return target;
  },
  named: (p, node) => p.view(node.inputs[0]!),
  stop_gradient: (p, node) => p.view(node.inputs[0]!),
  custom: (p, node) => p.view(node.inputs[0]!),

  reshape: (p, node) => {
    const [x] = node.inputs;
    const view = p.view(x!);
    const strides = reshapeStrides(x!.shape, view.strides, node.shape);
    if (strides !== undefined) return { ...view, strides };
    const target = p.allocate(node.shape);
    p.copy(x!.shape, { offset: target.offset, strides: contiguousStrides(x!.shape) }, view);
    return target;
  },
  transpose: (p, node) => {
    const view = p.view(node.inputs[0]!);
    return { ...view, strides: select(view.strides, numbers(node, "permutation")) };
  },
  broadcast_to: (p, node) => {
    const [x] = node.inputs;
    const view = p.view(x!);
    return { ...view, strides: broadcastStrides(x!.shape, view.strides, node.shape) };
  },
  slice: (p, node) => cut(p.view(node.inputs[0]!), numbers(node, "starts"), numbers(node, "steps")),
  embed: (p, node) => {
    const target = zeros(p, node.shape);
    const [x] = node.inputs;
    p.copy(x!.shape, cut(target, numbers(node, "starts"), numbers(node, "steps")), p.view(x!));
    return target;
  },
  concatenate: (p, node) => {
    const target = p.allocate(node.shape);
    const axis = node.shape.length + (node.attributes.axis as number);
    let start = 0;
    for (const x of node.inputs) {
      const view = p.view(x);
      const to = { offset: target.offset + start * target.strides[axis]!, strides: target.strides };
      const isThere = view.storage === target.storage && view.offset === to.offset;
      if (!isThere || !isContiguous(x.shape, view.strides)) p.copy(x.shape, to, view);
      start += x.shape[axis]!;
    }
    return target;
  },
  diagonal: (p, node) => alongDiagonal(p.view(node.inputs[0]!)),
  embed_diagonal: (p, node) => {
    const target = zeros(p, node.shape);
    const [x] = node.inputs;
    p.copy(x!.shape, alongDiagonal(target), p.view(x!));
    return target;
  },

  sum: reduceWith("sum"),
  max: reduceWith("max"),
  min: reduceWith("min"),
  logsumexp: reduceWith("logsumexp"),
  prod: reduceWith("prod"),
  norm: reduceWith("norm"),
  softmax: alongAxes("softmax"),
  log_softmax: alongAxes("log_softmax"),
  cumsum: alongAxes("cumsum"),
  cumprod: alongAxes("cumprod"),
  recurrence,
  gather: indexed(opcode.gather, (p, shape) => p.allocate(shape)),
  scatter_add: indexed(opcode.scatter, zeros),
  matmul,

  ...linalgEmitters,
  loop: emitLoop,
};
