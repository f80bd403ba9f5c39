import type { Gradient, HessianBlock } from "../results.js";
import { type Shape, sizeOf, type Tensor } from "../tensor.js";
import { formatElements } from "./elements.js";
import { alignRows, ELLIPSIS, GAP, shownPositions, wrapRow } from "./grid.js";
import { formatNumber, type Precision } from "./numbers.js";
import { displayWidth, padEnd, shorten, visible } from "./text.js";

export interface TensorFormat {
  readonly precision?: Precision;
  /** Columns that lines may take; elements in the middle are left out where more would be needed. */
  readonly width?: number;
  /** Of tensors with more elements than this the middle is left out. */
  readonly threshold?: number;
}

/** As in NumPy: what fits a screen of 80 columns, and how many elements are shown before the middle is left out. */
const WIDTH = 75;
const THRESHOLD = 1000;
/** A vector that needs more lines than this is shortened to one. */
const VECTOR_LINES = 25;
const INDENT = "  ";
/** Columns for numbers without which they go below their label rather than beside it. */
const NARROWEST = 16;
const NARROWEST_NAME = 6;

/** The derivative by an input on which the output does not depend. */
export const NOT_CONNECTED = "0 (not connected)";

/** `scalar`, `3`, `2×3`. */
export function shapeText(shape: Shape): string {
  return shape.length === 0 ? "scalar" : shape.join("×");
}

/** Shape of a derivative: the input's for a scalar output, else the output's and the input's, `2 | 3×4`. */
export function derivativeShapeText({
  tensor: { shape },
  outputRank,
  layout,
  coordinates,
}: Gradient): string {
  if (coordinates !== undefined) return shapeText(coordinates.shape);
  if (outputRank === 0 || isMatrix(layout)) return shapeText(shape);
  return `${shapeText(shape.slice(0, outputRank))} | ${shapeText(shape.slice(outputRank))}`;
}

/** Whether a derivative is merged to a matrix, in which rows and columns say what is whose. */
const isMatrix = (layout: Gradient["layout"]) => layout !== undefined && layout !== "tensor";

/** Shape of a block of a Hessian: the first input's and the second's, `3 | 2×2`; `scalar` for two scalars. */
export function hessianShapeText({ tensor: { shape }, firstRank, coordinates }: HessianBlock): string {
  if (coordinates !== undefined) return shapeText(coordinates.shape);
  if (shape.length === 0) return shapeText(shape);
  return `${shapeText(shape.slice(0, firstRank))} | ${shapeText(shape.slice(firstRank))}`;
}

/** `∂²w/∂x∂y`, `∂²w/∂x²`. */
export const hessianLabel = ({ output, first, second }: HessianBlock) =>
  first === second ? `∂²${output}/∂${first}²` : `∂²${output}/∂${first}∂${second}`;

/**
 * A tensor for people, as NumPy prints it: one line for a scalar or a vector, aligned columns for a matrix, and for
 * higher ranks one matrix for each index of the leading axes. Elements that are left out are never looked at.
 */
export function formatTensor(tensor: Tensor, format: TensorFormat = {}): string {
  const leading = Math.max(0, tensor.shape.length - 2);
  const trailing = ", :".repeat(tensor.shape.length - leading);
  return formatBlocks(tensor, leading, (index) => `[${index.join(", ")}${trailing}]`, format);
}

/**
 * The derivative of an output by an input. For a tensor output, one block for each of its elements:
 * `∂w[0]/∂x = [1, 2]` tells which axes are the output's and which the input's.
 */
export function formatDerivative(gradient: Gradient, format: TensorFormat = {}): string {
  const { tensor, outputRank, coordinates } = gradient;
  if (!gradient.connected) return NOT_CONNECTED;
  if (coordinates !== undefined) return formatElements(tensor.data, coordinates, format.precision);
  if (outputRank === 0 || isMatrix(gradient.layout)) return formatTensor(tensor, format);
  const nameWidth = Math.max(NARROWEST_NAME, Math.floor((format.width ?? WIDTH) / 4));
  const output = shorten(visible(gradient.output), nameWidth);
  const input = shorten(visible(gradient.input), nameWidth);
  const inputRank = tensor.shape.length - outputRank;
  const leading = outputRank + Math.max(0, inputRank - 2);
  const label = (index: readonly (number | string)[]) => {
    const inputIndex = index.slice(outputRank);
    const block = inputIndex.length === 0 ? "" : `[${inputIndex.join(", ")}, :, :]`;
    return `∂${output}[${index.slice(0, outputRank).join(", ")}]/∂${input}${block}`;
  };
  return formatBlocks(tensor, leading, label, format);
}

