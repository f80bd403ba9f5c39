import { describe, expect, it } from "vitest";
import type { Verdict } from "../../src/check-results.js";
import { checked, type Inputs, verdictsOf } from "../support/check.js";

/** Verdicts by the one input, or by each in the order of the script. */
type Row = readonly [script: string, inputs: Inputs, ...verdicts: Verdict[]];

const at = (x: number, ...rows: readonly (readonly [string, ...Verdict[]])[]): Row[] =>
  rows.map(([script, ...verdicts]) => [`y = ${script}`, { x }, ...verdicts]);

const table: Readonly<Record<string, readonly Row[]>> = {
  "terms that cancel": [
    ...at(1.2345, ["(1e10 + x) - 1e10", "PASS"], ["(1e16 + x) - 1e16", "PASS"], ["x^3 - x * x^2", "PASS"]),
    ...at(
      1e-7,
      ["(1 - cos(x)) / x^2", "UNSTABLE"],
      ["2 * sin(x / 2)^2 / x^2", "UNSTABLE"],
      ["log(1 + x)", "PASS"],
    ),
    ...at(1e-10, ["log(1 + x) / x", "UNSTABLE"], ["(exp(x) - 1) / x", "UNSTABLE"], ["expm1(x)", "PASS"]),
    ["z = x^2 - y^2", { x: 1.0000000000001, y: 1 }, "PASS", "PASS"],
    ["z = (x - y) * (x + y)", { x: 1e8, y: 1e8 + 1e-6 }, "PASS", "PASS"],
  ],
  "sizes far from 1": [
    ...[1e-300, -1e-300, 1e-150, 1e150, -1e150].flatMap((x) =>
      at(
        x,
        ["3 * x", "PASS"],
        ["x^2", "PASS"],
        ["x + 1", "PASS"],
        ["sin(x) + 2", x > 1e100 || x < -1e100 ? "PASS" : "PASS"],
        ["arctan(x)", "PASS"],
      ),
    ),
    ...[1e300, -1e300].flatMap((x) => at(x, ["3 * x", "PASS"], ["x / 7", "PASS"], ["abs(x)", "PASS"])),
    ...at(1e-150, ["sqrt(x)", "PASS"], ["log(x)", "PASS"], ["1 / x", "PASS"], ["x^2 * 1e300", "PASS"]),
    ...at(
      1e-300,
      ["sqrt(x)", "PASS"],
      ["log(x)", "PASS"],
      ["hypot(x, 2 * x)", "PASS"],
      ["abs(x)", "PASS"],
      ["relu(x)", "PASS"],
    ),
    ...at(
      1e300,
      ["sqrt(x)", "PASS"],
      ["log(x)", "PASS"],
      ["1 / x", "PASS"],
      ["x^2", "NONFINITE"],
      ["hypot(x, 2 * x)", "PASS"],
    ),
    ...at(720, ["exp(x)", "NONFINITE"]),
    ...at(-740, ["exp(x)", "PASS"]),
  ],
  "values 18 orders apart": [
    ["y = sum(v)", { v: [1e9, 1e-9] }, "PASS"],
    ["y = sum(v^2)", { v: [1e9, 1, 1e-9] }, "PASS"],
    ["y = sum(exp(-v))", { v: [1e-9, 1e9] }, "PASS"],
    ["y = v[0] * v[1]", { v: [1e9, 1e-9] }, "PASS"],
    ["y = norm(v)", { v: [1e9, 1e-9] }, "PASS"],
    ["y = logsumexp(v)", { v: [1e-9, 1, 1e9] }, "PASS"],
  ],
  "functions that state a derivative because their values cancel": [
    ...[-20, -100, -600].map(
      (x): Row => [
        "f(x) = log(1 + exp(x))\nderivative f(x; dx) = dx / (1 + exp(-x))\ny = f(x)",
        { x },
        "PASS",
      ],
    ),
    ...[1e-20, 1e-30].map(
      (x): Row => ["f(x) = (1 - cos(x)) / x^2\nderivative f(x; dx) = -x / 12 * dx\ny = f(x)", { x }, "PASS"],
    ),
    ["f(x) = x * x * 1e300\nderivative f(x; dx) = 2e300 * x * dx\ny = f(x)", { x: 1e-200 }, "PASS"],
    // One that calls another.
    [
      "g(x) = (x + 1e40) - 1e40\nderivative g(x; dx) = dx\nf(x) = 2 * g(x)\nderivative f(x; dx) = 2 * dx\ny = f(x)",
      { x: 1 },
      "PASS",
    ],
    // What has no derivative inside is no help, and no harm.
    ["f(A) = sum(eigh(A)[1]^2)\nderivative f(A; dA) = 0 * sum(dA)\ny = f(x * eye(2))", { x: 3 }, "PASS"],
    [
      "f(x) = log(1 + exp(x))\nderivative f(x; dx) = 1.001 * dx / (1 + exp(-x))\ny = f(x)",
      { x: -20 },
      "WRONG",
    ],
  ],
  "edges of domains": [
    ...at(
      0,
      ["sqrt(x)", "NONFINITE"],
      ["log(x)", "NONFINITE"],
      ["x^1.5", "PASS"],
      ["x^2.5", "PASS"],
      ["x^0.5", "NONFINITE"],
      ["1 / x", "NONFINITE"],
      ["sqrt(x^3)", "NONFINITE"],
      ["x * log(x)", "NONFINITE"],
      ["cbrt(x)", "NONFINITE"],
      ["x^2 / x", "NONFINITE"],
    ),
    ...at(
      1,
      ["arcsin(x)", "NONFINITE"],
      ["arccos(x)", "NONFINITE"],
      ["arccosh(x)", "NONFINITE"],
      ["arctanh(x)", "NONFINITE"],
      ["(1 - x)^1.5", "PASS"],
      ["(x - 1)^1.5 + x", "PASS"],
    ),
    ...at(-1, ["log(x)", "NONFINITE"], ["sqrt(x)", "NONFINITE"], ["x^1.5", "NONFINITE"], ["x^3", "PASS"]),
    ...at(1e-16, ["sqrt(x)", "PASS"], ["log(x)", "PASS"], ["x^1.5", "PASS"]),
    ...at(1 - 2 ** -53, ["arcsin(x)", "PASS"], ["arccos(x)", "PASS"], ["arctanh(x)", "PASS"]),
    ...at(1 + 2 ** -52, ["arccosh(x)", "PASS"]),
  ],
  "nearly flat": [
    ...at(1e-3, ["x^20", "PASS"], ["1 + x^20", "PASS"]),
    ...at(0.04, ["exp(-1 / x^2)", "PASS"], ["1 + exp(-1 / x^2)", "PASS"]),
    ...at(0.02, ["exp(-1 / x^2)", "PASS"]),
    ...at(20, ["erfc(x)", "PASS"], ["tanh(x)", "PASS"], ["sigmoid(x)", "PASS"], ["erf(x)", "PASS"]),
    ...at(-30, ["sigmoid(x)", "PASS"], ["softplus(x)", "PASS"]),
    ...at(1e-8, ["cos(x)", "PASS"], ["cosh(x) - 1", "PASS"], ["hypot(x, 1)", "PASS"]),
  ],
  "derivatives that are 0": [
    ...at(
      0,
      ["x^2", "PASS"],
      ["cos(x)", "PASS"],
      ["cosh(x)", "PASS"],
      ["exp(-x^2)", "PASS"],
      ["x^3", "PASS"],
      ["sin(x)^2 + 5", "PASS"],
    ),
    ...at(
      0.7,
      ["stop_gradient(x)", "PASS"],
      ["stop_gradient(x^2) * x", "PASS"],
      ["x - stop_gradient(x)", "PASS"],
      ["0 * x", "PASS"],
      ["x^0", "PASS"],
      ["(x + 1) - (x + 1)", "PASS"],
      ["sin(x)^2 + cos(x)^2", "PASS"],
      ["floor(x) + x", "PASS"],
    ),
    ["y = 3 + 0 * x", { x: 1e10 }, "PASS"],
  ],
  oscillation: [
    ...at(
      1,
      ["sin(1e6 * x)", "PASS"],
      ["x + 1e-9 * sin(1e9 * x)", "PASS"],
      ["x + 1e-3 * sin(1e12 * x)", "PASS"],
    ),
    ...at(1e-3, ["sin(1 / x)", "PASS"], ["x^2 * sin(1 / x)", "PASS"]),
    ...at(1e-6, ["sin(1 / x)", "PASS"]),
    // Ripples that are shorter than the steps, and far smaller than their differences.
    ...at(1e18, ["x + sin(x)", "PASS"]),
    ...at(1e30, ["sin(x)", "PASS"]),
    ...at(1e8, ["x + sin(x)", "PASS"], ["cos(x)", "PASS"]),
    // Ripples that are smaller than the rounding of what they are added to: no difference can tell.
    ...[1e26, 1e30, 1e35, 1e100].flatMap((x) =>
      at(
        x,
        ["sin(x)", "PASS"],
        ["x + sin(x)", "INCONCLUSIVE"],
        ["2 * x - cos(3 * x)", "INCONCLUSIVE"],
        ["relu(x) + tanh(sin(x))", "INCONCLUSIVE"],
        ["iterate(h -> h + sin(h), x, 3)", "INCONCLUSIVE"],
        ["x + fold((h, k) -> h + sin(k * x), 0, arange(3))", "INCONCLUSIVE"],
        ["where(x > 0, x, sin(x))", "PASS"],
        ["x + stop_gradient(sin(x))", "PASS"],
        // At either side of the kink, steps can be short enough.
        [`relu(x - ${x}) + sin(x)`, "KINK"],
      ),
    ),
    ...at(1e10, ["x + 1e-3 * sin(1e8 * x)", "PASS"], ["x + 1e-3 * sin(1e26 * x)", "INCONCLUSIVE"]),
    ...at(1e20, ["x + 1e-3 * sin(1e8 * x)", "INCONCLUSIVE"], ["x + 1e-40 * sin(x)", "PASS"]),
    ["y = sum(v) + sin(v[1])", { v: [1, 1e30] }, "INCONCLUSIVE"],
  ],
};

