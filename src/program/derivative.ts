import type { Jacobian } from "../autodiff/jacobian.js";
import {
  countElements,
  type Elements,
  elementsOf,
  everyElement,
  type Pattern,
  rowsOf,
  transposed,
} from "../autodiff/sparsity/pattern.js";
import { fault } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import { formatBytes, type Limits, limitFlags } from "../limits.js";
import type { Calculus } from "../ops/vocabulary.js";
import type { Coordinates, Layout } from "../results.js";
import { type Shape, sizeOf, type Tensor } from "../tensor.js";

/** A derivative: the node to evaluate, and what to make of its value. */
export interface Derivative {
  /** `null`: not connected. */
  readonly node: OperatorNode | null;
  /** Makes a result of the node's value; of none where there is no node. */
  read(value: Tensor | undefined): Reading;
}

/** A derivative as a tensor; with `coordinates`, the tensor is a vector of the elements that stand there. */
export interface Reading {
  readonly tensor: Tensor;
  readonly coordinates?: Coordinates;
}

/** Of what is differentiated, and by what. */
export interface Shapes {
  readonly output: Shape;
  readonly wrt: Shape;
}

/** Bytes of a number, and of an element of a sparse matrix: its row, its column and its value. */
const numberBytes = 8;
const elementBytes = 16;

/**
 * A Jacobian as a tensor of the shape `shape(output) + shape(wrt)`, or merged to a matrix. One that is known by its
 * elements is filled in outside of the arena, where memory that is never written costs nothing. Throws a `Fault` where
 * it exceeds the memory limit.
 */
export function denseDerivative(
  b: Calculus,
  jacobian: Jacobian | null,
  { output, wrt }: Shapes,
  layout: Layout,
  limits: Pick<Limits, "memory">,
): Derivative {
  const [rows, columns] = [sizeOf(output), sizeOf(wrt)];
  const shapes = {
    tensor: [...output, ...wrt],
    numerator: [rows, columns],
    denominator: [columns, rows],
  };
  const shape = shapes[layout];
  if (jacobian === null) return { node: null, read: () => ({ tensor: zeros(shape) }) };
  if (jacobian.kind === "tensor") {
    const node = layout === "tensor" ? jacobian.node : b.reshape(jacobian.node, shapes.numerator);
    return {
      node: layout === "denominator" ? b.matrixTranspose(node) : node,
      read: (value) => ({ tensor: value! }),
    };
  }
  requireMemory(rows * columns * numberBytes, limits);
  const { elements, values } = jacobian;
  const [rowStep, columnStep] = layout === "denominator" ? [1, rows] : [columns, 1];
  return {
    node: values,
    read: (value) => {
      const tensor = zeros(shape);
      rowsOf(elements).forEach((row, i) => {
        tensor.data[row * rowStep + elements.columns[i]! * columnStep] = value!.data[i]!;
      });
      return { tensor };
    },
  };
}

/**
 * A Jacobian by the elements of a pattern (all of them where there is none), in row-major order of the matrix that the
 * layout asks for. Throws a `Fault` where it exceeds the memory limit.
 */
export function sparseDerivative(
  jacobian: Jacobian | null,
  pattern: Pattern | null | undefined,
  { output, wrt }: Shapes,
  layout: Layout,
  limits: Pick<Limits, "memory">,
): Derivative {
  const [rows, columns] = [sizeOf(output), sizeOf(wrt)];
  const shape: [number, number] = layout === "denominator" ? [columns, rows] : [rows, columns];
  if (jacobian === null) {
    const coordinates = { shape, rows: new Int32Array(0), cols: new Int32Array(0) };
    return { node: null, read: () => ({ tensor: zeros([0]), coordinates }) };
  }
  const elements = elementsFor(jacobian, pattern, rows, columns, limits);
  const turned = layout === "denominator" ? transposed(elements, columns) : undefined;
  const { columns: cols } = turned ?? elements;
  const coordinates = { shape, rows: rowsOf(turned ?? elements), cols };
  const isVector = jacobian.kind === "elements";
  return {
    node: isVector ? jacobian.values : jacobian.node,
    read: (value) => {
      const { data } = value!;
      const own = isVector ? data : picked(data, elements, columns);
      const values = turned === undefined ? own : Float64Array.from(turned.places, (place) => own[place]!);
      return { tensor: { shape: [values.length], data: values }, coordinates };
    },
  };
}

/** The elements of a matrix that is there as a whole. */
function picked(data: Float64Array, elements: Elements, columns: number): Float64Array {
  return Float64Array.from(rowsOf(elements), (row, i) => data[row * columns + elements.columns[i]!]!);
}

function elementsFor(
  jacobian: Jacobian,
  pattern: Pattern | null | undefined,
  rows: number,
  columns: number,
  limits: Pick<Limits, "memory">,
): Elements {
  if (jacobian.kind === "elements") return jacobian.elements;
  const count = pattern ? countElements(pattern) : rows * columns;
  requireMemory(rows * columns * numberBytes + count * elementBytes, limits);
  return pattern ? elementsOf(pattern) : everyElement(rows, columns);
}

function requireMemory(bytes: number, limits: Pick<Limits, "memory">): void {
  if (bytes <= limits.memory) return;
  throw fault("memory-limit", {
    bytes: formatBytes(bytes),
    limit: formatBytes(limits.memory),
    flag: limitFlags.memory,
  });
}

const zeros = (shape: Shape): Tensor => ({ shape, data: new Float64Array(sizeOf(shape)) });
