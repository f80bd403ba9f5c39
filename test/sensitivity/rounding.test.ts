import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readInputs } from "../../src/io/json-reader.js";
import { fileModules } from "../../src/io/modules.js";
import { defaultLimits } from "../../src/limits.js";
import { scalarOperations } from "../../src/ops/registry.js";
import type { Tensor } from "../../src/tensor.js";
import { randomSource } from "../support/random.js";
import { randomScript } from "../support/random-scripts.js";
import { type Rounded, roundedOutputs } from "../support/rounding.js";
import { tensorCases, valuesFor } from "../support/tensor-cases.js";

/** How much larger than the error the bound is, in the middle of many. */
function median(all: readonly Rounded[]): number {
  const ratios = all.filter(({ error }) => error > 0).map(({ bound, error }) => bound / error);
  return ratios.sort((p, q) => p - q)[ratios.length >> 1]!;
}

/** Elements that are further from their value in 32 digits than the bound says. */
const exceeding = (all: readonly Rounded[]) =>
  all.filter(({ value, error, bound }) => Number.isFinite(value) && !(error <= bound));

const vector = (...data: readonly number[]): Tensor => ({
  shape: [data.length],
  data: Float64Array.from(data),
});

describe("the bound for rounding errors", () => {
  // Scripts without an output of their own are there to be imported.
  const examples = readdirSync("examples").filter((name) => name.endsWith(".ag") && name !== "layers.ag");

  it("holds for every example, and is of their size", () => {
    const all = examples.flatMap((file) => {
      const path = `examples/${file}`;
      const json = path.replace(/ag$/, "json");
      const values = existsSync(json) ? readInputs(readFileSync(json), json) : new Map<string, Tensor>();
      const source = { name: path, text: readFileSync(path, "utf8") };
      const found = roundedOutputs(source, values, { modules: fileModules(source, path, defaultLimits) });
      expect([file, exceeding(found)]).toEqual([file, []]);
      expect(found.length).toBeGreaterThan(0);
      return found;
    });
    expect(median(all)).toBeLessThan(100);
  });

  it("holds for every tensor operation", () => {
    const all = tensorCases.flatMap(({ text, shapes }, i) => {
      const inputs = Object.entries(shapes).map(([name, shape]) => `input ${name}: [${shape.join(", ")}]`);
      const found = roundedOutputs([...inputs, `out = ${text}`].join("\n"), valuesFor(shapes, 17 + i));
      expect([text, exceeding(found)]).toEqual([text, []]);
      return found;
    });
    expect(all.length).toBeGreaterThan(800);
    expect(median(all)).toBeLessThan(30);
  });

  it("holds for every elementwise function", () => {
    const random = randomSource(5);
    for (const { name, args, domain, documentation } of scalarOperations) {
      if (documentation === undefined) continue;
      const values = args.map((_, i): [string, Tensor] => {
        const [low, high] = domain[i]!;
        const data = Array.from({ length: 40 }, () => low + (high - low) * random());
        return [`x${i}`, vector(...data)];
      });
      const text = `out = ${name}(${values.map(([input]) => input).join(", ")})`;
      const found = roundedOutputs(text, new Map(values));
      expect([name, exceeding(found)]).toEqual([name, []]);
    }
  });

  it("holds for programs of random operations, with loops in loops, branches and derivatives", () => {
    const all = Array.from({ length: 40 }, (_, seed) => {
      const script = randomScript(seed);
      const found = roundedOutputs(script);
      expect([script, exceeding(found)]).toEqual([script, []]);
      return found;
    }).flat();
    expect(all.filter(({ error }) => error > 0).length).toBeGreaterThan(100);
    expect(median(all)).toBeLessThan(1000);
  });

  it("holds for sums and products that are long", () => {
    const long = "x = sin(arange(20000) * 0.7)\nm = reshape(x, 100, 200)";
    for (const text of [
      "sum(x)",
      "sum(m, axis=0)",
      "sum(m, axis=1)",
      "norm(x)",
      "cumsum(x)[-1]",
      "(m @ m')[3]",
      "logsumexp(x * 30)",
      "sum(softmax(m * 9)[:, :3], axis=0)",
      "prod(1 + x / 9)",
    ]) {
      const found = roundedOutputs(`${long}\ny = ${text}\noutput y`);
      expect([text, exceeding(found)]).toEqual([text, []]);
    }
  });

  it("holds where a matrix is all but singular", () => {
    const hilbert = "i = arange(7)\nA = 1 / (reshape(i, 7, 1) + i + 1)\nb = i + 1";
    for (const text of [
      "solve(A, b)",
      "inv(A)[0]",
      "det(A)",
      "cholesky(A)",
      "eigvalsh(A)",
      "slogdet(A)[1]",
      "svd(A)[1]",
      "qr(A)[1]",
    ]) {
      const found = roundedOutputs(`${hilbert}\ny = ${text}\noutput y`);
      expect([text, exceeding(found)]).toEqual([text, []]);
    }
  });

  it("holds on kinks, where derivatives take one side or the middle", () => {
    // The sum is rounded, so that d is 0 and should not be.
    const lost = "input p = 0.1\ninput q = 0.2\nd = p + q - 0.30000000000000004\n";
    for (const text of [
      "abs(d)",
      "relu(-d)",
      "leaky_relu(d)",
      "maximum(-d, 0)",
      "minimum(0, d)",
      "max([-d, 0, -1])",
      "min([[d, 0], [0, -d]], axis=1)",
      "norm([d, 0, d])",
      "norm([[d, 0], [1, d]], axis=0, keepdims=1)",
      "hypot(d, 0)",
      "clip(-d, 0, 1)",
      "iterate(s -> abs(s - d), 0, 3)",
    ]) {
      const found = roundedOutputs(`${lost}y = ${text}\noutput y`);
      expect(found.some(({ error }) => error > 0)).toBe(true);
      expect([text, exceeding(found)]).toEqual([text, []]);
    }
  });

  it("counts what a script rounds behind stop_gradient, and in functions with a derivative of their own", () => {
    const [barrier] = roundedOutputs("input x = 0.1; y = stop_gradient(x / 3) * 2 - x");
    const [open] = roundedOutputs("input x = 0.1; y = x / 3 * 2 - x");
    expect(barrier!.bound).toBe(open!.bound);
    const [custom] = roundedOutputs(
      "f(x) = exp(x) / 3\nderivative f(x; dx) = 0 * dx\ninput x = 0.1\ny = f(x) + 1",
    );
    const [plain] = roundedOutputs("input x = 0.1\ny = exp(x) / 3 + 1");
    expect(custom!.bound).toBe(plain!.bound);
  });

  it("counts every step of a loop as the same steps written out", () => {
    const body = "s * s * 0.7 + c";
    const written = Array.from({ length: 6 }, (_, k) => `s${k + 1} = s${k} * s${k} * 0.7 + c`);
    const [straight] = roundedOutputs(`input s0 = 0.3\ninput c = 0.1\n${written.join("\n")}\noutput s6`);
    const loops = [
      `y = iterate(s -> ${body}, s0, 6)`,
      `y = fold((s, x) -> ${body}, s0, zeros([6]))`,
      `y = iterate(s -> iterate(s -> ${body}, s, 3), s0, 2)`,
      `y = scan((s, x) -> (${body}, s), s0, zeros([6]))[0]`,
    ];
    for (const loop of loops) {
      const [found] = roundedOutputs(`input s0 = 0.3\ninput c = 0.1\n${loop}\noutput y`);
      expect(Math.abs(found!.bound / straight!.bound - 1)).toBeLessThan(1e-12);
    }
    const [stopped] = roundedOutputs(
      `input s0 = 0.3\ninput c = 0.1\npair = while(p -> p[1] < 6, p -> (p[0] * p[0] * 0.7 + c, p[1] + 1), (s0, 0), max=50)\ny = pair[0]\noutput y`,
    );
    expect(Math.abs(stopped!.bound / straight!.bound - 1)).toBeLessThan(1e-12);
  });

  it("is 2⁻⁵³ of the result of one rounded operation, 0 where nothing is rounded", () => {
    const bounds = (text: string) => roundedOutputs(text).map(({ bound }) => bound);
    expect(bounds("input x = 3; y = x / 7")).toEqual([(3 / 7) * 2 ** -53]);
    expect(bounds("input x = 3; y = maximum(-x, abs(x))")).toEqual([0]);
    // The sum of 1e-10 and 1 loses what the difference shows.
    expect(bounds("input x = 1e-10; y = (1 + x) - 1")[0]).toBeCloseTo(2 ** -53, 25);
  });
});
