import type { OperatorNode } from "../graph/node.js";
import type { TensorOpName } from "../ops/registry.js";
import { sizeOf } from "../tensor.js";
import type { Emission, Emitter, Operand } from "./emission.js";
import { opcode } from "./instructions.js";
import { kernelNumbers } from "./kernel-numbers.js";
import type { LinalgKernelName } from "./kernels/linalg.js";
import { broadcastStrides, collapse, isContiguous, type View } from "./layout.js";

/** How an operation calls its kernel. */
interface Call {
  /** Which inputs the kernel reads, and how many trailing axes of each, and of the result, belong to one matrix. */
  readonly sources: readonly (readonly [input: number, axes: number])[];
  readonly resultAxes: number;
  /** The kernel's sizes and options. */
  readonly sizes: (node: OperatorNode) => readonly [m: number, n: number, p: number];
  /** Elements of work space. */
  readonly work?: (m: number, n: number) => number;
}

/** Calls `use` with a view of x whose last axes are contiguous: its own where it can be, that of a copy otherwise. */
function withContiguous<T>(p: Emission, x: OperatorNode, axes: number, use: (source: Operand) => T): T {
  const view = p.view(x);
  const inner = x.shape.length - axes;
  if (isContiguous(x.shape.slice(inner), view.strides.slice(inner))) return use(view);
  return p.temporary(x.shape, (copy) => {
    p.copy(x.shape, copy, view);
    return use(copy);
  });
}

const calling =
  (name: LinalgKernelName, { sources, resultAxes, sizes, work = () => 0 }: Call): Emitter =>
  (p, node) => {
    const target = p.allocate(node.shape);
    if (sizeOf(node.shape) === 0) return target;
    const batch = node.shape.slice(0, node.shape.length - resultAxes);
    const [m, n, option] = sizes(node);
    const place = (index: number, placed: readonly Operand[]): void => {
      const source = sources[index];
      if (source !== undefined) {
        const [input, axes] = source;
        const x = node.inputs[input]!;
        withContiguous(p, x, axes, ({ offset, strides }) => {
          const kept = x.shape.length - axes;
          const outer = broadcastStrides(x.shape.slice(0, kept), strides.slice(0, kept), batch);
          place(index + 1, [...placed, { offset, strides: outer }]);
        });
        return;
      }
      p.temporary([work(m, n)], ({ offset: room }) => {
        const operands = [
          { offset: target.offset, strides: target.strides.slice(0, batch.length) },
          ...placed,
        ];
        const nest = collapse(
          batch,
          operands.map(({ strides }) => strides),
        );
        p.mayFail(node);
        p.emit(sources.length === 1 ? opcode.linalg1 : opcode.linalg2, kernelNumbers.linalg(name));
        p.emit(nest.sizes.length, ...nest.sizes);
        operands.forEach(({ offset }, k) => {
          p.emit(offset, ...nest.strides[k]!);
        });
        p.emit(m, n, option, room);
      });
    };
    place(0, []);
    return target;
  };

/** A part of a packed factorisation, the second input: rows from `start` on, `drop` to take the row without its axis. */
const part =
  (start: (a: OperatorNode) => number, drop = false): Emitter =>
  (p, node) => {
    const [a, packed] = node.inputs;
    const view = p.view(packed!);
    const row = view.strides.at(-2)!;
    const offset = view.offset + start(a!) * row;
    if (!drop) return { ...view, offset };
    return { ...view, offset, strides: [...view.strides.slice(0, -2), view.strides.at(-1)!] };
  };

/** The same with the last two axes exchanged. */
const transposedPart =
  (start: (a: OperatorNode) => number): Emitter =>
  (p, node) => {
    const view: View = part(start)(p, node);
    return { ...view, strides: [...view.strides.slice(0, -2), view.strides.at(-1)!, view.strides.at(-2)!] };
  };

const rows = (x: OperatorNode) => x.shape.at(-2)!;
const columns = (x: OperatorNode) => x.shape.at(-1)!;

const square = (input: number, option: (node: OperatorNode) => number = () => 0): Call["sizes"] => {
  return (node) => {
    const n = columns(node.inputs[input]!);
    return [n, n, option(node)];
  };
};

const flag = (name: string) => (node: OperatorNode) => Number(node.attributes[name]);

const ofFactors: Call = { sources: [[1, 2]], resultAxes: 0, sizes: square(0) };
const rightSides = (input: number, option: (node: OperatorNode) => number): Call["sizes"] => {
  return (node) => [rows(node.inputs[input]!), columns(node.inputs[input]!), option(node)];
};

export const linalgEmitters = {
  lu: calling("lu", { sources: [[0, 2]], resultAxes: 2, sizes: square(0) }),
  solve: calling("solve", {
    sources: [
      [2, 2],
      [1, 2],
    ],
    resultAxes: 2,
    sizes: rightSides(1, flag("transposed")),
  }),
  solve_lower: calling("solve_lower", {
    sources: [
      [0, 2],
      [1, 2],
    ],
    resultAxes: 2,
    sizes: rightSides(1, flag("transposed")),
  }),
  det: calling("det", ofFactors),
  det_sign: calling("det_sign", ofFactors),
  log_abs_det: calling("log_abs_det", ofFactors),
  cofactors: calling("cofactors", {
    sources: [
      [0, 2],
      [1, 2],
    ],
    resultAxes: 2,
    sizes: square(0),
    work: (_m, n) => 4 * n * n + n,
  }),
  cofactors_derivative: calling("cofactors_derivative", {
    sources: [
      [1, 2],
      [2, 2],
    ],
    resultAxes: 2,
    sizes: square(0),
    work: (_m, n) => 3 * n * n,
  }),

  cholesky: calling("cholesky", { sources: [[0, 2]], resultAxes: 2, sizes: square(0) }),
  qr_factors: calling("qr_factors", {
    sources: [[0, 2]],
    resultAxes: 2,
    sizes: rightSides(0, () => 0),
    work: (m, n) => m * n + n,
  }),
  qr_q: part(() => 0),
  qr_r: transposedPart(rows),

  eigh_factors: calling("eigh_factors", {
    sources: [[0, 2]],
    resultAxes: 2,
    sizes: square(0),
    work: (_m, n) => 2 * n * n,
  }),
  eigenvalues: part(() => 0, true),
  eigenvectors: part(() => 1),
  svd_factors: calling("svd_factors", {
    sources: [[0, 2]],
    resultAxes: 2,
    sizes: rightSides(0, () => 0),
    work: (m, n) => Math.min(m, n) * (m + n),
  }),
  left_singular_vectors: part(() => 0),
  singular_values: part(rows, true),
  right_singular_vectors: part((a) => rows(a) + 1),
  reciprocal_gaps: calling("reciprocal_gaps", {
    sources: [[0, 1]],
    resultAxes: 2,
    sizes: square(0, flag("squares")),
  }),
  reciprocal_singular_values: calling("reciprocal_singular_values", {
    sources: [[0, 1]],
    resultAxes: 1,
    sizes: square(0),
  }),

  expm: calling("expm", {
    sources: [[0, 2]],
    resultAxes: 2,
    sizes: square(0, (node) => node.attributes.block as number),
    work: (_m, n) => 7 * n * n + n,
  }),
} satisfies Partial<Record<TensorOpName, Emitter>>;
