import { describe, expect, it } from "vitest";
import { autograd } from "../support/cli.js";
import { expectAgreement, flat, script } from "../support/models.js";
import { type RnnInputs, rnnByLoops } from "../support/plain-models.js";
import { evaluate } from "../support/run.js";

const modules = new Map(["rnn", "layers"].map((name) => [`${name}.ag`, script(name)]));
const parameters = ["Wx", "Wh", "bh", "Wy", "by"] as const;

/** The loss after each step of `autograd fit`. */
function losses(name: string, steps: number, rate: number): number[] {
  const args = ["fit", `examples/${name}.ag`, "--steps", `${steps}`, "--rate", `${rate}`, "--json"];
  const { code, stdout, stderr } = autograd(args);
  expect([code, stderr]).toEqual([0, ""]);
  return (JSON.parse(stdout) as { loss: { history: number[] } }).loss.history;
}

describe("examples/rnn.ag", () => {
  it("has the loss that loops over characters and numbers give", () => {
    const { loss, ...values } = evaluate(
      script("rnn"),
      {},
      { modules, of: ["loss", "text", ...parameters], gradients: false },
    ).outputs;
    expectAgreement(loss, rnnByLoops(values as unknown as RnnInputs));
  });

  it("learns the text", () => {
    const history = losses("rnn", 60, 0.5);
    // Eight characters guessed without looking: log 8.
    expect(Math.abs(history[0]! - Math.log(8))).toBeLessThan(0.2);
    expect(history.at(-1)!).toBeLessThan(history[0]! / 10);
  });
});

describe("examples/rnn-clipped.ag", () => {
  const { outputs: plain, gradients } = evaluate(script("rnn"), {}, { modules, wrt: parameters });
  const norm = Math.hypot(...flat(parameters.map((name) => gradients.loss![name])));

  it.each([0, 0.01, 0.5, 1, 100])("has the loss of rnn.ag, and its gradient cut to the norm %d", (limit) => {
    const { outputs, gradients: cut } = evaluate(
      script("rnn-clipped"),
      { limit },
      { modules, wrt: parameters },
    );
    expect(outputs.clipped).toBe(plain.loss);
    for (const name of parameters) {
      const expected = flat(gradients.loss![name]).map((value) => value * Math.min(1, limit / norm));
      expectAgreement(cut.clipped![name], expected, name);
    }
  });

  it("learns at a rate that is too high for rnn.ag", () => {
    const [plain, cut] = [losses("rnn", 60, 3), losses("rnn-clipped", 60, 3)];
    // Without clipping it jumps above its start: when, is chaotic, and up to the last bit of a kernel.
    expect(Math.max(...plain)).toBeGreaterThan(plain[0]!);
    expect(Math.max(...cut)).toBe(cut[0]);
    expect(cut.at(-1)).toBeLessThan(0.3);
  });
});