/** A block of a Hessian. */
export const formatHessian = ({ tensor, coordinates }: HessianBlock, format: TensorFormat = {}): string =>
  coordinates === undefined
    ? formatTensor(tensor, format)
    : formatElements(tensor.data, coordinates, format.precision);

/** A part of a tensor: one index of the leading axes, and where its elements start. `undefined` is a gap. */
interface Block {
  readonly label: string;
  readonly start: number;
}

function formatBlocks(
  { shape, data }: Tensor,
  leading: number,
  label: (index: readonly number[]) => string,
  { precision, width = WIDTH, threshold = THRESHOLD }: TensorFormat,
): string {
  if (data.length === 0) return "[]";
  const shortened = data.length > threshold;
  const inner = shape.slice(leading);
  const number = (at: number) => formatNumber(data[at], precision);
  if (leading === 0) return formatInner(inner, 0, number, shortened, width).join("\n");

  const blocks = leadingBlocks(shape.slice(0, leading), sizeOf(inner), shortened, label);
  const labelWidth = Math.max(...blocks.map((block) => displayWidth(block?.label ?? "")));
  const besideLabel = width - labelWidth - " = []".length;
  if (inner.length < 2 && besideLabel >= NARROWEST) {
    const rows = blocks.flatMap((block) =>
      block === undefined ? [] : [cellsOf(inner, block.start, number, shortened)],
    );
    const lines = alignRows(rows, besideLabel);
    const [open, close] = inner.length === 0 ? ["", ""] : ["[", "]"];
    let next = 0;
    return blocks
      .map((b) =>
        b === undefined ? ELLIPSIS : `${padEnd(b.label, labelWidth)} = ${open}${lines[next++]}${close}`,
      )
      .map((line) => line.trimEnd())
      .join("\n");
  }
  const indented = (start: number) =>
    formatInner(inner, start, number, shortened, width - INDENT.length).map((line) => INDENT + line);
  return blocks
    .flatMap((b) => (b === undefined ? [ELLIPSIS] : [`${b.label} =`, ...indented(b.start)]))
    .join("\n");
}

/** The indices of the leading axes that are shown, in row-major order, with one gap wherever some are left out. */
function leadingBlocks(
  axes: Shape,
  blockSize: number,
  shortened: boolean,
  label: (index: readonly number[]) => string,
): (Block | undefined)[] {
  let indices: (readonly number[] | undefined)[] = [[]];
  for (const size of axes) {
    const positions = shownPositions(size, shortened);
    indices = indices.flatMap((index) =>
      index === undefined ? [undefined] : positions.map((p) => (p === GAP ? undefined : [...index, p])),
    );
  }
  return indices.map((index) => {
    if (index === undefined) return undefined;
    const row = index.reduce((at, position, axis) => at * axes[axis] + position, 0);
    return { label: label(index), start: row * blockSize };
  });
}

/** The cells of a scalar or a vector. */
function cellsOf(shape: Shape, start: number, number: (at: number) => string, shortened: boolean): string[] {
  return shownPositions(shape[0] ?? 1, shortened).map((c) => (c === GAP ? ELLIPSIS : number(start + c)));
}

/** The lines of a scalar, a vector or a matrix. */
function formatInner(
  shape: Shape,
  start: number,
  number: (at: number) => string,
  shortened: boolean,
  width: number,
): string[] {
  if (shape.length === 0) return [number(start)];
  if (shape.length === 1) return formatVector(cellsOf(shape, start, number, shortened), width - 2);
  const [rowCount, rowLength] = shape;
  const rows = shownPositions(rowCount, shortened);
  const cells = rows.flatMap((r) =>
    r === GAP ? [] : [cellsOf([rowLength], start + r * rowLength, number, shortened)],
  );
  const lines = alignRows(cells, width - "[[]]".length);
  let next = 0;
  return rows.map((r, i) => {
    const line = r === GAP ? ELLIPSIS : `[${lines[next++]}]`;
    return `${i === 0 ? "[" : " "}${line}${i === rows.length - 1 ? "]" : r === GAP ? "" : ","}`;
  });
}

function formatVector(cells: readonly string[], width: number): string[] {
  const oneLine = cells.join(", ");
  if (oneLine.length <= width) return [`[${oneLine}]`];
  const wrapped = wrapRow(cells, width);
  const lines =
    wrapped.length <= VECTOR_LINES && !cells.includes(ELLIPSIS) ? wrapped : alignRows([cells], width);
  return lines.map((line, i) => `${i === 0 ? "[" : " "}${line}${i === lines.length - 1 ? "]" : ""}`);
}
