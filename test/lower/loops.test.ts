import { describe, expect, it } from "vitest";
import { type CompileOptions, compile, type InputValue, type Mode, type Nested } from "../../src/index.js";
import { evaluate, type PlainTensors, problems } from "../support/run.js";

type Inputs = Readonly<Record<string, InputValue>>;

const flat = (nested: Nested | undefined): number[] =>
  typeof nested === "number" ? [nested] : (nested ?? []).flatMap(flat);

function expectClose(actual: Nested | undefined, expected: Nested | undefined, what: string): void {
  const [p, q] = [flat(actual), flat(expected)];
  expect(p.length, what).toBe(q.length);
  p.forEach((value, i) => {
    const scale = Math.max(1, Math.abs(value), Math.abs(q[i]!));
    expect(Math.abs(value - q[i]!) / scale, `${what} at ${i}: ${value} and ${q[i]}`).toBeLessThan(1e-12);
  });
}

/** Outputs, derivatives in both modes and second derivatives of a sum of squares of z. */
function everything(script: string, inputs: Inputs): PlainTensors[] {
  const modes: readonly Mode[] = ["reverse", "forward"];
  return [
    ...modes.map((mode) => evaluate(script, inputs, { of: ["z"], mode })),
    evaluate(`${script}\ntotal = sum(z * z)`, inputs, { of: ["total"], hessian: true }),
  ];
}

function expectSame(script: string, unrolled: string, inputs: Inputs): void {
  const [actual, expected] = [everything(script, inputs), everything(unrolled, inputs)];
  actual.forEach((one, k) => {
    const other = expected[k]!;
    for (const [name, value] of Object.entries(one.outputs)) expectClose(value, other.outputs[name], name);
    for (const [output, gradients] of Object.entries(one.gradients))
      for (const [input, value] of Object.entries(gradients))
        expectClose(value, other.gradients[output]![input], `∂${output}/∂${input} (${k})`);
    for (const [output, byFirst] of Object.entries(one.hessians ?? {}))
      for (const [first, bySecond] of Object.entries(byFirst))
        for (const [second, value] of Object.entries(bySecond))
          expectClose(value, other.hessians![output]![first]![second], `∂²${output}/∂${first}∂${second}`);
  });
}

const x3 = { x: [0.5, -1.5, 2], y: 0.7 };
const matrix = {
  x: [
    [0.5, -1],
    [1.5, 0.25],
    [-0.75, 2],
  ],
  y: 0.7,
};

