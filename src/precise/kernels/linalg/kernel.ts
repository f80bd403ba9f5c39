import type { OperatorNode } from "../../../graph/node.js";
import { contiguousStrides } from "../../../graph/shape.js";
import { sizeOf } from "../../../tensor.js";
import type { PreciseKernel } from "../../kernel.js";
import { fillRow } from "../../rows.js";
import { broadcasting, taken, walk } from "../../strided.js";
import { type Elements, type PreciseTensor, preciseTensor } from "../../tensor.js";

/**
 * What is computed of one matrix, all in row-major order: from a (and b) to d. `m`, `n` and `p` are sizes and options, as
 * each kernel says. Returns 0, or a positive number that tells what failed, the same as the engine's kernel has for it;
 * d then holds NaN.
 */
export type MatrixKernel = (d: Elements, a: Elements, b: Elements, m: number, n: number, p: number) => number;

/** The result of a failure: nothing that could be taken for a value. */
export function fail(d: Elements, status: number): number {
  fillRow(d.hi.length, d, 0, Number.NaN);
  return status;
}

/** How an operation calls its kernel. */
export interface Call {
  /** Which inputs the kernel reads, and how many trailing axes of each, and of the result, belong to one matrix. */
  readonly sources: readonly (readonly [input: number, axes: number])[];
  readonly resultAxes: number;
  readonly sizes: (node: OperatorNode) => readonly [m: number, n: number, p: number];
}

const part = ({ hi, lo }: Elements, turn: number, size: number): Elements => ({
  hi: hi.subarray(turn * size, (turn + 1) * size),
  lo: lo.subarray(turn * size, (turn + 1) * size),
});

/** A kernel for each matrix of a batch. */
export const calling =
  (kernel: MatrixKernel, { sources, resultAxes, sizes }: Call): PreciseKernel =>
  (node, inputs, run) => {
    const d = preciseTensor(node.shape);
    if (d.hi.length === 0) return d;
    const kept = node.shape.length - resultAxes;
    const batch = node.shape.slice(0, kept);
    const operands = sources.map(([input, axes]) => {
      const x = inputs[input]!;
      const inner = x.shape.length - axes;
      return {
        x,
        size: sizeOf(x.shape.slice(inner)),
        // Matrices count as the elements of the axes in front.
        strides: broadcasting(x.shape.slice(0, inner), batch),
      };
    });
    const [m, n, p] = sizes(node);
    const size = sizeOf(node.shape.slice(kept));
    const known = run.failureCount;
    walk(
      batch,
      operands.map(({ strides }) => strides),
      (at, turn) => {
        const [a, b = a] = operands.map(({ x, size: own }, k) => part(x, at[k]!, own));
        const status = kernel(part(d, turn, size), a!, b!, m, n, p);
        // The first matrix of a batch that fails stands for all of them.
        if (status !== 0 && run.failureCount === known) run.fail(node, turn, status);
      },
    );
    return d;
  };

/** A part of a packed factorisation, the second input: rows from `start` on, in the shape of the node. */
export const rowsFrom =
  (start: (a: PreciseTensor) => number): PreciseKernel =>
  ({ shape }, [a, packed]) => {
    const strides = contiguousStrides(packed!.shape);
    const own = shape.length < packed!.shape.length ? [...strides.slice(0, -2), 1] : strides;
    return taken(packed!, shape, { offset: start(a!) * strides.at(-2)!, strides: own });
  };

/** The same with the last two axes exchanged. */
export const columnsFrom =
  (start: (a: PreciseTensor) => number): PreciseKernel =>
  ({ shape }, [a, packed]) => {
    const strides = contiguousStrides(packed!.shape);
    const own = [...strides.slice(0, -2), 1, strides.at(-2)!];
    return taken(packed!, shape, { offset: start(a!) * strides.at(-2)!, strides: own });
  };
