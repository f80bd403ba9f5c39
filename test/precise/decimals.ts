import { expect } from "vitest";
import type { OperatorNode } from "../../src/graph/node.js";
import type { GraphCalculus } from "../../src/ops/calculus.js";
import { renormalised } from "../../src/precise/double-double.js";
import { evaluatePrecisely } from "../../src/precise/evaluate.js";
import { type PreciseTensor, preciseTensor, setElement } from "../../src/precise/tensor.js";
import type { Shape } from "../../src/tensor.js";
import { type Real, real } from "../accuracy/decimal.js";
import { graphOf, inputName, inputNode, newCalculus, randomSource } from "../support/graph.js";
import { decimalDifference, decimals, plainScalars } from "../support/precise.js";

/** Numbers with low parts, from −scale to scale. */
export function random(shape: Shape, seed: number, scale = 1): PreciseTensor {
  const next = randomSource(seed);
  const x = preciseTensor(shape);
  x.hi.forEach((_, i) => {
    const hi = scale * (2 * next() - 1);
    setElement(x, i, renormalised(hi, hi * 2 ** -53 * (2 * next() - 1)));
  });
  return x;
}

export const tensor = (shape: Shape, ...data: readonly number[]) => ({
  shape,
  data: Float64Array.from(data),
});

export type Values = Readonly<Record<string, PreciseTensor>>;

/** The value of what `build` makes of inputs, which come in the order of the values. */
export function compute(
  values: Values,
  build: (b: GraphCalculus, ...inputs: readonly OperatorNode[]) => OperatorNode,
): PreciseTensor {
  const b = newCalculus();
  const nodes = Object.entries(values).map(([name, { shape }]) => inputNode(b, name, shape));
  const inputs = new Map(Object.entries(values));
  return evaluatePrecisely([build(b, ...nodes)], inputs, { scalars: plainScalars })[0]!;
}

export function valueOfScript(text: string, values: Values): PreciseTensor {
  const shapes = Object.fromEntries(Object.entries(values).map(([name, { shape }]) => [name, shape]));
  const { output, inputs } = graphOf(text, shapes);
  const read = new Map(inputs.map((node) => [inputName(node), values[inputName(node)]!]));
  return evaluatePrecisely([output], read, { scalars: plainScalars })[0]!;
}

export const zero = real(0);
export const one = real(1);
export const sumOf = (values: readonly Real[]) => values.reduce((sum, x) => sum.plus(x), zero);

export const row = (x: PreciseTensor, i: number): Real[] => {
  const n = x.shape.at(-1)!;
  return decimals(x).slice(i * n, (i + 1) * n);
};

/** Some digits more than rounding of a few hundred operations leaves. */
export const tolerance = 1e-30;

export const expectClose = (found: PreciseTensor, expected: readonly Real[], limit = tolerance) =>
  expect(decimalDifference(found, expected)).toBeLessThan(limit);

/** A row of a matrix. */
export function part(x: PreciseTensor, i: number): PreciseTensor {
  const n = x.shape.at(-1)!;
  return { shape: [n], hi: x.hi.slice(i * n, (i + 1) * n), lo: x.lo.slice(i * n, (i + 1) * n) };
}