describe("loops give what their steps give one by one, and have the same derivatives to the second order", () => {
  it.each<[what: string, script: string, unrolled: string, inputs: Inputs]>([
    ["map", "z = map(a -> a^2 * y + y, x)", "z = x^2 * y + y", x3],
    ["map of rows", "z = map(r -> r * sum(r) * y, x)", "z = x * sum(x, axis=1, keepdims=True) * y", matrix],
    ["map of two sequences", "z = map((a, b) -> a * b^2, x, x[::-1])", "z = x * x[::-1]^2", x3],
    ["map of a built-in", "z = map(sin, x) * y", "z = sin(x) * y", x3],
    ["map of a named function", "f(a) = a * y; z = map(f, x)", "z = x * y", x3],
    ["map to a tuple", "(p, q) = map(a -> (a^2, a * y), x); z = p * q", "z = x^3 * y", x3],
    ["map to a constant", "z = map(a -> 2, x) * x * y", "z = 2 * x * y", x3],
    ["map over a tuple", "z = map(p -> p[0] * p[1] * y, (x, x^2))", "z = x^3 * y", x3],
    ["fold", "z = fold((h, a) -> h * a + y, y^2, x)", "z = ((y^2 * x[0] + y) * x[1] + y) * x[2] + y", x3],
    ["fold that forgets", "z = fold((h, a) -> a * y, 1, x) + y", "z = x[2] * y + y", x3],
    ["fold that keeps", "z = fold((h, a) -> h, y^2, x) + sum(x)", "z = y^2 + sum(x)", x3],
    [
      "fold of rows",
      "z = fold((h, r) -> tanh(h * y + r), [1, 2], x)",
      "z = tanh(tanh(tanh([1, 2] * y + x[0]) * y + x[1]) * y + x[2])",
      matrix,
    ],
    [
      "a tuple that swaps its parts",
      "(p, q) = fold((s, a) -> (s[1] * y, s[0] + a), (1, 2), x); z = [p, q]",
      "p1 = 2 * y; q1 = 1 + x[0]; p2 = q1 * y; q2 = p1 + x[1]; z = [q2 * y, p2 + x[2]]",
      x3,
    ],
    [
      "a carry that is transposed",
      "z = fold((h, a) -> (h * a)' + y, [[1, 2], [3, 4]], x)",
      "h = ([[1, 2], [3, 4]] * x[0])' + y; g = (h * x[1])' + y; z = (g * x[2])' + y",
      x3,
    ],
    [
      "scan",
      "(h, ys) = scan((h, a) -> (h * a + y, h^2), y, x); z = concatenate(([h], ys))",
      "p = y * x[0] + y; q = p * x[1] + y; r = q * x[2] + y; z = [r, y^2, p^2, q^2]",
      x3,
    ],
    [
      "scan with nested tuples",
      "(c, ys2) = scan((s, a) -> ((s[0] + a, s[1] * a), (s[0] * y, s[1])), (0, 1), x); z = concatenate((ys2[0], ys2[1], [c[0], c[1]]))",
      "z = [0, x[0] * y, (x[0] + x[1]) * y, 1, x[0], x[0] * x[1], sum(x), x[0] * x[1] * x[2]]",
      x3,
    ],
    [
      "scan of which only the stack is read",
      "z = scan((h, a) -> (h + a, h * y), 0, x)[1]",
      "z = [0, x[0], x[0] + x[1]] * y",
      x3,
    ],
    ["iterate", "z = iterate(a -> (a + y / a) / 2, x, 2)", "u = (x + y / x) / 2; z = (u + y / u) / 2", x3],
    ["iterate no times", "z = iterate(a -> a * y, x, 0) * y", "z = x * y", x3],
    [
      "iterate a tuple",
      "(p, q) = iterate(s -> (s[1], s[0] + s[1] * y), (1, y), 3); z = p * q * x",
      "a = 1 + y^2; b = y + a * y; c = a + b * y; z = b * c * x",
      x3,
    ],
    ["while", "z = while(a -> sum(a) < 10, a -> a * 2 + y, x)", "u = x * 2 + y; v = u * 2 + y; z = v", x3],
    ["while that stops at once", "z = while(a -> sum(a) < -10, a -> a * 2, x) * y", "z = x * y", x3],
    [
      "while with a tuple",
      "(a, n) = while(s -> s[1] < 3, s -> (s[0] * x, s[1] + 1), (y, 0)); z = a * n",
      "z = y * x^3 * 3",
      { x: 1.5, y: 0.7 },
    ],
    ["if, taken", "z = if y > 0 then x * y else sqrt(y) * x", "z = x * y", x3],
    ["if, not taken", "z = if y > 1 then sqrt(-y) * x else x * y^2", "z = x * y^2", x3],
    ["if of a tuple", "(p, q) = if y > 0 then (x * y, y) else (x, y^2); z = p * q", "z = x * y^2", x3],
    ["if of a constant branch", "z = if y > 1 then x else zeros(3)\nw = z", "z = 0 * x * y", x3],
    [
      "if inside map",
      "z = map(a -> if a > 0 then sqrt(a) * y else a^2, x)",
      "z = [sqrt(x[0]) * y, x[1]^2, sqrt(x[2]) * y]",
      x3,
    ],
    ["if inside if", "z = if y > 0 then (if y > 1 then x else x * y) else x^2", "z = x * y", x3],
    [
      "a fold inside a map, that reads both",
      "z = map(r -> fold((h, a) -> h * a + y * r[0], y, r), x)",
      "z = (y * x[:, 0] + y * x[:, 0]) * x[:, 1] + y * x[:, 0]",
      matrix,
    ],
    [
      "a map inside a fold",
      "z = fold((h, r) -> map(a -> a * sum(h) + y, r), [1, 2], x)",
      "u = x[0] * 3 + y; v = x[1] * sum(u) + y; z = x[2] * sum(v) + y",
      matrix,
    ],
    [
      "functions passed to functions",
      "twice(f, a) = f(f(a)); z = twice(a -> a * y + x, x)",
      "z = (x * y + x) * y + x",
      x3,
    ],
    ["a lambda in a block", "z = { k = y^2; f = a -> a * k; map(f, x) }", "z = x * y^2", x3],
    ["a lambda called at once", "z = (a -> a * y)(x)", "z = x * y", x3],
    [
      "linear algebra in the body",
      "z = fold((h, a) -> solve([[2, a], [a, 3]], h), [y, 1], x)",
      "z = solve([[2, x[2]], [x[2], 3]], solve([[2, x[1]], [x[1], 3]], solve([[2, x[0]], [x[0], 3]], [y, 1])))",
      x3,
    ],
    ["a derivative in the body", "z = map(a -> grad(a^3 * y, a), x)", "z = 3 * x^2 * y", x3],
    [
      "a derivative of a loop in the script",
      "s = fold((h, a) -> h * a, y, x); z = grad(s, x) * y",
      "z = [x[1] * x[2], x[0] * x[2], x[0] * x[1]] * y^2",
      x3,
    ],
    [
      "a custom rule in the body",
      "f(a) = a^2\nderivative f(a; da) = 3 * da\nz = map(f, x) * y",
      "f(a) = a^2\nderivative f(a; da) = 3 * da\nz = f(x) * y",
      x3,
    ],
    [
      "gathering and choosing in the body",
      "z = map(a -> max(where(a > 0, a, y * a) * x[[0, 2]]), x)",
      "z = max(reshape(where(x > 0, x, y * x), 3, 1) * x[[0, 2]], axis=1)",
      x3,
    ],
    ["a fold over nothing", "z = fold((h, a) -> h * a, y, x[:0]) * x", "z = y * x", x3],
  ])("%s", (_what, script, unrolled, inputs) => {
    expectSame(script, unrolled, inputs);
  });

  it("leave out what is not taken: no NaN and no error comes of it", () => {
    const script = "z = if x > 0 then sqrt(x) else 0";
    for (const mode of ["reverse", "forward"] as const) {
      expect(evaluate(script, { x: 0 }, { mode })).toEqual({ outputs: { z: 0 }, gradients: { z: { x: 0 } } });
    }
    const singular = "z = if det(A) != 0 then inv(A) else A";
    expect(
      evaluate(singular, {
        A: [
          [1, 1],
          [1, 1],
        ],
      }).outputs.z,
    ).toEqual([
      [1, 1],
      [1, 1],
    ]);
    // The same expression in two branches, of which one is not taken.
    const twice =
      "a = if x > 0 then 1 / det(inv([[x, 0], [0, 1]])) else 0\nz = a + (if x > 0 then det(inv([[x, 0], [0, 1]])) else 1)";
    expect(evaluate(twice, { x: 0 }).outputs.z).toBe(1);
    // In a branch that holds another one, too.
    const nested = `g(x) = det(inv([[x, 0], [0, 1]]))
a = if x > 0 then g(x) + (if x > 1 then 1 else 2) else 0
z = a + (if x > 0 then g(x) else 1)`;
    expect(evaluate(nested, { x: 0 }).outputs.z).toBe(1);
  });

  it.each<[string, Inputs, string, Nested]>([
    ["s = sqrt(x); z = if x > 0 then s else 1", { x: 0 }, "x", 0],
    ["s = sqrt(x); z = if x > 0 then (if x > 1 then s else 2 * s) else 1", { x: 0 }, "x", 0],
    ["z = fold((h, a) -> where(a > 0, sqrt(h), 4), y, x)", { x: [1, -1], y: 0 }, "y", 0],
    ["z = fold((h, a) -> h + where(a > 0, a, 0), 0, sqrt(x))", { x: [0, 4] }, "x", [0, 0.25]],
    [
      "ys = scan((h, a) -> (h + 1, sqrt(a) * h), 1, x)[1]; z = sum(where(x > 0, ys, 0))",
      { x: [0, 4] },
      "x",
      [0, 0.5],
    ],
    [
      "ys = map(a -> if a > 0 then sqrt(a) else a^2, x); z = sum(where(x > 0, ys, 0))",
      { x: [0, 4] },
      "x",
      [0, 0.25],
    ],
    ["k = sqrt(y); z = fold((h, a) -> h + where(a > 0, a * k, a), 0, x)", { x: [-1, -2], y: 0 }, "y", 0],
    ["k = sqrt(y); z = while(h -> h > 10, h -> h * k, x)", { x: 3, y: 0 }, "y", 0],
    ["z = where(y > 0, fold((h, a) -> h * sqrt(a), 1, x), 2)", { x: [0, 1], y: -1 }, "x", [0, 0]],
    [
      "z = sum(where(x > 0, map(r -> fold((h, a) -> h + sqrt(a), 0, r), reshape(x, 2, 1)), 0))",
      { x: [0, 4] },
      "x",
      [0, 0.25],
    ],
  ])("leak nothing of what was not chosen: %s", (script, inputs, wrt, expected) => {
    for (const mode of ["reverse", "forward"] as const) {
      const { gradients } = evaluate(script, inputs, { of: ["z"], wrt: [wrt], mode });
      expectClose(gradients.z![wrt], expected, mode);
    }
  });

  it("compute constants of a branch only where it is taken", () => {
    for (const script of [
      "z = if x > 0 then x else inv([[1, 2], [2, 4]])[0, 0]",
      "z = if 1 then x else cholesky([[-1, 0], [0, 1]])[0, 0]",
      "const S = [[1, 2], [2, 4]]; z = sum(map(t -> if t > 0 then t else t * sum(inv(S)), [x, 0.5])) - 0.5",
      "z = if x > 0 then x else while(h -> h < 5, h -> h, 1)",
    ]) {
      expect(evaluate(script, { x: 2 })).toEqual({ outputs: { z: 2 }, gradients: { z: { x: 1 } } });
    }
  });

  it("may be differentiated inside by what no step before depends on", () => {
    const inputs = { x: [0.5, 2], y: 0.7 };
    const { outputs } = evaluate("w = y^2\nz = map(t -> grad(t * w, y), x)", inputs);
    expectClose(outputs.z, [0.7, 2.8], "by a definition around the loop");
    const own = evaluate("z = fold((h, t) -> h + grad(stop_gradient(h) * y^2 + t, y), 1, x)", inputs);
    expectClose(own.outputs.z, 1 * 2.4 * 2.4, "with the carry as a constant");
  });

  it("make as many steps as they are asked for, with a graph of one size", () => {
    const steps = 100_000;
    const { outputs, gradients } = evaluate("z = iterate(a -> a + y, 0, 100000)", { y: 0.5 });
    expect(outputs.z).toBe(steps / 2);
    expect(gradients.z!.y).toBe(steps);
    const few = { limits: { nodes: 200 } };
    expect(evaluate("z = iterate(a -> a * y + 1, 0, 100000)", { y: 0.5 }, few).outputs.z).toBeCloseTo(2, 14);
  });

  it.each([1, 2, 3, 4, 7])("are the same in %i segments", (checkpoint) => {
    const script = `(h, ys) = scan((h, a) -> (tanh(h * a + y), h * y), y, x)
z = concatenate(([h, iterate(a -> a * y + 1, y, 7)], ys))`;
    const inputs = { x: [0.5, -1, 2, 0.3, -0.7], y: 0.7 };
    for (const mode of ["reverse", "forward"] as const) {
      const [whole, cut] = [{}, { checkpoint }].map((options) =>
        evaluate(script, inputs, { ...options, mode }),
      );
      expectClose(cut!.outputs.z, whole!.outputs.z, "z");
      expectClose(cut!.gradients.z!.x, whole!.gradients.z!.x, "∂z/∂x");
      expectClose(cut!.gradients.z!.y, whole!.gradients.z!.y, "∂z/∂y");
    }
  });

  it("keep fewer carries in segments", () => {
    const script = "z = sum(iterate(a -> sin(a) * y + 0.1, x, 10000))";
    const run = (options: CompileOptions) => {
      const compiled = compile(script, options);
      return compiled.ok ? compiled.program.run({ x: new Float64Array(100), y: 0.9 }) : compiled;
    };
    // The carries of all steps are 8 MB.
    const limits = { memory: 2 ** 20 };
    expect(run({ limits }).diagnostics.map(({ code }) => code)).toEqual(["memory-limit"]);
    expect(run({ limits, checkpoint: 100 }).ok).toBe(true);
  });

  it("run again with other values", () => {
    const script = "z = while(a -> a > 1, a -> a / 2, x)";
    for (const [x, z, slope] of [
      [10, 0.625, 1 / 16],
      [0.5, 0.5, 1],
      [3, 0.75, 0.25],
    ] as const) {
      expect(evaluate(script, { x })).toEqual({ outputs: { z }, gradients: { z: { x: slope } } });
    }
  });
});