/** The last verdict: at 0 with x for u, where that is another one, as where a jump is multiplied by 0. */
const kinks: readonly (readonly [script: (u: string) => string, at: Verdict, atOrigin?: Verdict])[] = [
  [(u) => `abs(${u})`, "KINK"],
  [(u) => `relu(${u})`, "KINK"],
  [(u) => `leaky_relu(${u})`, "KINK"],
  [(u) => `elu(${u}, 2)`, "KINK"],
  [(u) => `elu(${u})`, "PASS"],
  [(u) => `hypot(${u}, 0 * x)`, "KINK"],
  [(u) => `maximum(${u}, 0)`, "KINK"],
  [(u) => `minimum(${u}, 0)`, "KINK"],
  [(u) => `maximum(${u}, 2 * (${u}))`, "KINK"],
  [(u) => `clip(${u}, 0, 1)`, "KINK"],
  [(u) => `clip(${u}, -1, 0)`, "KINK"],
  [(u) => `where(${u} > 0, x, x + 3 * (${u}))`, "KINK"],
  [(u) => `where(${u} >= 0, x, x^2)`, "KINK"],
  [(u) => `if ${u} > 0 then sin(x) else sin(x) + 2 * (${u})`, "KINK"],
  [(u) => `where(${u} > 0, x, x + 3)`, "DISCONTINUOUS"],
  [(u) => `where(${u} > 0, x^2, 2 * x - 1)`, "PASS", "DISCONTINUOUS"],
  [(u) => `if ${u} > 0 then x else x + 1`, "DISCONTINUOUS"],
  [(u) => `sign(${u}) * x`, "DISCONTINUOUS", "KINK"],
  [(u) => `floor(${u}) * x`, "DISCONTINUOUS", "KINK"],
  [(u) => `ceil(${u}) * x`, "DISCONTINUOUS", "KINK"],
  [(u) => `mod(${u}, 1) * x`, "DISCONTINUOUS", "KINK"],
  [(u) => `(${u} > 0) * x`, "DISCONTINUOUS", "KINK"],
  // The value is 0 everywhere, but the derivative, that of the piece x, is 1.
  [(u) => `(${u} == 0) * x`, "DISCONTINUOUS", "WRONG"],
  [(u) => `max([${u}, 0, -5])`, "KINK"],
  [(u) => `min([${u}, 2 * (${u}), 7])`, "KINK"],
  [(u) => `norm([${u}, 0 * x])`, "KINK"],
  [(u) => `eigvalsh([[${u}, 0], [0, 0]])[1]`, "KINK"],
  [(u) => `svd([[${u}]])[1][0]`, "KINK"],
  [(u) => `cbrt(${u})`, "NONFINITE"],
  [(u) => `arctan2(${u}, -1)`, "DISCONTINUOUS"],
  [(u) => `arctan2(${u}, 1)`, "PASS"],
];

