import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import type { Calculus } from "../ops/vocabulary.js";
import { type Shape, sizeOf } from "../tensor.js";
import { forwardJacobians } from "./forward.js";
import { derivatives } from "./reverse.js";
import { patternsOf } from "./sparsity/analysis.js";
import { type Coloring, colorColumns, colorRows } from "./sparsity/coloring.js";
import type { Evaluate } from "./sparsity/dependence.js";
import {
  beside,
  countElements,
  type Elements,
  elementsOf,
  type Pattern,
  stacked,
} from "./sparsity/pattern.js";
import { assemble, elementsOfDense, forwardElements, reverseElements } from "./sparsity/sweeps.js";

/** How Jacobians are accumulated. `auto` takes the cheaper way for each output. */
export type Mode = "auto" | "reverse" | "forward";

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

/**
 * The derivative of `output` by each node of `wrt`, or `null` for a structural zero. Where the structure of the graph
 * shows that most elements are 0, rows or columns that share none are accumulated in one sweep. The modes differ in cost
 * and in rounding only.
 */
export function jacobians(
  b: Calculus,
  output: OperatorNode,
  wrt: readonly OperatorNode[],
  evaluate: Evaluate,
  mode: Mode = "auto",
): (Jacobian | null)[] {
  const patterns = isWorthAnalysis(b, [output], wrt) ? patternsOf(b, [output], wrt, evaluate) : undefined;
  const reverse = mode === "forward" ? undefined : reverseWay(b, output, wrt, patterns?.[0]);
  if (mode === "reverse") return reverse!.run();
  const ways = wrt.map((node, k) =>
    forwardWay(
      b,
      [output],
      node,
      patterns?.map((row) => row[k]!),
    ),
  );
  const forward = () => ways.map((way) => way.run()[0]!);
  if (mode === "forward") return forward();
  return isForwardCheaper(output, wrt, ways, reverse!) ? forward() : reverse!.run();
}

/** The same as nodes of the shape `shape(output) + shape(wrt)`. */
export function jacobianTensors(
  b: Calculus,
  output: OperatorNode,
  wrt: readonly OperatorNode[],
  evaluate: Evaluate,
  mode: Mode = "auto",
): (OperatorNode | null)[] {
  return jacobians(b, output, wrt, evaluate, mode).map((jacobian, k) =>
    asTensor(b, jacobian, output.shape, wrt[k]!.shape),
  );
}

/** A Jacobian as one node. */
export function asTensor(
  b: Calculus,
  jacobian: Jacobian | null,
  output: Shape,
  wrt: Shape,
): OperatorNode | null {
  if (jacobian === null || jacobian.kind === "tensor") return jacobian === null ? null : jacobian.node;
  return assemble(b, jacobian.values, jacobian.elements, sizeOf(wrt), [...output, ...wrt]);
}

/** The elements of a Jacobian that a pattern names. */
export function asElements(
  b: Calculus,
  jacobian: Jacobian,
  elements: Elements,
  columns: number,
): Extract<Jacobian, { kind: "elements" }> {
  if (jacobian.kind === "elements") return jacobian;
  return { kind: "elements", elements, values: elementsOfDense(b, jacobian.node, elements, columns) };
}

/**
 * The derivatives of several outputs, in forward mode: entry [i][k] is that of output i by node k. One sweep a node
 * serves all outputs.
 */
export function forwardBlocks(
  b: Calculus,
  outputs: readonly OperatorNode[],
  wrt: readonly OperatorNode[],
  evaluate: Evaluate,
): (Jacobian | null)[][] {
  const patterns = isWorthAnalysis(b, outputs, wrt) ? patternsOf(b, outputs, wrt, evaluate) : undefined;
  const columns = wrt.map((node, k) =>
    forwardWay(
      b,
      outputs,
      node,
      patterns?.map((row) => row[k]!),
    ).run(),
  );
  return outputs.map((_, i) => columns.map((column) => column[i]!));
}

/** Fewer rows or columns than this are carried as they are. */
const leastSweeps = 16;

