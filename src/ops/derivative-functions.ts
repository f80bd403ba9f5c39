import { type Parameter, required } from "./builtin.js";

/** A function of the language that differentiates. Its parameter `x` takes a name in scope, not a value. */
export interface DerivativeFunction {
  readonly doc: string;
  readonly parameters: ReadonlyMap<string, Parameter>;
}

const taking = (...names: readonly string[]): DerivativeFunction["parameters"] =>
  new Map(names.map((name): [string, Parameter] => [name, required("tensor")]));

const table = {
  grad: {
    doc: "The gradient of the scalar w by the name x: the shape of x.",
    parameters: taking("w", "x"),
  },
  jacobian: {
    doc: "The derivative of y by the name x: shape(y) + shape(x).",
    parameters: taking("y", "x"),
  },
  hessian: {
    doc: "The second derivatives of the scalar w by the name x: shape(x) + shape(x).",
    parameters: taking("w", "x"),
  },
  jvp: {
    doc: "The derivative of y along the direction v, of the shape of x: jacobian(y, x) times v, in the shape of y.",
    parameters: taking("y", "x", "v"),
  },
  vjp: {
    doc: "The derivative of sum(v * y), where v has the shape of y: v times jacobian(y, x), in the shape of x.",
    parameters: taking("y", "x", "v"),
  },
  hvp: {
    doc: "hessian(w, x) times v, of the shape of x, without the Hessian itself; the shape of x.",
    parameters: taking("w", "x", "v"),
  },
} satisfies Record<string, DerivativeFunction>;

export type DerivativeFunctionName = keyof typeof table;

export const derivativeFunctions: ReadonlyMap<string, DerivativeFunction> = new Map(Object.entries(table));

export const isDerivativeFunction = (name: string): name is DerivativeFunctionName =>
  derivativeFunctions.has(name);
