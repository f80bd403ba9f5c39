import { fault } from "../diagnostics.js";
import { formatBytes } from "../limits.js";
import { failuresOf } from "./interpreter/failures.js";
import { forgetFailures, workspaceSize } from "./interpreter/workspace.js";
import type { Machine } from "./machine.js";
import { bytesPerElement } from "./memory-limit.js";
import type { BlasSource } from "./native/source.js";
import type { Plan } from "./plan.js";
import { controlBytes, formTeam, type Team } from "./team.js";
import { instantiate, type KernelExports } from "./wasm-module.js";

const pageSize = 65_536;
/** As many as 32-bit addresses reach. */
const mostPages = 65_536;
const firstPages = 16;
/** For all that is not the arena. */
const sparePages = 256;

const aligned = (address: number) => Math.ceil(address / 64) * 64;

/** Where the room of each thread, workspace, instructions and arena lie in the memory, one behind the other. */
function layOut(
  { heapBase, scratchBytes }: KernelExports,
  { code, arenaSize, stripRoom }: Plan,
  threads: number,
) {
  let free = aligned(heapBase.value);
  const take = (bytes: number) => {
    const start = free;
    free = aligned(start + bytes);
    return start;
  };
  const rooms = Array.from({ length: threads }, () => ({
    scratch: take(scratchBytes.value),
    buffers: take(threads > 1 ? bytesPerElement * stripRoom : 0),
  }));
  const control = take(controlBytes(threads));
  const workspace = take(4 * workspaceSize);
  const instructions = take(4 * code.length);
  return { rooms, control, workspace, instructions, arena: free, end: free + bytesPerElement * arenaSize };
}

/** Whether a plan's values fit into the memory of WebAssembly. */
export const fitsIntoWasm = ({ code, arenaSize }: Plan) =>
  4 * code.length + 8 * arenaSize <= (mostPages - sparePages) * pageSize;

/** What a machine may use besides. */
export interface Helpers {
  readonly blas: BlasSource | undefined;
  /** How many threads share large work. */
  readonly threads: () => number;
  /** The work of a run, as plans estimate it, from which on threads are started. Default: where they are worth it. */
  readonly threadsFrom?: number;
}

/** The work of a run, as plans estimate it, from which on threads are worth starting: that takes some 20 ms of each. */
const worthThreads = 20_000_000;

/** The plan in WebAssembly. Compiling the kernels takes a few milliseconds, so it has to be worth it. */
export function wasmMachine(
  plan: Plan,
  { blas, threads: most, threadsFrom = worthThreads }: Helpers,
): Machine {
  const memory = new WebAssembly.Memory({ initial: firstPages, maximum: mostPages, shared: true });
  let team: Team | undefined;
  const kernels = instantiate(
    memory,
    blas && withThreads(blas, most),
    (member) => team?.isAlive(member) ?? false,
  );
  const wanted = plan.work < threadsFrom ? 1 : most();
  const layout = layOut(kernels, plan, wanted);
  const missing = Math.ceil(layout.end / pageSize) - firstPages;
  if (missing > 0) grow(memory, missing, plan);
  kernels.useScratch(layout.rooms[0]!.scratch);
  const { buffer } = memory;
  new Int32Array(buffer, layout.instructions, plan.code.length).set(plan.code);
  const arena = new Float64Array(buffer, layout.arena, plan.arenaSize);
  arena.set(plan.constants);
  if (wanted > 1) team = formTeam(kernels, memory, layout.control, layout.rooms);
  const run = new Int32Array(buffer, layout.workspace, workspaceSize);
  const machine: Machine = {
    arena,
    isCompiled: true,
    threads: team?.threads ?? 1,
    run: (from, to) => {
      forgetFailures(run);
      kernels.walk(layout.instructions, from, to, layout.arena, layout.workspace);
      return failuresOf(run);
    },
  };
  team?.endWith(machine);
  return machine;
}

/** The library with as many threads as this machine may have, told when it is first used. */
function withThreads(blas: BlasSource, threads: () => number): BlasSource {
  let library: ReturnType<BlasSource>;
  let isTold = false;
  return () => {
    if (!isTold) {
      library = blas();
      library?.threads?.set(threads());
      isTold = true;
    }
    return library;
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
