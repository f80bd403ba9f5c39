import type { BackwardPass, BackwardStep, Contribution } from "../../trace-results.js";
import { formatNumber, type Precision } from "../numbers.js";
import { formatDerivative, formatTensor } from "../tensors.js";
import { displayWidth, shorten, visible } from "../text.js";

export interface ContributionFormat {
  readonly precision?: Precision;
  readonly width: number;
}

/** Longer names are shortened. */
const longestName = 20;
const short = (name: string) => shorten(visible(name), longestName);

/** Text in lines of at most `width` columns, broken at blanks; those after the first are indented. */
export function wrapped(text: string, width: number, indent = "  "): string[] {
  const lines: string[] = [];
  let line = "";
  // A value stays with the sign before it.
  for (const word of text.replaceAll(" = ", " =\u00a0").split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (displayWidth(longer) <= width || line.trim() === "") line = longer;
    else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line].map((one) => one.replaceAll("\u00a0", " "));
}

/** `∂w/∂u = 1` and `sum_grad(w) × ∂w/∂u = 1 × 1 = 1`, or the terms of tensors: `sum_grad(z) @ y'`. */
export function contributionLines(
  step: BackwardStep,
  { output, outputRank }: BackwardPass,
  { precision, width }: ContributionFormat,
): string[] {
  const { node, contributions, omitted } = step;
  const format = { ...(precision === undefined ? {} : { precision }), width: Math.max(1, width - 2) };
  const number = (value: number) => formatNumber(value, precision);
  // A term that is alone is the sum, which stands beside it.
  const isAlone = contributions.length === 1 && omitted === 0;
  const lines = contributions.flatMap((one) => [
    ...formulaLines(one, node, output, width, number),
    ...valueLines(one),
  ]);
  return omitted === 0 ? lines : [...lines, `… and ${omitted} more`];

  function valueLines({ from, local, value, isStep }: Contribution): string[] {
    if (!isStep && isAlone) return [];
    if (local !== undefined && local.sumGrad.shape.length === 0 && local.value.shape.length === 0) {
      const [received, slope, product] = [local.sumGrad, local.value, value].map(({ data }) =>
        number(data[0]),
      );
      const name = `sum_grad(${short(from)}) × ∂${short(from)}/∂${short(node)}`;
      return wrapped(`${name} = ${received} × ${slope} = ${product}`, width);
    }
    if (isAlone) return [];
    const text =
      outputRank === 0
        ? formatTensor(value, format)
        : formatDerivative({ output, input: node, outputRank, connected: true, tensor: value }, format);
    return value.shape.length === 0 ? [`  = ${text}`] : text.split("\n").map((line) => `  ${line}`);
  }
}

function formulaLines(
  one: Contribution,
  node: string,
  output: string,
  width: number,
  number: (value: number) => string,
): string[] {
  const { from, isStep, local, formula, through } = one;
  const [consumer, own] = [short(from), short(node)];
  if (!isStep) {
    const unit = one.value.shape.length === 0 ? "1" : "identity";
    return wrapped(from === output ? `∂${consumer}/∂${own} = ${unit}` : `from ${visible(from)}`, width);
  }
  if (local !== undefined) {
    // What is a number stands in the product, too.
    if (local.value.shape.length === 0 && local.formula === number(local.value.data[0])) return [];
    const slope = `∂${consumer}/∂${own}`;
    return wrapped(`${slope} = ${visible(local.formula ?? `(by ${through})`)}`, width);
  }
  const text = formula === undefined ? `back through ${through}` : visible(formula);
  return wrapped(`${consumer}: ${text}`, width);
}
