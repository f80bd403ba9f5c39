import { type ScalarOpName, scalarRegistry } from "../ops/registry.js";
import { combined, contiguousBase, opcode, scalarBase, stripLength } from "./instructions.js";
import { kernelNames, kernelNumbers, pairs } from "./kernel-numbers.js";
import * as elementwise from "./kernels/elementwise/index.js";
import * as linalg from "./kernels/linalg/index.js";

/** What the WebAssembly interpreter is generated from: the numbers that plans are written in. */
export const dispatchTable = {
  opcode,
  combined,
  scalarBase,
  contiguousBase,
  stripLength,
  reducers: kernelNames.reducer,
  axisKernels: kernelNames.axis,
  scalars: (Object.keys(scalarRegistry) as ScalarOpName[])
    .filter((name) => name in elementwise)
    .map((name) => ({
      name,
      number: kernelNumbers.scalar(name),
      arity: scalarRegistry[name].args.length,
    })),
  pairs: pairs.map(([name], number) => ({ name, number })),
  linalg: (Object.keys(linalg) as (keyof typeof linalg)[]).map((name) => ({
    name,
    number: kernelNumbers.linalg(name),
  })),
};
