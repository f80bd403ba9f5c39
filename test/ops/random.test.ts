import { describe, expect, it } from "vitest";
import { inverseNormal, threefry } from "../../src/engine/kernels/random.js";
import { evaluate } from "../support/run.js";

const numbers = (expression: string) => evaluate(`out = ${expression}`).outputs.out as number[];

describe("random numbers", () => {
  it.each([
    [0, 0, 0, 0, 0x6b200159, 0x99ba4efe],
    [-1, -1, -1, -1, 0x1cb996fc, 0xbb002be7],
    [0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3, 0xc4923a9c, 0x483df7a0],
  ])("come from Threefry as its authors publish it: key %i %i, counter %i %i", (k0, k1, c0, c1, x0, x1) => {
    const words = new Uint32Array(2);
    threefry(words, k0, k1, c0, c1);
    expect([...words]).toEqual([x0, x1]);
  });

  it("are the same bits on every machine", () => {
    expect(numbers("rand(3, seed=1)")).toEqual([
      0.7039437263423627, 0.05771496279395527, 0.01011522487349703,
    ]);
    expect(numbers("randn(3, seed=1)")).toEqual([
      1.3385601279357566, 0.8245565087170429, -1.4662367998113333,
    ]);
    expect(numbers("randn(2, seed=-5000000000)")).toEqual([-0.9115776427355305, 1.0985904700774236]);
  });

  it("depend on the seed, 0 where none is given, and on the place", () => {
    expect(numbers("rand(4)")).toEqual(numbers("rand(4, seed=0)"));
    expect(numbers("rand(4)")).not.toEqual(numbers("rand(4, seed=1)"));
    expect(numbers("rand(4, seed=2^32)")).not.toEqual(numbers("rand(4)"));
    expect(numbers("rand(6)").slice(0, 4)).toEqual(numbers("rand(4)"));
    expect(new Set(numbers("rand(1000)")).size).toBe(1000);
    expect(typeof numbers("rand()")).toBe("number");
    expect(numbers("rand(0)")).toEqual([]);
  });

  it("have the moments of their distributions", () => {
    const moments = "(mean(x), mean(x^2), mean(x^3), mean(x^4))";
    const of = (x: string) =>
      evaluate(`x = ${x}\n(a, b, c, d) = ${moments}`, {}, { gradients: false }).outputs;
    const near = (actual: unknown, expected: number) =>
      expect(Math.abs((actual as number) - expected), `${actual}`).toBeLessThan(0.02);
    const uniform = of("rand(200000, seed=3)");
    ["a", "b", "c", "d"].forEach((name, i) => {
      near(uniform[name], 1 / (i + 2));
    });
    const normal = of("randn(200000, seed=3)");
    near(normal.a, 0);
    near(normal.b, 1);
    near(normal.c, 0);
    expect(Math.abs((normal.d as number) - 3)).toBeLessThan(0.06);
  });

  it("invert the normal distribution, also far out", () => {
    // Quantiles to 17 digits, by mpmath.
    const quantiles: readonly (readonly [p: number, x: number])[] = [
      [0.3, -0.5244005127080408],
      [0.075, -1.439531470938456],
      [0.07, -1.4757910281791706],
      [0.9999, 3.7190164854557084],
      [1e-5, -4.264890793922825],
      [1e-11, -6.706023155495136],
      [1e-15, -7.941345326170997],
      [1.1102230246251565e-16, -8.209536151601387],
    ];
    for (const [p, x] of quantiles) expect(Math.abs(inverseNormal(p) / x - 1), `${p}`).toBeLessThan(1e-15);
    expect(inverseNormal(0.5)).toBe(0);
  });
});
