import type { OperatorNode } from "../../graph/node.js";
import { topologicalOrder } from "../../graph/topology.js";
import type { Calculus } from "../../ops/vocabulary.js";
import { sizeOf } from "../../tensor.js";
import { forwardJacobians } from "../forward.js";
import { derivatives } from "../reverse.js";
import { colorColumns } from "./coloring.js";
import { mergedElements } from "./merged.js";
import { type Elements, stacked } from "./pattern.js";
import type { Reading } from "./reading.js";
import { forwardElements } from "./sweeps.js";

/** ∂output/∂wrt: a tensor of the shape `shape(output) + shape(wrt)`, or only the elements that may be other than 0. */
export type Jacobian =
  | { readonly kind: "tensor"; readonly node: OperatorNode }
  | {
      readonly kind: "elements";
      /** A vector, in the order of `elements`. */
      readonly values: OperatorNode;
      /** Of the matrix size(output) × size(wrt). */
      readonly elements: Elements;
    };

const tensor = (node: OperatorNode | null): Jacobian | null =>
  node === null ? null : { kind: "tensor", node };

/** Fewer rows or columns than this are carried as they are. */
const leastSweeps = 16;

/** The analysis makes a tangent for each node, and some nodes more. */
const nodesPerNode = 8;

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** Whether there is so much to accumulate that a look at the structure pays. */
export function isWorthAnalysis(
  b: Calculus,
  outputs: readonly OperatorNode[],
  wrt: readonly OperatorNode[],
): boolean {
  const size = (nodes: readonly OperatorNode[]) => sum(nodes.map(({ shape }) => sizeOf(shape)));
  if (size(outputs) < leastSweeps || size(wrt) < leastSweeps) return false;
  return nodesPerNode * topologicalOrder(outputs).length < b.builder.room;
}

/** A way to accumulate derivatives, and how many tangents or cotangents it carries. */
export interface Way {
  readonly sweeps: number;
  /** Makes the nodes; in the order of what varies, outputs or `wrt`. */
  run(): (Jacobian | null)[];
}

/** How many colors a coloring may have to be taken: it must save at least half of the sweeps. */
export const worthwhile = (sweeps: number) => Math.floor(sweeps / 2);

/** A derivative by its elements; `null` where there is no dependence. */
export const elementsJacobian = (values: OperatorNode | null, elements: Elements | null): Jacobian | null =>
  values === null || elements === null ? null : { kind: "elements", values, elements };

/** The derivatives of several outputs by one node, in one forward sweep; `elements` where most of them are 0. */
export function forwardWay(
  b: Calculus,
  outputs: readonly OperatorNode[],
  wrt: OperatorNode,
  elements: readonly (Elements | null)[] | undefined,
): Way {
  const columns = sizeOf(wrt.shape);
  const rows = outputs.map(({ shape }) => sizeOf(shape));
  const coloring =
    elements && columns >= leastSweeps
      ? colorColumns(stacked(elements, rows), columns, worthwhile(columns))
      : undefined;
  if (elements === undefined || coloring === undefined) {
    return { sweeps: columns, run: () => forwardJacobians(b, outputs, wrt).map(tensor) };
  }
  return {
    sweeps: coloring.count,
    run: () =>
      forwardElements(b, outputs, wrt, elements, coloring).map((values, i) =>
        elementsJacobian(values, elements[i]!),
      ),
  };
}

/** The derivatives of an output by several nodes, in one reverse sweep; more colors than `limit` are not looked for. */
export function reverseWay(
  b: Calculus,
  output: OperatorNode,
  wrt: readonly OperatorNode[],
  reading: Reading | undefined,
  limit = Number.POSITIVE_INFINITY,
): Way {
  const rows = sizeOf(output.shape);
  const parts = rows >= leastSweeps ? reading?.ofAll() : undefined;
  const coloring = parts && reading!.colorRows(Math.min(limit, worthwhile(rows)));
  if (parts === undefined || coloring === undefined) {
    return { sweeps: rows, run: () => derivatives(b, output, wrt).map(tensor) };
  }
  return {
    sweeps: coloring.count,
    run: () =>
      mergedElements(b, output, reading!.copies, parts, coloring).map((values, k) =>
        elementsJacobian(values, parts[k]?.elements ?? null),
      ),
  };
}
