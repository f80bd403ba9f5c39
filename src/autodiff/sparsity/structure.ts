import { countElements, forEachRun, type Pattern } from "./pattern.js";

/** The kind of a pattern, the most telling one that fits. */
export type StructureKind =
  | "zero"
  | "dense"
  | "diagonal"
  | "block diagonal"
  | "banded"
  | "lower triangular"
  | "upper triangular"
  | "sparse";

/** What a pattern looks like. */
export interface StructureSummary {
  readonly kind: StructureKind;
  /** Elements that may be other than 0. */
  readonly nonzeros: number;
  /** Of `block diagonal`: how many blocks, and the sizes of the largest. */
  readonly blocks?: { readonly count: number; readonly rows: number; readonly columns: number };
  /** Of `banded`: how far its diagonals reach below and above the main one; negative where they end before it. */
  readonly band?: { readonly lower: number; readonly upper: number };
}

/** Several diagonals are a band where they leave at least three quarters of the rows' length empty. */
const widestBand = 1 / 4;

export function summarise(pattern: Pattern): StructureSummary {
  const { rows, columns } = pattern;
  const nonzeros = countElements(pattern);
  if (nonzeros === 0) return { kind: "zero", nonzeros };
  if (nonzeros === rows * columns) return { kind: "dense", nonzeros };
  const { lower, upper, blocks, area } = measure(pattern);
  if (rows === columns && lower === 0 && upper === 0) return { kind: "diagonal", nonzeros };
  if (lower + upper === 0) return { kind: "banded", nonzeros, band: { lower, upper } };
  // Blocks of which little is filled, such as those of a diagonal beside the main one, tell less than a band.
  if (blocks.count > 1 && 2 * nonzeros >= area) return { kind: "block diagonal", nonzeros, blocks };
  if (lower + upper + 1 <= widestBand * Math.min(rows, columns)) {
    return { kind: "banded", nonzeros, band: { lower, upper } };
  }
  if (rows === columns && upper <= 0) return { kind: "lower triangular", nonzeros };
  if (rows === columns && lower <= 0) return { kind: "upper triangular", nonzeros };
  return { kind: "sparse", nonzeros };
}

/** The farthest diagonals that hold an element, and the blocks along the diagonal that share neither rows nor columns. */
function measure(pattern: Pattern) {
  const { rows, columns } = pattern;
  let [lower, upper] = [-columns, -rows];
  const lowest = new Int32Array(rows).fill(columns);
  const highest = new Int32Array(rows).fill(-1);
  for (let row = 0; row < rows; row++) {
    forEachRun(pattern, row, (first, end) => {
      lowest[row] = Math.min(lowest[row]!, first);
      highest[row] = end - 1;
      lower = Math.max(lower, row - first);
      upper = Math.max(upper, end - 1 - row);
    });
  }
  // The lowest column of all rows from here on.
  const ahead = new Int32Array(rows + 1).fill(columns);
  for (let row = rows - 1; row >= 0; row--) ahead[row] = Math.min(ahead[row + 1]!, lowest[row]!);
  const blocks = { count: 0, rows: 0, columns: 0 };
  let area = 0;
  let [top, left, right] = [0, 0, -1];
  for (let row = 0; row < rows; row++) {
    right = Math.max(right, highest[row]!);
    if (row + 1 < rows && (right < 0 || ahead[row + 1]! <= right || ahead[row + 1] === columns)) continue;
    const end = row + 1 < rows ? ahead[row + 1]! : columns;
    blocks.count += 1;
    area += (row + 1 - top) * (end - left);
    blocks.rows = Math.max(blocks.rows, row + 1 - top);
    blocks.columns = Math.max(blocks.columns, end - left);
    [top, left] = [row + 1, end];
  }
  return { lower, upper, blocks, area };
}
