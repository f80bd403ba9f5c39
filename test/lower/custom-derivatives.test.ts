import { describe, expect, it } from "vitest";
import type { InputValue, Mode, Nested } from "../../src/index.js";
import { mostNestedRules } from "../../src/limits.js";
import { evaluate, problems } from "../support/run.js";

const flat = (nested: Nested | undefined): number[] =>
  typeof nested === "number" ? [nested] : (nested ?? []).flatMap(flat);

const bothModes: readonly Mode[] = ["reverse", "forward"];

/** The gradients of an output in both modes, which must agree; by input. */
function gradients(script: string, inputs: Readonly<Record<string, InputValue>>, output: string) {
  const [reverse, forward] = bothModes.map((mode) => evaluate(script, inputs, { mode }).gradients[output]!);
  for (const input of Object.keys(reverse!)) {
    const expected = flat(reverse![input]);
    flat(forward![input]).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 12);
    });
  }
  return reverse!;
}

describe("a function's own derivative", () => {
  it("is taken instead of that of its body, in both modes", () => {
    // Deliberately not the derivative of the body, to see which one is used.
    const script = "f(x) = x^2\nderivative f(x; dx) = 100 * dx\nz = 3 * f(x) + x";
    expect(evaluate(script, { x: 5 }).outputs).toEqual({ z: 80 });
    expect(gradients(script, { x: 5 }, "z")).toEqual({ x: 301 });
  });

  it("goes to each argument", () => {
    const script = "f(a, b) = a * b\nderivative f(a, b; da, db) = 10 * da + 100 * a * db\nz = f(x, y)";
    expect(gradients(script, { x: 2, y: 3 }, "z")).toEqual({ x: 10, y: 200 });
    expect(gradients(script.replace("f(x, y)", "f(x, x)"), { x: 2 }, "z")).toEqual({ x: 210 });
    expect(gradients(script.replace("f(x, y)", "f(b=x, a=3)"), { x: 2 }, "z")).toEqual({ x: 300 });
  });

  it("may leave an argument out: its derivative is 0", () => {
    const script = "f(a, b) = a * b\nderivative f(a, b; da, db) = b * da\nz = f(x, y)";
    expect(gradients(script, { x: 2, y: 3 }, "z")).toEqual({ x: 3, y: 0 });
    expect(gradients("f(a) = a^2\nderivative f(a; da) = 0\nz = f(x)", { x: 2 }, "z")).toEqual({ x: 0 });
  });

  it("takes tensors, with Jacobians in one batched sweep", () => {
    // softmax(x) = y has the derivative y·(t − y·t).
    const plain = "f(x) = exp(x) / sum(exp(x))\nz = f(A @ x)";
    const ruled = `${plain}\nderivative f(x; dx) = { y = f(x); y * (dx - sum(y * dx)) }`;
    const A = [
      [1, -2],
      [0.5, 1],
      [0.2, 0.7],
    ];
    const x = [0.3, -0.4];
    const [expected, actual] = [gradients(plain, { A, x }, "z"), gradients(ruled, { A, x }, "z")];
    for (const name of ["A", "x"]) {
      flat(expected[name]).forEach((value, i) => {
        expect(flat(actual[name])[i]).toBeCloseTo(value, 14);
      });
    }
  });

  it("takes arguments of different shapes, through products and sums over axes", () => {
    const script = `f(M, v) = M @ v
      derivative f(M, v; dM, dv) = 2 * (dM @ v + M @ dv)
      z = f(M, v)`;
    const M = [
      [1, 2],
      [3, 4],
    ];
    const found = gradients(script, { M, v: [5, 6] }, "z");
    expect(found.v).toEqual([
      [2, 4],
      [6, 8],
    ]);
    expect(flat(found.M)).toEqual([10, 12, 0, 0, 0, 0, 10, 12]);
  });

  it("is differentiated itself for the second derivative and on", () => {
    // Rules that refer to each other and to themselves.
    const script = `s(x) = sin(x); c(x) = cos(x); g(x) = exp(2 * x)
      derivative s(x; dx) = c(x) * dx
      derivative c(x; dx) = -s(x) * dx
      derivative g(x; dx) = 2 * g(x) * dx
      d1 = grad(s(x), x); d2 = grad(d1, x); d3 = grad(d2, x); h = hessian(g(x), x); t = grad(h, x); p = hvp(g(x), x, 3)`;
    const x = 0.6;
    const { outputs, gradients: found } = evaluate(script, { x });
    const g = Math.exp(2 * x);
    expect(outputs.d3).toBeCloseTo(-Math.cos(x), 14);
    expect(outputs.t).toBeCloseTo(8 * g, 12);
    expect(outputs.p).toBeCloseTo(12 * g, 12);
    expect(flat(found.d3!.x)[0]).toBeCloseTo(Math.sin(x), 14);
    const { hessians } = evaluate(
      "g(x) = exp(2 * x)\nderivative g(x; dx) = 2 * g(x) * dx\nw = sum(g(v)^2)",
      { v: [0, 0.1] },
      { hessian: true },
    );
    expect(flat(hessians!.w!.v!.v)).toEqual([16, 0, 0, expect.closeTo(16 * Math.exp(0.4), 10)]);
  });

  it("serves the derivative functions, with names of its own", () => {
    const script =
      "f(a) = a^3\nderivative f(u; du) = grad(u^3, u) * du\nz = jvp(f(x), x, 2) + vjp(f(x), x, 1)";
    expect(evaluate(script, { x: 2 }).outputs).toEqual({ z: 36 });
  });

  it("may read constants, dimensions and other functions, stated in any order", () => {
    const script = `derivative f(x; dx) = slope(x) * dx * k
      input x: [n] = [1, 2]
      z = f(x)
      const k = 5
      slope(x) = 2 * x * n
      f(x) = k * x^2`;
    expect(flat(gradients(script, {}, "z").x)).toEqual([20, 0, 0, 40]);
  });

  it("clips or reverses gradients, as layers for training do", () => {
    const script =
      "rev(x) = x\nderivative rev(x; dx) = -dx\nclipped(x) = x\nderivative clipped(x; dx) = dx * (abs(x) < 1)";
    expect(gradients(`${script}\nz = sum(rev(x)^2)`, { x: [1, 2] }, "z")).toEqual({ x: [-2, -4] });
    expect(gradients(`${script}\nz = sum(clipped(x)^2)`, { x: [0.5, 2] }, "z")).toEqual({ x: [1, 0] });
  });

  it("leaks nothing from elements that were not chosen", () => {
    const root = "f(x) = sqrt(x)\nderivative f(x; dx) = dx / (2*sqrt(x))";
    expect(gradients(`${root}\nz = where(x > 0, f(x), 0)`, { x: [-1, 0, 4] }, "z").x).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0.25],
    ]);
    // A row that is not chosen is dead, and so is what the rule's product would add of it to y.
    const rows = `f(x, y) = sqrt(x) @ y
derivative f(x, y; dx, dy) = (dx / (2*sqrt(x))) @ y + sqrt(x) @ dy
z = sum(where([1, 0, 0], f(x, y), 0))`;
    const x = [
      [1, 4],
      [0, 0],
      [-1, 9],
    ];
    expect(gradients(rows, { x, y: [1, 2] }, "z")).toEqual({
      x: [
        [0.5, 0.5],
        [0, 0],
        [0, 0],
      ],
      y: [1, 2],
    });
    // Where all is live, 0 times infinity stays NaN.
    for (const mode of bothModes)
      expect(evaluate(`${root}\nz = 0 * f(x)`, { x: 0 }, { mode }).gradients.z!.x).toBeNaN();
  });

  it("is expanded once for each call, not once for each path", () => {
    const lines = ["f(x) = x + 1; derivative f(x; dx) = dx", "y0 = f(x)"];
    for (let i = 1; i <= 300; i++) lines.push(`y${i} = f(y${i - 1}) + f(y${i - 1})`);
    expect(evaluate(lines.join("\n"), { x: 1 }).gradients.y300).toEqual({ x: 2 ** 300 });
  });
});

