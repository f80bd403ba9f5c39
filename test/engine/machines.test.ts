import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countInstructions } from "../../src/engine/instruction-count.js";
import type { Shape } from "../../src/tensor.js";
import { graphOf } from "../support/graph.js";
import { compiled, expectSame, inJavaScript, planOf, runOn } from "../support/machines.js";
import { buildStripGraph, recipes, valuesFor } from "../support/strip-graphs.js";

/** With what its inputs look like, and the fewest groups that its plan has. */
interface Script {
  readonly text: string;
  readonly shapes: Readonly<Record<string, Shape>>;
  readonly fused: number;
}
const script = (text: string, shapes: Readonly<Record<string, Shape>>, fused = 0): Script => ({
  text,
  shapes,
  fused,
});

describe("JavaScript and WebAssembly give the same bits", () => {
  it("in strips of every kind", () => {
    let groups = 0;
    fc.assert(
      fc.property(recipes(20), (recipe) => {
        const { inputs, asked } = buildStripGraph(recipe);
        const p = planOf(asked);
        groups += countInstructions(p.code).fused;
        const machines = [inJavaScript(p), compiled(p)] as const;
        // What a run leaves in the arena must not be read by the next one.
        for (const seed of [recipe.seed, recipe.seed + 1]) {
          const values = valuesFor(inputs, seed);
          const [expected, found] = machines.map((machine) => runOn(machine, p, values));
          expectSame(found!, expected!, `seed ${seed}`);
        }
      }),
      { numRuns: 80 },
    );
    expect(groups).toBeGreaterThan(40);
  });

  const scripts: readonly Script[] = [
    // Loops with strips in their steps, forwards and backwards.
    script("y = fold((h, x) -> tanh(h * x) + x, zeros(600), x)", { x: [5, 600] }, 1),
    script("y = scan((h, x) -> (h / 2 + sin(x) * 2, sum(exp(h) * x)), x[0], x)[1]", { x: [4, 700] }, 1),
    script("y = scan((h, x) -> (h / 2 + sin(x) * 2, sum(exp(h) * x)), x[0], x)[0]", { x: [4, 700] }, 1),
    script("y = iterate(h -> h / (1 + sum(h * h + 1) / 3000) + x, x, 7)", { x: [30, 40] }, 1),
    script("y = while(h -> sum(abs(h) * 2) > 10, h -> h * 0.5, x, max=60)", { x: [3, 257] }, 1),
    script("y = while(h -> sum(abs(h) * 2) > 10, h -> h * 1, x, max=6)", { x: [3, 257] }, 1),
    script("y = grad(sum(fold((h, x) -> tanh(h * x) + x, zeros(600), x)), x)", { x: [5, 600] }, 2),
    script("y = grad(sum(scan((h, x) -> (h * x, max(h + x)), x[0], x)[1]), x)", { x: [4, 700] }, 1),
    script("y = map(r -> sum(map(s -> s * sin(s), r)), x)", { x: [30, 40] }),
    // Matrices.
    script("y = solve(x @ x' + 40 * eye(33), x)", { x: [33, 33] }),
    script("y = inv(x) + cholesky(x @ x' + eye(24)) + expm(x / 9)", { x: [24, 24] }),
    script("(y, v) = eigh(x)", { x: [20, 20] }),
    script("(y, v) = eigh(x)\nz = v * sin(y) + 1", { x: [20, 20] }),
    script("(u, s, v) = svd(x)\ny = u * s @ v", { x: [30, 17] }),
    script("(q, r) = qr(x)\ny = q @ r", { x: [30, 17] }),
    script("y = grad(slogdet(x @ x' + eye(30))[1] + sum(inv(x)), x)", { x: [30, 30] }),
    script("y = inv(x - x)", { x: [3, 5, 5] }),
    script("y = cholesky(x * 0 - eye(5)) + inv(x * 0)", { x: [3, 5, 5] }),
    script("y = cos(sin(x @ w)) @ w' + x * 2", { x: [37, 61], w: [61, 43] }, 1),
    script("y = grad(sum(tanh(x @ w + 1)), w)", { x: [203, 61], w: [61, 43] }, 1),
    script('y = einsum("bij,bjk->bik", x, x) + x', { x: [3, 31, 31] }),
    // Batches of small matrices, of all layouts, some of them the same for all.
    script("t(a) = transpose(a, (0, 2, 1))\ny = x @ w + x @ t(w) + t(x) @ w + t(x) @ t(w)", {
      x: [9, 4, 4],
      w: [9, 4, 4],
    }),
    script("y = x @ w[0] + w[1] @ x + x @ x", { x: [5, 7, 4, 4], w: [2, 4, 4] }),
    script("t(a) = transpose(a, (0, 2, 1))\ny = x @ w @ t(w) @ t(x)", { x: [6, 5, 3], w: [6, 3, 7] }),
    script("y = x[:, :1] @ w + x[:, 1:2] @ w", { x: [30, 2, 4], w: [30, 4, 1] }),
    script("y = x @ transpose(w, (1, 2, 0))", { x: [5, 8, 6], w: [9, 5, 6] }),
    // Short rows that repeat, and copies of them.
    script("y = reshape(transpose(x, (0, 2, 1)), 286, 6) * 2 + w", { x: [143, 4, 3], w: [286, 1] }, 1),
    script("y = x * w", { x: [143, 10], w: [143, 1] }, 1),
    script("y = x * w + sin(w)", { x: [143, 5], w: [143, 1] }, 1),
    script("y = concatenate((x, transpose(w), x), axis=1)", { x: [70, 3], w: [5, 70] }),
    // Indices, running sums, random numbers.
    script("y = take(sin(x) * 2, [3, 1, 3, 699]) + 1", { x: [700] }, 1),
    script("y = grad(sum(take(x * x, [3, 1, 3, 699]) ^ 3), x)", { x: [700] }),
    script(
      "y = cumsum(sin(x) * 2, axis=0) + softmax(x * 2, axis=1) + log_softmax(x + 1, axis=0)",
      { x: [37, 29] },
      1,
    ),
    script("y = grad(sum(cumprod(1 + x / 9, axis=1) ^ 2), x)", { x: [37, 29] }, 1),
    script("y = randn(30, 40, seed=3) * x + rand(30, 1, seed=4)", { x: [30, 40] }, 1),
    script(
      "y = std(x * 2, axis=0) + var(x * x, axis=0) + norm(x + 1, axis=0) + logsumexp(x * 2)",
      { x: [300, 20] },
      1,
    ),
    script("y = hessian(sum(exp(x * x) / (1 + x)), x)", { x: [40] }),
  ];

  it.each(scripts)("in $text", ({ text, shapes, fused }) => {
    const { output, inputs } = graphOf(text, shapes);
    const p = planOf([output]);
    expect(countInstructions(p.code).fused).toBeGreaterThanOrEqual(fused);
    const values = valuesFor(inputs, 9);
    expectSame(runOn(compiled(p), p, values), runOn(inJavaScript(p), p, values), text);
  });

  it.each([
    ["y = inv(x * 0)", [3, 5, 5]],
    ["y = while(h -> sum(abs(h) * 2) > 10, h -> h * 1, x, max=6)", [3, 257]],
  ] as const)("where nothing comes of %s", (text, shape) => {
    const { output, inputs } = graphOf(text, { x: shape });
    const p = planOf([output]);
    const values = valuesFor(inputs, 9);
    expect(runOn(inJavaScript(p), p, values).failures).toHaveLength(1);
    expect(runOn(compiled(p), p, values).failures).toHaveLength(1);
  });
});
