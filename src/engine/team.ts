import { Worker } from "node:worker_threads";
import { type KernelExports, kernelModule } from "./wasm-module.js";

/** Addresses in the memory that a member of a team has for itself. */
export interface Room {
  /** For the kernels: see `useScratch`. */
  readonly scratch: number;
  /** For the buffers of strips. */
  readonly buffers: number;
}

/** Bytes of the block of words through which a team works: see `wasm/team.ts`. */
export const controlBytes = 128;

/**
 * What a thread runs: it waits for the first word of the control block to change, and helps with what is to be done. It
 * has no function of the host, which no shared work calls.
 */
const thread = `
const { workerData } = require("node:worker_threads");
const { module, memory, control, room, threads } = workerData;
const none = () => {
  throw new Error("a thread has no host");
};
const host = new Proxy({}, { get: () => none });
const kernels = new WebAssembly.Instance(module, { env: { memory }, host }).exports;
kernels.useScratch(room.scratch);
kernels.joinTeam(control, room.buffers, threads);
const words = new Int32Array(memory.buffer, control, 1);
for (let seen = 0; ; seen = Atomics.load(words, 0)) {
  kernels.help();
  Atomics.wait(words, 0, seen);
}
`;

/** Threads end with the machine that they work for. */
const teams = new FinalizationRegistry<readonly Worker[]>((workers) => {
  for (const worker of workers) void worker.terminate();
});

/**
 * Makes a thread for each room but the first, which is that of the kernels given. They work as long as `owner` is
 * reachable, and do not keep the process alive.
 */
export function formTeam(
  owner: object,
  kernels: KernelExports,
  memory: WebAssembly.Memory,
  control: number,
  rooms: readonly Room[],
): void {
  const threads = rooms.length;
  kernels.joinTeam(control, rooms[0]!.buffers, threads);
  const workers = rooms.slice(1).flatMap((room) => {
    const workerData = { module: kernelModule(), memory, control, room, threads };
    try {
      // Flags of the process, such as --input-type=module, are not for this text.
      const worker = new Worker(thread, { eval: true, workerData, execArgv: [] });
      worker.on("error", () => {});
      worker.unref();
      return [worker];
    } catch {
      // A thread that may not or cannot start is missed by nobody: the others take its shares.
      return [];
    }
  });
  teams.register(owner, workers);
}
