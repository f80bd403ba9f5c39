import { expect, test } from "vitest";
import { kernelNumbers } from "../../src/engine/kernel-numbers.js";
import * as elementwise from "../../src/engine/kernels/elementwise/index.js";
import { scalarKernels } from "../../src/engine/kernels/scalar.js";
import { instantiate } from "../../src/engine/wasm-module.js";
import { operation, type ScalarOpName, scalarRegistry } from "../../src/ops/registry.js";
import { points } from "../support/kernel-points.js";

const memory = new WebAssembly.Memory({ initial: 64, maximum: 65_536, shared: true });
const { heapBase, strip } = instantiate(memory);

/** What the compiled kernel gives for many tuples of arguments, which are lists by argument. */
function compiled(name: ScalarOpName, args: readonly Float64Array[]): Float64Array {
  const { length } = args[0]!;
  const start = Math.ceil(heapBase.value / 8) * 8;
  const address = (k: number) => start + k * length * 8;
  args.forEach((values, k) => {
    new Float64Array(memory.buffer, address(k + 1), length).set(values);
  });
  strip(kernelNumbers.scalar(name), length, address(0), address(1), address(2), address(3));
  return new Float64Array(memory.buffer, address(0), length).slice();
}

test("every elementwise operation has a kernel that is compiled twice", () => {
  expect(Object.keys(elementwise).sort()).toEqual(Object.keys(scalarRegistry).sort());
});

const names = Object.keys(elementwise) as ScalarOpName[];

test.each(names)("%s: the same bits in JavaScript and in WebAssembly", (name) => {
  const op = operation(name);
  const args = op.kind === "scalar" ? points(op) : [];
  // An odd number, so that the last one is computed alone.
  expect(args[0]!.length % 2).toBe(1);
  const actual = compiled(name, args);
  const kernel = scalarKernels[name];
  const different = [...actual].flatMap((value, i) => {
    const [x = 0, y = 0, z = 0] = args.map((values) => values[i]!);
    const expected = kernel(x, y, z);
    return Object.is(value, expected) ? [] : [{ x, y, z, value, expected }];
  });
  expect(different.slice(0, 5)).toEqual([]);
});

test("powers of ±1 and with infinite exponents, also beyond what can be split", () => {
  const { pow, shifted_power } = scalarKernels;
  const { MAX_VALUE, NaN: nan, POSITIVE_INFINITY: infinity } = Number;
  expect([pow(-1, MAX_VALUE, 0), pow(-1, -MAX_VALUE, 0), shifted_power(1, 1e300, 1)]).toEqual([1, 1, 1]);
  expect([shifted_power(-0.5, infinity, 1), shifted_power(-2, infinity, 1)]).toEqual([0, infinity]);
  expect([shifted_power(0.5, nan, 1), shifted_power(2, nan, 2)]).toEqual([nan, nan]);
});
