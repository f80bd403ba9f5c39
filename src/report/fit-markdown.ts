import type { Fit } from "../results.js";
import { shownLosses } from "./fit.js";
import { markdownTable } from "./markdown.js";
import { formatNumber, type Precision } from "./numbers.js";
import { formatTensor, shapeText } from "./tensors.js";

/** The loss along the way and the parameters at its end, as tables of GitHub Markdown. */
export function fitMarkdown(fit: Fit, format: { readonly precision?: Precision } = {}): string {
  return [
    markdownTable(
      ["step", fit.of],
      1,
      shownLosses(fit).map(([step, loss]) => [String(step), formatNumber(loss, format.precision)]),
    ),
    markdownTable(
      ["parameter", "shape", "value"],
      2,
      fit.parameters.map(({ name, tensor }) => [name, shapeText(tensor.shape), formatTensor(tensor, format)]),
    ),
  ].join("\n");
}
