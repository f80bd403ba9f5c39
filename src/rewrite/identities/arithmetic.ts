import type { OperatorNode } from "../../graph/node.js";
import { sizeOf } from "../../tensor.js";
import { fillOf, type Identity, identity, is, isFilled, operandOf } from "../identity.js";

const neg = (x: OperatorNode) => operandOf(x, "neg");

const one = (x: OperatorNode) => isFilled(x, 1);
const minusOne = (x: OperatorNode) => isFilled(x, -1);

/** Operations whose results are never −0. */
const neverMinusZero: ReadonlySet<string> = new Set([
  "abs",
  "square",
  "hypot",
  "exp",
  "sigmoid",
  "sigmoid_slope",
  "softplus",
  "relu",
  "cosh",
  "less",
  "less_equal",
  "greater",
  "greater_equal",
  "equal",
  "not_equal",
  "logical_and",
  "logical_or",
  "logical_not",
]);

/** 0 leaves x alone only where x is not −0, which −0 + 0 turns into 0. */
const zeroFor = (x: OperatorNode, zero: OperatorNode) =>
  isFilled(zero, -0) || (isFilled(zero, 0) && neverMinusZero.has(x.op.name));

/** Whether a factor is repeated along so much of its product that an operation on it is next to nothing. */
const isRepeated = (factor: OperatorNode, product: OperatorNode) =>
  4 * sizeOf(factor.shape) <= sizeOf(product.shape);

/** What is multiplied with a power of two of 1 or more, and that power. */
function scaled(x: OperatorNode): { x: OperatorNode; power: number } | undefined {
  if (!is(x, "mul")) return undefined;
  const [left, right] = x.inputs;
  for (const [factor, other] of [
    [left!, right!],
    [right!, left!],
  ] as const) {
    const power = fillOf(factor);
    if (power !== undefined && Math.abs(power) >= 1 && Number.isInteger(Math.log2(Math.abs(power))))
      return { x: other, power };
  }
  return undefined;
}

const powerRounding = {
  ulps: 1,
  because: "a product or a quotient is rounded correctly, which a power need not be",
};

const repeatedShapes = [
  [[], [5]],
  [
    [2, 1],
    [2, 4],
  ],
  [[3], [4, 3]],
] as const;

