import type { TensorOpName } from "../../ops/registry.js";
import type { PreciseKernel } from "../kernel.js";
import { addMultiple } from "../rows.js";
import { broadcasting, walk } from "../strided.js";
import { type Elements, elementOf, type PreciseTensor, preciseTensor } from "../tensor.js";

/** C += A·B for m×k and k×n elements in row-major order, from these places on. */
export function addProduct(
  [m, k, n]: readonly [number, number, number],
  c: Elements,
  to: number,
  a: Elements,
  left: number,
  b: Elements,
  right: number,
): void {
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) {
      addMultiple(n, c, to + i * n, elementOf(a, left + i * k + p), b, right + p * n);
    }
  }
}

/** Of matrices in row-major order. */
export function product(m: number, k: number, n: number, a: Elements, b: Elements): PreciseTensor {
  const c = preciseTensor([m, n]);
  addProduct([m, k, n], c, 0, a, 0, b, 0);
  return c;
}

const matmul: PreciseKernel = ({ shape }, [x, y]) => {
  const d = preciseTensor(shape);
  const batch = shape.slice(0, -2);
  const [m, n] = shape.slice(-2);
  const k = x!.shape.at(-1)!;
  // Matrices count as the elements of the axes in front.
  const matrices = (z: PreciseTensor) => broadcasting(z.shape.slice(0, -2), batch);
  walk(batch, [matrices(x!), matrices(y!)], ([i, j], turn) => {
    addProduct([m!, k, n!], d, turn * m! * n!, x!, i! * m! * k, y!, j! * k * n!);
  });
  return d;
};

export const productKernels = { matmul } satisfies Partial<Record<TensorOpName, PreciseKernel>>;
