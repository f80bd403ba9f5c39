// Writes the part of the WebAssembly interpreter that is one line for each elementwise kernel, so that a new operation
// needs no other place than its kernel. The text is AssemblyScript.

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

/** Operand k of the instruction: word k + 1. */
const address = (k) => `mem + ((<usize>load<u32>(pc, ${4 * (k + 1)})) << 3)`;

const scalarCase =
  (base) =>
  ({ name, number, arity }) => {
    const operands = parameters.slice(0, arity).map((_, k) => `v128.load_splat<f64>(${address(k + 1)})`);
    return `      case ${base + number}:
        v128.store_lane<f64>(${address(0)}, kernels.${name}(${operands.join(", ")}), 0);
        pc += ${4 * (arity + 2)};
        break;
`;
  };

/** The number of elements comes first. */
const contiguousCase =
  (base) =>
  ({ name, number, arity }) => {
    const operands = Array.from({ length: arity + 1 }, (_, k) => address(k + 1));
    return `      case ${base + number}:
        strip_${name}(load<i32>(pc, 4), ${operands.join(", ")});
        pc += ${4 * (arity + 3)};
        break;
`;
  };

export function dispatch({ dispatchTable: { opcode, scalarBase, contiguousBase, scalars } }) {
  return `// Generated from the engine's tables.
import * as kernels from "../kernels/elementwise/index";
import { structural } from "./interpreter";

export namespace opcode {
${Object.entries(opcode)
  .map(([name, number]) => `  export const ${name}: i32 = ${number};\n`)
  .join("")}}
export const scalarBase: i32 = ${scalarBase};
export const contiguousBase: i32 = ${contiguousBase};
${scalars.map(strip).join("")}
/** An elementwise kernel over contiguous elements; operands that it does not have are not read. */
export function strip(kernel: i32, n: i32, d: usize, a: usize, b: usize, c: usize): void {
  switch (kernel) {
${scalars.map(stripCase).join("")}    default: unreachable();
  }
}

/** Runs the instructions from one address to another over the arena at \`mem\`. */
export function walk(pc: usize, end: usize, mem: usize): void {
  while (pc < end) {
    switch (load<i32>(pc)) {
${scalars.map(scalarCase(scalarBase)).join("")}${scalars.map(contiguousCase(contiguousBase)).join("")}      default: pc = structural(pc, mem);
    }
  }
}
`;
}
