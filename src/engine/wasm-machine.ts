import { fault } from "../diagnostics.js";
import { formatBytes } from "../limits.js";
import { failuresOf } from "./interpreter/interpret.js";
import { workspaceSize } from "./interpreter/workspace.js";
import type { Machine } from "./machine.js";
import type { Plan } from "./plan.js";
import { instantiate } from "./wasm-module.js";

const pageSize = 65_536;
/** As many as 32-bit addresses reach. */
const mostPages = 65_536;
const firstPages = 16;

const aligned = (address: number) => Math.ceil(address / 64) * 64;

/** Where workspace, instructions and arena lie in the memory, one behind the other. */
function layOut(heapBase: number, { code, arenaSize }: Plan) {
  const workspace = aligned(heapBase);
  const instructions = aligned(workspace + 4 * workspaceSize);
  const arena = aligned(instructions + 4 * code.length);
  return { workspace, instructions, arena, end: arena + 8 * arenaSize };
}

/** Whether a plan's values fit into the memory of WebAssembly. */
export const fitsIntoWasm = ({ code, arenaSize }: Plan) =>
  4 * code.length + 8 * arenaSize <= (mostPages - 2 * firstPages) * pageSize;

/** The plan in WebAssembly. Compiling the kernels takes a few milliseconds, so it has to be worth it. */
export function wasmMachine(plan: Plan): Machine {
  const memory = new WebAssembly.Memory({ initial: firstPages, maximum: mostPages, shared: true });
  const kernels = instantiate(memory);
  const { workspace, instructions, arena: start, end } = layOut(kernels.heapBase.value, plan);
  const missing = Math.ceil(end / pageSize) - firstPages;
  if (missing > 0) grow(memory, missing, plan);
  const { buffer } = memory;
  new Int32Array(buffer, instructions, plan.code.length).set(plan.code);
  const arena = new Float64Array(buffer, start, plan.arenaSize);
  arena.set(plan.constants);
  const run = new Int32Array(buffer, workspace, workspaceSize);
  return {
    arena,
    run: () => {
      run.fill(0);
      kernels.walk(instructions, 0, plan.code.length, start, workspace);
      return failuresOf(run);
    },
  };
}

/** The limit may allow more than the machine has. */
function grow(memory: WebAssembly.Memory, pages: number, { arenaSize }: Plan): void {
  try {
    memory.grow(pages);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw fault("out-of-memory", { bytes: formatBytes(8 * arenaSize) });
  }
}