const beside = [1e-300, 1e-16, 1e-9, 1e-3];

describe.each(Object.entries(table))("%s", (_title, rows) => {
  it.each(
    rows.map(([script, inputs, ...verdicts]) => [script, JSON.stringify(inputs), inputs, verdicts] as const),
  )("%s at %s", (script, _text, inputs, verdicts) => {
    expect(Object.values(verdictsOf(script, inputs))).toEqual(verdicts);
  });
});

describe("borders of pieces", () => {
  it.each(kinks.map(([script, at, atOrigin]) => [script("x"), script, at, atOrigin ?? at] as const))(
    "%s",
    (_text, script, verdict, atOrigin) => {
      expect(verdictsOf(`y = ${script("x")}`, { x: 0 })).toEqual({ "∂y/∂x": atOrigin });
      expect(verdictsOf(`y = ${script("x - 1")}`, { x: 1 })).toEqual({ "∂y/∂x": verdict });
      for (const distance of beside) {
        for (const sign of [1, -1]) {
          const found = verdictsOf(`y = ${script("x - 1")}`, { x: 1 + sign * Math.max(distance, 2 ** -52) });
          expect([distance, sign, found]).toEqual([distance, sign, { "∂y/∂x": "PASS" }]);
          const near = verdictsOf(`y = ${script("x")}`, { x: sign * distance });
          expect([distance, sign, near]).toEqual([distance, sign, { "∂y/∂x": "PASS" }]);
        }
      }
    },
  );
});

