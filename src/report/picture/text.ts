import { Chalk } from "chalk";
import type { Picture, PictureBox } from "../../graph-results.js";
import { displayWidth, truncate } from "../text.js";
import { captionOf } from "./caption.js";
import { type BoxLine, kindNames, linesOf, type PictureLook } from "./labels.js";

/** How a tree looks in a terminal. */
export interface TreeLook extends PictureLook {
  readonly width?: number;
  readonly color?: boolean;
}

/** Columns of a level, and those that a line needs beside them. */
const LEVEL = 3;
const LINE = 36;

/** A line of the tree: a box, or a mention of one that stands elsewhere. */
interface Line {
  readonly box: number;
  /** What stands in front of it. */
  readonly branch: string;
  readonly mention: "" | "above" | "below";
}

/**
 * Each output with what it is computed from below it, as a tree. A box that several read stands in one place, and is
 * mentioned at the others; what would lie too deep for the screen becomes a tree of its own.
 */
export function treeOf(picture: Picture, { width = 80, color = false, ...look }: TreeLook): string {
  const style = new Chalk({ level: color ? 1 : 0 });
  const lines = linesOfTrees(picture, Math.max(2, Math.floor((width - LINE) / LEVEL)));
  const text = lines.map(({ box, branch, mention }) => {
    if (branch === ROOT_GAP) return "";
    const all = linesOf(picture, box, look);
    const isLeaf = picture.boxes[box]!.kind !== "operation" && picture.boxes[box]!.kind !== "constant";
    const kind = isLeaf ? [{ role: "note", text: kindNames[picture.boxes[box]!.kind] } as const] : [];
    const parts = mention === "" ? [...all, ...kind] : [nameOf(picture.boxes[box]!, all[0]!)];
    const arrow = mention === "" ? "" : mention === "above" ? "  ↑" : "  ↓";
    return style.dim(branch) + fitted(parts, arrow, width - displayWidth(branch), style);
  });
  const mentions = new Set(lines.map(({ mention }) => mention));
  const notes = [
    mentions.has("above") ? "↑ stands above" : undefined,
    mentions.has("below") ? "↓ stands below" : undefined,
  ].filter((note) => note !== undefined);
  const legend = notes.length === 0 ? [] : ["", style.dim(notes.join(", "))];
  const captions = captionOf(picture).map((caption) => style.dim(caption));
  return `${[...captions, ...(captions.length > 0 ? [""] : []), ...text, ...legend].join("\n")}\n`;
}

const ROOT_GAP = "\n";

/** A mention needs no more than the name. */
const nameOf = ({ name }: PictureBox, first: BoxLine): BoxLine =>
  name === undefined || first.name === undefined ? first : { ...first, text: "" };

/** The parts of a line side by side, cut at the end where they are too long together. */
function fitted(
  parts: readonly BoxLine[],
  arrow: string,
  width: number,
  style: InstanceType<typeof Chalk>,
): string {
  let left = width - displayWidth(arrow);
  const shown = parts.map(({ role, name, text }, i) => {
    const gap = i === 0 ? "" : "  ";
    const whole = `${gap}${name ?? ""}${text}`;
    if (left < displayWidth(gap) + 2) return "";
    const cut = truncate(whole, left);
    left -= displayWidth(cut);
    if (role === "title")
      return name !== undefined && cut.startsWith(name) ? style.cyan(name) + cut.slice(name.length) : cut;
    if (role === "grad") return style.yellow(cut);
    return role === "note" ? style.dim(cut) : cut;
  });
  return shown.join("") + arrow;
}

function linesOfTrees({ boxes, edges }: Picture, deepest: number): Line[] {
  const reads: number[][] = boxes.map(() => []);
  for (const { from, to, isCarry } of edges)
    if (!isCarry && !reads[to]!.includes(from)) reads[to]!.push(from);
  const roots = boxes.flatMap(({ isOutput }, i) => (isOutput ? [i] : []));
  const lines: Line[] = [];
  const shown = new Set<number>();
  const queue = [...roots];
  const queued = new Set(queue);
  for (let root = queue.shift(); root !== undefined; root = queue.shift()) {
    if (shown.has(root)) continue;
    if (lines.length > 0) lines.push({ box: root, branch: ROOT_GAP, mention: "" });
    const stack = [{ box: root, branch: "", rest: "", level: 0 }];
    for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
      const { box, branch, rest, level } = entry;
      const operands = reads[box]!;
      const isMentioned = level > 0 && (shown.has(box) || (operands.length > 0 && queued.has(box)));
      const isDeep = level >= deepest && operands.length > 0;
      if (isMentioned || isDeep) {
        lines.push({ box, branch, mention: shown.has(box) ? "above" : "below" });
        if (!queued.has(box) && !shown.has(box)) queue.push(box);
        queued.add(box);
        continue;
      }
      lines.push({ box, branch, mention: "" });
      shown.add(box);
      for (let i = operands.length - 1; i >= 0; i--) {
        const isLast = i === operands.length - 1;
        stack.push({
          box: operands[i]!,
          branch: `${rest}${isLast ? "└─ " : "├─ "}`,
          rest: `${rest}${isLast ? "   " : "│  "}`,
          level: level + 1,
        });
      }
    }
  }
  return lines;
}
