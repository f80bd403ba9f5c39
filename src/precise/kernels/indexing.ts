import type { OperatorNode } from "../../graph/node.js";
import type { TensorOpName } from "../../ops/registry.js";
import { sizeOf } from "../../tensor.js";
import { Accumulator } from "../accumulator.js";
import type { PreciseKernel } from "../kernel.js";
import { copyRow } from "../rows.js";
import { type PreciseTensor, preciseTensor } from "../tensor.js";

/** How many times the axis of the indices is walked, and how many elements stand at each of its indices. */
function around({ shape, attributes }: OperatorNode): { outer: number; inner: number } {
  const axis = shape.length + (attributes.axis as number);
  return { outer: sizeOf(shape.slice(0, axis)), inner: sizeOf(shape.slice(axis + 1)) };
}

const axisSize = ({ shape }: PreciseTensor, node: OperatorNode) => shape.at(node.attributes.axis as number)!;

/** Each index as a whole number. */
const indicesOf = ({ hi }: PreciseTensor) => Array.from(hi, Math.trunc);

export const indexingKernels = {
  gather: (node, [x, index]) => {
    const d = preciseTensor(node.shape);
    const { outer, inner } = around(node);
    const indices = indicesOf(index!);
    const size = axisSize(x!, node);
    for (let turn = 0; turn < outer; turn++) {
      indices.forEach((place, i) => {
        copyRow(inner, d, (turn * indices.length + i) * inner, x!, (turn * size + place) * inner);
      });
    }
    return d;
  },
  scatter_add: (node, [x, index]) => {
    const d = preciseTensor(node.shape);
    const { outer, inner } = around(node);
    const indices = indicesOf(index!);
    const size = axisSize(d, node);
    const sum = new Accumulator();
    for (let turn = 0; turn < outer; turn++) {
      indices.forEach((place, i) => {
        const to = (turn * size + place) * inner;
        const from = (turn * indices.length + i) * inner;
        for (let k = 0; k < inner; k++) {
          sum.set(d.hi[to + k]!, d.lo[to + k]!);
          sum.add(x!.hi[from + k]!, x!.lo[from + k]!);
          d.hi[to + k] = sum.hi;
          d.lo[to + k] = sum.lo;
        }
      });
    }
    return d;
  },
} satisfies Partial<Record<TensorOpName, PreciseKernel>>;
