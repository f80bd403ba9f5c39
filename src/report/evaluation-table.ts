import { Chalk, type ChalkInstance } from "chalk";
import type { Evaluation, Gradient, HessianBlock, NodeRow, Sparsity } from "../results.js";
import { sparsityFacts, sparsityLabel, sparsityPicture } from "./sparsity.js";
import {
  type Column,
  fixed,
  LONGEST_NAME,
  label,
  NARROWEST_VALUE,
  renderColumn,
  shortened,
  type TableLook,
  table,
  tensorCell,
  widthOf,
} from "./table.js";
import {
  derivativeShapeText,
  formatDerivative,
  formatHessian,
  hessianLabel,
  hessianShapeText,
  shapeText,
} from "./tensors.js";
import { shorten, visible } from "./text.js";

export interface TableOptions extends TableLook {
  /** Whether to show gradients; true unless told otherwise. */
  readonly gradients?: boolean;
}

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

const derivativeCell =
  (gradient: Gradient, { precision }: TableOptions) =>
  (width: number) =>
    formatDerivative(gradient, { ...(precision === undefined ? {} : { precision }), width });
