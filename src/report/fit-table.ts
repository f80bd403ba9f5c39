import { Chalk } from "chalk";
import type { Fit } from "../results.js";
import { shownLosses } from "./fit.js";
import { formatNumber } from "./numbers.js";
import { fixed, LONGEST_NAME, label, type TableLook, table, tensorCell } from "./table.js";
import { shapeText } from "./tensors.js";
import { shorten, visible } from "./text.js";

/** The loss along the way and the parameters at its end, as tables. */
export function fitTable(fit: Fit, look: TableLook = {}): string {
  const style = new Chalk({ level: look.color ? 1 : 0 });
  const { parameters } = fit;
  const shown = shownLosses(fit);
  const loss = table(
    [
      { heading: "step", kind: "name", cells: shown.map(([step]) => fixed(String(step))) },
      {
        heading: shorten(visible(fit.of), LONGEST_NAME),
        kind: "value",
        cells: shown.map(([, value]) => fixed(formatNumber(value, look.precision))),
      },
    ],
    look,
    style,
  );
  const values = table(
    [
      { heading: "parameter", kind: "name", cells: parameters.map(({ name }) => label(name)) },
      {
        heading: "shape",
        kind: "name",
        cells: parameters.map(({ tensor }) => fixed(shapeText(tensor.shape))),
      },
      { heading: "value", kind: "value", cells: parameters.map(({ tensor }) => tensorCell(tensor, look)) },
    ],
    look,
    style,
  );
  return `${loss}\n${values}\n`;
}
