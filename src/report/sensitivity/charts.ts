import type {
  Elasticities,
  Propagation,
  RoundingBound,
  RoundingSource,
  Sensitivity,
  Uncertainty,
} from "../../sensitivity-results.js";
import { elementName, type Tensor } from "../../tensor.js";
import { DEFAULT_PRECISION, formatNumber, type Precision } from "../numbers.js";
import { NOT_CONNECTED } from "../tensors.js";
import { truncate } from "../text.js";
import { certainDigits } from "./digits.js";
import { largest } from "./ranking.js";

/** How much is shown, and with how many digits. */
export interface ChartLook {
  readonly precision?: Precision;
  /** How many rows. */
  readonly top: number;
}

/** A table with a bar in each row, or without bars. */
export interface Chart {
  readonly title: string;
  readonly subtitle: string;
  readonly headings: readonly string[];
  /** How many columns are names and texts; the others hold numbers. */
  readonly names: number;
  readonly rows: readonly ChartRow[];
  readonly notes: readonly string[];
}

export interface ChartRow {
  readonly cells: readonly string[];
  /** The length of its bar; none for the row of the rest, and for what is not finite. */
  readonly size?: number;
}

/** Everything there is to show, in order. */
export function chartsOf(result: Sensitivity, look: ChartLook): Chart[] {
  const { elasticities = [], propagation, rounding } = result;
  const large = new Set(result.large.map(({ name }) => name));
  return [
    ...result.empty.map((name) => emptyChart(name)),
    ...elasticities.map((one) => elasticityChart(one, look)),
    ...(propagation === undefined ? [] : uncertaintyCharts(propagation, large, look)),
    ...(rounding === undefined || rounding.length === 0 ? [] : roundingCharts(rounding, look)),
  ];
}

const emptyChart = (name: string): Chart => ({
  title: `${name} has no elements`,
  subtitle: "there is nothing to tell of it",
  headings: [],
  names: 0,
  rows: [],
  notes: [],
});

const number = (value: number, { precision }: ChartLook) => formatNumber(value, precision);

/** Three digits are enough for a share. */
export const percent = (share: number): string =>
  Number.isFinite(share) ? `${formatNumber(Number((100 * share).toPrecision(3)))} %` : "";

const finite = (size: number) => (Number.isFinite(size) ? { size } : {});

function elasticityChart({ output, value, inputs }: Elasticities, look: ChartLook): Chart {
  const connected = inputs.filter((input) => input.connected);
  const isDefined = value !== 0 && Number.isFinite(value);
  const measure = connected.map(({ elasticity, gradient }) => (elasticity ?? gradient).data);
  const { shown, rest } = largest(measure, look.top);
  const cellsOf = (list: number, at: number) => {
    const { name, value: own, gradient, elasticity } = connected[list]!;
    const cells = [own, gradient].map(({ data }) => number(data[at]!, look));
    if (elasticity !== undefined) {
      const found = elasticity.data[at]!;
      cells.push(Number.isNaN(found) ? "not defined" : number(found, look));
    }
    return [elementName(name, own.shape, at), ...cells];
  };
  const rows: ChartRow[] = shown.map(({ list, at }) => ({
    cells: cellsOf(list, at),
    ...finite(measure[list]![at]!),
  }));
  const blank = isDefined ? [""] : [];
  if (rest.count > 0) {
    const last = isDefined ? ["", percent(rest.share)] : [percent(rest.share)];
    rows.push({ cells: [`… ${rest.count} more`, "", ...last] });
  }
  for (const { name, connected: isConnected, value: own } of inputs) {
    if (isConnected) continue;
    const text = own.shape.length === 0 ? number(own.data[0]!, look) : "";
    rows.push({ cells: [name, text, NOT_CONNECTED, ...blank.map(() => "0")] });
  }
  const undefinedNote = `${output} is ${number(value, look)}: elasticities are not defined, so the gradient itself is shown`;
  const hasGaps = measure.some((data) => data.some((one) => !Number.isFinite(one)));
  return {
    title: `${output} = ${number(value, look)}`,
    subtitle: isDefined ? `elasticity: per cent of ${output} for one per cent of the input` : undefinedNote,
    headings: ["input", "value", "gradient", ...(isDefined ? ["elasticity"] : [])],
    names: 1,
    rows,
    notes: [
      ...(hasGaps ? ["Not finite: there the output has no derivative, or it overflows."] : []),
      ...(rest.count > 0 ? ["Per cent of the rest: of the sum of all sizes."] : []),
    ],
  };
}

/** `6 ± 0.36 (6 %)`. */
export function withSigma({ value, sigma }: Pick<Uncertainty, "value" | "sigma">, look: ChartLook): string {
  const relative = sigma / Math.abs(value);
  const share = Number.isFinite(relative) ? ` (${percent(relative)})` : "";
  return `${number(value, look)} ± ${number(sigma, look)}${share}`;
}

