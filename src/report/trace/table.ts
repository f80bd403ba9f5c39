import { Chalk, type ChalkInstance } from "chalk";
import type { BackwardPass, ForwardStep, Trace } from "../../trace-results.js";
import { type Column, fixed, label, rightAligned, type TableLook, table, tensorCell } from "../table.js";
import { formatDerivative, shapeText } from "../tensors.js";
import { displayWidth, shorten, visible } from "../text.js";
import { clipped, contributionLines } from "./contributions.js";

/** Columns that names and inputs of a step take at most, where values are numbers and where they are tensors. */
const wide = { name: 24, inputs: 22 };
const narrow = { name: 12, inputs: 12 };
/** Values get at least as many columns. */
const narrowest = 14;
const inputsLines = 4;

/** The forward pass as a table, and one of the backward pass from each output. */
export function traceTable(trace: Trace, look: TableLook): string {
  const style = new Chalk({ level: look.color ? 1 : 0 });
  const parts = [
    headline(trace),
    trace.forward.length > 0 ? `forward\n${forwardTable(trace.forward, look, style)}` : "",
    ...trace.backward.map((pass) => backwardPart(pass, look, style)),
  ];
  return parts
    .filter((part) => part !== "")
    .map((part) => `${part}\n`)
    .join("");
}

function headline({ iteration }: Trace): string {
  if (iteration === undefined) return "";
  const { loop, op, index, count } = iteration;
  // A branch is taken once.
  if (op === "if") return `${visible(loop)}: the side of \`if\` that is taken`;
  return `${visible(loop)}: iteration ${index} of \`${op}\`, of 0 to ${count - 1}`;
}

/** Numbers of steps, told once; where some are left out, a row of dots stands. */
function withGaps<Row extends { readonly step: number }>(
  rows: readonly Row[],
  isGap: (before: Row, row: Row) => boolean,
): (Row | undefined)[] {
  return rows.flatMap((row, i) => {
    const before = rows[i - 1];
    return before !== undefined && isGap(before, row) ? [undefined, row] : [row];
  });
}

function forwardTable(steps: readonly ForwardStep[], look: TableLook, style: ChalkInstance): string {
  const rows = steps.flatMap((step) =>
    step.outputs.map((output, i) => ({ step: step.step, output, of: i === 0 ? step : undefined })),
  );
  const listed = withGaps(rows, (before, row) => row.step > before.step + 1);
  const { name, inputs } = rows.every(({ output }) => output.shape.length === 0) ? wide : narrow;
  const cell = (write: (row: (typeof rows)[number]) => (width: number) => string) =>
    listed.map((row) => (row === undefined ? fixed("") : write(row)));
  const columns: Column[] = [
    rightAligned(
      "step",
      listed.map((row) => (row === undefined ? "…" : row.of === undefined ? "" : String(row.step))),
    ),
    {
      heading: "node",
      kind: "name",
      cells: cell(({ output }) => fixed(shorten(visible(output.name), name))),
    },
    { heading: "op", kind: "name", cells: cell(({ of }) => label(of?.op ?? "")) },
    { heading: "inputs", kind: "name", cells: cell(({ of }) => fixed(inputsText(of?.inputs ?? [], inputs))) },
    { heading: "shape", kind: "name", cells: cell(({ output }) => fixed(shapeText(output.shape))) },
    {
      heading: "output",
      kind: "value",
      cells: cell(({ output }) => clipped(tensorCell(output.value, look))),
    },
  ];
  return table(columns, { ...look, narrowest }, style);
}

function inputsText(inputs: readonly string[], inputsWidth: number): string {
  const lines: string[] = [];
  let line = "";
  inputs.forEach((input, i) => {
    const text = shorten(visible(input), inputsWidth - 1) + (i === inputs.length - 1 ? "" : ",");
    const longer = line === "" ? text : `${line} ${text}`;
    if (displayWidth(longer) <= inputsWidth || line === "") line = longer;
    else {
      lines.push(line);
      line = text;
    }
  });
  lines.push(line);
  if (lines.length <= inputsLines) return lines.join("\n");
  return [...lines.slice(0, inputsLines - 1), `… ${inputs.length} in all`].join("\n");
}

function backwardPart(pass: BackwardPass, look: TableLook, style: ChalkInstance): string {
  const output = visible(pass.output);
  const axes = pass.outputRank === 0 ? "" : `; each sum_grad has the axes of ${output} in front`;
  const notConnected =
    pass.notConnected.length === 0
      ? ""
      : `\n${output} does not depend on ${pass.notConnected.map(visible).join(", ")}: 0 (not connected)`;
  if (pass.steps.length === 0) return notConnected.slice(1);
  return `backward from ${output}${axes}\n${backwardTable(pass, look, style)}${notConnected}`;
}

function backwardTable(pass: BackwardPass, look: TableLook, style: ChalkInstance): string {
  const { steps, output, outputRank } = pass;
  const { precision } = look;
  const format = precision === undefined ? {} : { precision };
  const isScalar = steps.every(({ sumGrad }) => sumGrad.shape.length === 0);
  const listed = withGaps(steps, (before, row) => before.step > row.step + 1 && steps.length >= 40);
  const columns: Column[] = [
    rightAligned(
      "step",
      listed.map((row) => (row === undefined ? "…" : String(row.step))),
    ),
    {
      heading: "node",
      kind: "name",
      cells: listed.map((row) =>
        fixed(shorten(visible(row?.node ?? ""), isScalar ? wide.name : narrow.name)),
      ),
    },
    {
      heading: "contributions",
      kind: "value",
      cells: listed.map((row) => (width: number) => {
        if (row === undefined) return "";
        return contributionLines(row, pass, { ...format, width }).join("\n");
      }),
    },
    {
      heading: "sum_grad",
      kind: isScalar ? "name" : "value",
      cells: listed.map((row) => (width: number) => {
        if (row === undefined) return "";
        const { node: input, sumGrad } = row;
        if (outputRank === 0) return clipped(tensorCell(sumGrad, look))(width);
        const derivative = { output, input, outputRank, connected: true, tensor: sumGrad };
        return clipped((columns) => formatDerivative(derivative, { ...format, width: columns }))(width);
      }),
    },
  ];
  return table(columns, { ...look, narrowest }, style);
}
