import type { AssertStatement, BinaryExpression, Expression } from "../../grammar/index.js";
import { fault, type Span } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import type { Comparison } from "../results.js";
import { formatShape, sameShape } from "../tensor.js";
import { type Context, constantOf, nodeOf } from "./context.js";
import { lowerExpression } from "./expression.js";
import { run } from "./trampoline.js";
import { describeValue, type Scope } from "./value.js";

/** An assert as nodes, to be judged by their values. */
export interface LoweredAssert {
  readonly span: Span;
  /** How its two sides compare; without one it is a value, of which every element must be true. */
  readonly operator: Comparison | undefined;
  /** The two sides, of one shape unless one of them is a scalar; or the value. */
  readonly sides: readonly OperatorNode[];
  /** Finite and not negative, as is `relative`. */
  readonly within: number;
  readonly relative: number;
}

const comparisons: ReadonlySet<string> = new Set<Comparison>(["==", "!=", "<", "<=", ">", ">="]);

type ComparisonExpression = BinaryExpression & { readonly operator: Comparison };

const isComparison = (expression: Expression): expression is ComparisonExpression =>
  expression.kind === "binary" && comparisons.has(expression.operator);

/** Throws a `Fault` where the shapes do not fit or a tolerance is none. */
export function lowerAssert(context: Context, scope: Scope, statement: AssertStatement): LoweredAssert {
  const { condition, within, relative, span } = statement;
  const lower = (part: Expression) => nodeOf(run(lowerExpression(context, scope, part)), part.span);
  if (!isComparison(condition)) {
    if (within !== undefined || relative !== undefined)
      throw fault("assert-not-comparison", {}, condition.span);
    return { span, operator: undefined, sides: [lower(condition)], within: 0, relative: 0 };
  }
  const left = lower(condition.left);
  const right = lower(condition.right);
  if (left.shape.length > 0 && right.shape.length > 0 && !sameShape(left.shape, right.shape)) {
    const shapes = { left: formatShape(left.shape), right: formatShape(right.shape) };
    throw fault("assert-shapes", shapes, condition.span);
  }
  return {
    span,
    operator: condition.operator,
    sides: [left, right],
    within: lowerTolerance(context, scope, "within", within),
    relative: lowerTolerance(context, scope, "rel", relative),
  };
}

/** A tolerance is known before the script runs, so that a wrong one is found before anything is computed. */
function lowerTolerance(
  context: Context,
  scope: Scope,
  word: "within" | "rel",
  expression: Expression | undefined,
): number {
  if (expression === undefined) return 0;
  const { span } = expression;
  const value = run(lowerExpression(context, scope, expression));
  if (value.kind !== "tensor" || value.node.shape.length > 0) {
    throw fault("assert-tolerance", { word, actual: describeValue(value) }, span);
  }
  const tolerance = constantOf(context, value.node, `the tolerance \`${word}\``, span).data[0]!;
  if (Number.isFinite(tolerance) && tolerance >= 0) return tolerance;
  throw fault("assert-tolerance", { word, actual: `${tolerance}` }, span);
}
