import { fault } from "../../diagnostics.js";
import type { OperatorNode } from "../../graph/node.js";
import { broadcast } from "../../graph/shape.js";
import { formatShape, type Shape, type Tensor } from "../../tensor.js";
import { builtin, optional, required } from "../builtin.js";
import { checkSizes } from "../sizes.js";
import type { Calculus } from "../vocabulary.js";

const fail = (b: Calculus, op: string, reason: string, hint?: string) =>
  fault("shape-rule", { op: `\`${op}\``, reason, hint }, b.builder.span);

/** Every axis apart as two, the repetitions in front of the elements, and then joined again. */
function tile(b: Calculus, x: OperatorNode, reps: readonly number[]): OperatorNode {
  const rank = Math.max(x.shape.length, reps.length);
  const fill = (list: readonly number[]) => [...new Array<number>(rank - list.length).fill(1), ...list];
  const [sizes, counts] = [fill(x.shape), fill(checkSizes(b, "tile", reps))];
  const apart = b.reshape(
    x,
    sizes.flatMap((size) => [1, size]),
  );
  const repeated = b.broadcastTo(
    apart,
    sizes.flatMap((size, i) => [counts[i]!, size]),
  );
  return b.reshape(
    repeated,
    sizes.map((size, i) => size * counts[i]!),
  );
}

/** What `pad` adds before and after each axis, from one number, one pair or one pair for each axis. */
function paddings(b: Calculus, width: Tensor, shape: Shape): (readonly [before: number, after: number])[] {
  const rank = shape.length;
  const negative = width.data.find((count) => count < 0);
  if (negative !== undefined)
    throw fail(b, "pad", `${negative} is not a width`, "`x[1:-1]` cuts elements off");
  const joined = broadcast(width.shape, [rank, 2]);
  const fits = joined !== undefined && joined.length === 2 && joined[0] === rank && joined[1] === 2;
  if (!fits) {
    throw fail(
      b,
      "pad",
      `widths of the shape ${formatShape(width.shape)} do not fit the shape ${formatShape(shape)}`,
      "give one number, one pair (before, after), or one pair for each axis",
    );
  }
  const [rows, columns] = [width.shape.at(-2) ?? 1, width.shape.at(-1) ?? 1];
  const at = (row: number, column: number) =>
    width.data[(rows === 1 ? 0 : row) * columns + (columns === 1 ? 0 : column)]!;
  return shape.map((_, axis) => [at(axis, 0), at(axis, 1)]);
}

/** Zeros with x in their midst; another value stands wherever x does not. */
function pad(b: Calculus, x: OperatorNode, width: Tensor, value: OperatorNode | number): OperatorNode {
  const around = paddings(b, width, x.shape);
  const amid = (y: OperatorNode) =>
    b.apply("embed", [y], {
      starts: around.map(([before]) => before),
      steps: around.map(() => 1),
      sizes: around.map(([before, after], axis) => before + x.shape[axis]! + after),
    });
  if (value === 0) return amid(x);
  if (typeof value !== "number" && value.shape.length > 0)
    throw fail(b, "pad", `the value has the shape ${formatShape(value.shape)}, but it is one number`);
  return b.where(amid(b.broadcastTo(1, x.shape)), amid(x), value);
}

export const tilingFunctions = [
  builtin({
    name: "tile",
    family: "shape",
    doc: "x repeated that many times along each axis.",
    derivative: "the cotangent summed over the repetitions",
    example: "z = tile([1, 2], 3)",
    parameters: { x: required("tensor"), reps: required("sizes") },
    build: (b, { x, reps }) => tile(b, x, reps),
  }),
  builtin({
    name: "pad",
    family: "shape",
    doc: "x with elements of a value around it. The width is one number, a pair (before, after), or a pair for each axis.",
    derivative: "by x the piece of the cotangent where it stands, by the value the sum of the rest",
    example: "z = pad([1, 2], (1, 2), value=9)",
    parameters: {
      x: required("tensor"),
      width: required("integers"),
      value: { ...optional("tensor", null), default: 0 },
    },
    build: (b, { x, width, value }) => pad(b, x, width, value),
  }),
];
