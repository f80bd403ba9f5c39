import { type ScalarOpName, scalarRegistry } from "../ops/registry.js";
import { contiguousBase, opcode, scalarBase } from "./instructions.js";
import { kernelNumbers } from "./kernel-numbers.js";
import * as elementwise from "./kernels/elementwise/index.js";

/** What the WebAssembly interpreter is generated from: the numbers that plans are written in. */
export const dispatchTable = {
  opcode,
  scalarBase,
  contiguousBase,
  scalars: (Object.keys(scalarRegistry) as ScalarOpName[])
    .filter((name) => name in elementwise)
    .map((name) => ({
      name,
      number: kernelNumbers.scalar(name),
      arity: scalarRegistry[name].args.length,
    })),
};
