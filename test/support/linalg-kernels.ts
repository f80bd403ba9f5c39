import { expect } from "vitest";
import { kernelNumbers } from "../../src/engine/kernel-numbers.js";
import { type LinalgKernelName, linalgKernels } from "../../src/engine/kernels/linalg.js";
import { compiledKernels } from "./wasm-kernels.js";

const elements = 1 << 20;
const { kernels, arena, mem } = compiledKernels(elements);

/** Numbers from −1 to 1, the same in every run. */
export function sample(count: number, seed: number): Float64Array {
  let state = seed;
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state / 2 ** 31;
  });
}

export const plain = (n: number) => sample(n * n, n);
export const symmetric = (n: number) => {
  const x = plain(n);
  return x.map((_, k) => x[k]! + x[(k % n) * n + Math.floor(k / n)]!);
};
export const positive = (n: number) => symmetric(n).map((x, k) => (k % (n + 1) === 0 ? x + 2 * n : x));
/** What a kernel gives, which has to be the same in JavaScript and in WebAssembly. */
export function run(
  name: LinalgKernelName,
  a: Float64Array,
  b: Float64Array,
  m: number,
  n: number,
  p: number,
) {
  const d = a.length + b.length;
  const work = d + (m + n + 1) * n;
  const args = [d, 0, a.length, m, n, p, work] as const;
  const own = new Float64Array(work + 8 * Math.max(m, n) * n);
  for (const each of [own, mem]) {
    each.fill(0, 0, own.length);
    each.set(a);
    each.set(b, a.length);
  }
  const status = linalgKernels[name](own, ...args);
  expect(kernels.linalg(kernelNumbers.linalg(name), arena, ...args)).toBe(status);
  const result = own.subarray(d, work);
  const other = mem.subarray(d, work);
  const different = [...result.keys()].filter((i) => !Object.is(result[i], other[i]));
  expect(different.slice(0, 3), `${name} of ${m}×${n}`).toEqual([]);
  return { status, result: result.slice() };
}

export const none = new Float64Array(0);
export const factorsOf = (x: Float64Array, n: number) =>
  run("lu", x, none, n, n, 0).result.subarray(0, n * n + n);
