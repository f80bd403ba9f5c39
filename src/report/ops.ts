import { Chalk } from "chalk";
import type { FunctionEntry, FunctionExample } from "../results.js";
import { formatTensor } from "./tensors.js";
import { displayWidth, padEnd } from "./text.js";

export interface ReferenceLook {
  /** Columns of the terminal. */
  readonly width?: number;
  readonly color?: boolean;
}

const WIDTH = 100;
const GAP = "  ";

/** All functions, a block for each family and a line for each function: its name and the first sentence about it. */
export function functionList(entries: readonly FunctionEntry[], look: ReferenceLook = {}): string {
  const style = new Chalk({ level: look.color ? 1 : 0 });
  const nameWidth = Math.max(...entries.map(({ name }) => name.length));
  const blocks = [...new Set(entries.map(({ family }) => family))].map((family) => {
    const lines = entries
      .filter((entry) => entry.family === family)
      .map(({ name, doc }) => {
        const room = (look.width ?? WIDTH) - 2 * GAP.length - nameWidth;
        return `${GAP}${padEnd(name, nameWidth)}${GAP}${cutAtWord(firstSentence(doc), room)}`;
      });
    return [style.bold(family), ...lines].join("\n");
  });
  return `${blocks.join("\n\n")}\n\nautograd ops NAME tells more about one of them.\n`;
}

/** One function: signature, meaning, and a labelled paragraph for everything else. */
export function functionPage(
  { signature, doc, family, aliases, derivative, conventions, defined }: FunctionEntry,
  example: FunctionExample,
  look: ReferenceLook = {},
): string {
  const style = new Chalk({ level: look.color ? 1 : 0 });
  const width = Math.min(look.width ?? WIDTH, WIDTH);
  const paragraphs: readonly (readonly [label: string, lines: readonly string[]])[] = [
    ["family", [family]],
    ["also", aliases.length === 0 ? [] : [aliases.join(", ")]],
    ["derivative", wrap(derivative, width - LABEL)],
    ["conventions", wrap(conventions ?? "", width - LABEL)],
    ["domain", wrap(defined ?? "everywhere", width - LABEL)],
    ["example", [example.text, ...exampleLines(example, width - LABEL)]],
  ];
  const labelled = paragraphs.flatMap(([label, lines]) =>
    lines.map((line, i) => `${padEnd(i === 0 ? label : "", LABEL)}${line}`),
  );
  return `${[style.bold(signature), ...wrap(doc, width), "", ...labelled].join("\n")}\n`;
}

/** Columns of the labels. */
const LABEL = "conventions".length + GAP.length;

/** `z = [1, 2]`; further lines of a value stand below its first. */
function exampleLines({ values }: FunctionExample, width: number): string[] {
  return values.flatMap(({ name, tensor }) => {
    const start = `${name} = `;
    return formatTensor(tensor, { width: width - start.length })
      .split("\n")
      .map((line, i) => (i === 0 ? start : " ".repeat(start.length)) + line);
  });
}

const firstSentence = (text: string) => /^.*?\.(?= [A-Z0-9]|$)/.exec(text)?.[0] ?? text;

/** The text, or as many words as fit with `…`. */
function cutAtWord(text: string, width: number): string {
  return displayWidth(text) <= width ? text : `${wrap(text, width - 1)[0]}…`;
}

/** Lines of at most `width` columns, broken between words; none for an empty text. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ").filter((part) => part !== "")) {
    const last = lines.at(-1);
    if (last !== undefined && displayWidth(last) + 1 + displayWidth(word) <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}
