import type { Evaluation } from "../results.js";
import { markdownTable } from "./markdown.js";
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
