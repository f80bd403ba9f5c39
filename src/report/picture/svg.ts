import type { BoxKind, Picture, PictureBox } from "../../graph-results.js";
import { displayWidth } from "../text.js";
import { captionOf } from "./caption.js";
import { type BoxLine, kindNames, linesOf, type PictureLook, sourceOf } from "./labels.js";
import {
  detailSize,
  lineHeight,
  type PictureLayout,
  type Point,
  padding,
  type Rectangle,
  titleSize,
} from "./layout.js";
import { coordinate as at, escapeLines, escapeMarkup } from "./markup.js";
import { pictureStyle } from "./style.js";

const margin = 16;
/** The kinds in the legend. */
const legendKinds: readonly BoxKind[] = [
  "input",
  "param",
  "constant",
  "operation",
  "call",
  "loop",
  "branch",
  "definitions",
];

/** A picture as a file of its own: with its colours, a legend, and titles that a screen reader reads. */
export function svgOf(picture: Picture, layout: PictureLayout, look: PictureLook): string {
  const legend = legendOf(picture);
  const captions = captionOf(picture);
  const width =
    Math.max(layout.width, legend.width, ...captions.map((line) => displayWidth(line) * 8)) + 2 * margin;
  const top = margin + legend.height + captions.length * lineHeight;
  const height = top + layout.height + margin;
  const caption = captions.map(
    (line, i) =>
      `<text class="caption" x="${margin}" y="${at(margin + legend.height + i * lineHeight + detailSize)}">${escapeMarkup(line)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${at(width)} ${at(height)}" width="${at(width)}" height="${at(height)}" role="img" aria-labelledby="graph-title">
<title id="graph-title">${escapeMarkup(headingOf(picture))}</title>
<style>${pictureStyle("svg")}</style>
<rect class="paper" width="100%" height="100%"/>
${legend.markup(margin, margin)}
${caption.join("\n")}
<g transform="translate(${at(margin + Math.max(0, (width - 2 * margin - layout.width) / 2))} ${at(top)})">
${drawing(picture, layout, look)}
</g>
</svg>
`;
}

export const headingOf = ({ title, view }: Picture): string =>
  view === "forward" ? `Computation graph of ${title}` : `Derivative graph of ${title}`;

/** The clusters, edges and boxes of a picture, which a page puts into an element of its own. */
export function drawing(picture: Picture, layout: PictureLayout, look: PictureLook): string {
  const clusters = layout.clusters.map((cluster, i) => {
    const { x, y, width, height } = cluster;
    return `<g class="cluster" data-cluster="${i}"><rect x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}" rx="10"/></g>`;
  });
  const edges = layout.edges.map(({ points, label }, i) => {
    const { from, to, isCarry } = picture.edges[i]!;
    if (points.length < 3) return "";
    const drawn = `<path d="${curve(points)}"/>${tip(points)}`;
    return `<g class="edge${isCarry ? " carry" : ""}" data-edge="${i}" data-from="${from}" data-to="${to}">${drawn}</g>${
      label === undefined ? "" : edgeLabel(i, label.text, label.middle)
    }`;
  });
  // Above the edges, which cannot go round them.
  const labels = layout.clusters.map(
    ({ x, y, label }) =>
      `<text class="cluster-label" x="${at(x + 10)}" y="${at(y + 17)}">${escapeMarkup(label)}</text>`,
  );
  const boxes = layout.boxes.map((rectangle, i) => box(picture.boxes[i]!, rectangle, rectangle.lines, i));
  const title = (i: number) => `<title>${escapeLines(spokenOf(picture, i, look))}</title>`;
  return [...clusters, ...edges, ...labels, ...boxes.map((make, i) => make(title(i)))].join("\n");
}

function edgeLabel(edge: number, text: string, { x, y }: Point): string {
  return `<text class="grad contribution" data-edge="${edge}" x="${at(x)}" y="${at(y + 4)}" text-anchor="middle">${escapeMarkup(text)}</text>`;
}

const box =
  (
    { kind, isOutput, operations }: PictureBox,
    rectangle: Rectangle,
    lines: readonly BoxLine[],
    index: number,
  ): ((title: string) => string) =>
  (title) => {
    const middle = rectangle.x + rectangle.width / 2;
    const texts = lines.map((line, i) => {
      const y = rectangle.y + padding + i * lineHeight + titleSize - 2;
      const name = line.name === undefined ? "" : `<tspan class="name">${escapeMarkup(line.name)}</tspan>`;
      return `<text class="${line.role}" x="${at(middle)}" y="${at(y)}" text-anchor="middle" xml:space="preserve">${name}${escapeMarkup(line.text)}</text>`;
    });
    const classes = `box ${kind}${isOutput ? " output" : ""}`;
    const isStack = (kind === "call" || kind === "definitions") && operations > 1;
    return `<g class="${classes}" data-box="${index}">${title}${isStack ? shape(kind, shifted(rectangle)) : ""}${shape(kind, rectangle)}${texts.join("")}</g>`;
  };

const shifted = ({ x, y, width, height }: Rectangle): Rectangle => ({ x: x + 4, y: y + 4, width, height });

/** Round for what comes from outside, with cut corners for loops, square for the rest: not by colour alone. */
function shape(kind: BoxKind, { x, y, width, height }: Rectangle): string {
  if (kind === "loop" || kind === "branch") {
    const cut = 8;
    const [right, bottom] = [x + width, y + height];
    const corners = [
      [x + cut, y],
      [right - cut, y],
      [right, y + cut],
      [right, bottom - cut],
      [right - cut, bottom],
      [x + cut, bottom],
      [x, bottom - cut],
      [x, y + cut],
    ];
    const points = corners.map(([px, py]) => `${at(px!)},${at(py!)}`).join(" ");
    return `<polygon class="shape" points="${points}"/>`;
  }
  const radius = kind === "input" || kind === "param" ? Math.min(20, height / 2) : 4;
  return `<rect class="shape" x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}" rx="${at(radius)}"/>`;
}

/** What a screen reader says, and a browser shows where the pointer rests. */
function spokenOf(picture: Picture, index: number, look: PictureLook): string {
  const { kind, isOutput, place } = picture.boxes[index]!;
  const lines = linesOf(picture, index, look).map(({ name = "", text }) => name + text);
  const role = isOutput ? `output, ${kindNames[kind]}` : kindNames[kind];
  const where =
    place === undefined ? [] : [`${place.file}:${place.line}: ${sourceOf(picture.boxes[index]!)}`];
  return [`${lines.join(", ")} (${role})`, ...where].join("\n");
}

function curve(points: readonly Point[]): string {
  const [start, ...rest] = points.slice(0, -1).map(({ x, y }) => `${at(x)} ${at(y)}`);
  return `M${start}C${rest.join(" ")}`;
}

/** An arrow's tip, from the end of the curve to the last point. */
function tip(points: readonly Point[]): string {
  const end = points.at(-1)!;
  const start = points.at(-2)!;
  const length = Math.hypot(end.x - start.x, end.y - start.y) || 1;
  const half = 3.5;
  const dx = ((end.y - start.y) / length) * half;
  const dy = ((end.x - start.x) / length) * half;
  const corners = [`${at(start.x - dx)} ${at(start.y + dy)}`, `${at(end.x)} ${at(end.y)}`];
  return `<path class="tip" d="M${corners.join("L")}L${at(start.x + dx)} ${at(start.y - dy)}z"/>`;
}

/** The kinds that a picture has. */
export function legendEntries({
  boxes,
  passes,
}: Picture): { readonly className: string; readonly text: string }[] {
  const present = new Set(boxes.map(({ kind }) => kind));
  const entries = legendKinds
    .filter((kind) => present.has(kind))
    .map((kind) => ({ className: kind as string, text: kindNames[kind] }));
  if (boxes.some(({ isOutput }) => isOutput)) entries.push({ className: "operation output", text: "output" });
  const [pass] = passes;
  if (pass !== undefined) entries.push({ className: "grad", text: `sum_grad: gradient of ${pass.of}` });
  return entries;
}

function legendOf(picture: Picture): {
  readonly width: number;
  readonly height: number;
  readonly markup: (x: number, y: number) => string;
} {
  const entries = legendEntries(picture);
  const height = 28;
  const swatch = 22;
  let offset = 0;
  const placed = entries.map(({ className, text }) => {
    const start = offset;
    const own = className === "grad" ? 0 : swatch + 6;
    offset += own + Math.ceil(displayWidth(text) * 0.61 * detailSize) + 18;
    return { className, text, start, own };
  });
  const markup = (x: number, y: number) =>
    `<g class="legend">${placed
      .map(({ className, text, start, own }) => {
        const kind = className.split(" ")[0] as BoxKind;
        const mark =
          own === 0
            ? ""
            : `<g class="${className}">${shape(kind, { x: x + start, y: y + 1, width: swatch, height: 14 })}</g>`;
        const style = className === "grad" ? ` class="grad" style="fill:var(--grad)"` : "";
        return `${mark}<text${style} x="${at(x + start + own)}" y="${at(y + 13)}">${escapeMarkup(text)}</text>`;
      })
      .join("")}</g>`;
  return { width: offset, height, markup };
}
