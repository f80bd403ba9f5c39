import type { OperatorNode } from "../../graph/node.js";
import { fillOf, type Identity, identity, is, isFilled } from "../identity.js";

/** The condition that is the other way round of this one; NaN counts as true, as in `where`. */
function negated(condition: OperatorNode): OperatorNode | undefined {
  const [x, y] = condition.inputs;
  if (is(condition, "logical_not")) return x;
  return is(condition, "equal") ? comparedWithZero(x!, y!) : undefined;
}

/** The condition of which this one only makes 0 and 1. */
function truthOf(condition: OperatorNode): OperatorNode | undefined {
  const [x, y] = condition.inputs;
  return is(condition, "not_equal") ? comparedWithZero(x!, y!) : undefined;
}

const comparedWithZero = (x: OperatorNode, y: OperatorNode) =>
  isFilled(y, 0) ? x : isFilled(x, 0) ? y : undefined;

const test = (b: Parameters<Identity["example"]>[0], x: OperatorNode) => b.greater(x, 0);

export const choiceIdentities: readonly Identity[] = [
  identity(
    "where(c, x, x) = x",
    "where",
    (_b, [, x, y]) => (x === y ? x : undefined),
    (b, x, y) => b.where(test(b, x), y, y),
  ),
  identity(
    "where(1, x, y) = x, where(0, x, y) = y",
    "where",
    (_b, [condition, x, y]) => {
      const fill = fillOf(condition!);
      return fill === undefined ? undefined : fill !== 0 ? x : y;
    },
    (b, x, y) => b.sub(b.where(2, x, y), b.where(0, x, y)),
  ),
  identity(
    "where(c == 0, x, y) = where(not c, x, y) = where(c, y, x)",
    "where",
    (b, [condition, x, y]) => {
      const other = negated(condition!);
      return other === undefined ? undefined : b.where(other, y!, x!);
    },
    (b, x, y) =>
      b.add(b.where(b.equal(x, 0), x, y), b.where(b.elementwise("logical_not", y), b.sub(x, 1), b.add(y, 1))),
  ),
  identity(
    "where(c != 0, x, y) = where(c, x, y)",
    "where",
    (b, [condition, x, y]) => {
      const same = truthOf(condition!);
      return same === undefined ? undefined : b.where(same, x!, y!);
    },
    (b, x, y) => b.where(b.elementwise("not_equal", x, 0), x, y),
  ),
  identity(
    "where(c, where(c, x, y), z) = where(c, x, z)",
    "where",
    (b, [condition, x, y]) => {
      const isSame = (inner: OperatorNode) => is(inner, "where") && inner.inputs[0] === condition;
      if (isSame(x!)) return b.where(condition!, x!.inputs[1]!, y!);
      return isSame(y!) ? b.where(condition!, x!, y!.inputs[2]!) : undefined;
    },
    (b, x, y) => {
      const c = test(b, x);
      return b.where(c, b.where(c, x, 5), b.where(c, 6, y));
    },
  ),
];
