import { Chalk } from "chalk";
import type { Profile } from "../results.js";
import { ARROW, profileSheets, type SheetColumn } from "./profile.js";
import { type Column, LONGEST_NAME, label, rightAligned, type TableLook, table } from "./table.js";
import { displayWidth, shorten, truncate, visible } from "./text.js";

/** Where a run has spent its time and its memory, as tables. */
export function profileTable(profile: Profile, look: TableLook = {}): string {
  const style = new Chalk({ level: look.color ? 1 : 0 });
  return profileSheets(profile)
    .map((columns) => `${table(columns.map(columnOf), look, style)}\n`)
    .join("");
}

/** Columns that the text of a line gets, even if the table is wider than the terminal then. */
const narrowestSource = 16;

type Kind = SheetColumn["kind"];

const columns: Readonly<
  Record<Kind, (cells: readonly string[], heading: string) => Omit<Column, "heading">>
> = {
  name: (cells) => ({ kind: "name", cells: cells.map(label) }),
  number: (cells, heading) => rightAligned(heading, cells),
  source: (cells) => ({
    kind: "name",
    cells: cells.map((cell) => (width) => truncate(visible(cell), Math.max(width, narrowestSource))),
  }),
  words: (cells) => ({ kind: "value", cells: cells.map((cell) => (width) => wrap(cell, width)) }),
};

const columnOf = ({ heading, kind, cells }: SheetColumn): Column => ({
  heading: kind === "name" ? shorten(visible(heading), LONGEST_NAME) : heading,
  ...columns[kind](cells, heading),
});

/** A list of words takes no more lines than this in a cell. */
const mostLines = 3;

/** Words in lines; those that find no room are only counted. */
function wrap(text: string, width: number): string {
  const words = text.split(" ");
  const lines: string[] = [""];
  for (const [i, word] of words.entries()) {
    const line = lines.at(-1)!;
    const isLast = lines.length === mostLines;
    const rest = `… ${words.slice(i).filter((left) => left !== ARROW).length} more`;
    const longer = line === "" ? word : `${line} ${word}`;
    const needed = isLast && i < words.length - 1 ? `${longer} ${rest}` : longer;
    if (displayWidth(needed) <= width || line === "") lines[lines.length - 1] = longer;
    else if (isLast) return [...lines.slice(0, -1), `${line} ${rest}`].join("\n");
    else lines.push(word);
  }
  return lines.join("\n");
}
