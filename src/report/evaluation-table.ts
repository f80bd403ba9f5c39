import { Chalk, type ChalkInstance } from "chalk";
import Table from "cli-table3";
import type { Evaluation, Gradient, HessianBlock, NodeRow, Sparsity } from "../results.js";
import type { Precision } from "./numbers.js";
import { sparsityFacts, sparsityLabel, sparsityPicture } from "./sparsity.js";
import {
  derivativeShapeText,
  formatDerivative,
  formatHessian,
  formatTensor,
  hessianLabel,
  hessianShapeText,
  NOT_CONNECTED,
  shapeText,
} from "./tensors.js";
import { displayWidth, shorten, visible } from "./text.js";

export interface TableOptions {
  readonly precision?: Precision;
  /** Columns of the terminal; values are shortened so that tables fit. 80 unless told otherwise. */
  readonly width?: number;
  readonly color?: boolean;
  /** Whether to show gradients; true unless told otherwise. */
  readonly gradients?: boolean;
}

/** A column of values gets at least this much, even if the table is wider than the terminal then. */
const NARROWEST_VALUE = 24;
/** Longer names are shortened. */
const LONGEST_NAME = 24;

/** Outputs and gradients as tables; one table of all nodes instead of the gradients, if they were asked for. */
export function evaluationTable(evaluation: Evaluation, options: TableOptions = {}): string {
  const style = new Chalk({ level: options.color ? 1 : 0 });
  const { gradients = true } = options;
  const tables: string[] = [];
  if (evaluation.outputs.length > 0) tables.push(outputsTable(evaluation, options, style));
  if (gradients && evaluation.gradients.length > 0)
    tables.push(gradientsTable(evaluation.gradients, options, style));
  if (gradients && (evaluation.hessians ?? []).length > 0)
    tables.push(hessiansTable(evaluation.hessians ?? [], options, style));
  if (gradients && (evaluation.sparsity ?? []).length > 0)
    tables.push(sparsityTable(evaluation.sparsity ?? [], options, style));
  if (evaluation.nodes !== undefined) tables.push(...nodesTables(evaluation.nodes, options, style));
  return tables.map((table) => `${table}\n`).join("");
}

/** A column: its heading, and its cells given the columns of the terminal that they may take. */
interface Column {
  readonly heading: string;
  /** `value` columns share the room that the others leave. */
  readonly kind: "name" | "value";
  readonly cells: readonly ((width: number) => string)[];
}

/** A table of more rows shows as many as `edgeRows` at either end, as NumPy shortens arrays; JSON and CSV have them all. */
const longestTable = 1000;
const edgeRows = 50;

const label = (text: string) => (width: number) => shorten(visible(text), Math.min(width, LONGEST_NAME));
const fixed = (text: string) => () => text;

function outputsTable({ outputs }: Evaluation, options: TableOptions, style: ChalkInstance): string {
  return table(
    [
      { heading: "output", kind: "name", cells: outputs.map(({ name }) => label(name)) },
      { heading: "shape", kind: "name", cells: outputs.map(({ tensor }) => fixed(shapeText(tensor.shape))) },
      { heading: "value", kind: "value", cells: outputs.map(({ tensor }) => tensorCell(tensor, options)) },
    ],
    options,
    style,
  );
}

function gradientsTable(gradients: readonly Gradient[], options: TableOptions, style: ChalkInstance): string {
  return table(
    [
      { heading: "gradient", kind: "name", cells: gradients.map((g) => label(`∂${g.output}/∂${g.input}`)) },
      { heading: "shape", kind: "name", cells: gradients.map((g) => fixed(derivativeShapeText(g))) },
      { heading: "value", kind: "value", cells: gradients.map((g) => derivativeCell(g, options)) },
    ],
    options,
    style,
  );
}

function hessiansTable(blocks: readonly HessianBlock[], options: TableOptions, style: ChalkInstance): string {
  const { precision } = options;
  const cell = (block: HessianBlock) => (width: number) =>
    formatHessian(block, { ...(precision === undefined ? {} : { precision }), width });
  return table(
    [
      { heading: "hessian", kind: "name", cells: blocks.map((block) => label(hessianLabel(block))) },
      { heading: "shape", kind: "name", cells: blocks.map((block) => fixed(hessianShapeText(block))) },
      { heading: "value", kind: "value", cells: blocks.map(cell) },
    ],
    options,
    style,
  );
}

