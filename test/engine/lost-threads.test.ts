import { spawnSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import type { WorkerOptions } from "node:worker_threads";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Fault } from "../../src/diagnostics.js";
import { inputNode, newCalculus } from "../support/graph.js";
import { compiled, expectSame, planOf, runOn } from "../support/machines.js";
import { inputsOf, valuesFor } from "../support/strip-graphs.js";

type Made = [text: string, options: WorkerOptions];

/** What becomes of a thread that is about to be started: nothing, unless a test says so. */
const fate = vi.hoisted(() => ({ of: (...made: Made): Made => made }));
const unharmed = fate.of;

vi.mock("node:worker_threads", async (importOriginal) => {
  const actual = await importOriginal<typeof import("node:worker_threads")>();
  class Worker extends actual.Worker {
    constructor(...made: Made) {
      super(...fate.of(...made));
    }
  }
  return { ...actual, Worker };
});

afterEach(() => {
  fate.of = unharmed;
});

const b = newCalculus();
const x = inputNode(b, "x", [312_345]);
const y = b.sin(x);
const results = [b.sum(y, null), b.mul(b.add(b.square(y), 1), x)];
const p = planOf(results);
const values = valuesFor(inputsOf(results), 5);
const expected = runOn(compiled(p), p, values);

/** Runs again and again, so that threads come up between two runs. Whatever ends a run, the others are right. */
async function failuresOf(machine: ReturnType<typeof compiled>): Promise<unknown[]> {
  const failures: unknown[] = [];
  for (let i = 0; i < 30; i++) {
    try {
      expectSame(runOn(machine, p, values), expected, `run ${i}`);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      failures.push(...error.diagnostics.map(({ code }) => code));
    }
    await pause(20);
  }
  return failures;
}

describe("a thread", () => {
  it("that cannot be started is done without", async () => {
    let count = 0;
    fate.of = (...made) => {
      if (++count === 2) throw Object.assign(new Error("EAGAIN"), { code: "ERR_WORKER_INIT_FAILED" });
      return made;
    };
    const machine = compiled(p, 4);
    expect(machine.threads).toBe(2);
    expect(count).toBe(2);
    expect(await failuresOf(machine)).toEqual([]);
  });

  it("that ends before it works is not waited for", async () => {
    fate.of = (_, options) => ["throw new Error('not this time')", options];
    expect(await failuresOf(compiled(p, 3))).toEqual([]);
  });

  it("that fails in the middle of its share ends the run, and no other one", async () => {
    // Its buffers lie beyond the memory.
    fate.of = (text, options) => {
      const { workerData } = options;
      const room = { ...workerData.room, buffers: 2 ** 32 - 4096 };
      return [text, { ...options, workerData: { ...workerData, room } }];
    };
    expect(await failuresOf(compiled(p, 2))).toEqual(["thread-lost"]);
  });

  it("that is ended while it works, by no code of its own, ends the run, and no other one", async () => {
    fate.of = (text, options) => [
      // As `help` begins.
      text.replace(
        "kernels.help();",
        "Atomics.store(new Int32Array(memory.buffer, control + 128 + 4 * member, 1), 0, 1); process.exit();",
      ),
      options,
    ];
    expect(await failuresOf(compiled(p, 2))).toEqual(["thread-lost"]);
  });

  it("that the system refuses is done without", () => {
    const library = new URL("../../dist/index.js", import.meta.url);
    const program = `
      import { compile } from ${JSON.stringify(library.href)};
      const text = "y = sum(exp(sin(cos(tanh(x * linspace(0, 1, 4000000))))))";
      const value = (threads) => {
        const { evaluation } = compile(text, { threads, profile: true }).program.run({ x: 1 });
        return [evaluation.profile.threads, evaluation.outputs[0].tensor.data[0]];
      };
      process.stdout.write(JSON.stringify([value(3), value(1)]));
    `;
    const permission = ["--permission", "--experimental-permission"].find((flag) =>
      process.allowedNodeEnvironmentFlags.has(flag),
    )!;
    const { status, stdout } = spawnSync(
      process.execPath,
      [permission, "--allow-fs-read=*", "--input-type=module", "-e", program],
      { encoding: "utf8", timeout: 20_000 },
    );
    expect(status).toBe(0);
    const [refused, alone] = JSON.parse(stdout);
    expect(refused).toEqual(alone);
    expect(alone[0]).toBe(1);
  });
});
