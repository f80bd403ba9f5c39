import { patternsOf } from "../autodiff/sparsity/analysis.js";
import { colorColumns, colorRows } from "../autodiff/sparsity/coloring.js";
import type { Evaluate } from "../autodiff/sparsity/dependence.js";
import { elementsOf, forEachRun, type Pattern, rowsOf } from "../autodiff/sparsity/pattern.js";
import { type StructureSummary, summarise } from "../autodiff/sparsity/structure.js";
import type { OperatorNode } from "../graph/node.js";
import type { Calculus } from "../ops/vocabulary.js";
import type { Layout, Sparsity } from "../results.js";
import { sizeOf } from "../tensor.js";

/** Longer lists of elements are not made: the structure, the number of elements and the picture stand for them. */
const mostListed = 2 ** 25;

/** Cells of a picture along each side. */
const pictureSize = 32;

/** A pattern as it stands in a layout: in that of denominators, rows and columns change places. */
export function laidOut(sparsity: Sparsity, layout: Layout): Sparsity {
  if (layout !== "denominator") return sparsity;
  const { shape, structure, detail, colors, coordinates, picture } = sparsity;
  const turned = [shape[1], shape[0]] as const;
  const [height, width] = picture.shape;
  const cells = Uint8Array.from(
    picture.cells,
    (_, i) => picture.cells[(i % height) * width + Math.floor(i / height)]!,
  );
  return {
    ...sparsity,
    shape: turned,
    structure: mirrored.get(structure) ?? structure,
    ...(detail === undefined ? {} : { detail: detail.replace(/(\d+)×(\d+)$/, "$2×$1") }),
    colors: { columns: colors.rows, rows: colors.columns },
    picture: { shape: [width, height], cells },
    ...(coordinates === undefined ? {} : { coordinates: turnedCoordinates(coordinates, turned) }),
  };
}

const mirrored: ReadonlyMap<string, string> = new Map([
  ["lower triangular", "upper triangular"],
  ["upper triangular", "lower triangular"],
]);

function turnedCoordinates(
  { rows, cols }: NonNullable<Sparsity["coordinates"]>,
  shape: Shape,
): NonNullable<Sparsity["coordinates"]> {
  const order = Int32Array.from({ length: rows.length }, (_, i) => i).sort(
    (p, q) => cols[p]! - cols[q]! || rows[p]! - rows[q]!,
  );
  return { shape, rows: order.map((i) => cols[i]!), cols: order.map((i) => rows[i]!) };
}

/** What is differentiated and by what, by name. */
type Names = Pick<Sparsity, "output" | "input" | "second">;

/**
 * What the derivatives of the outputs by each node of `wrt` look like, in the order of the outputs, then of `wrt`.
 * `names` names each of them.
 */
export function sparsities(
  b: Calculus,
  outputs: readonly (OperatorNode | null)[],
  wrt: readonly OperatorNode[],
  evaluate: Evaluate,
  names: (output: number, wrt: number) => Names,
): Sparsity[] {
  const present = outputs.filter((node) => node !== null);
  const patterns = patternsOf(b, present, wrt, evaluate);
  let next = 0;
  return outputs.flatMap((output, i) => {
    const row = output === null ? undefined : patterns?.[next++];
    return wrt.map((node, k): Sparsity => {
      const shape = [
        output === null ? sizeOf(wrt[i]!.shape) : sizeOf(output.shape),
        sizeOf(node.shape),
      ] as const;
      if (output === null || row?.[k] === null) return unconnected(names(i, k), shape);
      return row === undefined ? unresolved(names(i, k), shape) : describe(names(i, k), row[k]!);
    });
  });
}

type Shape = readonly [rows: number, columns: number];

const noColumns = new Int32Array(0);

const unconnected = (names: Names, shape: Shape): Sparsity => ({
  ...names,
  connected: false,
  shape,
  structure: "zero",
  nonzeros: 0,
  colors: { columns: 0, rows: 0 },
  coordinates: { shape, rows: noColumns, cols: noColumns },
  picture: { shape: [0, 0], cells: new Uint8Array(0) },
});

/** A pattern that is too large to keep counts as full: no element may be left out. */
const unresolved = (names: Names, shape: Shape): Sparsity => ({
  ...names,
  connected: true,
  shape,
  structure: "dense",
  detail: "too large to resolve",
  nonzeros: shape[0] * shape[1],
  colors: { columns: shape[1], rows: shape[0] },
  picture: { shape: [1, 1], cells: Uint8Array.of(1) },
});

function describe(names: Names, pattern: Pattern): Sparsity {
  const shape = [pattern.rows, pattern.columns] as const;
  const summary = summarise(pattern);
  const detail = detailOf(summary);
  const listed = summary.nonzeros <= mostListed ? elementsOf(pattern) : undefined;
  const colors = { columns: pattern.columns, rows: pattern.rows };
  if (summary.nonzeros === 0) Object.assign(colors, { columns: 0, rows: 0 });
  else if (listed !== undefined && summary.kind !== "dense") {
    colors.columns = colorColumns(listed, pattern.columns)?.count ?? pattern.columns;
    colors.rows = colorRows(listed, pattern.columns)?.count ?? pattern.rows;
  }
  return {
    ...names,
    connected: true,
    shape,
    structure: summary.kind,
    ...(detail === undefined ? {} : { detail }),
    nonzeros: summary.nonzeros,
    colors,
    ...(listed === undefined ? {} : { coordinates: { shape, rows: rowsOf(listed), cols: listed.columns } }),
    picture: draw(pattern),
  };
}

function detailOf({ blocks, band }: StructureSummary): string | undefined {
  if (blocks !== undefined) return `${blocks.count} blocks of up to ${blocks.rows}×${blocks.columns}`;
  if (band === undefined) return undefined;
  const count = band.lower + band.upper + 1;
  return count === 1 ? "1 diagonal" : `${count} diagonals`;
}

/** The pattern in at most so many cells a side, each an equal share of the rows and columns. */
function draw(pattern: Pattern): Sparsity["picture"] {
  const [height, width] = [Math.min(pattern.rows, pictureSize), Math.min(pattern.columns, pictureSize)];
  const cells = new Uint8Array(height * width);
  for (let row = 0; row < pattern.rows; row++) {
    const line = Math.floor((row * height) / pattern.rows) * width;
    forEachRun(pattern, row, (first, end) => {
      const [from, to] = [first, end - 1].map((column) => Math.floor((column * width) / pattern.columns));
      cells.fill(1, line + from!, line + to! + 1);
    });
  }
  return { shape: [height, width], cells };
}