describe("rules inside each other", () => {
  const chain = (length: number) => {
    const lines = ["f1(x) = x", "derivative f1(x; dx) = 2 * dx"];
    for (let i = 2; i <= length; i++) lines.push(`f${i}(x) = x`, `derivative f${i}(x; dx) = f${i - 1}(dx)`);
    return `${lines.join("\n")}\nz = f${length}(x)`;
  };

  it("may be as deep as the limit, and no deeper", () => {
    expect(evaluate(chain(mostNestedRules), { x: 1 }).gradients).toEqual({ z: { x: 2 } });
    expect(problems(chain(mostNestedRules + 1), { x: 1 })).toEqual(['derivative-nesting at "2 * dx"']);
  });
});

describe("a rule that is none is refused where it stands", () => {
  const f = "f(x) = x^2";
  it.each<[string, string[]]>([
    [`${f}\nderivative f(x; dx) = dx^2\nz = f(x)`, ['derivative-linear at "dx^2"']],
    [`${f}\nderivative f(x; dx) = sin(dx)\nz = f(x)`, ['derivative-linear at "sin(dx)"']],
    [`${f}\nderivative f(x; dx) = 2 * x * dx + 1\nz = f(x)`, ['derivative-linear at "2 * x * dx + 1"']],
    [`${f}\nderivative f(x; dx) = 2 * x\nz = f(x)`, ['derivative-linear at "2 * x"']],
    [
      `${f}\nderivative f(x; dx) = where(x > 0, dx, 1)\nz = f(x)`,
      ['derivative-linear at "where(x > 0, dx, 1)"'],
    ],
    [
      `${f}\nderivative f(x; dx) = where(dx > 0, dx, 2 * dx)\nz = f(x)`,
      ['derivative-linear at "where(dx > 0, dx, 2 * dx)"'],
    ],
    [`${f}\nderivative f(x; dx) = relu(dx)\nz = f(x)`, ['derivative-linear at "relu(dx)"']],
    ["f(x) = x\nderivative f(x; dx) = f(dx)\nz = f(x)", ['derivative-circular at "f(dx)"']],
    [
      "f(x) = x; g(x) = x\nderivative f(x; dx) = g(dx)\nderivative g(x; dx) = f(dx)\nz = f(x)",
      ['derivative-circular at "g(dx)"'],
    ],
    [
      `${f}\nderivative f(x; dx) = grad(f(x), x) * dx\nz = f(x)`,
      ['derivative-circular at "grad(f(x), x) * dx"'],
    ],
    [`${f}\nderivative f(x; dx) = [dx, dx]\nz = f(x)`, ['derivative-shape at "[dx, dx]"']],
    [`${f}\nderivative f(x; dx) = (dx, dx)\nz = f(x)`, ['value-needed at "(dx, dx)"']],
    ["f(x) = (x, x)\nderivative f(x; dx) = dx\n(z, q) = f(x)", ['value-needed at "(x, x)"']],
    [`${f}\nderivative f(x; dx, dy) = dx\nz = f(x)`, ['derivative-parameters at "f"']],
    [`${f}\nderivative f(x, y; dx) = dx\nz = f(x)`, ['derivative-parameters at "f"']],
    [`${f}\nderivative f(x; dx) = dx\nderivative f(x; dx) = dx\nz = f(x)`, ['derivative-twice at "f"']],
    [`${f}\nderivative f(x; x) = x\nz = f(x)`, ['redefinition at "x"']],
    [`${f}\nderivative f(x; sin) = x\nz = f(x)`, ['shadows-built-in at "sin"']],
    [`${f}\nderivative g(x; dx) = dx\nz = f(x)`, ['derivative-function at "g"']],
    ["derivative sin(x; dx) = dx\nz = sin(x)", ['derivative-function at "sin"']],
    ["u = x\nderivative u(x; dx) = dx\nz = u", ['derivative-function at "u"']],
    [`${f}\nderivative f(x; dx) = dx * y\nz = f(x)`, ['derivative-reads at "y"']],
    ["f(x) = x * y + y\nderivative f(x; dx) = dx * y\nz = f(x)", ['derivative-reads at "y"']],
    [
      "input x = 1; input y = 2; f(x) = x^2\nderivative f(x; dx) = dx * q\nz = f(x) * y",
      ['unknown-name at "q"'],
    ],
    ["f(x) = x * u; u = y^2\nderivative f(x; dx) = dx\nz = f(x)", ['derivative-reads at "u"']],
    ["f(x) = g(x); g(x) = x * y\nderivative f(x; dx) = dx\nz = f(x)", ['derivative-reads at "y"']],
    [`${f}\nderivative f(x; dx) = dx * h(x)\nz = f(x)`, ['unknown-function at "h"']],
    ["f(x) = f(x)\nderivative f(x; dx) = dx\nz = f(x)", ['recursion at "f"']],
  ])("%s", (script, expected) => {
    const found = problems(script, { x: 1, y: 2 });
    expect(found.filter((problem) => !problem.startsWith("unused-value"))).toEqual(expected);
  });
});