/** Several inputs, loops, rules of the user's own, and what is not finite. */
const scripts: Readonly<Record<string, readonly Row[]>> = {
  "ties in reductions": [
    ["y = max(v)", { v: [3, 1, 3] }, "KINK"],
    ["y = min(v)", { v: [1, 1, 1] }, "KINK"],
    ["y = max(v)", { v: [3, 1, 2.9999999999] }, "PASS"],
    ["y = max(v)", { v: [3, 3 + 2 ** -51, 1] }, "PASS"],
    ["y = norm(v)", { v: [0, 0] }, "KINK"],
    ["y = norm(v)", { v: [0, 1e-300] }, "PASS"],
    ["y = sum(abs(v))", { v: [0, 1, -1] }, "KINK"],
    ["y = maximum(p, q)", { p: 2, q: 2 }, "KINK", "KINK"],
    ["y = maximum(p, q)", { p: 2, q: 2 + 2 ** -51 }, "PASS", "PASS"],
    ["y = hypot(p, q)", { p: 0, q: 0 }, "KINK", "KINK"],
    ["y = prod(v)", { v: [0, 2, 3] }, "PASS"],
    ["y = cumprod(v)", { v: [0, 2, 0] }, "PASS"],
  ],
  loops: [
    ["y = while(h -> h < 10, h -> 2 * h, x, max=50)", { x: 1.1 }, "PASS"],
    ["y = while(h -> h < 8, h -> 2 * h, x, max=50)", { x: 1 }, "DISCONTINUOUS"],
    ["y = while(h -> h < 8, h -> 2 * h, x, max=50)", { x: 1 + 1e-9 }, "PASS"],
    ["y = iterate(h -> abs(h) - x, x, 3)", { x: 0.7 }, "PASS"],
    ["y = iterate(h -> abs(h - 0.7), x, 1)", { x: 0.7 }, "KINK"],
    ["y = fold((h, v) -> h + relu(v), 0, v)", { v: [1, -1, 2] }, "PASS"],
    ["y = fold((h, v) -> h + relu(v), 0, v)", { v: [1, 0, 2] }, "KINK"],
    ["y = iterate(h -> 3.9 * h * (1 - h), x, 30)", { x: 0.3 }, "PASS"],
  ],
  "barriers in loops": [
    ["y = sum(map(u -> stop_gradient(u) * u, v))", { v: [1, -2, 3] }, "PASS"],
    ["y = sum(map(u -> stop_gradient(u * x) * u^2, v))", { v: [1, -2, 3], x: 2 }, "PASS", "PASS"],
    ["y = fold((h, u) -> stop_gradient(h) * u + h, 1, v)", { v: [1, -2, 3] }, "PASS"],
    ["y = fold((h, u) -> h * sin(stop_gradient(u)) + u, x, v)", { v: [1, -2, 3], x: 2 }, "PASS", "PASS"],
    [
      "y = scan((h, u) -> (sin(h) + u, stop_gradient(h) * h), x, v)[1]",
      { v: [1, 2, 3], x: 2 },
      "PASS",
      "PASS",
    ],
    ["y = iterate(h -> stop_gradient(h) * h + x, x, 4)", { x: 0.7 }, "PASS"],
    ["y = iterate(h -> stop_gradient(x) * h, x, 4)", { x: 0.7 }, "PASS"],
    ["y = while(h -> h < 10, h -> stop_gradient(h) + h + x, x, max=50)", { x: 1.1 }, "PASS"],
    ["y = while(h -> stop_gradient(h) < 10, h -> stop_gradient(h) * h, x, max=50)", { x: 1.1 }, "PASS"],
    [
      "y = iterate(h -> fold((g, u) -> g * stop_gradient(g + h) + u, h, v), x, 3)",
      { v: [0.5, 0.2], x: 0.3 },
      "PASS",
      "PASS",
    ],
    ["y = if x > 0 then stop_gradient(x) * x else x", { x: 0.3 }, "PASS"],
    [
      "f(a) = stop_gradient(a)^2\nderivative f(a; da) = 2 * a * da\ny = iterate(h -> f(h) + x, x, 3)",
      { x: 0.3 },
      "PASS",
    ],
    // The factors of a matrix around a loop are no barrier that a script has put there.
    [
      "y = fold((h, u) -> h + sum(solve(A, [u, 1])), 0, v)",
      {
        A: [
          [2, 1],
          [0.5, 3],
        ],
        v: [1, 2],
      },
      "PASS",
      "PASS",
    ],
    [
      "y = iterate(h -> solve(A, h), [1, 2], 3)",
      {
        A: [
          [2, 1],
          [0.5, 3],
        ],
      },
      "PASS",
    ],
    // A derivative that goes through a barrier all the same.
    [
      "f(a) = stop_gradient(a) * a\nderivative f(a; da) = 2 * a * da\ny = iterate(h -> f(h), x, 2)",
      { x: 0.7 },
      "PASS",
    ],
  ],
  "rounding in loops": [
    // What is far below the last digit of such terms cannot be told from 0, and is not called wrong.
    ...[2, 70, 80, 200].flatMap((size): Row[] => [
      [`y = (exp(${size}) + x) - exp(${size})`, { x: 1.2 }, "PASS"],
      [`y = iterate(h -> (exp(${size}) + h) - exp(${size}), x, 2)`, { x: 1.2 }, "PASS"],
      [
        `y = sum(scan((h, u) -> (h, (exp(${size} * u) + h) - exp(${size} * u)), x, v)[1])`,
        { v: [1, 1], x: 1.2 },
        "PASS",
        "PASS",
      ],
      [`y = sum([exp(${size} + 0 * x), x, -exp(${size} + 0 * x)])`, { x: 1.2 }, "PASS"],
      [`y = iterate(h -> sum([exp(${size} + 0 * h), h, -exp(${size} + 0 * h)]), x, 2)`, { x: 1.2 }, "PASS"],
      [`y = iterate(h -> [exp(${size} + 0 * h), h, 1] @ [1, 1, -exp(${size})], x, 2)`, { x: 1.2 }, "PASS"],
    ]),
    // Part of a slope is below the last digit, and part is not.
    ...[80, 200].flatMap((size): Row[] => [
      [`y = 2 * x + ((exp(${size}) + x) - exp(${size}))`, { x: 1.2 }, "PASS"],
      [`y = iterate(h -> 2 * h + 9 + ((exp(${size}) + h) - exp(${size})), x, 4)`, { x: 1.2 }, "PASS"],
    ]),
    // Rounding changes how many steps are made, here and where the other output is looked at alone.
    [
      "y = while(h -> h < 50, h -> 2 * h + 9 + ((exp(80) + h) - exp(80)), x, max=20)",
      { x: 1.2 },
      "INCONCLUSIVE",
    ],
    [
      "y = while(h -> h < 50, h -> 2 * h + 9 + ((exp(80) + h) - exp(80)), x, max=20)\nz = iterate(h -> 2 * h, x, 3)\noutput y, z",
      { x: 1.2 },
      "INCONCLUSIVE",
      "PASS",
    ],
    // It does so in values that do not move.
    [
      "y = x * while(h -> h < 50, h -> 2 * h + 9 + ((exp(80) + h) - exp(80)), stop_gradient(u), max=20)",
      { u: 1.2, x: 2 },
      "PASS",
      "PASS",
    ],
    ["y = iterate(h -> (1e10 + h) - 1e10, x, 3)", { x: 1.2345 }, "PASS"],
    ["y = iterate(h -> (1e16 + h) - 1e16, x, 3)", { x: 1.2345 }, "PASS"],
    ["y = iterate(h -> 3.9 * h * (1 - h), x, 60)", { x: 0.3 }, "UNSTABLE"],
    // Nothing is left of the 32 digits.
    ["y = x + iterate(h -> 3.9 * h * (1 - h), x, 300)", { x: 0.3 }, "INCONCLUSIVE"],
  ],
  "what is not finite": [
    ["y = 2 * x", { x: Number.NaN }, "NONFINITE"],
    ["y = 2 * x", { x: Number.POSITIVE_INFINITY }, "NONFINITE"],
    ["y = sum(v)", { v: [1, Number.NaN] }, "NONFINITE"],
    ["y = where(v > 0, v, 0)", { v: [1, Number.NaN] }, "NONFINITE"],
    ["y = where(x > 0, sqrt(x), 0)", { x: -1 }, "PASS"],
    ["y = where(x > 0, sqrt(x), 0)", { x: 0 }, "KINK"],
    ["y = where(x > 0, abs(sqrt(x)), 0)", { x: -1 }, "PASS"],
  ],
  "rules of functions": [
    ["f(a) = a^2\nderivative f(a; da) = 2 * a * da\ny = f(x)", { x: 1.5 }, "PASS"],
    ["f(a) = a^2\nderivative f(a; da) = 2.000001 * a * da\ny = f(x)", { x: 1.5 }, "WRONG"],
    ["f(a) = a^2\nderivative f(a; da) = 2.000001 * a * da\ny = f(x)", { x: 0 }, "PASS"],
    ["f(a) = abs(a)\nderivative f(a; da) = where(a > 0, 1, -1.01) * da\ny = f(x)", { x: 1.5 }, "PASS"],
    ["f(a) = abs(a)\nderivative f(a; da) = where(a > 0, 1, -1.01) * da\ny = f(x)", { x: -1.5 }, "WRONG"],
    ["f(a, b) = a * b\nderivative f(a, b; da, db) = b * da\ny = f(p, q)", { p: 2, q: 3 }, "PASS", "WRONG"],
    [
      "f(a, b) = a * b\nderivative f(a, b; da, db) = a * da + b * db\ny = f(p, q)",
      { p: 2, q: 3 },
      "WRONG",
      "WRONG",
    ],
    ["f(a) = sin(a)\nderivative f(a; da) = 0 * da\ny = x + f(x)", { x: 1e20 }, "WRONG"],
    // Differences cannot tell, so it must not pass.
    ["f(a) = sin(a)\nderivative f(a; da) = 0 * da\ny = x + f(x)", { x: 1e30 }, "INCONCLUSIVE"],
    ["f(a) = relu(a)\nderivative f(a; da) = 0.5 * da\ny = f(x)", { x: 0 }, "KINK"],
    ["f(a) = relu(a)\nderivative f(a; da) = 1.5 * da\ny = f(x)", { x: 0 }, "WRONG"],
    ["f(a) = stop_gradient(a)\nderivative f(a; da) = da\ny = f(round(x) + x)", { x: 1.2 }, "PASS"],
  ],
};