describe("mistakes in loops and branches", () => {
  it.each<[string, string[]]>([
    ["z = map(x, x)", ['function-needed at "x"']],
    ["z = map(a -> a)", ['argument-count at "map(a -> a)"']],
    ["z = map((a, b) -> a, x)", ['lambda-arguments at "(a, b) -> a"']],
    ["z = map(a -> a, 3)", ['sequence-scalar at "3"']],
    ["z = map((a, b) -> a, x, [1, 2])", ['sequence-lengths at "[1, 2]"']],
    ["z = fold((h, a) -> [h, a], 0, x)", ['carry-shape at "(h, a) -> [h, a]"']],
    ["z = fold((h, a) -> (h, a), 0, x)", ['carry-size at "(h, a) -> (h, a)"']],
    ["z = scan((h, a) -> h, 0, x)", ['scan-result at "(h, a) -> h"']],
    ["z = iterate(a -> a, 0, 1.5)", ['argument-kind at "1.5"']],
    ["z = iterate(a -> a, 0, y)", ['not-constant at "y"']],
    ["z = while(a -> a > 0, a -> a + 1, 1)", ['no-result at "while(a -> a > 0, a -> a + 1, 1)"']],
    [
      "z = while(a -> a > 0, a -> a - 1, 5, max=3)",
      ['no-result at "while(a -> a > 0, a -> a - 1, 5, max=3)"'],
    ],
    ["z = while(a -> x, a -> a, 1)", ['loop-condition at "a -> x"']],
    ["z = if x > 0 then 1 else 2", ['loop-condition at "x > 0"']],
    ["z = if y then x else 1", ['branch-shapes at "if y then x else 1"']],
    ["z = if y then (1, 2) else 1", ['branch-parts at "if y then (1, 2) else 1"']],
    ["z = if y then map else 1", ['not-a-value at "map"']],
    ["f(a) = a; z = f + y", ['not-a-value at "f"']],
    ["z = (a -> a) + y", ['value-needed at "(a -> a)"']],
    ["z = map(q -> q + u, x)", []],
    ["z = iterate(a -> a, sin, 3)", ['loop-value at "sin"']],
    ["f(n) = if n > 0 then f(n - 1) else 0; z = f(y)", ['recursion at "f"']],
    ["z = y(3)", ['unknown-function at "y"']],
    ["f(g) = g(g); z = f(f)", ['recursion-passed at "g(g)"']],
    ["z = (q -> q(q))(q -> q(q))", ['recursion-passed at "q(q)"']],
    ["F(g, n) = if n > 0 then n + g(g, n - 1) else 0; z = F(F, y)", ['recursion-passed at "g(g, n - 1)"']],
    ["z = iterate(a -> a, 0, 1e10)", ['argument-kind at "1e10"']],
    ["z = map(i -> { q = i^2; sum(grad(q, x)) }, x)", ['derivative-through-loop at "grad(q, x)"']],
    ["z = iterate(a -> grad(a^2, y), y, 2)", ['derivative-through-loop at "grad(a^2, y)"']],
    ["z = if y > 0 then y else while(h -> 1, h -> h - 1, y, max=3)", []],
    [
      "z = if y < 0 then y else while(h -> 1, h -> h - 1, y, max=3)",
      ['no-result at "while(h -> 1, h -> h - 1, y, max=3)"'],
    ],
    [
      "f(a) = a^2\nderivative f(a; da) = if a > 0 then 2 * a * da else 3 * a * da\nz = f(y)",
      ['derivative-linear at "if a > 0 then 2 * a * da else 3 * a * da"'],
    ],
  ])("%s", (script, expected) => {
    const found = problems(script, { x: [1, 2, 3], y: 2, u: 1 });
    expect(found.filter((problem) => !problem.startsWith("unused-value"))).toEqual(expected);
  });
});
