import type { OperatorNode } from "../graph/node.js";
import type { Op } from "../ops/op.js";
import type { Calculus } from "../ops/vocabulary.js";
import { type Shape, sizeOf } from "../tensor.js";
import { numbersOf, type OpName, vectorOf } from "./identity.js";

/** Longer rows are left whole: strips of them are loaded several elements at a time. */
const longestRow = 15;

/** Fewer rows are left whole: each column is an instruction more. */
const fewestRows = 512;

/** Whether a tensor consists of many short rows. */
export function isNarrow(shape: Shape): boolean {
  const length = shape.at(-1);
  if (length === undefined || length === 0 || length > longestRow || shape.length < 2) return false;
  return sizeOf(shape) >= fewestRows * length;
}

/** What an operation on columns reads. */
export interface Parts {
  /** The columns of a narrow node, each of its shape without the last axis. */
  columnsOf(node: OperatorNode): readonly OperatorNode[];
  wholeOf(node: OperatorNode): OperatorNode;
}

/** How an operation is computed by columns. */
export interface ColumnRule {
  fits(node: OperatorNode): boolean;
  /** How many elements it does not put together one by one that way. */
  spared(node: OperatorNode): number;
  /** The columns of a narrow node; of any other, the node itself. */
  columns(b: Calculus, node: OperatorNode, parts: Parts): readonly OperatorNode[];
}

export function columnRuleOf(node: OperatorNode): ColumnRule | undefined {
  return (node.op as Op).kind === "scalar" ? elementwise : rules[node.op.name as OpName];
}

const lengthOf = ({ shape }: OperatorNode) => shape.at(-1)!;
const withoutLast = (shape: Shape) => shape.slice(0, -1);
const isRow = (node: OperatorNode) => isNarrow(node.shape) && lengthOf(node) > 1;
const axisOf = (node: OperatorNode) => node.attributes.axis as number;

/** Column k of an operand that is broadcast along all axes that it lacks, and along those of size 1. */
function columnOf(b: Calculus, x: OperatorNode, k: number, { columnsOf, wholeOf }: Parts): OperatorNode {
  const { shape } = x;
  if (shape.length === 0) return wholeOf(x);
  const at = shape.at(-1) === 1 ? 0 : k;
  if (isNarrow(shape)) return columnsOf(x)[at]!;
  return sliceOf(b, wholeOf(x), at);
}

/** Column k of a tensor that is there as a whole. */
export const sliceOf = (b: Calculus, whole: OperatorNode, k: number): OperatorNode =>
  b.reshape(b.apply("slice", [whole], { starts: [k], steps: [1], counts: [1] }), whole.shape.slice(0, -1));

const each = (node: OperatorNode, column: (k: number) => OperatorNode) =>
  Array.from({ length: lengthOf(node) }, (_, k) => column(k));

/** Attributes of all axes but the last, from lists for trailing axes. */
const outer = (node: OperatorNode, ...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, numbersOf(node, name).slice(0, -1)]));

const elementwise: ColumnRule = {
  fits: ({ shape }) => isNarrow(shape),
  // Rows that lie as those of the result need no putting together, and neither does a single number.
  spared: (node) => {
    const [rows, length] = node.shape.slice(-2);
    const isRepeated = ({ shape }: OperatorNode) =>
      sizeOf(shape) > 1 && (shape.at(-1) !== length || shape.at(-2) !== rows);
    return isRow(node) && node.inputs.some(isRepeated) ? sizeOf(node.shape) : 0;
  },
  columns: (b, node, parts) =>
    each(node, (k) =>
      b.elementwise(node.op.name, ...node.inputs.map((input) => columnOf(b, input, k, parts))),
    ),
};

/** A reduction, with the operation that joins two elements: along rows, one column after the other. */
const reduction = (join: OpName): ColumnRule => {
  const isAlongRows = ({ attributes }: OperatorNode) => `${attributes.axes}` === "-1";
  return {
    fits: (node) => {
      const [x] = node.inputs;
      if (isAlongRows(node)) return isRow(x!);
      return isNarrow(x!.shape) && isNarrow(node.shape) && !numbersOf(node, "axes").includes(-1);
    },
    spared: (node) => (isAlongRows(node) ? sizeOf(node.inputs[0]!.shape) : 0),
    columns: (b, node, { columnsOf }) => {
      const columns = columnsOf(node.inputs[0]!);
      if (isAlongRows(node)) {
        const joined = columns.reduce((x, y) => b.elementwise(join, x, y));
        // The rows of narrow matrices leave narrow rows.
        const isWhole = isNarrow(node.shape) && !node.attributes.keepdims;
        return isWhole ? each(node, (k) => sliceOf(b, joined, k)) : [joined];
      }
      const axes = numbersOf(node, "axes").map((axis) => axis + 1);
      return columns.map((column) => b.apply(node.op.name, [column], { ...node.attributes, axes }));
    },
  };
};

