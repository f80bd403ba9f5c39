import { type Parameter, required } from "./builtin.js";
import type { Documentation } from "./documentation.js";

/** A function of the language that differentiates. Its parameter `x` takes a name in scope, not a value. */
export interface DerivativeFunction extends Documentation {
  readonly parameters: ReadonlyMap<string, Parameter>;
}

const define = (
  parameters: readonly string[],
  documentation: Omit<Documentation, "family">,
): DerivativeFunction => ({
  ...documentation,
  family: "derivatives",
  parameters: new Map(parameters.map((name): [string, Parameter] => [name, required("tensor")])),
});

const unconnected = "Zeros where the first argument does not depend on x.";

const table = {
  grad: define(["w", "x"], {
    doc: "The gradient of the scalar w by the name x: the shape of x.",
    derivative: "the Hessian times the change of x",
    conventions: unconnected,
    example: "x = [1, 2]; z = grad(sum(x^3), x)",
  }),
  jacobian: define(["y", "x"], {
    doc: "The derivative of y by the name x: shape(y) + shape(x).",
    derivative: "the second derivatives of y along the change of x",
    conventions: unconnected,
    example: "x = [1, 2]; z = jacobian(x^2, x)",
  }),
  hessian: define(["w", "x"], {
    doc: "The second derivatives of the scalar w by the name x: shape(x) + shape(x).",
    derivative: "the third derivatives of w along the change of x",
    conventions: unconnected,
    example: "x = [1, 2]; z = hessian(prod(x) + x[0]^3, x)",
  }),
  jvp: define(["y", "x", "v"], {
    doc: "The derivative of y along the direction v, of the shape of x: jacobian(y, x) times v, in the shape of y.",
    derivative: "by v jacobian(y, x), by x the second derivatives of y along v",
    conventions: unconnected,
    example: "x = [1, 2]; z = jvp(x^2, x, [1, 0])",
  }),
  vjp: define(["y", "x", "v"], {
    doc: "The derivative of sum(v * y), where v has the shape of y: v times jacobian(y, x), in the shape of x.",
    derivative: "by v jacobian(y, x) transposed, by x the Hessian of sum(v * y)",
    conventions: unconnected,
    example: "x = [1, 2]; z = vjp(x^2, x, [1, 0])",
  }),
  hvp: define(["w", "x", "v"], {
    doc: "hessian(w, x) times v, of the shape of x, without the Hessian itself; the shape of x.",
    derivative: "by v hessian(w, x), by x the third derivatives of w along v",
    conventions: unconnected,
    example: "x = [1, 2]; z = hvp(prod(x), x, [1, 0])",
  }),
} satisfies Record<string, DerivativeFunction>;

export type DerivativeFunctionName = keyof typeof table;

export const derivativeFunctions: ReadonlyMap<string, DerivativeFunction> = new Map(Object.entries(table));

export const isDerivativeFunction = (name: string): name is DerivativeFunctionName =>
  derivativeFunctions.has(name);
