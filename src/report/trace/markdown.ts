import type { Trace } from "../../trace-results.js";
import { markdownTable } from "../markdown.js";
import type { Precision } from "../numbers.js";
import { formatDerivative, formatTensor, shapeText } from "../tensors.js";
import { contributionLines } from "./contributions.js";

/** The passes as tables of GitHub Markdown. */
export function traceMarkdown(trace: Trace, options: { readonly precision?: Precision } = {}): string {
  const format = options.precision === undefined ? {} : { precision: options.precision };
  const forward = markdownTable(
    ["step", "node", "op", "inputs", "shape", "output"],
    5,
    trace.forward.flatMap(({ step, op, inputs, outputs }) =>
      outputs.map(({ name, shape, value }, i) => [
        String(step),
        name,
        i === 0 ? op : "",
        i === 0 ? inputs.join(", ") : "",
        shapeText(shape),
        formatTensor(value, format),
      ]),
    ),
  );
  const backward = trace.backward.map((pass) =>
    markdownTable(
      ["step", "node", "contributions", `sum_grad ∂${pass.output}`],
      2,
      pass.steps.map((row) => [
        String(row.step),
        row.node,
        contributionLines(row, pass, { ...format, width: 100 }).join("\n"),
        pass.outputRank === 0
          ? formatTensor(row.sumGrad, format)
          : formatDerivative(
              {
                output: pass.output,
                input: row.node,
                outputRank: pass.outputRank,
                connected: true,
                tensor: row.sumGrad,
              },
              format,
            ),
      ]),
    ),
  );
  return [forward, ...backward].join("\n");
}
