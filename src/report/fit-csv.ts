import type { Fit } from "../results.js";
import { advance, csv, field } from "./csv.js";
import { formatNumber, type Precision } from "./numbers.js";

/**
 * What fitting gives as CSV, one row for each number, in chunks of bounded size:
 *
 * ```csv
 * kind,name,index,value
 * loss,w,0,6
 * parameter,W,0 1,2.5
 * ```
 *
 * The index of a loss is the step, that of a parameter's element its position along each axis, separated by spaces; it is
 * empty for a scalar. Numbers, quotes and ends of lines are those of evaluations.
 */
export const fitCsv = (
  fit: Fit,
  { precision = "exact" }: { readonly precision?: Precision } = {},
): Generator<string> => csv("kind,name,index,value\n", rows(fit, precision));

function* rows({ of, losses, parameters }: Fit, precision: Precision): Generator<string> {
  const loss = `loss,${field(of)}`;
  for (let step = 0; step < losses.length; step++)
    yield `${loss},${step},${formatNumber(losses[step]!, precision)}\n`;
  for (const { name, tensor } of parameters) {
    const index = tensor.shape.map(() => 0);
    const prefix = `parameter,${field(name)}`;
    for (const value of tensor.data) {
      yield `${prefix},${index.join(" ")},${formatNumber(value, precision)}\n`;
      advance(index, tensor.shape);
    }
  }
}
