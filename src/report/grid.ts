/** Stands in a list of positions for those that are left out. */
export const GAP = -1;

/** How many elements are kept at either end of an axis that is shortened. */
const EDGE = 3;

/** The positions along an axis that are shown. */
export function shownPositions(size: number, shortened: boolean): number[] {
  if (!shortened || size <= 2 * EDGE + 1) return Array.from({ length: size }, (_, i) => i);
  return [0, 1, 2, GAP, size - 3, size - 2, size - 1];
}

/** What is printed in place of elements that are left out. */
export const ELLIPSIS = "…";
const SEPARATOR = 2;

interface Column {
  /** Characters up to the decimal point, and from it on. */
  left: number;
  right: number;
}

const pointOf = (cell: string) => {
  const point = cell.search(/[.e]/);
  return point < 0 ? cell.length : point;
};

const widthOf = ({ left, right }: Column) => left + right;

/**
 * Rows of numbers as lines whose decimal points stand below each other: `1, 2.5, 3`. Columns in the middle are left
 * out if the lines would be longer than `width`.
 */
export function alignRows(rows: readonly (readonly string[])[], width: number): string[] {
  const columns = (rows[0] ?? []).map((): Column => ({ left: 0, right: 0 }));
  for (const row of rows) {
    row.forEach((cell, c) => {
      const point = pointOf(cell);
      columns[c].left = Math.max(columns[c].left, point);
      columns[c].right = Math.max(columns[c].right, cell.length - point);
    });
  }
  const shown = fittingColumns(columns, width);
  return rows.map((row) => {
    let line = "";
    shown.forEach((c, i) => {
      const cell = c === GAP ? ELLIPSIS : row[c];
      const { left, right } = c === GAP ? { left: 1, right: 0 } : columns[c];
      const point = c === GAP ? 1 : pointOf(cell);
      const isLast = i === shown.length - 1;
      line += " ".repeat(left - point) + cell;
      if (!isLast) line += `, ${" ".repeat(right - cell.length + point)}`;
    });
    return line;
  });
}

/** The columns to show: all, or as many as fit from both ends around a gap, but at least the first. */
function fittingColumns(columns: readonly Column[], width: number): number[] {
  const all = columns.map((_, c) => c);
  const total = columns.reduce((sum, column) => sum + widthOf(column) + SEPARATOR, -SEPARATOR);
  if (total <= width || columns.length === 1) return all;
  let room = width - ELLIPSIS.length;
  let left = 0;
  let right = columns.length;
  while (right - left > 1) {
    const next = left <= columns.length - right ? left : right - 1;
    room -= widthOf(columns[next]) + SEPARATOR;
    if (room < 0 && left > 0) break;
    if (next === left) left += 1;
    else right -= 1;
  }
  // A gap that was there before lies in the middle, and is left out with the rest.
  return [...all.slice(0, left), GAP, ...all.slice(right)];
}

/** A list of numbers in several lines of at most `width` characters, in aligned columns. */
export function wrapRow(cells: readonly string[], width: number): string[] {
  const left = Math.max(...cells.map(pointOf));
  const right = Math.max(...cells.map((cell) => cell.length - pointOf(cell)));
  const perLine = Math.max(1, Math.floor((width + SEPARATOR) / (left + right + SEPARATOR)));
  const lines: string[] = [];
  for (let i = 0; i < cells.length; i += perLine) {
    const line = cells.slice(i, i + perLine).map((cell, k) => {
      const isLast = i + k === cells.length - 1;
      const point = pointOf(cell);
      const padded = `${" ".repeat(left - point)}${cell}${isLast ? "" : ","}`;
      return k === perLine - 1 || isLast ? padded : padded.padEnd(left + right + 1);
    });
    lines.push(line.join(" "));
  }
  return lines;
}
