import type { Expression } from "../../grammar/ast.js";
import { type Shape, sizeOf, type Tensor } from "../tensor.js";
import { binary, call, list, literal, name, unary } from "./terms.js";

const over = (p: Expression, q: Expression) => binary("/", p, q);

/** Numbers that a formula gives better than their digits. */
const known: readonly (readonly [value: number, expression: Expression])[] = [
  [Math.PI, name("pi")],
  [2 * Math.PI, binary("*", literal(2), name("pi"))],
  [Math.PI / 2, over(name("pi"), literal(2))],
  [Math.E, name("e")],
  [2 / Math.sqrt(Math.PI), over(literal(2), call("sqrt", [name("pi")]))],
  [Math.LOG2E, over(literal(1), call("log", [literal(2)]))],
  [Math.LOG10E, over(literal(1), call("log", [literal(10)]))],
  [Math.log(2 * Math.PI), call("log", [binary("*", literal(2), name("pi"))])],
  [Math.log(Math.PI), call("log", [name("pi")])],
  [Math.LN2, call("log", [literal(2)])],
  [Math.sqrt(2 * Math.PI), call("sqrt", [binary("*", literal(2), name("pi"))])],
  [Math.SQRT2, call("sqrt", [literal(2)])],
];

/** Longer numbers than this are looked at twice. */
const shortDigits = 8;
const largestDenominator = 64;

/** A number as one would write it: `pi`, `1 / 3`, or its digits. */
export function numberOf(value: number): Expression {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || String(size).length <= shortDigits) return literal(value);
  const signed = (expression: Expression) => (value < 0 ? unary("-", expression) : expression);
  const found = known.find(([one]) => one === size);
  if (found !== undefined) return signed(found[1]);
  for (let q = 3; q <= largestDenominator; q++) {
    const p = Math.round(size * q);
    if (p > 0 && p / q === size) return over(literal(value < 0 ? -p : p), literal(q));
  }
  return literal(value);
}

/** A tensor as nested lists. */
export function tensorOf({ shape, data }: Tensor): Expression {
  if (shape.length === 0) return numberOf(data[0]!);
  if (sizeOf(shape) === 0) return call("zeros", shape.map(literal));
  let rows: Expression[] = Array.from(data, numberOf);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis]!;
    rows = Array.from({ length: rows.length / size }, (_, i) => list(rows.slice(i * size, (i + 1) * size)));
  }
  return rows[0]!;
}

/** A tensor in which every element is one number. */
export function filledOf(value: number, shape: Shape): Expression {
  if (shape.length === 0) return numberOf(value);
  if (value === 0 && !Object.is(value, -0)) return call("zeros", shape.map(literal));
  if (value === 1) return call("ones", shape.map(literal));
  return call("full", [list(shape.map(literal)), numberOf(value)]);
}
