import type { Coordinates } from "../results.js";
import { alignRows } from "./grid.js";
import { formatNumber, type Precision } from "./numbers.js";

/** Longer lists of elements are shortened to both ends. */
const longestList = 20;
const edge = 3;

/** The elements of a sparse derivative, one a line: `[row, column]  value`. */
export function formatElements(
  values: Float64Array,
  { shape, rows, cols }: Coordinates,
  precision?: Precision,
): string {
  const all = values.length;
  const shown =
    all <= longestList
      ? Array.from(values, (_, i) => i)
      : [0, 1, 2, -1, all - edge, all - edge + 1, all - edge + 2];
  const labels = shown.map((i) => (i < 0 ? "…" : `[${rows[i]}, ${cols[i]}]`));
  const width = Math.max(0, ...labels.map(({ length }) => length));
  const cells = shown.flatMap((i) => (i < 0 ? [] : [[formatNumber(values[i]!, precision)]]));
  const aligned = alignRows(cells, Number.POSITIVE_INFINITY);
  let next = 0;
  return [
    `${all} of ${shape[0] * shape[1]} element${shape[0] * shape[1] === 1 ? "" : "s"}${all === 0 ? "" : ":"}`,
    ...shown.map((i, k) => (i < 0 ? "…" : `${labels[k]!.padEnd(width)}  ${aligned[next++]}`)),
  ].join("\n");
}
