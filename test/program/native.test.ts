import { expect, it } from "vitest";
import { matmul } from "../../src/engine/kernels/matmul.js";
import type { Gemm } from "../../src/engine/native/gemm.js";
import { compile } from "../../src/index.js";
import { checkProduct } from "../../src/program/native.js";

const own: Gemm = (...operands) => {
  matmul(...operands);
  return true;
};

it("a product is compared with ours", () => {
  expect(checkProduct(own)).toEqual({ side: 100, units: 0, agrees: true });
  const slightly: Gemm = (mem, m, k, n, c, ...rest) => {
    own(mem, m, k, n, c, ...rest);
    mem[c + 7]! *= 1 + 2 ** -52;
    return true;
  };
  expect(checkProduct(slightly)).toMatchObject({ agrees: true });
  expect(checkProduct(slightly).units).toBeGreaterThan(0);
  const wrong: Gemm = (mem, m, k, n, c, ...rest) => {
    own(mem, m, k, n, c, ...rest);
    mem[c + 7] = Number.NaN;
    mem[c + 8] = 0;
    return true;
  };
  expect(checkProduct(wrong)).toMatchObject({ agrees: false, units: Number.POSITIVE_INFINITY });
  expect(checkProduct(() => false).agrees).toBe(false);
});

it("a library that cannot be used is an error of compiling", () => {
  const compiled = compile("w = x^2", { blas: "/nowhere/libblas.so" });
  expect(compiled.ok).toBe(false);
  if (!compiled.ok && process.getBuiltinModule !== undefined)
    expect(compiled.diagnostics[0]!.code).toMatch(/^blas-(library|koffi)$/);
  expect(compile("w = x^2", { blas: "none" }).ok).toBe(true);
});