/** An operation along one axis, on each column of inputs that have as many, or along rows. */
const alongAxis = (fits: (node: OperatorNode) => boolean, alongRows: ColumnRule["columns"]): ColumnRule => ({
  fits: (node) => isNarrow(node.shape) && fits(node),
  spared: (node) => (axisOf(node) === -1 && isRow(node) ? sizeOf(node.shape) : 0),
  columns: (b, node, parts) =>
    axisOf(node) === -1
      ? alongRows(b, node, parts)
      : each(node, (k) => {
          const [x, ...rest] = node.inputs;
          const inputs =
            node.op.name === "concatenate"
              ? node.inputs.map((input) => columnOf(b, input, k, parts))
              : [columnOf(b, x!, k, parts), ...rest.map(parts.wholeOf)];
          return b.apply(node.op.name, inputs, { ...node.attributes, axis: axisOf(node) + 1 });
        }),
});

const nothing = (b: Calculus, node: OperatorNode) => b.broadcastTo(0, withoutLast(node.shape));

const rules: Partial<Record<OpName, ColumnRule>> = {
  sum: reduction("add"),
  max: reduction("maximum"),
  min: reduction("minimum"),
  prod: reduction("mul"),

  slice: {
    fits: (node) => isNarrow(node.shape) && isNarrow(node.inputs[0]!.shape),
    spared: (node) => (lengthOf(node) < lengthOf(node.inputs[0]!) && isRow(node) ? sizeOf(node.shape) : 0),
    columns: (b, node, { columnsOf }) => {
      const columns = columnsOf(node.inputs[0]!);
      const [start, step] = [numbersOf(node, "starts").at(-1)!, numbersOf(node, "steps").at(-1)!];
      const lists = outer(node, "starts", "steps", "counts");
      return each(node, (k) => {
        const column = columns[start + k * step]!;
        return lists.counts!.length === 0 ? column : b.apply("slice", [column], lists);
      });
    },
  },
  embed: {
    fits: (node) => isNarrow(node.shape) && isNarrow(node.inputs[0]!.shape),
    spared: (node) => (lengthOf(node) > lengthOf(node.inputs[0]!) ? sizeOf(node.shape) : 0),
    columns: (b, node, { columnsOf }) => {
      const columns = columnsOf(node.inputs[0]!);
      const [start, step] = [numbersOf(node, "starts").at(-1)!, numbersOf(node, "steps").at(-1)!];
      const lists = outer(node, "starts", "steps", "sizes");
      return each(node, (k) => {
        const column = columns[(k - start) / step];
        if (column === undefined) return nothing(b, node);
        return lists.sizes!.length === 0 ? column : b.apply("embed", [column], lists);
      });
    },
  },
  reshape: {
    // Columns stay what they are; a single one is also no other than the whole.
    fits: (node) => {
      const [own, other] = [node, node.inputs[0]!].map((one) => (isNarrow(one.shape) ? lengthOf(one) : 0));
      return own === other ? own! > 0 : own! + other! === 1;
    },
    spared: () => 0,
    columns: (b, node, { columnsOf, wholeOf }) => {
      const [x] = node.inputs;
      const shape = isNarrow(node.shape) ? withoutLast(node.shape) : node.shape;
      return (isNarrow(x!.shape) ? columnsOf(x!) : [wholeOf(x!)]).map((column) => b.reshape(column, shape));
    },
  },
  broadcast_to: {
    fits: ({ shape }) => isNarrow(shape),
    spared: () => 0,
    columns: (b, node, parts) =>
      each(node, (k) => b.broadcastTo(columnOf(b, node.inputs[0]!, k, parts), withoutLast(node.shape))),
  },
  concatenate: alongAxis(
    (node) => node.inputs.every(({ shape }) => axisOf(node) !== -1 || isNarrow(shape)),
    (_b, node, { columnsOf }) => node.inputs.flatMap(columnsOf),
  ),
  gather: alongAxis(
    ({ inputs: [x, index], attributes }) =>
      attributes.axis !== -1 || (isNarrow(x!.shape) && vectorOf(index!) !== undefined),
    (_b, { inputs: [x, index] }, { columnsOf }) => {
      const columns = columnsOf(x!);
      return [...vectorOf(index!)!].map((k) => columns[k]!);
    },
  ),
  scatter_add: alongAxis(
    ({ inputs: [x, index], attributes }) =>
      attributes.axis !== -1 || (isNarrow(x!.shape) && vectorOf(index!) !== undefined),
    (b, node, { columnsOf }) => {
      const [x, index] = node.inputs;
      const columns = columnsOf(x!);
      const sums = each(node, () => nothing(b, node));
      for (const [from, to] of vectorOf(index!)!.entries()) sums[to] = b.add(sums[to]!, columns[from]!);
      return sums;
    },
  ),
};
