import type { Picture } from "../../graph-results.js";
import { displayWidth } from "../text.js";
import { type BoxLine, briefGrad, linesOf, type PictureLook } from "./labels.js";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Rectangle extends Point {
  readonly width: number;
  readonly height: number;
}

/** What is written beside an edge, and where. */
export interface EdgeLabel {
  readonly text: string;
  readonly middle: Point;
}

/** Where everything of a picture stands, y downwards, from 0 on. */
export interface PictureLayout {
  readonly width: number;
  readonly height: number;
  /** `x` and `y` are of the upper left corner. */
  readonly boxes: readonly (Rectangle & { readonly lines: readonly BoxLine[] })[];
  readonly clusters: readonly (Rectangle & { readonly label: string })[];
  /** Points of a chain of cubic curves, one behind the other; the last one is where the arrow's tip is. */
  readonly edges: readonly { readonly points: readonly Point[]; readonly label: EdgeLabel | undefined }[];
}

/** Text sizes in pixels, and the share of it that a column of a fixed-width font takes, in the widest of the usual ones. */
export const titleSize = 15;
export const detailSize = 13;
const COLUMN = 0.61;
export const lineHeight = 19;
export const padding = 10;
const NARROWEST = 44;
/** Graphviz counts in points and, for sizes of nodes, in inches. */
const POINTS_PER_INCH = 72;

const textWidth = (text: string, size: number) => displayWidth(text) * COLUMN * size;

const lineWidth = ({ role, name = "", text }: BoxLine) =>
  textWidth(name + text, role === "title" ? titleSize : detailSize);

/** Lays a picture out from top to bottom, by Graphviz. */
export async function layOut(picture: Picture, look: PictureLook): Promise<PictureLayout> {
  const { instance } = await import("@viz-js/viz");
  const graphviz = await instance();
  const lines = picture.boxes.map((_, index) => linesOf(picture, index, look));
  const labels = edgeLabels(picture, look);
  const sizes = lines.map((texts) => ({
    width: Math.ceil(Math.max(NARROWEST, ...texts.map(lineWidth)) + 2 * padding),
    height: texts.length * lineHeight + 2 * padding - 4,
  }));
  const output = graphviz.renderString(graphOf(picture, sizes, labels), { format: "json0", yInvert: true });
  return read(JSON.parse(output), picture, lines, sizes, labels);
}

/** Beside an edge stands what it passes back in the first pass; where a single one reaches a box, the box says it. */
function edgeLabels({ edges, passes: [pass] }: Picture, look: PictureLook): (string | undefined)[] {
  const labels: (string | undefined)[] = edges.map(() => undefined);
  if (pass === undefined) return labels;
  const received = new Map<number, number>();
  for (const { edge } of pass.contributions) {
    const box = edges[edge]!.from;
    received.set(box, (received.get(box) ?? 0) + 1);
  }
  for (const { edge, value } of pass.contributions)
    if (value !== undefined && received.get(edges[edge]!.from)! > 1) {
      labels[edge] = briefGrad(value, look).replace("sum_grad ", "").replace("‖sum_grad‖", "norm");
    }
  return labels;
}

const labelSize = (text: string) => ({
  width: Math.ceil(textWidth(text, detailSize) + 8),
  height: lineHeight,
});

