import type { OperatorNode } from "../../graph/node.js";
import { contiguousStrides } from "../../graph/shape.js";
import type { TensorOpName } from "../../ops/registry.js";
import type { Shape } from "../../tensor.js";
import type { PreciseKernel } from "../kernel.js";
import { broadcastTo, copy, type Strides, taken, transposed, whole } from "../strided.js";
import { preciseTensor } from "../tensor.js";

const numbers = (node: OperatorNode, name: string) => node.attributes[name] as readonly number[];

/** The part of a tensor of this shape that `slice` reads and `embed` writes: trailing axes cut, the others whole. */
function cut(shape: Shape, node: OperatorNode): Strides {
  const starts = numbers(node, "starts");
  const steps = numbers(node, "steps");
  const strides = contiguousStrides(shape);
  const first = shape.length - starts.length;
  return {
    offset: starts.reduce((offset, start, i) => offset + start * strides[first + i]!, 0),
    strides: strides.map((stride, axis) => (axis < first ? stride : stride * steps[axis - first]!)),
  };
}

/** The diagonal of the last two axes of a tensor of this shape. */
function diagonal(shape: Shape): Strides {
  const strides = contiguousStrides(shape);
  const [row, column] = strides.slice(-2);
  return { offset: 0, strides: [...strides.slice(0, -2), row! + column!] };
}

export const shapingKernels = {
  reshape: ({ shape }, [x]) => ({ shape, hi: x!.hi, lo: x!.lo }),
  transpose: (node, [x]) => transposed(x!, numbers(node, "permutation")),
  broadcast_to: ({ shape }, [x]) => broadcastTo(x!, shape),
  slice: (node, [x]) => taken(x!, node.shape, cut(x!.shape, node)),
  embed: (node, [x]) => {
    const d = preciseTensor(node.shape);
    copy(x!.shape, d, cut(node.shape, node), x!, whole(x!.shape));
    return d;
  },
  concatenate: ({ shape, attributes }, inputs) => {
    const d = preciseTensor(shape);
    const axis = shape.length + (attributes.axis as number);
    const strides = contiguousStrides(shape);
    let start = 0;
    for (const x of inputs) {
      copy(x.shape, d, { offset: start * strides[axis]!, strides }, x, whole(x.shape));
      start += x.shape[axis]!;
    }
    return d;
  },
  diagonal: ({ shape }, [x]) => taken(x!, shape, diagonal(x!.shape)),
  embed_diagonal: ({ shape }, [x]) => {
    const d = preciseTensor(shape);
    copy(x!.shape, d, diagonal(shape), x!, whole(x!.shape));
    return d;
  },
} satisfies Partial<Record<TensorOpName, PreciseKernel>>;
