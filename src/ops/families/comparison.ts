import { type OperatorRule, type PartialRule, scalarOps } from "../op.js";

const zero: PartialRule = () => 0;
const apart = [
  [0, 1],
  [2, 3],
] as const;

/** 1 where the relation holds, 0 elsewhere; the derivative is 0 everywhere. */
const relation = (sign: string, doc: string): OperatorRule => ({
  sign,
  args: ["x", "y"],
  doc,
  partials: [zero, zero],
  // More than the result tells: whether the sides are equal.
  branch: (b, [x, y]) => b.sign(b.sub(x!, y!)),
  domain: apart,
  special: [
    [1, 1],
    [0, -0],
    [Number.NaN, 1],
  ],
});

/** A relation that asks of each argument whether it is 0. */
const connective = (sign: string, doc: string): OperatorRule => ({
  ...relation(sign, doc),
  branch: (b, [x, y]) => b.add(b.sign(x!), b.mul(3, b.sign(y!))),
});

export const comparison = scalarOps({
  less: relation("<", "1 where x < y, else 0."),
  less_equal: relation("<=", "1 where x ≤ y, else 0."),
  greater: relation(">", "1 where x > y, else 0."),
  greater_equal: relation(">=", "1 where x ≥ y, else 0."),
  equal: relation("==", "1 where x = y, else 0."),
  not_equal: relation("!=", "1 where x ≠ y, else 0."),
  logical_and: connective("and", "1 where neither x nor y is 0, else 0."),
  logical_or: connective("or", "1 where x or y is not 0, else 0."),
  logical_not: {
    sign: "not",
    args: ["x"],
    doc: "1 where x is 0, else 0.",
    partials: [zero],
    branch: (b, [x]) => b.sign(x!),
    domain: [[1, 2]],
    special: [0, -0, 1],
  },
  where: {
    args: ["condition", "x", "y"],
    doc: "x where the condition is not 0, y elsewhere. The cotangent goes to the chosen side only.",
    family: "elementwise",
    derivative: "1 by the argument that is chosen, 0 by the other and by the condition",
    conventions: "What is not chosen does not count, even where it is NaN or infinite.",
    example: "z = where([1, 0], [1, 2], -1)",
    partials: [
      null,
      (b, [condition]) => ({ select: b.elementwise("not_equal", condition!, 0) }),
      (b, [condition]) => ({ select: b.equal(condition!, 0) }),
    ],
    branch: (b, [condition]) => b.sign(condition!),
    domain: [
      [1, 2],
      [-3, 3],
      [-3, 3],
    ],
    special: [
      [0, 1, 2],
      [-0, 1, 2],
      [1, 1, 2],
    ],
  },
});