function uncertaintyCharts(
  { uncertainties, isCorrelated }: Propagation,
  large: ReadonlySet<string>,
  look: ChartLook,
): Chart[] {
  const small = uncertainties.filter(({ name }) => !large.has(name));
  const charts = small.map((one) => varianceChart(one, isCorrelated, look));
  for (const name of large) {
    const own = uncertainties.filter((one) => one.name === name);
    charts.push({
      title: `${name} has ${own.length} elements`,
      subtitle: "value ± standard deviation of each, to first order",
      headings: ["output", "value", "sigma", "relative"],
      names: 1,
      rows: own.map(({ output, value, sigma }) => ({
        cells: [
          output,
          number(value, look),
          number(sigma, look),
          value === 0 ? "" : percent(sigma / Math.abs(value)),
        ],
      })),
      notes: [],
    });
  }
  return charts;
}

function varianceChart(one: Uncertainty, isCorrelated: boolean, look: ChartLook): Chart {
  const { output, sigma, inputs } = one;
  const isDefined = inputs.some(({ share }) => share !== undefined);
  const shares = inputs.map(({ share, sigma: own }) => (share ?? own).data);
  const { shown, rest } = largest(shares, look.top);
  const uncertain = (value: Tensor, own: Tensor, at: number) =>
    `${number(value.data[at]!, look)} ± ${number(own.data[at]!, look)}`;
  const rows: ChartRow[] = shown.map(({ list, at }) => {
    const { name, value, sigma: own, share } = inputs[list]!;
    const cells = [elementName(name, value.shape, at), uncertain(value, own, at)];
    if (share === undefined) return { cells };
    return { cells: [...cells, percent(share.data[at]!)], ...finite(share.data[at]!) };
  });
  if (rest.count > 0) {
    const all = new Set(shown.map(({ list, at }) => `${list} ${at}`));
    let left = 0;
    shares.forEach((data, list) => {
      data.forEach((share, at) => {
        if (!all.has(`${list} ${at}`)) left += share;
      });
    });
    rows.push({ cells: [`… ${rest.count} more`, "", ...(isDefined ? [percent(left)] : [])] });
  }
  const zero = "to first order, nothing that is uncertain moves it: its derivative by that is 0 here";
  return {
    title: `${output} = ${withSigma(one, look)}`,
    subtitle: isDefined
      ? "share of the variance, to first order"
      : sigma === 0
        ? zero
        : "there are no shares: the standard deviation is not finite",
    headings: ["input", "value", ...(isDefined ? ["share"] : [])],
    names: 1,
    rows,
    notes:
      isCorrelated && isDefined
        ? ["Inputs are correlated: a share may be negative, where an input makes up for others."]
        : [],
  };
}

/** The error of one part in so many, as few digits. */
const brief = (value: number) => formatNumber(value, 3);

function roundingCharts(bounds: readonly RoundingBound[], look: ChartLook): Chart[] {
  const precision: Precision = look.precision ?? DEFAULT_PRECISION;
  const summary: Chart = {
    title: "rounding errors",
    subtitle: "how far rounding may move each output, to first order; inputs are taken as they are",
    headings: ["output", "value", "bound", "relative", "sure digits"],
    names: 1,
    rows: bounds.map(({ output, value, bound }) => ({
      cells: [
        output,
        formatNumber(value, precision),
        brief(bound),
        bound === 0 ? "0" : value === 0 ? "" : brief(bound / Math.abs(value)),
        digitsText(value, bound),
      ],
    })),
    notes: [],
  };
  const names = [...new Set(bounds.map(({ name }) => name))];
  return [summary, ...names.flatMap((name) => sourceCharts(bounds, name))];
}

function digitsText(value: number, bound: number): string {
  const digits = certainDigits(value, bound);
  if (digits === undefined) return value === 0 && Number.isFinite(bound) ? "" : "none";
  return digits === Number.POSITIVE_INFINITY ? "all" : String(digits);
}

/** Longer texts of a script are cut. */
const longestText = 34;

/** Where the rounding of an output comes from: of its element that has lost most. */
function sourceCharts(bounds: readonly RoundingBound[], name: string): Chart[] {
  const own = bounds.filter((one) => one.name === name && one.bound !== 0);
  if (own.length === 0) return [];
  const worst = own.reduce((most, one) => (lost(one) > lost(most) ? one : most));
  const { output, bound, sources, rest } = worst;
  const files = new Set(sources.flatMap(({ place }) => (place === undefined ? [] : [place.file])));
  const where = ({ place }: RoundingSource) =>
    place === undefined ? "" : files.size > 1 ? `${place.file}:${place.line}` : String(place.line);
  const share = (amount: number) => (Number.isFinite(bound) ? percent(amount / bound) : brief(amount));
  const rows: ChartRow[] = sources.map((source) => ({
    cells: [where(source), source.op, truncate(source.text ?? "", longestText), share(source.bound)],
    ...finite(source.bound / bound),
  }));
  if (rest.count > 0) rows.push({ cells: ["", `… ${rest.count} more`, "", share(rest.bound)] });
  return [
    {
      title: `${output} ± ${brief(bound)}`,
      subtitle: "where the bound comes from",
      headings: ["line", "operation", "text", "share"],
      names: 3,
      rows,
      notes: [],
    },
  ];
}

const lost = ({ value, bound }: RoundingBound) =>
  Number.isNaN(bound) ? Number.POSITIVE_INFINITY : bound / Math.abs(value);
