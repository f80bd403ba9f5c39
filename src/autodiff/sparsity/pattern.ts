import { type ColumnSets, none } from "./column-sets.js";

/**
 * Where a matrix may have elements other than 0: a set of columns for each row, and of those sets only the columns from
 * `first` to before `first + columns`, counted from there.
 */
export interface Pattern {
  readonly rows: number;
  readonly columns: number;
  readonly sets: ColumnSets;
  /** By row. */
  readonly ids: Int32Array;
  readonly first: number;
}

/** The elements of a pattern, row by row: those of row i stand from `starts[i]` to before `starts[i + 1]`. */
export interface Elements {
  readonly starts: Int32Array;
  readonly columns: Int32Array;
}

/** Calls `use` with each run of columns in a row, in ascending order. */
export function forEachRun(
  { sets, ids, first, columns }: Pattern,
  row: number,
  use: (first: number, end: number) => void,
): void {
  if (ids[row] === none) return;
  sets.forEachRun(ids[row]!, (from, to) => {
    const [low, high] = [Math.max(from - first, 0), Math.min(to - first, columns)];
    if (low < high) use(low, high);
  });
}

/** How many elements a row has. */
export function rowSize(pattern: Pattern, row: number): number {
  let size = 0;
  forEachRun(pattern, row, (first, end) => {
    size += end - first;
  });
  return size;
}

/** How many elements of the matrix may be other than 0. */
export function countElements(pattern: Pattern): number {
  let count = 0;
  for (let row = 0; row < pattern.rows; row++) count += rowSize(pattern, row);
  return count;
}

/** Matrices with more elements than this, or more than half full, are not worth a list of their elements. */
const mostListed = 2 ** 26;

/** Whether the elements of the blocks of a matrix of so many elements are worth a list. */
export function isWorthListing(patterns: readonly (Pattern | null)[], full: number): boolean {
  const count = patterns.reduce((sum, pattern) => sum + (pattern === null ? 0 : countElements(pattern)), 0);
  return count <= mostListed && 2 * count <= full;
}

/** The elements of the blocks of a matrix of so many elements; `undefined` where they are not worth a list. */
export function sparseElements(
  patterns: readonly (Pattern | null)[],
  full: number,
): (Elements | null)[] | undefined {
  if (!isWorthListing(patterns, full)) return undefined;
  return patterns.map((pattern) => (pattern === null ? null : elementsOf(pattern)));
}

/** All elements, one by one. */
export function elementsOf(pattern: Pattern): Elements {
  const starts = new Int32Array(pattern.rows + 1);
  for (let row = 0; row < pattern.rows; row++) starts[row + 1] = starts[row]! + rowSize(pattern, row);
  const columns = new Int32Array(starts[pattern.rows]!);
  let at = 0;
  for (let row = 0; row < pattern.rows; row++) {
    forEachRun(pattern, row, (first, end) => {
      for (let column = first; column < end; column++) columns[at++] = column;
    });
  }
  return { starts, columns };
}

/** The elements of the transposed matrix, and for each of them its place among those of the matrix itself. */
export function transposed(
  { starts, columns }: Elements,
  columnCount: number,
): Elements & { readonly places: Int32Array } {
  const counts = new Int32Array(columnCount + 1);
  for (const column of columns) counts[column + 1]! += 1;
  for (let column = 0; column < columnCount; column++) counts[column + 1]! += counts[column]!;
  const next = counts.slice();
  const rows = new Int32Array(columns.length);
  const places = new Int32Array(columns.length);
  for (let row = 0; row + 1 < starts.length; row++) {
    for (let i = starts[row]!; i < starts[row + 1]!; i++) {
      const at = next[columns[i]!]!;
      next[columns[i]!]! += 1;
      rows[at] = row;
      places[at] = i;
    }
  }
  return { starts: counts, columns: rows, places };
}

/** The row of each element. */
export function rowsOf({ starts, columns }: Elements): Int32Array {
  const rows = new Int32Array(columns.length);
  for (let row = 0; row + 1 < starts.length; row++) rows.fill(row, starts[row], starts[row + 1]);
  return rows;
}

/** Matrices below each other; one that is `null` has so many rows without elements. */
export function stacked(parts: readonly (Elements | null)[], rows: readonly number[]): Elements {
  if (parts.length === 1 && parts[0] !== null) return parts[0]!;
  const starts = new Int32Array(rows.reduce((sum, count) => sum + count, 1));
  const columns = new Int32Array(parts.reduce((sum, part) => sum + (part?.columns.length ?? 0), 0));
  let [row, at] = [0, 0];
  parts.forEach((part, k) => {
    for (let i = 1; i <= rows[k]!; i++) starts[row + i] = at + (part?.starts[i] ?? 0);
    if (part !== null) columns.set(part.columns, at);
    row += rows[k]!;
    at += part?.columns.length ?? 0;
  });
  return { starts, columns };
}

/** Matrices side by side, of so many columns each; one that is `null` has columns without elements. */
export function beside(
  parts: readonly (Elements | null)[],
  widths: readonly number[],
  rows: number,
): Elements {
  if (parts.length === 1 && parts[0] !== null) return parts[0]!;
  const starts = new Int32Array(rows + 1);
  const columns = new Int32Array(parts.reduce((sum, part) => sum + (part?.columns.length ?? 0), 0));
  let at = 0;
  for (let row = 0; row < rows; row++) {
    let left = 0;
    parts.forEach((part, k) => {
      if (part !== null) {
        for (let i = part.starts[row]!; i < part.starts[row + 1]!; i++)
          columns[at++] = left + part.columns[i]!;
      }
      left += widths[k]!;
    });
    starts[row + 1] = at;
  }
  return { starts, columns };
}

/** Every element of a matrix. */
export function everyElement(rows: number, columns: number): Elements {
  return {
    starts: Int32Array.from({ length: rows + 1 }, (_, row) => row * columns),
    columns: Int32Array.from({ length: rows * columns }, (_, i) => i % columns),
  };
}
