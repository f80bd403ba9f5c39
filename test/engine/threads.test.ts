import { spawnSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { opcode } from "../../src/engine/instructions.js";
import { partialsAt } from "../../src/engine/interpreter/strip-layout.js";
import { wasmMachine } from "../../src/engine/wasm-machine.js";
import type { OperatorNode } from "../../src/graph/node.js";
import type { GraphCalculus } from "../../src/ops/calculus.js";
import type { Shape } from "../../src/tensor.js";
import { inputNode, newCalculus } from "../support/graph.js";
import { compiled, expectSame, planOf, runOn } from "../support/machines.js";
import { inputsOf, valuesFor } from "../support/strip-graphs.js";

type Case = readonly [
  name: string,
  shape: Shape,
  make: (b: GraphCalculus, x: OperatorNode) => OperatorNode[],
];

const softmax = (b: GraphCalculus, x: OperatorNode, axis: number) => {
  const y = b.exp(b.sub(x, b.reduce("max", x, [axis], true)));
  return b.div(y, b.sum(y, [axis], true));
};

const cases: readonly Case[] = [
  ["the sum of all", [312_345], (b, x) => [b.sum(b.sin(x), null)]],
  ["sums of long rows", [1000, 700], (b, x) => [b.sum(b.sin(x), [1])]],
  ["sums of long columns", [1000, 700], (b, x) => [b.sum(b.sin(x), [0])]],
  ["sums of few columns", [70_000, 5], (b, x) => [b.sum(b.sin(x), [0])]],
  ["sums of short rows", [70_000, 5], (b, x) => [b.sum(b.sin(x), [1])]],
  [
    "rows, columns and all at once",
    [70_000, 5],
    (b, x) => {
      const y = b.sin(x);
      return [b.sum(y, [0]), b.reduce("max", y, [1]), b.sum(y, null), b.reduce("logsumexp", y, [1])];
    },
  ],
  ["rows and all at once", [1000, 700], (b, x) => [b.sum(b.sin(x), [1]), b.sum(b.sin(x), null)]],
  ["a chain", [301, 999], (b, x) => [b.mul(b.exp(b.sin(x)), b.add(x, 1))]],
  [
    "a chain over other operands",
    [301, 999],
    (b, x) => {
      const [row, turned] = [inputNode(b, "row", [999]), inputNode(b, "turned", [999, 301])];
      const y = b.add(b.mul(b.sin(x), row), b.matrixTranspose(turned));
      return [b.mul(y, inputNode(b, "number", [])), b.reduce("min", y, [0])];
    },
  ],
  ["softmax along rows", [1000, 300], (b, x) => [softmax(b, b.mul(x, 2), 1)]],
  ["softmax along short rows", [20_000, 11], (b, x) => [softmax(b, b.mul(x, 2), 1)]],
  ["softmax along columns", [1000, 300], (b, x) => [softmax(b, b.mul(x, 2), 0)]],
  [
    "products of matrices",
    [203, 187],
    (b, x) => {
      const right = inputNode(b, "right", [187, 211]);
      const left = inputNode(b, "left", [187, 203]);
      return [b.matmul(x, right), b.matmul(b.matrixTranspose(left), right)];
    },
  ],
  [
    "one after another, each of what was before",
    [203, 203],
    (b, x) => {
      let y = x;
      for (let i = 0; i < 6; i++)
        y = b.div(b.sin(b.matmul(y, b.sin(b.mul(y, 2)))), b.add(b.sum(b.square(y), null), 1));
      return [y];
    },
  ],
];

const threadsOf = [2, 3];
const runs = 20;

describe("threads give the same bits as one", () => {
  it.each(cases)("for %s", async (_name, shape, make) => {
    const b = newCalculus();
    const results = make(b, inputNode(b, "x", shape));
    const p = planOf(results);
    const values = valuesFor(inputsOf(results), 21);
    const expected = runOn(compiled(p), p, values);
    for (const threads of threadsOf) {
      const machine = compiled(p, threads);
      expect(machine.threads).toBe(threads);
      for (let i = 0; i < runs; i++) {
        expectSame(runOn(machine, p, values), expected, `${threads} threads, run ${i}`);
        // The others take a while to start; until then, one thread does it all.
        if (i === 0) await pause(100);
      }
    }
  });

  it("and do share the work", () => {
    const b = newCalculus();
    const p = planOf([b.sum(b.sin(inputNode(b, "x", [312_345])), null)]);
    expect(p.code[0]).toBe(opcode.strips);
    const values = valuesFor(inputsOf([b.sum(b.sin(inputNode(b, "x", [312_345])), null)]), 1);
    const partial = (threads: number) => {
      const machine = compiled(p, threads);
      runOn(machine, p, values);
      return machine.arena[p.code[partialsAt]!];
    };
    // Shares leave what they give there, and one thread knows of no shares.
    expect(partial(1)).toBe(0);
    expect(partial(2)).not.toBe(0);
  });

  it("where there is enough to do, as the plan has it", () => {
    const b = newCalculus();
    const p = planOf([b.sin(inputNode(b, "x", [1000]))]);
    const helpers = { blas: undefined, threads: () => 3 };
    expect(wasmMachine(p, helpers).threads).toBe(1);
    expect(wasmMachine(p, { ...helpers, threadsFrom: p.work + 1 }).threads).toBe(1);
    expect(wasmMachine(p, { ...helpers, threadsFrom: p.work }).threads).toBe(3);
  });

  it("and keep no process alive", () => {
    // The built library in a process of its own: here, the runner would end with its threads or without.
    const library = new URL("../../dist/index.js", import.meta.url);
    const program = `
      import { compile } from ${JSON.stringify(library.href)};
      const text = "y = sum(exp(sin(cos(tanh(x * linspace(0, 1, 4000000))))))";
      const { program } = compile(text, { threads: 3, profile: true });
      process.stdout.write(String(program.run({ x: 1 }).evaluation.profile.threads));
    `;
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      encoding: "utf8",
      // One that does not end is killed then, and has no status.
      timeout: 20_000,
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "3", stderr: "" });
  });
});
