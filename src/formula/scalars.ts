import type { BinaryOperator, Expression } from "../../grammar/ast.js";
import type { OperatorNode } from "../graph/node.js";
import type { ScalarOpName } from "../ops/registry.js";
import { sameShape } from "../tensor.js";
import { numberOf } from "./numbers.js";
import {
  columnOf,
  fillOf,
  type Look,
  operandOf,
  operandsOf,
  rowOf,
  type Spelling,
  type Spelt,
  seen,
  spelt,
} from "./spelling.js";
import { binary, call, literal, name, unary } from "./terms.js";

/** An operator between two operands. */
const infix =
  (operator: BinaryOperator): Spelling =>
  (node, look) =>
    spelt(operandsOf(node, look), ([x, y]) => binary(operator, x!, y!));

/** A function of the same name and arguments. */
const named =
  (text: string): Spelling =>
  (node, look) =>
    spelt(operandsOf(node, look), (parts) => call(text, parts));

/** A scalar times a product of matrices is written in front of the first of them, without parentheses. */
function scaled(scalar: Expression, x: Expression): Expression {
  if (x.kind !== "binary" || (x.operator !== "@" && x.operator !== "*" && x.operator !== "/"))
    return binary("*", scalar, x);
  return binary(x.operator, scaled(scalar, x.left), x.right);
}

/** A minus stands at the first factor of a product. */
function negated(x: Expression): Expression {
  if (x.kind === "number") return literal(-x.value);
  if (x.kind !== "binary" || (x.operator !== "@" && x.operator !== "*" && x.operator !== "/"))
    return unary("-", x);
  return binary(x.operator, negated(x.left), x.right);
}

/** Tensors of which each has axes of size 1 where the other has its own: all products of an element of each. */
function tensorProduct(node: OperatorNode, look: Look): Spelt | undefined {
  const operands = operandsOf(node, look);
  for (const [first, second] of [operands, operands.toReversed()]) {
    const x = operandOf(first, "reshape", look);
    if (x === undefined || x.shape.length < 2 || second!.shape.length === 0) continue;
    const rest = node.shape.length - x.shape.length;
    const isInFront = rest > 0 && sameShape(first!.shape, [...x.shape, ...Array<number>(rest).fill(1)]);
    if (!isInFront || !sameShape(node.shape.slice(x.shape.length), second!.shape)) continue;
    return spelt([x, second!], ([a, c]) => call("tensordot", [a!, c!, literal(0)]));
  }
  return undefined;
}

/** The product of a column and a row of vectors is their outer product. */
const product: Spelling = (node, look) => {
  const [x, y] = node.inputs;
  if (node.shape.length === 2) {
    const [column, row] = [columnOf(x!, look), rowOf(y!, look) ?? (y!.shape.length === 1 ? y : undefined)];
    if (column && row) return spelt([column, row], ([a, b]) => call("outer", [a!, b!]));
    const [first, second] = [rowOf(x!, look) ?? (x!.shape.length === 1 ? x : undefined), columnOf(y!, look)];
    if (first && second) return spelt([second, first], ([a, b]) => call("outer", [a!, b!]));
  }
  const isScalar = x!.shape.length === 0;
  const operands = operandsOf(node, look);
  return (
    tensorProduct(node, look) ??
    spelt(operands, ([a, c]) => (isScalar ? scaled(a!, c!) : binary("*", a!, c!)))
  );
};

/** A sum over a number of elements divided by that number is their mean. */
const quotient: Spelling = (node, look) => {
  const sum = seen(node.inputs[0], "sum", look);
  if (sum !== undefined && sum.shape.length === node.shape.length) {
    const [x] = sum.inputs;
    const count =
      x!.shape.reduce((all, size) => all * size, 1) / sum.shape.reduce((all, size) => all * size, 1);
    const axes = sum.attributes.axes as readonly number[];
    const whole = axes.length === x!.shape.length && sum.attributes.keepdims !== true;
    if (whole && count > 1 && fillOf(node.inputs[1]!, look) === count)
      return spelt([x!], ([a]) => call("mean", [a!]));
  }
  return infix("/")(node, look);
};

/** What an `if` asks of a number, itself. */
const where: Spelling = (node, look) => {
  const [condition, ...others] = operandsOf(node, look);
  const test = seen(condition, "not_equal", look);
  const isTest = test !== undefined && fillOf(test.inputs[1]!, look) === 0;
  return spelt([isTest ? test.inputs[0]! : condition!, ...others], (parts) => call("where", parts));
};

