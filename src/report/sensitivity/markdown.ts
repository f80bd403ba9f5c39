import type { Sensitivity } from "../../sensitivity-results.js";
import { markdownTable } from "../markdown.js";
import { type ChartLook, chartsOf } from "./charts.js";

/** The tables, without bars, each below its title. */
export function sensitivityMarkdown(result: Sensitivity, look: ChartLook): string {
  return chartsOf(result, look)
    .map(({ title, subtitle, headings, names, rows, notes }) => {
      const head = [`\`${title}\`: ${subtitle}`, ...notes].join("  \n");
      const cells = rows.map((row) => row.cells);
      return `${head}\n\n${rows.length === 0 ? "" : markdownTable(headings, names, cells)}`;
    })
    .join("\n");
}
