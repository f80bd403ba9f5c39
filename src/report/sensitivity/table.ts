import { Chalk, type ChalkInstance } from "chalk";
import type { Sensitivity } from "../../sensitivity-results.js";
import { type Column, fixed, label, rightAligned, type TableLook, table } from "../table.js";
import { displayWidth, visible } from "../text.js";
import { bar, scaleOf } from "./bars.js";
import { type Chart, type ChartLook, chartsOf } from "./charts.js";

/** Shorter bars say nothing. */
const shortestBar = 6;
const longestBar = 40;

/** Elasticities, variances and rounding errors as tables with bars. */
export function sensitivityTable(result: Sensitivity, look: TableLook & ChartLook): string {
  const style = new Chalk({ level: look.color ? 1 : 0 });
  return chartsOf(result, look)
    .map((chart) => drawn(chart, look, style))
    .join("\n");
}

function drawn(chart: Chart, look: TableLook, style: ChalkInstance): string {
  const { title, subtitle, headings, names, rows, notes } = chart;
  const columns = headings.map((heading, i): Column => {
    const cells = rows.map((row) => row.cells[i]!);
    if (i >= names) return rightAligned(heading, cells.map(visible));
    return i === 0
      ? { heading, kind: "name", cells: cells.map(label) }
      : { heading, kind: "name", cells: cells.map((cell) => fixed(visible(cell))) };
  });
  const room = look.width ?? 80;
  const taken = columns.reduce(
    (sum, { heading, cells }) =>
      sum + 3 + Math.max(displayWidth(heading), ...cells.map((cell) => displayWidth(cell(room)))),
    1,
  );
  const width = Math.min(longestBar, room - taken - 3);
  const sizes = rows.map(({ size }) => size);
  const hasBars = width >= shortestBar && sizes.some((size) => size !== undefined && size !== 0);
  const scale = scaleOf(sizes);
  const bars: readonly Column[] = hasBars
    ? [
        {
          heading: "",
          kind: "name",
          cells: sizes.map((size) => fixed(bar(size, scale, width))),
          paint: (line) => style.green(line),
        },
      ]
    : [];
  const grid = rows.length === 0 ? "" : `${table([...columns, ...bars], look, style)}\n`;
  const head = `${style.bold(visible(title))}\n${visible(subtitle)}\n`;
  return head + grid + notes.map((note) => `${note}\n`).join("");
}