/** An argument with a default that it has. */
const withDefault =
  (text: string, value: number): Spelling =>
  (node, look) => {
    const operands = operandsOf(node, look);
    return fillOf(operands[1]!, look) === value
      ? spelt([operands[0]!], (parts) => call(text, parts))
      : spelt(operands, (parts) => call(text, parts));
  };

/** How each elementwise operation is written; those that only derivatives have, by functions of the language. */
export const scalarSpellings: Readonly<Record<ScalarOpName, Spelling>> = {
  neg: (node, look) => spelt(operandsOf(node, look), ([x]) => negated(x!)),
  add: infix("+"),
  sub: infix("-"),
  mul: product,
  div: quotient,
  pow: infix("^"),
  square: (node, look) => spelt(operandsOf(node, look), ([x]) => binary("^", x!, literal(2))),
  reciprocal: (node, look) => spelt(operandsOf(node, look), ([x]) => binary("/", literal(1), x!)),
  sqrt: named("sqrt"),
  cbrt: named("cbrt"),
  abs: named("abs"),
  sign: named("sign"),
  hypot: named("hypot"),
  maximum: named("maximum"),
  minimum: named("minimum"),
  mod: named("mod"),
  floor: named("floor"),
  ceil: named("ceil"),
  round: named("round"),
  shifted_power: (node, look) => {
    const [x, y, k] = operandsOf(node, look);
    const [exponent, shift] = [fillOf(y!, look), fillOf(k!, look)];
    if (exponent !== undefined && shift !== undefined)
      return spelt([x!], ([a]) => binary("^", a!, numberOf(exponent - shift)));
    return spelt([x!, y!, k!], ([a, n, m]) => binary("^", a!, binary("-", n!, m!)));
  },
  floor_quotient: (node, look) =>
    spelt(operandsOf(node, look), ([x, y]) => call("floor", [binary("/", x!, y!)])),

  less: infix("<"),
  less_equal: infix("<="),
  greater: infix(">"),
  greater_equal: infix(">="),
  equal: infix("=="),
  not_equal: infix("!="),
  logical_and: infix("and"),
  logical_or: infix("or"),
  logical_not: (node, look) => spelt(operandsOf(node, look), ([x]) => unary("not", x!)),
  where,

  exp: named("exp"),
  expm1: named("expm1"),
  log: named("log"),
  log1p: named("log1p"),
  log2: named("log2"),
  log10: named("log10"),
  logaddexp: named("logaddexp"),
  sigmoid: named("sigmoid"),
  softplus: named("softplus"),
  relu: named("relu"),
  sigmoid_of_difference: (node, look) =>
    spelt(operandsOf(node, look), ([x, y]) => call("sigmoid", [binary("-", x!, y!)])),
  sigmoid_slope: (node, look) => {
    const [x] = operandsOf(node, look);
    return spelt([x!, x!], ([p, q]) => binary("*", call("sigmoid", [p!]), call("sigmoid", [unary("-", q!)])));
  },

  sin: named("sin"),
  cos: named("cos"),
  tan: named("tan"),
  arcsin: named("arcsin"),
  arccos: named("arccos"),
  arctan: named("arctan"),
  arctan2: named("arctan2"),
  sinh: named("sinh"),
  cosh: named("cosh"),
  tanh: named("tanh"),
  arcsinh: named("arcsinh"),
  arccosh: named("arccosh"),
  arctanh: named("arctanh"),
  one_minus_square: (node, look) =>
    spelt(operandsOf(node, look), ([x]) => binary("-", literal(1), binary("^", x!, literal(2)))),
  sech_squared: (node, look) =>
    spelt(operandsOf(node, look), ([x]) =>
      binary("/", literal(1), binary("^", call("cosh", [x!]), literal(2))),
    ),

  leaky_relu: withDefault("leaky_relu", 0.01),
  elu: withDefault("elu", 1),
  gelu: named("gelu"),
  silu: named("silu"),

  erf: named("erf"),
  erfc: named("erfc"),
  gammaln: named("gammaln"),
  digamma: named("digamma"),
  polygamma: named("polygamma"),
  gaussian: (node, look) =>
    spelt(operandsOf(node, look), ([x]) => call("exp", [unary("-", binary("^", x!, literal(2)))])),
  normal_cdf: (node, look) =>
    spelt(operandsOf(node, look), ([x]) =>
      binary("/", call("erfc", [binary("/", unary("-", x!), call("sqrt", [literal(2)]))]), literal(2)),
    ),
  normal_pdf: (node, look) =>
    spelt(operandsOf(node, look), ([x]) =>
      binary(
        "/",
        call("exp", [binary("/", unary("-", binary("^", x!, literal(2))), literal(2))]),
        call("sqrt", [binary("*", literal(2), name("pi"))]),
      ),
    ),
};