/** Signs are exact, so a minus may move through products and quotients; through a sum it would flip the 0 of x − x. */
export const arithmeticIdentities: readonly Identity[] = [
  identity(
    "x * 1 = x",
    "mul",
    (_b, [x, y]) => (one(y!) ? x : one(x!) ? y : undefined),
    (b, x) => b.mul(1, x),
  ),
  identity(
    "x * -1 = -x",
    "mul",
    (b, [x, y]) => (minusOne(y!) ? b.neg(x!) : minusOne(x!) ? b.neg(y!) : undefined),
    (b, x) => b.mul(x, -1),
  ),
  identity(
    "-x * -y = x * y",
    "mul",
    (b, [x, y]) => (neg(x!) && neg(y!) ? b.mul(neg(x!)!, neg(y!)!) : undefined),
    (b, x, y) => b.mul(b.neg(x), b.neg(y)),
  ),
  identity(
    "-x * c = x * -c",
    "mul",
    (b, [x, y]) => {
      if (neg(x!) && fillOf(y!) !== undefined) return b.mul(neg(x!)!, -fillOf(y!)!);
      return neg(y!) && fillOf(x!) !== undefined ? b.mul(-fillOf(x!)!, neg(y!)!) : undefined;
    },
    (b, x) => b.mul(b.neg(x), 3),
  ),
  identity(
    "-x * y = -(x * y)",
    "mul",
    (b, [x, y]) => {
      if (neg(x!)) return b.neg(b.mul(neg(x!)!, y!));
      return neg(y!) ? b.neg(b.mul(x!, neg(y!)!)) : undefined;
    },
    (b, x, y) => b.mul(b.neg(x), y),
  ),

  identity(
    "x / 1 = x",
    "div",
    (_b, [x, y]) => (one(y!) ? x : undefined),
    (b, x) => b.div(x, 1),
  ),
  identity(
    "x / -1 = -x",
    "div",
    (b, [x, y]) => (minusOne(y!) ? b.neg(x!) : undefined),
    (b, x) => b.div(x, -1),
  ),
  identity(
    "1 / x = reciprocal(x)",
    "div",
    (b, [x, y]) => (one(x!) ? b.reciprocal(y!) : undefined),
    (b, x) => b.div(1, x),
  ),
  identity(
    "-1 / x = -reciprocal(x)",
    "div",
    (b, [x, y]) => (minusOne(x!) ? b.neg(b.reciprocal(y!)) : undefined),
    (b, x) => b.div(-1, x),
  ),
  identity(
    "-x / -y = x / y",
    "div",
    (b, [x, y]) => (neg(x!) && neg(y!) ? b.div(neg(x!)!, neg(y!)!) : undefined),
    (b, x, y) => b.div(b.neg(x), b.neg(y)),
  ),
  identity(
    "-x / c = x / -c",
    "div",
    (b, [x, y]) => (neg(x!) && fillOf(y!) !== undefined ? b.div(neg(x!)!, -fillOf(y!)!) : undefined),
    (b, x) => b.div(b.neg(x), 3),
  ),
  identity(
    "-x / y = -(x / y)",
    "div",
    (b, [x, y]) => (neg(x!) ? b.neg(b.div(neg(x!)!, y!)) : undefined),
    (b, x, y) => b.div(b.neg(x), y),
  ),
  identity(
    "x / -y = -(x / y)",
    "div",
    (b, [x, y]) => (neg(y!) ? b.neg(b.div(x!, neg(y!)!)) : undefined),
    (b, x, y) => b.div(x, b.neg(y)),
  ),
  identity(
    "reciprocal(-x) = -reciprocal(x)",
    "reciprocal",
    (b, [x]) => (neg(x!) ? b.neg(b.reciprocal(neg(x!)!)) : undefined),
    (b, x) => b.reciprocal(b.neg(x)),
  ),

  identity(
    "x + -0 = x, and x + 0 = x where x is never -0",
    "add",
    (_b, [x, y]) => (zeroFor(x!, y!) ? x : zeroFor(y!, x!) ? y : undefined),
    (b, x, y) => b.mul(b.add(x, -0), b.add(0, b.abs(y))),
  ),
  identity(
    "x + -y = x - y",
    "add",
    (b, [x, y]) => (neg(y!) ? b.sub(x!, neg(y!)!) : neg(x!) ? b.sub(y!, neg(x!)!) : undefined),
    (b, x, y) => b.mul(b.add(x, b.neg(y)), b.add(b.neg(y), x)),
  ),
  identity(
    "x - 0 = x",
    "sub",
    (_b, [x, y]) => (isFilled(y!, 0) ? x : undefined),
    (b, x) => b.sub(x, 0),
  ),
  identity(
    "x - -y = x + y",
    "sub",
    (b, [x, y]) => (neg(y!) ? b.add(x!, neg(y!)!) : undefined),
    (b, x, y) => b.sub(x, b.neg(y)),
  ),
  identity(
    "-(-x) = x",
    "neg",
    (_b, [x]) => neg(x!),
    (b, x) => b.neg(b.neg(x)),
  ),
  identity(
    "-(x * c) = x * -c, -(x / c) = x / -c, -(c / x) = -c / x",
    "neg",
    (b, [x]) => {
      if (!is(x!, "mul") && !is(x!, "div")) return undefined;
      const [left, right] = x!.inputs;
      const [first, second] = [fillOf(left!), fillOf(right!)];
      if (second !== undefined) return b.elementwise(x!.op.name, left!, -second);
      return first === undefined ? undefined : b.elementwise(x!.op.name, -first, right!);
    },
    (b, x, y) => b.mul(b.neg(b.mul(x, 3)), b.mul(b.neg(b.div(x, 3)), b.neg(b.div(3, y)))),
  ),

  identity(
    "x * (y * 2) = x * 2 * y, for powers of 2, where x is repeated along y",
    "mul",
    (b, [left, right], node) => {
      for (const [x, other] of [
        [left!, right!],
        [right!, left!],
      ] as const) {
        const found = isRepeated(x, node) ? scaled(other) : undefined;
        if (found !== undefined && !isRepeated(other, node)) return b.mul(b.mul(x, found.power), found.x);
      }
      return undefined;
    },
    (b, x, y) => b.mul(x, b.mul(y, -2)),
    {
      shapes: repeatedShapes,
      difference: {
        ulps: 0,
        overflow: true,
        because: "a product with a power of two is exact, unless it is more than the largest number",
      },
    },
  ),

  identity(
    "x ^ 0 = 1",
    "pow",
    (b, [, y]) => (fillOf(y!) === 0 ? b.node(1) : undefined),
    (b, x) => b.pow(x, 0),
  ),
  identity(
    "x ^ 1 = x",
    "pow",
    (_b, [x, y]) => (one(y!) ? x : undefined),
    (b, x) => b.pow(x, 1),
  ),
  identity(
    "x ^ 2 = square(x)",
    "pow",
    (b, [x, y]) => (isFilled(y!, 2) ? b.square(x!) : undefined),
    (b, x) => b.pow(x, 2),
    { difference: powerRounding },
  ),
  identity(
    "x ^ -1 = reciprocal(x)",
    "pow",
    (b, [x, y]) => (minusOne(y!) ? b.reciprocal(x!) : undefined),
    (b, x) => b.pow(x, -1),
    { difference: powerRounding },
  ),
  identity(
    "f(-x) = f(x) for an even function",
    ["abs", "square", "cos", "cosh"],
    (b, [x], { op }) => (neg(x!) ? b.elementwise(op.name, neg(x!)!) : undefined),
    (b, x) => b.add(b.abs(b.neg(x)), b.add(b.square(b.neg(x)), b.mul(b.cos(b.neg(x)), b.cosh(b.neg(x))))),
  ),
  identity(
    "abs(abs(x)) = abs(x), square(abs(x)) = square(x)",
    ["abs", "square"],
    (b, [x], { op }) =>
      is(x!, "abs") ? (op.name === "abs" ? x : b.square(operandOf(x!, "abs")!)) : undefined,
    (b, x) => b.add(b.abs(b.abs(x)), b.square(b.abs(x))),
  ),
  identity(
    "maximum(x, x) = minimum(x, x) = x",
    ["maximum", "minimum"],
    (_b, [x, y]) => (x === y ? x : undefined),
    (b, x) => b.minimum(b.maximum(x, x), b.maximum(x, x)),
  ),
];