describe.each(Object.entries(scripts))("%s", (_title, rows) => {
  it.each(
    rows.map(([script, inputs, ...verdicts]) => [script, JSON.stringify(inputs), inputs, verdicts] as const),
  )("%s at %s", (script, _text, inputs, verdicts) => {
    expect(Object.values(verdictsOf(script, inputs))).toEqual(verdicts);
  });
});

describe("digits", () => {
  it.each([
    ["(1 - cos(x)) / x^2", 3e-3, 9, 13],
    ["(1 - cos(x)) / x^2", 1e-7, 14, 16],
    ["log(1 + x) / x", 1e-6, 8, 14],
  ] as const)("of %s at %f: %i to %i are lost", (script, x, least, most) => {
    const [entry] = checked(`y = ${script}`, { x });
    expect(entry!.verdict).toBe("UNSTABLE");
    expect(entry!.digitsLost).toBeGreaterThanOrEqual(least);
    expect(entry!.digitsLost).toBeLessThanOrEqual(most);
  });
});

describe("samples", () => {
  const script =
    "input x in (-2, 2)\nf(a) = abs(a)^3\nderivative f(a; da) = where(a < -1, 3.01, 3) * a * abs(a) * da\ny = f(x)";

  it("find what the given point does not, and shrink it", () => {
    expect(verdictsOf(script, { x: 1 })).toEqual({ "∂y/∂x": "PASS" });
    const [entry] = checked(script, { x: 1 }, { samples: 20 });
    expect(entry).toMatchObject({ verdict: "WRONG", points: 21 });
    expect(entry!.at).not.toBe("given");
    expect(entry!.worst!.node).toMatchObject({ op: "f", operand: 0 });
  });
});

describe("large inputs", () => {
  const size = 10_000;
  const data = Float64Array.from({ length: size }, (_, i) => Math.sin(i + 1) * 2);
  const right = "f(a) = sin(a)\nderivative f(a; da) = cos(a) * da\ny = sum(f(v) * v)";
  const wrong = right.replace("cos(a)", "where(arange(10000) == 7777, 1.0001 * cos(a), cos(a))");

  it("move in directions", () => {
    const [entry] = checked(right, { v: data });
    expect(entry).toMatchObject({ verdict: "PASS", checked: 2, total: size });
  });

  it("show the one element in 10,000 that is wrong", () => {
    const [entry] = checked(wrong, { v: data });
    expect(entry).toMatchObject({ verdict: "WRONG", worst: { element: "v[7777]" } });
  });
});
