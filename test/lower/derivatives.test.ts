import { describe, expect, it } from "vitest";
import type { InputValue, Nested } from "../../src/index.js";
import { evaluate, problems } from "../support/run.js";

/** The outputs of a script, without its gradients. */
const outputs = (script: string, inputs: Readonly<Record<string, InputValue>> = {}) =>
  evaluate(script, inputs, { gradients: false }).outputs;

/** Compares to so many digits after the point. */
function expectClose(actual: Nested | undefined, expected: Nested, digits = 12): void {
  if (typeof expected === "number") {
    expect(actual).toBeCloseTo(expected, digits);
    return;
  }
  expect(actual).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) {
    expectClose((actual as readonly Nested[])[i], value, digits);
  }
}

describe("derivative functions", () => {
  const A = [
    [2, 1],
    [0, 3],
  ];

  it.each<[string, Record<string, InputValue>, Nested]>([
    ["grad(x * y^2, y)", { x: 3, y: 5 }, 30],
    ["grad(sum(A * A), A)", { A }, A.map((row) => row.map((a) => 2 * a))],
    ["jacobian(A @ x, x)", { A, x: [7, 8] }, A],
    ["jacobian([x, x^2, x^3], x)", { x: 2 }, [1, 4, 12]],
    ["jacobian(x^2, x)", { x: 3 }, 6],
    [
      "hessian(x @ A @ x, x)",
      { A, x: [7, 8] },
      [
        [4, 1],
        [1, 6],
      ],
    ],
    ["hessian(x^3, x)", { x: 2 }, 12],
    ["jvp(A @ x, x, [1, 10])", { A, x: [7, 8] }, [12, 30]],
    ["vjp(A @ x, x, [1, 10])", { A, x: [7, 8] }, [2, 31]],
    ["hvp(x @ A @ x, x, [1, 10])", { A, x: [7, 8] }, [14, 61]],
    ["grad(w=x^2, x=x)", { x: 3 }, 6],
    ["jvp(v=[1, 0], y=x^2, x=x)", { x: [3, 4] }, [6, 0]],
    ["grad(stop_gradient(x) * x, x)", { x: 3 }, 3],
    ["grad(stop_gradient(x)^2, x)", { x: 3 }, 0],
    ["stop_gradient(x) + 1", { x: 3 }, 4],
  ])("%s", (expression, inputs, expected) => {
    expectClose(outputs(`out = ${expression}`, inputs).out, expected);
  });

  it("gives zeros of the right shape where nothing depends on the name", () => {
    const script = `input x: [2]; input y: [3]; input s: []
      a = grad(s, x); b = jacobian(y, x); c = hessian(s, x); d = jvp(y, x, x); k = vjp(y, x, y); f = hvp(s, x, x)
      g = hessian(sum(x), x); h = jacobian(floor(y), y)`;
    const square = [
      [0, 0],
      [0, 0],
    ];
    expect(outputs(script, { x: [1, 2], y: [1.5, 2, 3], s: 1 })).toEqual({
      a: [0, 0],
      b: [...square, [0, 0]],
      c: square,
      d: [0, 0, 0],
      k: [0, 0],
      f: [0, 0],
      g: square,
      h: [
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ],
    });
  });

  it("gives the shapes that it promises", () => {
    const script = `input X: [2, 3]; input v: [4]
      y = outer(sum(X, axis=0), v)
      w = sum(y^3)
      a = shape(grad(w, X)); b = shape(jacobian(y, X)); c = shape(hessian(w, X))
      d = shape(jvp(y, X, X)); k = shape(vjp(y, X, y)); f = shape(hvp(w, X, X))`;
    const X = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    expect(outputs(script, { X, v: [1, 2, 3, 4] })).toEqual({
      a: [2, 3],
      b: [3, 4, 2, 3],
      c: [2, 3, 2, 3],
      d: [3, 4],
      k: [2, 3],
      f: [2, 3],
    });
  });

  it.each<[string, (x: number) => number]>([
    ["sin(x)", (x) => -Math.cos(x)],
    ["exp(x)", (x) => Math.exp(x)],
    ["tanh(x)", (x) => (4 * Math.sinh(x) ** 2 - 2) / Math.cosh(x) ** 4],
    ["x^4", (x) => 24 * x],
    ["1 / x", (x) => -6 / x ** 4],
    ["log(x)", (x) => 2 / x ** 3],
  ])("nests: the third derivative of %s", (f, third) => {
    const x = 0.7;
    expectClose(outputs(`out = grad(grad(grad(${f}, x), x), x)`, { x }).out, third(x), 11);
    expectClose(
      outputs(`f = ${f}; f1 = grad(f, x); f2 = grad(f1, x); out = grad(f2, x)`, { x }).out,
      third(x),
      11,
    );
    expectClose(outputs(`out = jvp(hessian(${f}, x), x, 1)`, { x }).out, third(x), 11);
    expectClose(evaluate(`out = hessian(${f}, x)`, { x }).gradients.out!.x, third(x), 11);
  });

  it("differentiates what it gives: mixed partial derivatives do not depend on the order", () => {
    const f = "exp(x * y) * sin(y) + x^3 / y";
    const [x, y] = [0.4, 1.3];
    // ∂²f/∂x∂y by hand.
    const expected = Math.exp(x * y) * ((1 + x * y) * Math.sin(y) + y * Math.cos(y)) - (3 * x ** 2) / y ** 2;
    expectClose(outputs(`out = grad(grad(${f}, x), y)`, { x, y }).out, expected);
    expectClose(outputs(`out = grad(grad(${f}, y), x)`, { x, y }).out, expected);
  });

  it("takes products of Hessians and Jacobians with vectors as the matrices themselves would", () => {
    const script = `y = tanh(A @ x) * x; w = logsumexp(y) * x[0]
      a = hvp(w, x, v) - hessian(w, x) @ v
      b = jvp(y, x, v) - jacobian(y, x) @ v
      c = vjp(y, x, v) - v @ jacobian(y, x)
      d = sum(v * jvp(y, x, u)) - sum(u * vjp(y, x, v))`;
    const values = { A, x: [0.3, -0.2], v: [0.7, 1.1], u: [-0.4, 0.9] };
    const { a, b, c, d } = outputs(script, values);
    for (const difference of [a, b, c]) expectClose(difference, [0, 0], 14);
    expectClose(d, 0, 14);
  });
});

