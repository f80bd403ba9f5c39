// Writes the part of the WebAssembly interpreter that is one line for each elementwise kernel, so that a new operation
// needs no other place than its kernel, and the numbers that plans are written in. The text is AssemblyScript.

const parameters = ["a", "b", "c"];

const list = (count, item) => parameters.slice(0, count).map(item).join(", ");

/** `n` elements one after another, two at a time; the last of an odd number alone. */
const strip = ({ name, arity }) => `
function strip_${name}(n: i32, d: usize, ${list(arity, (p) => `${p}: usize`)}): void {
  const end = d + ((<usize>(n & ~1)) << 3);
  while (d < end) {
    v128.store(d, kernels.inline_${name}(${list(arity, (p) => `v128.load(${p})`)}));
    d += 16; ${parameters
      .slice(0, arity)
      .map((p) => `${p} += 16;`)
      .join(" ")}
  }
  if (n & 1) v128.store_lane<f64>(d, kernels.${name}(${list(arity, (p) => `v128.load_splat<f64>(${p})`)}), 0);
}
`;

const stripCase = ({ name, number, arity }) =>
  `    case ${number}: strip_${name}(n, d, ${list(arity, (p) => p)}); break;\n`;

/** The address that word k after the opcode tells. */
const address = (k) => `base + ((<usize>load<u32>(word, ${4 * (k + 1)})) << 3)`;

const elementCase =
  (base) =>
  ({ name, number, arity }) => {
    const operands = parameters.slice(0, arity).map((_, k) => `v128.load_splat<f64>(${address(k + 1)})`);
    return `    case ${base + number}:
      v128.store_lane<f64>(${address(0)}, kernels.${name}(${operands.join(", ")}), 0);
      return pc + ${arity + 2};
`;
  };

/** What x·y and z become, by the name of the instruction. */
const joins = { mulAdd: "product + z", mulSub: "product - z", subMul: "z - product" };

const combinedCase = ([name, number]) => `    case ${number}: {
      const product = load<f64>(${address(1)}) * load<f64>(${address(2)});
      const z = load<f64>(${address(3)});
      store<f64>(${address(0)}, ${joins[name]});
      return pc + 5;
    }
`;

/** Numbers of kernels that are not compiled leave gaps. */
function aritiesByNumber(scalars) {
  const arities = new Array(1 + Math.max(...scalars.map(({ number }) => number))).fill(0);
  for (const { number, arity } of scalars) arities[number] = arity;
  return arities;
}

const linalgCase = ({ name, number }) =>
  `    case ${number}: return matrices.${name}(m, d, a, b, p, q, r, work);\n`;

const pairCase = ({ name, number }) => `    case ${number}: pairs.${name}(n, d, e, a); break;\n`;

const namespace = (name, numbers) => `
export namespace ${name} {
${Object.entries(numbers)
  .map(([key, number]) => `  export const ${key}: i32 = ${number};\n`)
  .join("")}}
`;

/** In the place of src/engine/instructions.ts. */
export const instructions = ({ dispatchTable: { opcode, scalarBase, contiguousBase, stripLength } }) => `
${namespace("opcode", opcode)}
export const scalarBase: i32 = ${scalarBase};
export const contiguousBase: i32 = ${contiguousBase};
export const stripLength: i32 = ${stripLength};
`;

/** src/engine/wasm/dispatch.ts, which exists nowhere else. */
export const dispatch = ({
  dispatchTable: { scalars, pairs, reducers, axisKernels, linalg, combined, scalarBase, contiguousBase },
}) => `
import * as kernels from "../kernels/elementwise/index";
import * as matrices from "../kernels/linalg/index";
import { Memory, Words } from "./memory";
import { nativeFactors } from "./native";
import * as pairs from "./pairs";
${namespace("reducer", reducers)}${namespace("axisKernel", axisKernels)}${scalars.map(strip).join("")}
/** How many operands an elementwise kernel reads, by its number. */
const arities = memory.data<u8>([${aritiesByNumber(scalars).join(", ")}]);

export function arity(kernel: i32): i32 {
  return load<u8>(arities + kernel);
}

/** An elementwise kernel over contiguous elements; operands that it does not have are not read. */
@inline
export function contiguous(kernel: i32, n: i32, d: usize, a: usize, b: usize, c: usize): void {
  switch (kernel) {
${scalars.map(stripCase).join("")}    default: unreachable();
  }
}

/** Both kernels of a pair over contiguous elements. */
export function pair(kernel: i32, n: i32, d: usize, e: usize, a: usize): void {
  switch (kernel) {
${pairs.map(pairCase).join("")}    default: unreachable();
  }
}

/** A kernel of kernels/linalg.ts, by a native library where there is one and the matrix is large. */
export function linalg(kernel: i32, m: Memory, d: i32, a: i32, b: i32, p: i32, q: i32, r: i32, work: i32): i32 {
  const status = nativeFactors(kernel, m, d, a, b, p, q, r, work);
  if (status >= 0) return status;
  switch (kernel) {
${linalg.map(linalgCase).join("")}    default: unreachable();
  }
  return 0;
}

/** Runs an instruction on contiguous elements and returns where the next one begins. */
@inline
export function runContiguous(code: Words, pc: i32, arena: Memory): i32 {
  const word = changetype<usize>(code) + ((<usize>pc) << 2);
  const base = changetype<usize>(arena);
  const kernel = load<i32>(word) - ${contiguousBase};
  contiguous(kernel, load<i32>(word, 4), ${[1, 2, 3, 4].map(address).join(", ")});
  return pc + 3 + arity(kernel);
}

/** Runs an instruction on single elements and returns where the next one begins. */
@inline
export function runScalar(code: Words, pc: i32, arena: Memory): i32 {
  const word = changetype<usize>(code) + ((<usize>pc) << 2);
  const base = changetype<usize>(arena);
  switch (load<i32>(word)) {
${scalars.map(elementCase(scalarBase)).join("")}${Object.entries(combined).map(combinedCase).join("")}    default: unreachable();
  }
  return pc;
}
`;
