import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Coloring, colorColumns, colorRows } from "../../../src/autodiff/sparsity/coloring.js";
import {
  beside,
  type Elements,
  everyElement,
  rowsOf,
  stacked,
  transposed,
} from "../../../src/autodiff/sparsity/pattern.js";

/** A matrix from its rows, each a list of columns. */
function matrix(rows: readonly (readonly number[])[]): Elements {
  const sorted = rows.map((row) => [...new Set(row)].sort((a, b) => a - b));
  const starts = new Int32Array(rows.length + 1);
  sorted.forEach((row, i) => {
    starts[i + 1] = starts[i]! + row.length;
  });
  return { starts, columns: Int32Array.from(sorted.flat()) };
}

const lines = ({ starts, columns }: Elements) =>
  Array.from({ length: starts.length - 1 }, (_, i) => [...columns.slice(starts[i], starts[i + 1])]);

const width = 9;
const anyMatrix = fc.array(fc.array(fc.nat(width - 1), { maxLength: 4 }), { maxLength: 10 }).map(matrix);

const band = (n: number, below: number, above: number) =>
  matrix(
    Array.from({ length: n }, (_, i) =>
      Array.from({ length: below + above + 1 }, (_, k) => i - below + k).filter((j) => j >= 0 && j < n),
    ),
  );

/** The five-point star of a grid. */
const star = (side: number) =>
  matrix(
    Array.from({ length: side * side }, (_, at) => {
      const [i, j] = [Math.floor(at / side), at % side];
      return [
        [i, j],
        [i - 1, j],
        [i + 1, j],
        [i, j - 1],
        [i, j + 1],
      ]
        .filter(([p, q]) => p! >= 0 && q! >= 0 && p! < side && q! < side)
        .map(([p, q]) => p! * side + q!);
    }),
  );

function expectApart({ colors, count }: Coloring, across: readonly (readonly number[])[]): void {
  for (const line of across) {
    const used = line.map((i) => colors[i]!);
    expect(new Set(used).size).toBe(used.length);
  }
  for (const color of colors) expect(color).toBeLessThan(count);
}

describe("groups of columns and rows", () => {
  it("never share a row or a column, for any matrix", () => {
    fc.assert(
      fc.property(anyMatrix, (elements) => {
        expectApart(colorColumns(elements, width)!, lines(elements));
        expectApart(colorRows(elements, width)!, lines(transposed(elements, width)));
      }),
    );
  });

  it("are as few as possible for bands, diagonals, blocks and full matrices", () => {
    expect(colorColumns(band(100, 1, 1), 100)!.count).toBe(3);
    expect(colorRows(band(100, 1, 1), 100)!.count).toBe(3);
    expect(colorColumns(band(100, 0, 0), 100)!.count).toBe(1);
    expect(colorColumns(band(100, 3, 2), 100)!.count).toBe(6);
    const blocks = matrix(
      Array.from({ length: 40 }, (_, i) => [0, 1, 2, 3].map((k) => Math.floor(i / 2) * 4 + k)),
    );
    expect(colorColumns(blocks, 80)!.count).toBe(4);
    expect(colorRows(blocks, 80)!.count).toBe(2);
    expect(colorColumns(everyElement(7, 5), 5)!.count).toBe(5);
    expect(colorRows(everyElement(7, 5), 5)!.count).toBe(7);
  });

  it("are few for the star of five points, of which no fewer than five are possible", () => {
    expect(colorColumns(star(20), 400)!.count).toBeLessThanOrEqual(8);
    expect(colorColumns(star(20), 400)!.count).toBeGreaterThanOrEqual(5);
  });

  it("take the order that needs fewer of them", () => {
    // A crown: the greedy method in the order of the columns needs n/2 colors for what two suffice for.
    const n = 12;
    const rows: number[][] = [];
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (i !== j) rows.push([2 * i, 2 * j + 1]);
    // More elements in one half let the second order see it first.
    for (let i = 0; i < n; i++) rows.push([2 * i]);
    expect(colorColumns(matrix(rows), 2 * n)!.count).toBe(2);
  });

  it("are as many as a full row has elements, beyond any number of colors", () => {
    expect(colorColumns(everyElement(1, 5000), 5000)!.count).toBe(5000);
    expect(colorRows(everyElement(1, 5000), 5000)!.count).toBe(1);
    const arrow = matrix(Array.from({ length: 300 }, (_, i) => [0, i]));
    expect(colorColumns(arrow, 300)!.count).toBe(2);
    expect(colorRows(arrow, 300)!.count).toBe(300);
  });

  it("are not looked for beyond a limit", () => {
    expect(colorColumns(band(100, 1, 1), 100, 3)!.count).toBe(3);
    expect(colorColumns(band(100, 1, 1), 100, 2)).toBeUndefined();
    // The star has a row of five, but the greedy method needs more.
    expect(colorColumns(star(20), 400, 5)).toBeUndefined();
  });
});

describe("lists of elements", () => {
  it("are the same transposed twice, and know the places of their elements", () => {
    fc.assert(
      fc.property(anyMatrix, (elements) => {
        const turned = transposed(elements, width);
        const rows = elements.starts.length - 1;
        const back = transposed(turned, rows);
        expect([...back.starts]).toEqual([...elements.starts]);
        expect([...back.columns]).toEqual([...elements.columns]);
        const owner = rowsOf(elements);
        const turnedOwner = rowsOf(turned);
        turned.places.forEach((place, i) => {
          expect([owner[place], elements.columns[place]]).toEqual([turned.columns[i], turnedOwner[i]]);
        });
      }),
    );
  });

  it("stand below and beside each other, with nothing where a matrix is missing", () => {
    fc.assert(
      fc.property(anyMatrix, anyMatrix, (a, b) => {
        const [m, n] = [a.starts.length - 1, b.starts.length - 1];
        expect(lines(stacked([a, null, b], [m, 2, n]))).toEqual([...lines(a), [], [], ...lines(b)]);
        const right = matrix(lines(a).map((_, i) => lines(b)[i] ?? []));
        expect(lines(beside([a, null, right], [width, 3, width], m))).toEqual(
          lines(a).map((row, i) => [...row, ...lines(right)[i]!.map((column) => column + width + 3)]),
        );
      }),
    );
  });
});
