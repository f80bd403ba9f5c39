import { describe, expect, it } from "vitest";
import { compareDerived } from "./support.js";

/** Scripts with a loop or a branch, and words that the derivative has to be written with. */
const scripts: readonly (readonly [text: string, words: readonly string[]])[] = [
  ["x = 2\nw = while(y -> y < 100, y -> y^2 + x, x)", ["scan(", "if "]],
  ["x = 2\nw = iterate(y -> y - (y^2 - x) / (2 * y), x, 5)", ["fold(", "scan("]],
  ["x = [1, 2, 3]\nw = sum(map(y -> if y > 2 then y^3 else sin(y), x))", ["if "]],
  ["x = 2\ny = 3\nw = (if x < y then x^2 * y else y) + x", ["if "]],
  ["x = -1\nw = if x > 0 then sqrt(x) else exp(x) * 2", ["if "]],
  [
    "A = [[1, 2], [3, 4]]\nh = [1, 0]\nw = sum(fold((c, u) -> tanh(A @ c + u), h, [[1, 2], [0, 1]]))",
    ["fold("],
  ],
  [
    "x = 0.5\n(c, ys) = scan((c, u) -> ((c[1], c[0] * x + u), c[0]), (x, 1), [1, 2, 3])\nw = sum(ys) + c[0]",
    ["scan("],
  ],
  ["x = 0.3\nw = fold((c, u) -> fold((d, v) -> sin(d * v) + u, c, [1, 2]), x, [0.1, 0.2])", ["fold("]],
  ["x = 3\nw = fold((c, u) -> if c > 1 then c / 2 else c * u, x, [1.5, 2, 2.5])", ["if "]],
];

describe("derivatives of loops and branches as scripts", () => {
  it.each(scripts)("%s", (text, words) => {
    const { distances, script } = compareDerived(`${text}\noutput w`, new Map());
    expect(Math.max(...distances), script).toBeLessThan(1e-12);
    for (const word of words) expect(script).toContain(word);
  });

  it.each(scripts)("second derivatives of %s", (text) => {
    const { distances, script } = compareDerived(`${text}\noutput w`, new Map(), { order: 2 });
    expect(Math.max(...distances), script).toBeLessThan(1e-10);
  });
});

describe("what is one number in every step of a loop", () => {
  const script = (text: string) => {
    const { distances, script: found } = compareDerived(`${text}\noutput w`, new Map());
    expect(Math.max(...distances), found).toBeLessThan(1e-12);
    return found;
  };

  it("is no sequence, and no factor or term", () => {
    const found = script(
      "x = 0.5\n(c, ys) = scan((c, u) -> (c * x + u, c^2), 1, [1, 2, 3])\nw = sum(ys) + c",
    );
    expect(found).not.toContain("ones(");
    expect(found).toContain("(2 * h + x * g1, g2 + h * g1)");
  });

  it("is what a branch begins with", () => {
    const found = script("x = [1, 2, 3]\na = 2\nw = sum(map(y -> if y > 2 then a * y^3 else sin(y), x))");
    expect(found).not.toMatch(/\b0 \+|ones\(/);
  });

  it("leaves a map that goes over nothing else as it is", () => {
    script("x = 2\nw = sum(map(u -> sin(u * x) * u, ones(4)))");
    script("x = 2\nw = sum(map((u, v) -> sin(u * x) * v, ones(4), [1, 2, 3, 4]))");
  });

  it("is seen in loops within loops", () => {
    script("x = 0.3\nw = fold((c, u) -> fold((d, v) -> sin(d * v) * u, c, full([3], 2)), x, full([2], 0.7))");
  });
});