/** The graph for Graphviz: sizes and numbers only, none of the user's words. */
function graphOf(
  { boxes, clusters, edges }: Picture,
  sizes: readonly { readonly width: number; readonly height: number }[],
  labels: readonly (string | undefined)[],
): string {
  const room = ({ width, height }: { readonly width: number; readonly height: number }) =>
    `<<table border="0" cellborder="0" fixedsize="true" width="${width}" height="${height}"><tr><td></td></tr></table>>`;
  const inside = new Map<number | undefined, string[]>();
  const into = (cluster: number | undefined, line: string) => {
    const known = inside.get(cluster);
    if (known === undefined) inside.set(cluster, [line]);
    else known.push(line);
  };
  boxes.forEach(({ cluster }, i) => {
    const { width, height } = sizes[i]!;
    into(cluster, `b${i} [width=${width / POINTS_PER_INCH}, height=${height / POINTS_PER_INCH}];`);
  });
  // Inner clusters come after those around them.
  for (let i = clusters.length - 1; i >= 0; i--) {
    const { label, parent } = clusters[i]!;
    const head = `label=${room(labelSize(label))}; labeljust=l; margin=12;`;
    into(parent, `subgraph cluster_${i} { ${head}\n${(inside.get(i) ?? []).join("\n")}\n}`);
  }
  const lines = edges.map(({ from, to, isCarry }, i) => {
    const text = labels[i];
    const attributes = [`id="e${i}"`];
    if (text !== undefined) attributes.push(`label=${room(labelSize(text))}`);
    // Drawn upwards, along the boxes that it comes from.
    return isCarry
      ? `b${to} -> b${from} [${attributes.join(", ")}, dir=back];`
      : `b${from} -> b${to} [${attributes.join(", ")}];`;
  });
  return `digraph {
newrank=true; rankdir=TB; nodesep=0.3; ranksep=0.4;
node [shape=box, fixedsize=true, label=""]; edge [arrowsize=0.7];
${(inside.get(undefined) ?? []).join("\n")}
${lines.join("\n")}
}`;
}

/** The parts of Graphviz's answer that are read. */
interface Answer {
  readonly bb: string;
  readonly objects?: readonly {
    readonly name: string;
    readonly pos?: string;
    readonly bb?: string;
  }[];
  readonly edges?: readonly { readonly id: string; readonly pos?: string; readonly lp?: string }[];
}

const numbers = (text: string) => text.split(/[ ,]/).map(Number);

function pointOf(text: string): Point {
  const [x, y] = numbers(text);
  return { x: x!, y: y! };
}

function read(
  { bb, objects = [], edges: answered = [] }: Answer,
  picture: Picture,
  lines: readonly BoxLine[][],
  sizes: readonly { readonly width: number; readonly height: number }[],
  labels: readonly (string | undefined)[],
): PictureLayout {
  const found = new Map(objects.map((object) => [object.name, object]));
  const boxes = picture.boxes.map((_, i) => {
    const { x, y } = pointOf(found.get(`b${i}`)!.pos!);
    const { width, height } = sizes[i]!;
    return { x: x - width / 2, y: y - height / 2, width, height, lines: lines[i]! };
  });
  const clusters = picture.clusters.map(({ label }, i) => {
    const bounds = found.get(`cluster_${i}`)?.bb;
    const [left, upper, right, lower] = bounds === undefined ? [0, 0, 0, 0] : numbers(bounds);
    const [top, bottom] = [Math.min(upper!, lower!), Math.max(upper!, lower!)];
    return { x: left!, y: top, width: right! - left!, height: bottom - top, label };
  });
  const byId = new Map(answered.map((edge) => [edge.id, edge]));
  const edges = picture.edges.map((edge, i) => {
    const answer = byId.get(`e${i}`)!;
    const points = curveOf(answer.pos ?? "", edge.isCarry);
    const text = labels[i];
    const label =
      text === undefined || answer.lp === undefined ? undefined : { text, middle: pointOf(answer.lp) };
    return { points, label };
  });
  const [, upper, right, lower] = numbers(bb);
  return { width: right!, height: Math.max(upper!, lower!), boxes, clusters, edges };
}

/** The points of an edge, its tip at the end: Graphviz puts tips, marked `e,` and `s,`, in front. */
function curveOf(pos: string, isReversed: boolean): Point[] {
  const parts = pos.split(" ").filter((part) => part !== "");
  const tip = (mark: string) => {
    const at = parts.findIndex((part) => part.startsWith(`${mark},`));
    return at < 0 ? undefined : pointOf(parts.splice(at, 1)[0]!.slice(2));
  };
  const end = tip("e");
  const start = tip("s");
  const points = parts.map(pointOf);
  if (isReversed) points.reverse();
  const last = isReversed ? start : end;
  return last === undefined ? points : [...points, last];
}