describe("the name that is differentiated by", () => {
  it("sees the dependence of definitions elsewhere, in any order", () => {
    expect(outputs("g = grad(w, x); w = u * x; u = x^2", { x: 3 })).toEqual({ g: 27 });
    expect(outputs("g = grad(w, u) + 0 * k; k = u; w = u * x; u = x^2", { x: 3 })).toEqual({ g: 3 });
  });

  it("is kept apart from equal values under other names", () => {
    expect(outputs("a = x + 1; b = x + 1; g = grad(a * b^2, a)", { x: 1 })).toEqual({ g: 4 });
    expect(outputs("a = x; g = [grad(a * x, a), grad(a * x, x)]", { x: 3 })).toEqual({ g: [3, 6] });
    expect(outputs("a = x; b = a; g = grad(a * b, b)", { x: 3 })).toEqual({ g: 3 });
  });

  it("may be a parameter, apart from other parameters of the same value", () => {
    expect(outputs("f(a, b) = grad(a * b, a); z = f(x, x)", { x: 3 })).toEqual({ z: 3 });
    expect(outputs("f(a, b) = grad(a * b^2, b); z = f(x, x)", { x: 3 })).toEqual({ z: 18 });
    expect(outputs("f(a) = grad(a * x, a); z = f(x)", { x: 3 })).toEqual({ z: 3 });
    expect(outputs("f(a) = grad(a^3, a); z = f(2)")).toEqual({ z: 12 });
    expect(outputs("f(a) = grad(a^3, a); const k = f(2); z = k * x", { x: 1 })).toEqual({ z: 12 });
  });

  it("is apart in each call, also where names and values are alike", () => {
    expect(outputs("g(a, h) = grad(a * h, a); f(a) = g(a, a) + grad(a, a); z = f(x)", { x: 5 })).toEqual({
      z: 6,
    });
    expect(outputs("f(a) = grad(a^3, a); g(a) = grad(f(a), a); z = g(x)", { x: 2 })).toEqual({ z: 12 });
  });

  it("may be local to a block, with the definitions around it", () => {
    const script = "f(a) = { s = a^2; t = s * a; grad(t, s) + 10 * grad(t, a) }; z = f(x)";
    expect(outputs(script, { x: 3 })).toEqual({ z: 3 + 270 });
    expect(outputs("z = { p = x; q = x; grad(p * q, p) }", { x: 3 })).toEqual({ z: 3 });
    expect(outputs("f(a) = grad({ t = a^2; t * x }, a); z = f(x)", { x: 3 })).toEqual({ z: 18 });
  });

  it("may be one name of a tuple", () => {
    expect(outputs("(p, q) = (x^2, x^3); g = grad(p * q, p); h = grad(q, x)", { x: 2 })).toEqual({
      g: 8,
      h: 12,
    });
  });

  it("is differentiated through by what comes after: totals count every path", () => {
    // d/dx of b where z = f(x, x) = x.
    expect(evaluate("f(a, b) = grad(a * b, a); z = f(x, x)", { x: 3 }).gradients).toEqual({ z: { x: 1 } });
    expect(evaluate("u = x^2; z = grad(u^3, u)", { x: 2 }).gradients.z).toEqual({ x: 6 * 4 * 4 });
  });

  it("may be asked for with --wrt too", () => {
    const script = "u = exp(x); w = u * x; g = grad(w, u)";
    expect(evaluate(script, { x: 3 }, { of: ["g", "w"], wrt: ["u"] }).gradients).toEqual({
      g: { u: 0 },
      w: { u: 3 },
    });
  });
});

