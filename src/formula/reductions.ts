import type { Expression } from "../../grammar/ast.js";
import type { OperatorNode } from "../graph/node.js";
import { type Look, numbersOf, operandOf, type Spelling, spelt } from "./spelling.js";
import { call, literal, name, numbers } from "./terms.js";

/** Axes counted from the first; none where they are all. */
function axisWords(node: OperatorNode): Record<string, Expression | undefined> {
  const rank = node.inputs[0]!.shape.length;
  const axes = numbersOf(node, "axes").map((axis) => axis + rank);
  if (axes.length === rank) return {};
  return { axis: axes.length === 1 ? literal(axes[0]!) : numbers(axes) };
}

const reduction =
  (word: string): Spelling =>
  (node) => {
    const keepdims = node.attributes.keepdims === true ? name("True") : undefined;
    return spelt(node.inputs, ([x]) => call(word, [x!], { ...axisWords(node), keepdims }));
  };

const trace = (node: OperatorNode, look: Look) => {
  const matrix = node.shape.length === 0 ? operandOf(node.inputs[0], "diagonal", look) : undefined;
  return matrix?.shape.length === 2 ? spelt([matrix], ([x]) => call("trace", [x!])) : undefined;
};

/** Along the last axis unless told otherwise. */
const alongLast =
  (word: string): Spelling =>
  (node) => {
    const isLast = `${numbersOf(node, "axes")}` === "-1";
    const rank = node.inputs[0]!.shape.length;
    const axes = numbersOf(node, "axes").map((axis) => axis + rank);
    const axis = isLast ? undefined : axes.length === 1 ? literal(axes[0]!) : numbers(axes);
    return spelt(node.inputs, ([x]) => call(word, [x!], { axis }));
  };

/** Along one axis, which is named unless there is no other. */
const along =
  (word: string): Spelling =>
  (node) =>
    spelt(node.inputs, (parts) => call(word, parts, axisWords(node)));

export const reductionSpellings = {
  sum: ((node, look) => trace(node, look) ?? reduction("sum")(node, look)) satisfies Spelling,
  max: reduction("max"),
  min: reduction("min"),
  prod: reduction("prod"),
  norm: reduction("norm"),
  logsumexp: reduction("logsumexp"),
  softmax: alongLast("softmax"),
  log_softmax: alongLast("log_softmax"),
  cumsum: along("cumsum"),
  cumprod: along("cumprod"),
  recurrence: ((node) => {
    const rank = node.shape.length;
    const axis = numbersOf(node, "axes")[0]! + rank;
    return spelt(node.inputs, (parts) =>
      call("recurrence", parts, { axis: axis === 0 ? undefined : literal(axis) }),
    );
  }) satisfies Spelling,
};