/** The analysis makes a tangent for each node, and some nodes more. */
const nodesPerNode = 8;

function isWorthAnalysis(
  b: Calculus,
  outputs: readonly OperatorNode[],
  wrt: readonly OperatorNode[],
): boolean {
  const size = (nodes: readonly OperatorNode[]) => nodes.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (size(outputs) < leastSweeps || size(wrt) < leastSweeps) return false;
  return nodesPerNode * topologicalOrder(outputs).length < b.builder.room;
}

/** A way to accumulate derivatives, and how many tangents or cotangents it carries. */
interface Way {
  readonly sweeps: number;
  /** Makes the nodes; in the order of what varies, outputs or `wrt`. */
  run(): (Jacobian | null)[];
}

/** A coloring is taken where it saves at least half of the sweeps. */
const isWorth = (coloring: Coloring | undefined, sweeps: number): coloring is Coloring =>
  coloring !== undefined && 2 * coloring.count <= sweeps;

/** Matrices with more elements than this, or more than half full, are not worth a list of their elements. */
const mostElements = 2 ** 26;

function sparseElements(patterns: readonly (Pattern | null)[]): (Elements | null)[] | undefined {
  let [full, count] = [0, 0];
  for (const pattern of patterns) {
    if (pattern === null) continue;
    full += pattern.rows * pattern.columns;
    count += countElements(pattern);
  }
  if (count > mostElements || 2 * count > full) return undefined;
  return patterns.map((pattern) => (pattern === null ? null : elementsOf(pattern)));
}

const elementsJacobian = (values: OperatorNode | null, elements: Elements | null): Jacobian | null =>
  values === null || elements === null ? null : { kind: "elements", values, elements };

function forwardWay(
  b: Calculus,
  outputs: readonly OperatorNode[],
  wrt: OperatorNode,
  patterns: readonly (Pattern | null)[] | undefined,
): Way {
  const columns = sizeOf(wrt.shape);
  const elements = patterns && columns >= leastSweeps ? sparseElements(patterns) : undefined;
  const rows = outputs.map(({ shape }) => sizeOf(shape));
  const coloring = elements && colorColumns(stacked(elements, rows), columns);
  if (elements === undefined || !isWorth(coloring, columns)) {
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

function reverseWay(
  b: Calculus,
  output: OperatorNode,
  wrt: readonly OperatorNode[],
  patterns: readonly (Pattern | null)[] | undefined,
): Way {
  const rows = sizeOf(output.shape);
  const elements = patterns && rows >= leastSweeps ? sparseElements(patterns) : undefined;
  const columns = wrt.map(({ shape }) => sizeOf(shape));
  const coloring =
    elements &&
    colorRows(
      beside(elements, columns, rows),
      columns.reduce((sum, size) => sum + size, 0),
    );
  if (elements === undefined || !isWorth(coloring, rows)) {
    return { sweeps: rows, run: () => derivatives(b, output, wrt).map(tensor) };
  }
  return {
    sweeps: coloring.count,
    run: () =>
      reverseElements(b, output, wrt, elements, coloring).map((values, k) =>
        elementsJacobian(values, elements[k]!),
      ),
  };
}

/** Every forward sweep adds to the graph; with more inputs than this, the one sweep of reverse mode is preferred. */
const mostForwardSweeps = 8;

/**
 * A reverse sweep carries one cotangent for each element (or color) of the output and serves all inputs; forward sweeps
 * carry one tangent for each element (or color) of the inputs that the output depends on.
 */
function isForwardCheaper(
  output: OperatorNode,
  wrt: readonly OperatorNode[],
  ways: readonly Way[],
  reverse: Way,
): boolean {
  if (sizeOf(output.shape) <= 1) return false;
  const reached = new Set(topologicalOrder([output]));
  const connected = ways.filter((_, k) => reached.has(wrt[k]!));
  const tangents = connected.reduce((sum, { sweeps }) => sum + sweeps, 0);
  return tangents < reverse.sweeps && connected.length <= mostForwardSweeps;
}
