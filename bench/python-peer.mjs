// A peer in Python: one child process for the whole run, one line of JSON a request, numbers through files.
import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { pack } from "./tensors.mjs";
import { singleThread } from "./threads.mjs";

export const python = process.env.AUTOGRAD_BENCH_PYTHON ?? "python3";

export const pythonEnvironment = {
  ...process.env,
  ...singleThread,
  NPROC: "1",
  PJRT_NPROC: "1",
  XLA_FLAGS: "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
  JAX_PLATFORMS: "cpu",
  JAX_ENABLE_X64: "1",
  // No caches beside the sources.
  PYTHONDONTWRITEBYTECODE: "1",
};

/** Requests to a child, answered in order; `ask` rejects with what the child says, or with its last words. */
function conversation(key) {
  const server = path.join(import.meta.dirname, "peers", "serve.py");
  const child = spawn(python, [server, key], { env: pythonEnvironment, stdio: ["pipe", "pipe", "pipe"] });
  const waiting = [];
  let words = "";
  let ended;
  const fail = (message) => {
    ended ??= message;
    for (const { reject } of waiting.splice(0)) reject(new Error(message));
  };
  child.stderr.on("data", (data) => {
    words = (words + data).slice(-2000);
  });
  child.stdin.on("error", () => {});
  child.on("error", (error) => fail(`${python} could not be started: ${error.message}`));
  child.on("close", (code) => fail(`${python} ended with ${code}: ${words.trim().split("\n").at(-1)}`));
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { resolve, reject } = waiting.shift();
    const answer = JSON.parse(line);
    if (answer.error === undefined) resolve(answer);
    else reject(new Error(answer.error));
  });
  const ask = (request) =>
    new Promise((resolve, reject) => {
      if (ended !== undefined) throw new Error(ended);
      waiting.push({ resolve, reject });
      child.stdin.write(`${JSON.stringify(request)}\n`);
    });
  return { ask, close: () => child.stdin.end() };
}

export async function startPython(key, folder) {
  const { ask, close } = conversation(key);
  const { version } = await ask({ op: "hello" }).catch((error) => {
    close();
    throw error;
  });
  const file = path.join(folder, `${key}.f64`);

  async function results(id) {
    const { places } = await ask({ op: "results", id, file });
    const numbers = new Float64Array(Uint8Array.from(await readFile(file)).buffer);
    return new Map(places.map(({ name, offset, size }) => [name, numbers.slice(offset, offset + size)]));
  }

  return {
    version,
    close,
    /** Makes a workload ready to run, until it is forgotten. `first` is how long its first run took. */
    async prepare(workload, inputs, options = {}) {
      const { buffer, places } = pack(inputs);
      await writeFile(file, buffer);
      const id = JSON.stringify([workload, options]);
      const { first } = await ask({ op: "prepare", id, workload, inputs: places, file, options });
      return {
        first,
        run: async (count) => (await ask({ op: "run", id, count })).milliseconds,
        results: () => results(id),
        forget: () => ask({ op: "forget", id }),
      };
    },
  };
}
