import { arch, availableParallelism, cpus, platform, totalmem } from "node:os";
import { defaultLimits } from "../limits.js";
import type { Examination } from "../results.js";

declare const AUTOGRAD_VERSION: string;

/** A module with one function: the numbers of bits in the bytes of a vector of zeros. */
const moduleWithVectors = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x0a, 0x0a, 0x01, 0x08, 0x00, 0x41, 0x00, 0xfd, 0x0f, 0xfd, 0x62, 0x0b],
]);

/** What the machine has, but for a native BLAS. */
export function examineMachine(): Omit<Examination, "blas" | "check"> {
  const processors = cpus();
  return {
    version: AUTOGRAD_VERSION,
    node: process.versions.node,
    platform: `${platform()} ${arch()}`,
    processor: {
      model: processors[0]?.model.trim() ?? "unknown",
      count: processors.length,
      threads: availableParallelism(),
    },
    memory: { machine: totalmem(), limit: defaultLimits.memory },
    webAssembly: {
      simd: WebAssembly.validate(moduleWithVectors),
      sharedMemory: typeof SharedArrayBuffer === "function",
    },
  };
}
