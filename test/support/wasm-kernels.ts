import { instantiate } from "../../src/engine/wasm-module.js";

const pageSize = 65_536;
const aligned = (address: number) => Math.ceil(address / 64) * 64;

/** The compiled kernels over an arena of that many elements. */
export function compiledKernels(elements: number) {
  const memory = new WebAssembly.Memory({ initial: 16, maximum: pageSize, shared: true });
  const kernels = instantiate(memory);
  const scratch = aligned(kernels.heapBase.value);
  const arena = aligned(scratch + kernels.scratchBytes.value);
  memory.grow(Math.ceil((arena + 8 * elements) / pageSize));
  kernels.useScratch(scratch);
  return { kernels, arena, mem: new Float64Array(memory.buffer, arena, elements) };
}
