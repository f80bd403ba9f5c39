import type { ChalkInstance } from "chalk";
import Table from "cli-table3";
import type { Tensor } from "../tensor.js";
import type { Precision } from "./numbers.js";
import { formatTensor, NOT_CONNECTED } from "./tensors.js";
import { displayWidth, shorten, visible } from "./text.js";

/** How tables look. */
export interface TableLook {
  readonly precision?: Precision;
  /** Columns of the terminal; values are shortened so that tables fit. 80 unless told otherwise. */
  readonly width?: number;
  readonly color?: boolean;
  /** What a column of values gets at least; 24 unless told otherwise. */
  readonly narrowest?: number;
}

/** A column of values gets at least this much, even if the table is wider than the terminal then. */
export const NARROWEST_VALUE = 24;
/** Longer names are shortened. */
export const LONGEST_NAME = 24;

/** A column: its heading, and its cells given the columns of the terminal that they may take. */
export interface Column {
  readonly heading: string;
  /** `value` columns share the room that the others leave. */
  readonly kind: "name" | "value";
  readonly cells: readonly ((width: number) => string)[];
  /** Colours a line of a cell; the first column is cyan otherwise. */
  readonly paint?: (line: string, style: ChalkInstance) => string;
}

/** A table of more rows shows as many as `edgeRows` at either end, as NumPy shortens arrays; JSON and CSV have them all. */
const longestTable = 1000;
const edgeRows = 50;

export const label = (text: string) => (width: number) =>
  shorten(visible(text), Math.min(width, LONGEST_NAME));
export const fixed = (text: string) => () => text;

/** A column of short texts that stand on the right, as numbers do. */
export function rightAligned(heading: string, cells: readonly string[]): Column {
  const width = Math.max(...[heading, ...cells].map(displayWidth));
  const padded = cells.map((cell) => fixed(" ".repeat(width - displayWidth(cell)) + cell));
  return { heading, kind: "name", cells: padded };
}

/** A tensor as the cell of a column of values. */
export const tensorCell =
  (tensor: Tensor, { precision }: TableLook) =>
  (width: number) =>
    formatTensor(tensor, { ...(precision === undefined ? {} : { precision }), width });

export const renderColumn = (column: Column, width: number) => [
  column.heading,
  ...column.cells.map((cell) => cell(width)),
];

export const widthOf = (cells: readonly string[]) =>
  Math.max(...cells.flatMap((cell) => cell.split("\n").map((line) => displayWidth(line))));

/** The same columns with the middle of a very long table left out. */
export function shortened(columns: readonly Column[]): Column[] {
  return columns.map((column) => {
    const { cells } = column;
    if (cells.length <= longestTable) return column;
    const left = cells.length - 2 * edgeRows;
    const gap = fixed(column === columns[0] ? `… ${left} more` : "…");
    return { ...column, cells: [...cells.slice(0, edgeRows), gap, ...cells.slice(-edgeRows)] };
  });
}

/** Draws a table. */
export function table(all: readonly Column[], options: TableLook, style: ChalkInstance): string {
  const columns = shortened(all);
  // Each column has a border and a space on either side.
  let room = (options.width ?? 80) - 3 * columns.length - 1;
  let valuesLeft = columns.filter(({ kind }) => kind === "value").length;
  const rendered: string[][] = [];
  // Names take what they need; each column of values then gets an equal share of what is left.
  for (const kind of ["name", "value"] as const) {
    columns.forEach((column, i) => {
      if (column.kind !== kind) return;
      const share =
        kind === "name"
          ? room
          : Math.max(options.narrowest ?? NARROWEST_VALUE, Math.floor(room / valuesLeft--));
      rendered[i] = renderColumn(column, share);
      room -= widthOf(rendered[i]);
    });
  }
  const [heading, ...rows] = rendered[0].map((_, r) => rendered.map((cells) => cells[r]));
  const drawing = new Table({
    head: heading.map((text) => style.bold(text)),
    chars: border,
    style: { head: [], border: [] },
  });
  // A row for each line: the drawing time of a row grows with the square of its lines.
  const ruled: boolean[] = [];
  for (const cells of rows.map((row) => row.map((cell) => cell.split("\n")))) {
    const height = Math.max(...cells.map((lines) => lines.length));
    // Rules help only above and below rows of several lines.
    if (height > 1 && ruled.length > 0) ruled[ruled.length - 1] = true;
    for (let line = 0; line < height; line++) {
      drawing.push(cells.map((lines, i) => colored(lines[line] ?? "", i, columns[i].paint, style)));
      ruled.push(height > 1 && line === height - 1);
    }
  }
  return withRules(drawing.toString(), [true, ...ruled]).replace(/[─│╭╮╰╯├┤┬┴┼]+/g, (lines) =>
    style.gray(lines),
  );
}

function colored(line: string, column: number, paint: Column["paint"], style: ChalkInstance): string {
  if (paint !== undefined) return paint(line, style);
  if (line === NOT_CONNECTED) return style.dim(line);
  return column === 0 ? style.cyan(line) : line;
}

/** Drops the rules between rows but those that are wanted, counted from the one below the headings. */
function withRules(drawing: string, wanted: readonly boolean[]): string {
  let rule = 0;
  return drawing
    .split("\n")
    .filter((line) => !line.startsWith("├") || wanted[rule++])
    .join("\n");
}

const border = { "top-left": "╭", "top-right": "╮", "bottom-left": "╰", "bottom-right": "╯" };
