import { describe, expect, it } from "vitest";
import { explain } from "../../src/explain/explain.js";
import { type Flow, flowOf } from "../../src/explain/flow.js";
import { bodiesOf } from "../../src/explain/repeats.js";
import { example, exampleNames, type Subject, subject } from "../support/explain.js";

function flowFor({ program, values }: Subject) {
  const { trace, context } = explain(program, values);
  const flow = flowOf(
    program.outputs.map((name) => trace.lowered.nodes.get(name)!),
    context,
  );
  return { flow, context };
}

/** `w = add(u, log(v))` for each step that is no leaf. */
const told = ({ steps }: Flow) =>
  steps.flatMap(({ label, op, operands, kind }) => {
    if (operands.length === 0 && kind !== "operation") return [];
    const texts = operands.map((operand) => {
      const text = operand.kind === "step" ? operand.part.label : operand.text;
      return operand.keyword === undefined ? text : `${operand.keyword}=${text}`;
    });
    return [`${label} = ${op}(${texts.join(", ")})`];
  });

const scripts: [what: string, script: string, steps: string[]][] = [
  ["signs", "x = 2; w = -x^2 / 3", ["x^2 = pow(x, 2)", "-x^2 = neg(x^2)", "w = div(-x^2, 3)"]],
  ["a matrix and a vector", "A = [[1,2],[3,4]]; x = [1,2]; y = A @ x", ["y = matmul(A, x)"]],
  [
    "what a function is put together of",
    "x = [1,2,4]; s = std(x) + var(x)",
    ["t1 = sub(x)", "std(x) = std(t1)", "var(x) = var(t1)", "s = add(std(x), var(x))"],
  ],
  ["keywords", "X = [[1,2],[3,4]]; s = sum(X, axis=1)", ["s = sum(X, axis=1)"]],
  ["another name", "x = 2; u = x; w = u + 1", ["u = =(x)", "w = add(u, 1)"]],
  [
    "equal definitions, which are apart for derivatives",
    "x = 2; a = x * 3; b = x * 3; w = a + b",
    ["x * 3 = mul(x, 3)", "a = =(x * 3)", "b = =(x * 3)", "w = add(a, b)"],
  ],
  [
    "a function that is called twice",
    "f(a) = { s = a^2; s + a }; x = 2; w = f(x) * f(x + 1)",
    [
      "s = pow(x, 2)",
      "s + a = add(s, x)",
      "a = add(x, 1)",
      "s#2 = pow(a, 2)",
      "s + a#2 = add(s#2, a)",
      "w = mul(s + a, s + a#2)",
    ],
  ],
  [
    "calls of equal text inside each other, as one operation over a sequence",
    "h(z) = z^2; xs = [1,2]; w = map(x -> h(h(x)), xs)",
    ["z = pow(xs, 2)", "w = pow(z, 2)"],
  ],
  [
    "several parts of one value",
    "A = [[2,1],[1,3]]; (q, r) = qr(A); w = sum(q @ r)",
    ["q, r = qr(A)", "q @ r = matmul(q, r)", "w = sum(q @ r)"],
  ],
  [
    "a factorisation that two functions share",
    "A = [[2,1],[1,3]]; y = [1,2]; w = solve(A, y) * det(A)",
    ["solve(A, y) = solve(A, y)", "det(A) = det(A)", "w = mul(solve(A, y), det(A))"],
  ],
  ["a list", "x = 2; y = 3; w = [x, 1, y]", ["w = list(x, 1, y)"]],
  [
    "constants, by name and as a literal",
    "const k = eye(3); x = 2; w = x * k + [1, 2, 3]",
    ["x * k = mul(x, k)", "w = add(x * k, [1, 2, 3])"],
  ],
  ["a loop", "x = 2; w = iterate(s -> s * x, 1, 3)", ["w = iterate(1, 3, x)"]],
  ["a branch", "x = 2; w = if x > 1 then x^2 else sin(x)", ["x > 1 = greater(x, 1)", "w = if(x > 1, x)"]],
  ["a derivative", "x = 2; y = x^3; g = grad(y, x)", ["g = grad(x)"]],
  [
    "a function with a derivative of its own",
    "f(x) = x^3\nderivative f(x; dx) = 3 * x^2 * dx\nx = 2; w = f(x)",
    ["x^3 = pow(x, 3)", "w = f(x, x^3)"],
  ],
];

describe("the steps of a graph", () => {
  it.each(scripts)("are those of the script: %s", (_what, script, steps) => {
    expect(told(flowFor(subject(script)).flow)).toEqual(steps);
  });

  it("lie in the calls that made them", () => {
    const { flow } = flowFor(subject("g(a) = sin(a)\nf(a) = g(a) + 1\nx = 2; w = 2 * f(x)"));
    expect(flow.steps.map(({ label, calls }) => [label, calls.map(({ name }) => name).join(" > ")])).toEqual([
      ["x", ""],
      ["sin(a)", "f > g"],
      ["g(a) + 1", "f"],
      ["w", ""],
    ]);
  });

  it("show the body of a loop as a graph of its own", () => {
    const { flow, context } = flowFor(
      subject(
        "x = 2; (h, ys) = scan((h, t) -> { next = h * x + t; (next, sin(next)) }, 1, [1, 2, 3]); w = h + sum(ys)",
      ),
    );
    const loop = flow.steps.find(({ kind }) => kind === "loop")!;
    expect([loop.op, ...loop.parts.map(({ label }) => label)]).toEqual(["scan", "h", "ys"]);
    const [body] = bodiesOf(loop, flow, context);
    expect(body!.flow.steps.map(({ label, kind }) => `${kind} ${label}`)).toEqual([
      "carry h",
      "slice t",
      "outer x",
      "operation h * x",
      "operation next",
      "operation sin(next)",
    ]);
    expect(body!.flow.outputs.map(({ part }) => part.label)).toEqual(["next", "sin(next)"]);
  });

  it("keep the parts of a value in their order, in bodies of loops as well", () => {
    const { flow, context } = flowFor(example("lstm.ag"));
    const outer = flow.steps.find(({ op }) => op === "scan")!;
    const { flow: body } = bodiesOf(outer, flow, context)[0]!;
    expect(body.steps.find(({ op }) => op === "scan")!.label).toBe("hidden, after");
    const svd = flowFor(subject("A = [[2,1],[1,3]]; (U, s, V) = svd(A); w = V[0, 0] * sum(s) * U[0, 0]"));
    expect(svd.flow.steps[1]!.label).toBe("U, s, V");
  });

  it("show both sides of a branch", () => {
    const { flow, context } = flowFor(subject("x = 2; w = if x > 1 then x^2 else sin(x)"));
    const bodies = bodiesOf(flow.steps.at(-1)!, flow, context);
    expect(bodies.map((body) => told(body.flow))).toEqual([["x^2 = pow(x, 2)"], ["sin(x) = sin(x)"]]);
  });
});

describe("every example", () => {
  it.each(exampleNames)("%s has steps in topological order, with labels of their own", (name) => {
    const { flow, context } = flowFor(example(name));
    const check = ({ steps }: Flow) => {
      const seen = new Set<string>();
      for (const step of steps) {
        for (const operand of step.operands)
          if (operand.kind === "step") expect(operand.step.number).toBeLessThan(step.number);
        for (const { label } of step.parts) {
          expect(seen.has(label), label).toBe(false);
          seen.add(label);
        }
      }
    };
    check(flow);
    for (const step of flow.steps) for (const body of bodiesOf(step, flow, context)) check(body.flow);
  });
});