function sparsityTable(patterns: readonly Sparsity[], options: TableOptions, style: ChalkInstance): string {
  return table(
    [
      { heading: "derivative", kind: "name", cells: patterns.map((p) => label(sparsityLabel(p))) },
      { heading: "pattern", kind: "name", cells: patterns.map((p) => fixed(sparsityPicture(p))) },
      { heading: "structure", kind: "value", cells: patterns.map((p) => fixed(sparsityFacts(p))) },
    ],
    options,
    style,
  );
}

/** One table of all nodes, or several with the same rows if the outputs are too many to stand side by side. */
function nodesTables(nodes: readonly NodeRow[], options: TableOptions, style: ChalkInstance): string[] {
  const { gradients = true, width = 80 } = options;
  const names = shortened([
    { heading: "node", kind: "name", cells: nodes.map(({ name }) => label(name)) },
    { heading: "op", kind: "name", cells: nodes.map(({ op }) => label(op)) },
    { heading: "shape", kind: "name", cells: nodes.map(({ output }) => fixed(shapeText(output.shape))) },
  ]);
  const values = shortened([
    { heading: "output", kind: "value", cells: nodes.map(({ output }) => tensorCell(output, options)) },
  ]);
  const outputs = gradients ? (nodes[0]?.sumGrads ?? []).map((g) => g.output) : [];
  const sums = shortened(
    outputs.map((output, k): Column => {
      const cells = nodes.map(({ sumGrads }) => {
        // Every node has one for each output, in the same order.
        const gradient = sumGrads[k];
        return gradient === undefined ? fixed("") : derivativeCell(gradient, options);
      });
      return { heading: `sum_grad ∂${shorten(visible(output), LONGEST_NAME)}`, kind: "value", cells };
    }),
  );
  const columnWidth = (column: Column) => widthOf(renderColumn(column, NARROWEST_VALUE)) + 3;
  const room = width - 1 - [...names, ...values].reduce((sum, column) => sum + columnWidth(column), 0);
  const groups: Column[][] = [[]];
  let left = room;
  for (const sum of sums) {
    const needed = columnWidth(sum);
    const current = groups[groups.length - 1];
    if (current.length > 0 && needed > left) {
      groups.push([sum]);
      left = room - needed;
    } else {
      current.push(sum);
      left -= needed;
    }
  }
  return groups.map((group) => table([...names, ...values, ...group], options, style));
}

const tensorCell =
  (tensor: NodeRow["output"], { precision }: TableOptions) =>
  (width: number) =>
    formatTensor(tensor, { ...(precision === undefined ? {} : { precision }), width });

const derivativeCell =
  (gradient: Gradient, { precision }: TableOptions) =>
  (width: number) =>
    formatDerivative(gradient, { ...(precision === undefined ? {} : { precision }), width });

const renderColumn = (column: Column, width: number) => [
  column.heading,
  ...column.cells.map((cell) => cell(width)),
];

const widthOf = (cells: readonly string[]) =>
  Math.max(...cells.flatMap((cell) => cell.split("\n").map((line) => displayWidth(line))));

/** The same columns with the middle of a very long table left out. */
function shortened(columns: readonly Column[]): Column[] {
  return columns.map((column) => {
    const { cells } = column;
    if (cells.length <= longestTable) return column;
    const left = cells.length - 2 * edgeRows;
    const gap = fixed(column === columns[0] ? `… ${left} more` : "…");
    return { ...column, cells: [...cells.slice(0, edgeRows), gap, ...cells.slice(-edgeRows)] };
  });
}

function table(all: readonly Column[], options: TableOptions, style: ChalkInstance): string {
  const columns = shortened(all);
  // Each column has a border and a space on either side.
  let room = (options.width ?? 80) - 3 * columns.length - 1;
  let valuesLeft = columns.filter(({ kind }) => kind === "value").length;
  const rendered: string[][] = [];
  // Names take what they need; each column of values then gets an equal share of what is left.
  for (const kind of ["name", "value"] as const) {
    columns.forEach((column, i) => {
      if (column.kind !== kind) return;
      const share = kind === "name" ? room : Math.max(NARROWEST_VALUE, Math.floor(room / valuesLeft--));
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
      drawing.push(cells.map((lines, i) => colored(lines[line] ?? "", i, style)));
      ruled.push(height > 1 && line === height - 1);
    }
  }
  return withRules(drawing.toString(), [true, ...ruled]).replace(/[─│╭╮╰╯├┤┬┴┼]+/g, (lines) =>
    style.gray(lines),
  );
}

function colored(line: string, column: number, style: ChalkInstance): string {
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