describe("what cannot be differentiated is said where it stands", () => {
  it.each<[string, string[]]>([
    ["z = grad(x^2, x + 1)", ['derivative-by at "x + 1"']],
    ["z = grad(x^2, 3)", ['derivative-by at "3"']],
    ["z = grad(x^2, x=-x)", ['derivative-by at "-x"']],
    ["const k = 3; z = grad(k * x, k)", ['derivative-by at "k"']],
    ["z = grad(pi * x, pi)", ['derivative-by at "pi"']],
    ["input x: [n] = [1, 2]; z = grad(n * sum(x), n)", ['derivative-by at "n"']],
    ["t = (x, x); z = grad(x, t)", ['derivative-by at "t"']],
    ["f(a) = a; z = grad(x, f)", ['not-a-value at "f"']],
    ["z = grad(x, sin)", ['not-a-value at "sin"']],
    ["z = grad(x * [1, 2], x)", ['derivative-of at "x * [1, 2]"']],
    ["z = hessian(x * [1, 2], x)", ['derivative-of at "x * [1, 2]"']],
    ["z = hvp(x * [1, 2], x, 1)", ['derivative-of at "x * [1, 2]"']],
    ["z = jvp(x * [1, 2], x, [1, 2])", ['derivative-vector at "[1, 2]"']],
    ["z = vjp(x * [1, 2], x, 1)", ['derivative-vector at "1"']],
    ["z = hvp(x^2, x, [1])", ['derivative-vector at "[1]"']],
    ["z = grad((x, x), x)", ['value-needed at "(x, x)"']],
    ["z = grad(x)", ['argument-count at "grad(x)"']],
    ["z = grad(x, x, x)", ['argument-count at "grad(x, x, x)"']],
    ["z = jvp(x, x)", ['argument-count at "jvp(x, x)"']],
    ["z = grad(x, by=x)", ['unknown-keyword at "by"']],
    ["grad = 3; z = grad + x", ['shadows-built-in at "grad"', 'not-a-value at "grad"']],
    ["z = grad(w, x); w = z * x", ['cycle at "w"']],
    ["input x = 1; z = grad(x^2, q)", ['unknown-name at "q"']],
    ["const k = grad(x^2, x); z = k * x", ['default-depends at "x"', 'default-depends at "x"']],
  ])("%s", (script, expected) => {
    const found = problems(script, script.startsWith("input") ? {} : { x: 1 });
    expect(found.filter((problem) => !problem.startsWith("unused-value"))).toEqual(expected);
  });

  it("names the function that fits a tensor", () => {
    expect(problems("z = gradd(x, x)", { x: 1 })).toEqual(['unknown-function at "gradd"']);
  });
});
