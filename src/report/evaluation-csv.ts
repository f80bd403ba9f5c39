import type { Evaluation, Gradient, Sparsity } from "../results.js";
import { sizeOf, type Tensor } from "../tensor.js";
import { advance, csv, field } from "./csv.js";
import { formatNumber, type Precision } from "./numbers.js";

export interface CsvOptions {
  /** Significant digits; unless told otherwise, as many as read back as the same number. */
  readonly precision?: Precision;
  /** Whether to write gradients; true unless told otherwise. */
  readonly gradients?: boolean;
}

const HEADER = "kind,output,input,output_index,input_index,value\n";

/**
 * The results as CSV in long form, one row for each number, in chunks of bounded size:
 *
 * ```csv
 * kind,output,input,output_index,input_index,value
 * output,w,,,,6
 * gradient,w,x,,0 1,2.5
 * ```
 *
 * `kind` is `output` or `gradient`, and `node` or `sum_grad` if every node was asked for; a node's value has its name
 * in the column `input`. In a row of the kind `hessian` the output is a derivative, `∂w/∂x`, and the input is the second
 * one. Of a derivative that is merged to a matrix or sparse, the indices are those of the matrix. Patterns come in place
 * of derivatives, as rows of the kinds `nonzeros`, `density`, `row colors`, `column colors` and `pattern`. An index lists the position along each axis, counted from 0 and separated by spaces; it is
 * empty for a scalar. Numbers that are not finite are `NaN`, `Infinity` and `-Infinity`. Quoting follows RFC 4180;
 * lines end in `\n`, as the tools that read tables from a pipe expect.
 *
 * With pandas: `pd.read_csv(f, dtype={"output_index": str, "input_index": str})`.
 */
export const evaluationCsv = (evaluation: Evaluation, options: CsvOptions = {}): Generator<string> =>
  csv(HEADER, rows(evaluation, options));

function* rows(
  evaluation: Evaluation,
  { precision = "exact", gradients = true }: CsvOptions,
): Generator<string> {
  for (const { name, tensor } of evaluation.outputs) {
    yield* tensorRows(`output,${field(name)},`, tensor, tensor.shape.length, precision);
  }
  if (gradients)
    for (const gradient of evaluation.gradients) yield* derivativeRows("gradient", gradient, precision);
  if (gradients) {
    for (const { output, first, second, firstRank, tensor, coordinates } of evaluation.hessians ?? []) {
      const prefix = `hessian,${field(`∂${output}/∂${first}`)},${field(second)}`;
      if (coordinates === undefined) yield* tensorRows(prefix, tensor, firstRank, precision);
      else yield* elementRows(prefix, tensor.data, coordinates.rows, coordinates.cols, precision);
    }
    for (const pattern of evaluation.sparsity ?? []) yield* patternRows(pattern, precision);
  }
  for (const { name, output, sumGrads } of evaluation.nodes ?? []) {
    yield* tensorRows(`node,,${field(name)}`, output, 0, precision);
    if (gradients) for (const gradient of sumGrads) yield* derivativeRows("sum_grad", gradient, precision);
  }
}

function derivativeRows(kind: string, g: Gradient, precision: Precision): Generator<string> {
  const prefix = `${kind},${field(g.output)},${field(g.input)}`;
  if (g.coordinates !== undefined) {
    const { rows, cols } = g.coordinates;
    const [outputs, inputs] = g.layout === "denominator" ? [cols, rows] : [rows, cols];
    return elementRows(prefix, g.tensor.data, outputs, inputs, precision);
  }
  const [tensor, outputRank] = byOutput(g);
  return tensorRows(prefix, tensor, outputRank, precision);
}

/** A row for each element of a sparse matrix. */
function* elementRows(
  prefix: string,
  values: Float64Array,
  outputs: Int32Array,
  inputs: Int32Array,
  precision: Precision,
): Generator<string> {
  for (let i = 0; i < values.length; i++) {
    yield `${prefix},${outputs[i]},${inputs[i]},${formatNumber(values[i]!, precision)}\n`;
  }
}

/** What a pattern is like, and a row with the value 1 for each of its elements, unless they are too many to list. */
function* patternRows(pattern: Sparsity, precision: Precision): Generator<string> {
  const { output, input, second, shape, nonzeros, colors, coordinates } = pattern;
  const names =
    second === undefined
      ? `${field(output)},${field(input)}`
      : `${field(`∂${output}/∂${input}`)},${field(second)}`;
  const density = nonzeros / Math.max(1, shape[0] * shape[1]);
  yield `nonzeros,${names},,,${nonzeros}\n`;
  yield `density,${names},,,${formatNumber(density, precision)}\n`;
  yield `row colors,${names},,,${colors.rows}\n`;
  yield `column colors,${names},,,${colors.columns}\n`;
  if (coordinates === undefined) return;
  const ones = new Float64Array(coordinates.rows.length).fill(1);
  yield* elementRows(`pattern,${names}`, ones, coordinates.rows, coordinates.cols, precision);
}

/** A derivative whose first axes, so many, are the output's. */
function byOutput({ tensor, outputRank, layout }: Gradient): readonly [tensor: Tensor, outputRank: number] {
  if (layout === "numerator") return [tensor, 1];
  if (layout !== "denominator") return [tensor, outputRank];
  const [rows, columns] = tensor.shape;
  const data = tensor.data.map((_, i) => tensor.data[(i % rows) * columns + Math.floor(i / rows)]);
  return [{ shape: [columns, rows], data }, 1];
}

/** A row for each element; the first `outputRank` axes go to the output's index, the others to the input's. */
function* tensorRows(
  prefix: string,
  { shape, data }: Tensor,
  outputRank: number,
  precision: Precision,
): Generator<string> {
  const inputShape = shape.slice(outputRank);
  const inputSize = sizeOf(inputShape);
  const outputIndex = shape.slice(0, outputRank).map(() => 0);
  for (let start = 0; start < data.length; start += inputSize) {
    const inputIndex = inputShape.map(() => 0);
    const beginning = `${prefix},${outputIndex.join(" ")},`;
    for (let at = start; at < start + inputSize; at++) {
      yield `${beginning}${inputIndex.join(" ")},${formatNumber(data[at], precision)}\n`;
      advance(inputIndex, inputShape);
    }
    advance(outputIndex, shape);
  }
}
