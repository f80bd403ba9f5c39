import type { Expression, ListExpression } from "../../grammar/index.js";
import { fault } from "../diagnostics.js";
import type { Tensor } from "../tensor.js";

/**
 * A list of numbers, or of lists of numbers, as one tensor without a node for each element; `undefined` where it holds
 * anything else. The nesting of lists is limited by the parser, so this may recurse.
 */
export function literalTensor(list: ListExpression): Tensor | undefined {
  const data: number[] = [];
  const shape = fill(list, data);
  return shape === undefined ? undefined : { shape, data: Float64Array.from(data) };
}

function fill(list: ListExpression, data: number[]): number[] | undefined {
  let inner: number[] | undefined;
  for (let i = 0; i < list.elements.length; i++) {
    const element = list.elements[i]!;
    const shape = element.kind === "list" ? fill(element, data) : number(element, data);
    if (shape === undefined) return undefined;
    if (inner === undefined) inner = shape;
    else if (shape.length !== inner.length || shape.some((size, axis) => size !== inner![axis])) {
      const form = (sizes: readonly number[]) =>
        sizes.length === 0 ? "a number" : `${sizes.join("×")} numbers`;
      throw fault("ragged-list", { first: form(inner), other: form(shape), index: i }, element.span);
    }
  }
  return inner === undefined ? undefined : [list.elements.length, ...inner];
}

const scalarShape: number[] = [];

function number(element: Expression, data: number[]): number[] | undefined {
  const isNegated = element.kind === "unary" && element.operator === "-";
  const literal = isNegated ? element.operand : element;
  if (literal.kind !== "number") return undefined;
  data.push(isNegated ? -literal.value : literal.value);
  return scalarShape;
}
