import type { Sensitivity } from "../../sensitivity-results.js";
import type { Shape } from "../../tensor.js";
import { advance, csv, field } from "../csv.js";
import { formatNumber } from "../numbers.js";
import { certainDigits } from "./digits.js";

/**
 * One row for each number, with all its digits; an index is `2 1`, and what is not defined is empty. Elasticities,
 * uncertainties and rounding are tables of their own, with an empty line between them.
 */
export function* sensitivityCsv(result: Sensitivity): Generator<string> {
  const tables = [elasticityRows(result), uncertaintyRows(result), roundingRows(result)];
  let isFirst = true;
  for (const table of tables) {
    if (table === undefined) continue;
    if (!isFirst) yield "\n";
    isFirst = false;
    yield* csv(table.header, table.rows);
  }
}

interface Rows {
  readonly header: string;
  readonly rows: Iterable<string>;
}

const exact = (value: number | undefined) => (value === undefined ? "" : formatNumber(value, "exact"));
const line = (...fields: readonly string[]) => `${fields.join(",")}\n`;

function* indices(shape: Shape, count: number): Generator<readonly [at: number, text: string]> {
  const index = shape.map(() => 0);
  for (let at = 0; at < count; at++) {
    yield [at, index.join(" ")];
    advance(index, shape);
  }
}

function elasticityRows({ elasticities }: Sensitivity): Rows | undefined {
  if (elasticities === undefined) return undefined;
  const rows = function* () {
    for (const { output, inputs } of elasticities) {
      for (const { name, value, gradient, elasticity } of inputs) {
        for (const [at, index] of indices(value.shape, value.data.length)) {
          const numbers = [value, gradient, elasticity].map((one) => exact(one?.data[at]));
          yield line(field(output), field(name), index, ...numbers);
        }
      }
    }
  };
  return { header: "output,input,index,value,gradient,elasticity\n", rows: rows() };
}

/** The row of an output itself has no input. */
function uncertaintyRows({ propagation }: Sensitivity): Rows | undefined {
  if (propagation === undefined) return undefined;
  const rows = function* () {
    for (const { output, value: own, sigma: total, inputs } of propagation.uncertainties) {
      yield line(field(output), "", "", exact(own), exact(total), "");
      for (const { name, value, sigma, share } of inputs) {
        for (const [at, index] of indices(value.shape, value.data.length)) {
          const numbers = [value, sigma, share].map((one) => exact(one?.data[at]));
          yield line(field(output), field(name), index, ...numbers);
        }
      }
    }
  };
  return { header: "output,input,index,value,sigma,share\n", rows: rows() };
}

function roundingRows({ rounding }: Sensitivity): Rows | undefined {
  if (rounding === undefined) return undefined;
  const rows = rounding.map(({ output, value, bound }) => {
    const relative = value === 0 ? undefined : bound / Math.abs(value);
    const digits = certainDigits(value, bound);
    const counted = digits === Number.POSITIVE_INFINITY ? "all" : exact(digits);
    return line(field(output), exact(value), exact(bound), exact(relative), counted);
  });
  return { header: "output,value,bound,relative,digits\n", rows };
}
