import type { Sparsity } from "../results.js";
import { formatNumber } from "./numbers.js";
import { shapeText } from "./tensors.js";

/** `∂r/∂x`, `∂²w/∂x∂y`, `∂²w/∂x²`. */
export function sparsityLabel({ output, input, second }: Sparsity): string {
  if (second === undefined) return `∂${output}/∂${input}`;
  return input === second ? `∂²${output}/∂${input}²` : `∂²${output}/∂${input}∂${second}`;
}

/** What a pattern is like, in lines. */
export function sparsityFacts(sparsity: Sparsity): string {
  const { connected, second, structure, detail, shape, nonzeros, colors } = sparsity;
  // A gradient that does not depend on an input says nothing of what the output does.
  if (!connected) return `zero${second === undefined ? " (not connected)" : ""}\n${shapeText(shape)}`;
  const size = shape[0] * shape[1];
  const density = size === 0 ? 0 : (100 * nonzeros) / size;
  return [
    detail === undefined ? structure : `${structure}, ${detail}`,
    `${shapeText(shape)}, ${nonzeros} non-zero${nonzeros === 1 ? "" : "s"}`,
    `density ${formatNumber(density, 3)} %`,
    `colors: ${colors.columns} of columns, ${colors.rows} of rows`,
  ].join("\n");
}

/** Dots of a braille character, by row and column of its cell (Unicode chapter 21.1). */
const dots = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;
const blankBraille = 0x2800;

/** The picture of a pattern in braille characters, of 4 rows and 2 columns of cells each. */
export function sparsityPicture({ picture: { shape, cells } }: Sparsity): string {
  const [rows, columns] = shape;
  const lines: string[] = [];
  for (let top = 0; top < rows; top += dots.length) {
    let line = "";
    for (let left = 0; left < columns; left += 2) {
      let character = blankBraille;
      dots.forEach((pair, i) => {
        pair.forEach((dot, j) => {
          const [row, column] = [top + i, left + j];
          if (row < rows && column < columns && cells[row * columns + column] === 1) character |= dot;
        });
      });
      line += String.fromCodePoint(character);
    }
    lines.push(line);
  }
  return lines.join("\n");
}
