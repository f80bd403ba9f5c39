import type { Evaluation } from "../results.js";
import type { Precision } from "./numbers.js";
import { sparsityFacts, sparsityLabel, sparsityPicture } from "./sparsity.js";
import {
  derivativeShapeText,
  formatDerivative,
  formatHessian,
  formatTensor,
  hessianLabel,
  hessianShapeText,
  shapeText,
} from "./tensors.js";
import { visible } from "./text.js";

export interface MarkdownOptions {
  readonly precision?: Precision;
  /** Whether to show gradients; true unless told otherwise. */
  readonly gradients?: boolean;
}

/** Outputs, gradients and nodes as tables of GitHub Markdown. */
export function evaluationMarkdown(evaluation: Evaluation, options: MarkdownOptions = {}): string {
  const { gradients = true } = options;
  const format = options.precision === undefined ? {} : { precision: options.precision };
  const tables: string[] = [];
  if (evaluation.outputs.length > 0) {
    tables.push(
      markdownTable(
        ["output", "shape", "value"],
        2,
        evaluation.outputs.map(({ name, tensor }) => [
          name,
          shapeText(tensor.shape),
          formatTensor(tensor, format),
        ]),
      ),
    );
  }
  if (gradients && evaluation.gradients.length > 0) {
    tables.push(
      markdownTable(
        ["gradient", "shape", "value"],
        2,
        evaluation.gradients.map((g) => [
          `∂${g.output}/∂${g.input}`,
          derivativeShapeText(g),
          formatDerivative(g, format),
        ]),
      ),
    );
  }
  const { nodes, hessians = [], sparsity = [] } = evaluation;
  if (gradients && hessians.length > 0) {
    tables.push(
      markdownTable(
        ["hessian", "shape", "value"],
        2,
        hessians.map((block) => [hessianLabel(block), hessianShapeText(block), formatHessian(block, format)]),
      ),
    );
  }
  if (gradients && sparsity.length > 0) {
    tables.push(
      markdownTable(
        ["derivative", "pattern", "structure"],
        1,
        sparsity.map((p) => [sparsityLabel(p), sparsityPicture(p), sparsityFacts(p)]),
      ),
    );
  }
  if (nodes !== undefined) {
    const outputs = gradients
      ? [...new Set(nodes.flatMap(({ sumGrads }) => sumGrads.map((g) => g.output)))]
      : [];
    tables.push(
      markdownTable(
        ["node", "op", "shape", "output", ...outputs.map((output) => `sum_grad ∂${output}`)],
        3,
        nodes.map(({ name, op, output, sumGrads }) => [
          name,
          op,
          shapeText(output.shape),
          formatTensor(output, format),
          ...outputs.map((o) => {
            const gradient = sumGrads.find((g) => g.output === o);
            return gradient === undefined ? "" : formatDerivative(gradient, format);
          }),
        ]),
      ),
    );
  }
  return tables.join("\n");
}

/** A table whose columns from `firstValue` on hold numbers. */
function markdownTable(
  heading: readonly string[],
  firstValue: number,
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  const body = rows.map((row) => line(row.map((cell, i) => (i < firstValue ? text(cell) : value(cell)))));
  return line(heading.map(text)) + line(heading.map(() => "---")) + body.join("");
}

/** Text in which no character has a meaning in Markdown or HTML. */
const text = (cell: string) => visible(cell).replace(/[\\`*_{}[\]<>|#~&]/g, "\\$&");

/** Numbers, in a fixed-width font and with spaces that HTML keeps, so that the columns of a matrix stay aligned. */
function value(cell: string): string {
  if (cell === "") return "";
  const keepSpaces = (line: string) => line.replace(/^ +| {2,}/g, (spaces) => "\u00a0".repeat(spaces.length));
  const lines = cell.replaceAll("|", "\\|").split("\n");
  return lines.map((line) => `\`${keepSpaces(line)}\``).join("<br>");
}
