import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { type KernelExports, kernelModule } from "./wasm-module.js";

/** Addresses in the memory that a member of a team has for itself. */
export interface Room {
  /** For the kernels: see `useScratch`. */
  readonly scratch: number;
  /** For the buffers of strips. */
  readonly buffers: number;
}

/** Bytes of the block of words through which a team works: see `wasm/team.ts`. */
export const controlBytes = (threads: number) => 128 + 4 * threads;

/**
 * What a thread runs: it waits for the first word of the control block to change, and helps with what is to be done. It
 * has no function of the host, which no shared work calls. Where an exception ends it, it says so; where it is ended
 * without another word, its port is closed all the same.
 */
const thread = `
const { workerData } = require("node:worker_threads");
const { module, memory, control, room, member, port } = workerData;
const none = () => {
  throw new Error("a thread has no host");
};
const host = new Proxy({}, { get: () => none });
const kernels = new WebAssembly.Instance(module, { env: { memory }, host }).exports;
kernels.useScratch(room.scratch);
kernels.joinTeam(control, room.buffers, member, 1);
const words = new Int32Array(memory.buffer, control, 1);
try {
  for (let seen = 0; ; seen = Atomics.load(words, 0)) {
    kernels.help();
    Atomics.wait(words, 0, seen);
  }
} catch (error) {
  kernels.giveUp();
  throw error;
}
`;

/** Threads end with the machine that they work for. */
const teams = new FinalizationRegistry<readonly Member[]>((members) => {
  for (const { worker } of members) void worker.terminate();
});

interface Member {
  readonly worker: Worker;
  /** The other end of a channel to it. */
  readonly port: MessagePort;
  /** Whether the port can tell that the thread has ended. */
  readonly tells: boolean;
}

export interface Team {
  /** How many there are, with the one that gives out the work. */
  readonly threads: number;
  /** Whether a member has not ended. Events do not tell: they are not seen as long as a run lasts. */
  isAlive(member: number): boolean;
  /** Lets the team work as long as `owner` is reachable. */
  endWith(owner: object): void;
}

/**
 * Makes a thread for each room but the first, which is that of the kernels given; fewer, or none, where they cannot be
 * started. They do not keep the process alive.
 */
export function formTeam(
  kernels: KernelExports,
  memory: WebAssembly.Memory,
  control: number,
  rooms: readonly Room[],
): Team {
  const members: Member[] = [];
  for (const room of rooms.slice(1)) {
    const member = start({ module: kernelModule(), memory, control, room, member: members.length + 1 });
    // What one was refused, the next one will not get.
    if (member === undefined) break;
    members.push(member);
  }
  const threads = 1 + members.length;
  kernels.joinTeam(control, rooms[0]!.buffers, 0, threads);
  return {
    threads,
    isAlive: (member) => {
      const { port, tells } = members[member - 1]!;
      return !tells || reaches(port);
    },
    endWith: (owner) => teams.register(owner, members),
  };
}

/** A thread, if there may be another one. The shares of one that fails to come up later are taken by the others. */
function start(data: object): Member | undefined {
  const { port1, port2 } = new MessageChannel();
  // Both ends are still here.
  const tells = reaches(port1);
  try {
    const worker = new Worker(thread, {
      eval: true,
      workerData: { ...data, port: port2 },
      transferList: [port2],
      // Flags of the process, such as --input-type=module, are not for this text.
      execArgv: [],
    });
    worker.on("error", () => {});
    worker.unref();
    return { worker, port: port1, tells };
  } catch {
    port1.close();
    return undefined;
  }
}

/** Whether a message has somebody to go to: Node tells, though its declaration does not. */
const reaches = (port: MessagePort) =>
  (port as { postMessage(message: null): unknown }).postMessage(null) === true;
