import type { Tensor } from "../../tensor.js";
import type { Trace } from "../../trace-results.js";
import { advance, csv, field } from "../csv.js";
import { formatNumber, type Precision } from "../numbers.js";

const HEADER = "kind,output,step,node,from,index,value\n";

/**
 * The passes as CSV in long form, one row for each number. `kind` is `output`, `contribution` (what `from` passes back to
 * `node`) or `sum_grad`; an index lists the position along each axis, those of the output first.
 */
export const traceCsv = (trace: Trace, { precision = "exact" }: { readonly precision?: Precision } = {}) =>
  csv(HEADER, rows(trace, precision));

function* rows(trace: Trace, precision: Precision): Generator<string> {
  for (const { step, outputs } of trace.forward)
    for (const { name, value } of outputs)
      yield* tensorRows(`output,,${step},${field(name)},`, value, precision);
  for (const { output, steps } of trace.backward) {
    for (const { step, node, contributions, sumGrad } of steps) {
      const place = `${field(output)},${step},${field(node)}`;
      for (const { from, value } of contributions)
        yield* tensorRows(`contribution,${place},${field(from)}`, value, precision);
      yield* tensorRows(`sum_grad,${place},`, sumGrad, precision);
    }
  }
}

function* tensorRows(prefix: string, { shape, data }: Tensor, precision: Precision): Generator<string> {
  const index = shape.map(() => 0);
  for (const x of data) {
    yield `${prefix},${index.join(" ")},${formatNumber(x, precision)}\n`;
    advance(index, shape);
  }
}
