import { Chalk, type ChalkInstance } from "chalk";
import type { Tensor } from "../../tensor.js";
import type { PathGroup } from "../../trace-results.js";
import { advance, csv, field } from "../csv.js";
import { markdownTable } from "../markdown.js";
import { formatNumber, type Precision } from "../numbers.js";
import { fixed, rightAligned, type TableLook, table } from "../table.js";
import { formatDerivative, formatTensor, NOT_CONNECTED } from "../tensors.js";
import { visible } from "../text.js";
import { clipped, wrapped } from "./contributions.js";

interface Row {
  readonly path: string;
  readonly value: Tensor;
  readonly share: string;
}

/** 63.2 %: of 1, with one digit behind the point. */
const percent = (share: number | undefined): string =>
  share === undefined
    ? ""
    : `${Object.is(Math.round(share * 1000), -0) ? "0.0" : (share * 100).toFixed(1)} %`;

/** Digits in groups of three, so that large counts can be read; very large ones by their first digits. */
function countText(count: bigint): string {
  const digits = String(count);
  if (digits.length > 21) return `about ${digits[0]}.${digits.slice(1, 3)}e${digits.length - 1}`;
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}

function rowsOf({ paths, others }: PathGroup): Row[] {
  const listed = paths.map(
    ({ nodes, value, share }): Row => ({
      path: nodes.map(visible).join(" → "),
      value,
      share: percent(share),
    }),
  );
  if (others === undefined) return listed;
  const { count, value, share } = others;
  const path = `${countText(count)} other path${count === 1n ? "" : "s"}`;
  return [...listed, { path, value, share: percent(share) }];
}

function headline(group: PathGroup): string {
  const { output, input, count, paths, isExact } = group;
  const name = `∂${visible(output)}/∂${visible(input)}`;
  if (count === 0n) return `${name}: ${NOT_CONNECTED}`;
  const all = `${countText(count)} path${count === 1n ? "" : "s"}`;
  const order = isExact
    ? "largest first"
    : `the largest ${paths.length} of those along which cotangents grow most`;
  return `${name}, ${all}${count === 1n ? "" : `, ${order}`}`;
}

function valueText({ output, input, outputRank }: PathGroup, tensor: Tensor, format: object): string {
  return outputRank === 0
    ? formatTensor(tensor, format)
    : formatDerivative({ output, input, outputRank, connected: true, tensor }, format);
}

/** A table for each output and input; its last row is the gradient, which the others add up to. */
export function pathsTable(groups: readonly PathGroup[], look: TableLook): string {
  const style = new Chalk({ level: look.color ? 1 : 0 });
  return groups.map((group) => `${headline(group)}\n${groupTable(group, look, style)}`).join("");
}

function groupTable(group: PathGroup, look: TableLook, style: ChalkInstance): string {
  if (group.count === 0n) return "";
  const { precision } = look;
  const rows = rowsOf(group);
  const values = [...rows.map(({ value }) => value), group.gradient];
  const isScalar = group.gradient.shape.length === 0;
  const cell = (tensor: Tensor) => (width: number) =>
    clipped((columns) =>
      valueText(group, tensor, { ...(precision === undefined ? {} : { precision }), width: columns }),
    )(width);
  return `${table(
    [
      {
        heading: "path",
        kind: "value",
        cells: [
          ...rows.map(
            ({ path }) =>
              (width: number) =>
                wrapped(path, width).join("\n"),
          ),
          fixed(`sum: ∂${visible(group.output)}/∂${visible(group.input)}`),
        ],
      },
      { heading: "contribution", kind: isScalar ? "name" : "value", cells: values.map(cell) },
      rightAligned("share", [
        ...rows.map(({ share }) => share),
        percent(rows[0]?.share === "" ? undefined : 1),
      ]),
    ],
    look,
    style,
  )}\n`;
}

/** The same as tables of GitHub Markdown. */
export function pathsMarkdown(
  groups: readonly PathGroup[],
  { precision }: { readonly precision?: Precision },
): string {
  const format = precision === undefined ? {} : { precision };
  return groups
    .map((group) => {
      const rows = rowsOf(group).map(({ path, value, share }) => [
        path,
        share,
        valueText(group, value, format),
      ]);
      const gradient = `∂${group.output}/∂${group.input}`;
      if (group.count === 0n) return `${gradient}: ${NOT_CONNECTED}\n`;
      const sum = [`sum: ${gradient}`, "", valueText(group, group.gradient, format)];
      return markdownTable([`path, ${gradient}`, "share", "contribution"], 2, [...rows, sum]);
    })
    .join("\n");
}

const HEADER = "kind,output,input,path,share,index,value\n";

/** The same as CSV in long form: rows of the kinds `path`, `others` and `gradient`, one for each number. */
export const pathsCsv = (
  groups: readonly PathGroup[],
  { precision = "exact" }: { readonly precision?: Precision },
): Generator<string> => csv(HEADER, csvRows(groups, precision));

function* csvRows(groups: readonly PathGroup[], precision: Precision): Generator<string> {
  for (const { output, input, paths, others, gradient } of groups) {
    const names = `${field(output)},${field(input)}`;
    const shareText = (share: number | undefined) =>
      share === undefined ? "" : formatNumber(share, precision);
    for (const { nodes, value, share } of paths)
      yield* numbers(`path,${names},${field(nodes.join(" → "))},${shareText(share)}`, value, precision);
    if (others !== undefined)
      yield* numbers(`others,${names},${others.count},${shareText(others.share)}`, others.value, precision);
    yield* numbers(`gradient,${names},,`, gradient, precision);
  }
}

function* numbers(prefix: string, { shape, data }: Tensor, precision: Precision): Generator<string> {
  const index = shape.map(() => 0);
  for (const x of data) {
    yield `${prefix},${index.join(" ")},${formatNumber(x, precision)}\n`;
    advance(index, shape);
  }
}
