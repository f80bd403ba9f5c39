import type { Expression } from "../../grammar/ast.js";
import type { OperatorNode } from "../graph/node.js";
import { isLoop, type Loop, type LoopOp, piecesOf } from "../ops/loop.js";
import { type Shape, sameShape, sizeOf } from "../tensor.js";
import { type Look, numbersOf, type Spelt, seen, spelt } from "./spelling.js";
import { call, element, literal, nowhere, subscripted, tuple } from "./terms.js";

/** How a loop is written: it tells in which form of the language its parts are found. */
export type LoopForm = "map" | "fold" | "scan" | "iterate" | "while" | "if";

export function formOf(
  node: OperatorNode & { readonly op: LoopOp },
  look: Pick<Look, "isCounted">,
): LoopForm {
  const { loop } = node.op;
  const stacked = loop.body.results.length - loop.carries;
  if (loop.condition !== null) return stacked === 0 && !look.isCounted(node) ? "while" : "scan";
  if (loop.counted) return loop.length === 1 ? "if" : "scan";
  if (loop.carries === 0) return "map";
  if (stacked > 0) return "scan";
  return loop.sequences === 0 ? "iterate" : "fold";
}

const within = (group: Expression, count: number, i: number) => (count === 1 ? group : element(group, i));

/** The part of what a loop gives at this place among its results; behind these stands the number of steps. */
function takenFrom(loop: Loop, form: LoopForm, whole: Expression, index: number): Expression {
  const { carries, body } = loop;
  const count = body.results.length;
  if (form === "if") {
    const taken = within(whole, count, index);
    return index < carries ? taken : call("expand_dims", [taken, literal(0)]);
  }
  if (form !== "scan")
    return form === "map" ? flipped(loop, within(whole, count, index)) : within(whole, count, index);
  const first = element(whole, 0);
  // The number of steps is carried along, behind the others.
  if (index === count) return within(first, carries + 1, carries);
  return index < carries
    ? within(first, carries + (loop.condition === null ? 0 : 1), index)
    : flipped(loop, within(element(whole, 1), count - carries, index - carries));
}

/** From the last step to the first, a loop goes over what has been turned round. */
export const flipped = ({ reverse }: Pick<Loop, "reverse">, x: Expression): Expression =>
  reverse ? call("flip", [x], { axis: literal(0) }) : x;

/** The loop that a node is cut from, and the cut. */
function cutOf(node: OperatorNode, look: Look) {
  const vector = node.op.name === "reshape" ? node.inputs[0]! : node;
  const slice = vector === node ? (node.op.name === "slice" ? node : undefined) : seen(vector, "slice", look);
  const source = slice === undefined ? vector : slice.inputs[0]!;
  if (!isLoop(source) || source === node) return undefined;
  if (slice === undefined) return { source, start: 0, step: 1, count: source.shape[0]! };
  const [start, step, count] = ["starts", "steps", "counts"].map((name) => numbersOf(slice, name)[0]!);
  return { source, start: start!, step: step!, count: count! };
}

/** Whether a node is the number of steps of a loop with a condition, or may contain it. */
export function countedLoopOf(node: OperatorNode): OperatorNode | undefined {
  const vector = node.op.name === "slice" ? node.inputs[0]! : node;
  const isNumber = node.op.name === "slice" && numbersOf(node, "starts")[0] !== 0;
  return isLoop(vector) && vector.op.loop.condition !== null && !isNumber ? vector : undefined;
}

/** Part of what a loop gives: one of its pieces, or elements of some, which lie one behind the other in a vector. */
export function pieceOf(node: OperatorNode, look: Look): Spelt | undefined {
  const cut = cutOf(node, look);
  if (cut === undefined) return undefined;
  const { source, start, step, count } = cut;
  const { loop } = source.op;
  const form = formOf(source, look);
  const shaped = (x: Expression, shape: Shape) =>
    sameShape(shape, node.shape)
      ? x
      : node.shape.length === 1
        ? call("ravel", [x])
        : call("reshape", [x, ...node.shape.map(literal)]);
  const pieces = piecesOf(loop);
  const own = pieces.findIndex((piece) => piece.start === start && sizeOf(piece.shape) === count);
  if (own >= 0 && (step === 1 || count === 1))
    return spelt([source], ([whole]) => shaped(takenFrom(loop, form, whole!, own), pieces[own]!.shape));
  const last = start + (count - 1) * step;
  const stop = step > 0 || last > 0 ? { stop: literal(last + Math.sign(step)) } : {};
  return spelt([source], ([whole]) => {
    const by = step === 1 ? {} : { step: literal(step) };
    const range = { kind: "slice", start: literal(start), ...stop, ...by, span: nowhere } as const;
    return shaped(subscripted(everything(loop, form, whole!), [range]), [count]);
  });
}

/** All pieces as the one vector that a loop's value is. */
export function everything(loop: Loop, form: LoopForm, whole: Expression): Expression {
  const parts = piecesOf(loop)
    .map((piece, index) => ({ ...piece, index }))
    .filter(({ shape }) => sizeOf(shape) > 0)
    .sort((p, q) => p.start - q.start)
    .map(({ index, shape }) => {
      const taken = takenFrom(loop, form, whole, index);
      return shape.length === 1 ? taken : call("ravel", [taken]);
    });
  return parts.length === 1 ? parts[0]! : call("concatenate", [tuple(parts)]);
}
