import type { Sensitivity } from "../../sensitivity-results.js";
import { displayWidth, shorten, visible } from "../text.js";
import { divided, scaleOf } from "./bars.js";
import { type Chart, type ChartLook, chartsOf } from "./charts.js";

const fontSize = 12;
/** A little more than any fixed-width font takes, so that texts beside each other never meet. */
const characterWidth = 7.5;
const lineHeight = 20;
const barHeight = 12;
const barWidth = 300;
const margin = 16;
const gap = 10;
/** Longer names are shortened. */
const longestLabel = 40;

/** The charts, one below the other, as one picture of text and rectangles. */
export function sensitivitySvg(result: Sensitivity, look: ChartLook): string {
  const placed: string[] = [];
  let [top, width] = [margin, 0];
  for (const chart of chartsOf(result, look)) {
    const { elements, bottom, right } = drawn(chart, top);
    placed.push(...elements);
    top = bottom + lineHeight;
    width = Math.max(width, right);
  }
  const size = [round(width + margin), round(top - lineHeight + margin)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size[0]}" height="${size[1]}" viewBox="0 0 ${size[0]} ${size[1]}" role="img" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="${fontSize}">`,
    "<title>Sensitivity</title>",
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...placed,
    "</svg>",
    "",
  ].join("\n");
}

const round = (x: number) => Number(x.toFixed(2));
const textWidth = (text: string) => displayWidth(text) * characterWidth;

const escaped = (text: string) =>
  visible(text).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

interface TextLook {
  readonly anchor?: "end";
  readonly color?: string;
  readonly weight?: "bold";
}

function textAt(x: number, y: number, text: string, { anchor, color = "#1f2328", weight }: TextLook = {}) {
  const attributes = [
    anchor === undefined ? "" : ` text-anchor="${anchor}"`,
    weight === undefined ? "" : ` font-weight="${weight}"`,
  ].join("");
  return `<text x="${round(x)}" y="${round(y)}" fill="${color}"${attributes} xml:space="preserve">${escaped(text)}</text>`;
}

const rectangle = (x: number, y: number, width: number, color: string) =>
  `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${barHeight}" fill="${color}"/>`;

function drawn(chart: Chart, top: number) {
  const { title, subtitle, headings, names, rows, notes } = chart;
  const elements = [
    textAt(margin, top + fontSize, title, { weight: "bold" }),
    textAt(margin, top + fontSize + lineHeight, subtitle, { color: "#59636e" }),
  ];
  let right = margin + Math.max(...[title, subtitle].map(visible).map(textWidth));
  let y = top + 2 * lineHeight;
  const cells = rows.map((row) =>
    row.cells.map((cell, i) => (i < names ? shorten(visible(cell), longestLabel) : visible(cell))),
  );
  const hasBars = rows.some(({ size }) => size !== undefined);
  const scale = scaleOf(rows.map(({ size }) => size));
  // Texts, the bar, and what it stands for behind it; without bars, one column beside the other.
  const widths = headings.map((heading, i) =>
    Math.max(...[heading, ...cells.map((row) => row[i]!)].map(textWidth)),
  );
  const starts: number[] = [];
  let x = margin;
  for (const [i, columnWidth] of widths.entries()) {
    if (hasBars && i === widths.length - 1) x += barWidth + gap;
    starts.push(x);
    x += columnWidth + gap;
  }
  right = Math.max(right, x - gap);
  const row = (texts: readonly string[], look: TextLook) => {
    for (const [i, text] of texts.entries()) {
      const isNumber = i >= names;
      const at = isNumber ? starts[i]! + widths[i]! : starts[i]!;
      if (text !== "")
        elements.push(textAt(at, y + fontSize, text, isNumber ? { ...look, anchor: "end" } : look));
    }
  };
  if (rows.length > 0) {
    row(headings, { color: "#59636e" });
    y += lineHeight;
  }
  const barStart = (starts.at(-1) ?? margin) - barWidth - gap;
  const { left, unit } = divided(scale, barWidth);
  const zero = barStart + left;
  const first = y;
  for (const [k, { size }] of rows.entries()) {
    row(cells[k]!, {});
    if (size !== undefined && unit > 0) {
      const length = Math.abs(size) * unit;
      const offset = y + 2;
      elements.push(
        size < 0
          ? rectangle(zero - length, offset, length, "#bc4c00")
          : rectangle(zero, offset, length, "#0969da"),
      );
    }
    y += lineHeight;
  }
  if (hasBars && rows.length > 0)
    elements.push(
      `<line x1="${round(zero)}" y1="${round(first)}" x2="${round(zero)}" y2="${round(y)}" stroke="#59636e"/>`,
    );
  for (const note of notes) {
    elements.push(textAt(margin, y + fontSize, note, { color: "#59636e" }));
    right = Math.max(right, margin + textWidth(note));
    y += lineHeight;
  }
  return { elements, bottom: y, right };
}
