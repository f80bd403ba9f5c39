import { describe, expect, it } from "vitest";
import { traceProgram } from "../../src/explain/trace.js";
import { compile } from "../../src/index.js";
import { defaultLimits as limits } from "../../src/limits.js";
import { sizeOf, type Tensor } from "../../src/tensor.js";
import { expectClose, subject } from "../support/explain.js";

/** Every operation has a name, so that formulas are expressions over these names. */
const scripts = [
  "x = 2; y = 3; a = x * y; b = x / y; c = a - b; d = c^y; w = -d",
  "x = 0.3; a = sin(x); b = cos(a); c = tan(b); d = exp(c); h_ = log(d); f = sqrt(h_); g = tanh(f); w = sigmoid(g)",
  "x = 0.3; y = 0.7; a = arctan2(x, y); b = hypot(a, y); c = maximum(b, x); d = log1p(c); h_ = expm1(d); w = h_^3",
  "A = [[1,2],[3,4]]; x = [1,2]; y = A @ x; z = x @ A; a = y * z; w = sum(a)",
  "A = [[1,2],[3,4]]; B = [[0,1],[2,3]]; C = A @ B; D = C'; E = D * A; t = trace(E); u = sum(E, axis=0); v = u * t; w = sum(v)",
  "A = [[2,1],[1,3]]; y = [1,2]; x = solve(A, y); P = inv(A); d = det(A); a = P @ x; b = a * d; w = sum(b)",
  "x = [1,2,3]; m = mean(x); s = x - m; q = s^2; p = softmax(q); l = logsumexp(p); v = p * l; w = sum(v)",
  "X = [[1,2,3],[4,5,6]]; b = [1,2,3]; y = X + b; r = relu(y); n = norm(r); c = r[0]; d = r[:, 1]; h_ = sum(c) ; f = sum(d); g = h_ * f; w = g * n",
  "x = [1,2,3]; c = cumsum(x); o = outer(c, x); n = -o; h_ = exp(n); k = stack((x, c)); s = sum(h_); t = sum(k); w = s * t",
];

const isIdentifier = (name: string) => /^\w+$/.test(name);

/** A tensor as an array of the shape of another, by NumPy's rules: formulas need not say that a derivative repeats. */
function spread({ shape, data }: Tensor, to: Tensor): Tensor {
  if (data.length === to.data.length) return { shape: to.shape, data };
  const script = `y = broadcast_to(x, [${to.shape.join(", ")}])`;
  const compiled = compile(script, { gradients: false });
  const result = compiled.ok ? compiled.program.run({ x: { shape, data } }) : compiled;
  return "evaluation" in result
    ? result.evaluation.outputs[0]!.tensor
    : expect.fail(`${shape} to ${to.shape}`);
}

describe("the formulas of a trace", () => {
  it.each(scripts)("evaluate to what they stand for: %s", (script) => {
    const { program, values } = subject(script);
    const trace = traceProgram(program, values, { limits });
    const { steps } = trace.backward[0]!;
    const inputs = new Map<string, Tensor>();
    for (const { outputs } of trace.forward)
      for (const { name, value } of outputs) if (isIdentifier(name)) inputs.set(name, value);
    for (const { node, sumGrad } of steps) inputs.set(`sum_grad_${node}`, sumGrad);
    let count = 0;
    for (const { node, contributions } of steps) {
      for (const { from, formula, local, value } of contributions) {
        const text = formula ?? local?.formula;
        if (text === undefined) continue;
        const expected = local === undefined ? value : local.value;
        const own = text.replace(/sum_grad\((\w+)\)/g, "sum_grad_$1");
        const used = new Map([...inputs].filter(([name]) => new RegExp(`\\b${name}\\b`).test(own)));
        const compiled = compile(`derivative_ = 1 * (${own})`, { gradients: false });
        const result = compiled.ok ? compiled.program.run(used) : compiled;
        if (!("evaluation" in result))
          expect.fail(`${own}: ${result.diagnostics.map(({ message }) => message).join("; ")}`);
        const found = result.evaluation.outputs[0]!.tensor;
        expect(sizeOf(found.shape)).toBeLessThanOrEqual(expected.data.length);
        expectClose(spread(found, expected), expected, `${node} from ${from}: ${text}`);
        count += 1;
      }
    }
    expect(count).toBeGreaterThan(5);
  });
});
