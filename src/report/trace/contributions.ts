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

/** A name behind a sign: what is itself an expression goes into parentheses. */
function behindSign(name: string): string {
  const text = short(name);
  return /^[^\s+*/@^()-]+(\([^()]*\))?$/.test(text) ? text : `(${text})`;
}

/** Matrices of more lines are cut in their middle. */
const mostLines = 9;
const endLines = 3;

/** A cell of few lines. */
export const clipped = (write: (width: number) => string) => (width: number) => {
  const lines = write(width).split("\n");
  if (lines.length <= mostLines) return lines.join("\n");
  return [...lines.slice(0, endLines), " …", ...lines.slice(-endLines)].join("\n");
};

/** Text in lines of at most `width` columns, broken at blanks; those after the first are indented. */
export function wrapped(text: string, width: number, indent = "  "): string[] {
  const lines: string[] = [];
  let line = "";
  // A value stays with the sign before it.
  for (const word of text.replaceAll(" = ", " =\u00a0").replaceAll(" × ", " ×\u00a0").split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (displayWidth(longer) <= width) line = longer;
    else {
      if (line !== "") lines.push(line);
      line = (lines.length === 0 ? "" : indent) + word;
    }
    // A word that is too long is cut, behind a parenthesis if there is one.
    while (displayWidth(line) > width) {
      const characters = [...line];
      const bracket = characters.lastIndexOf("(", width - 1);
      const end = bracket > width / 3 ? bracket + 1 : width;
      lines.push(characters.slice(0, end).join(""));
      line = indent + characters.slice(end).join("");
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
      const name = `sum_grad(${short(from)}) × ∂${behindSign(from)}/∂${behindSign(node)}`;
      return wrapped(`${name} = ${received} × ${slope} = ${product}`, width);
    }
    if (isAlone) return [];
    const derivative = { output, input: node, outputRank, connected: true, tensor: value };
    const write = () =>
      outputRank === 0 ? formatTensor(value, format) : formatDerivative(derivative, format);
    const text = clipped(write)(width);
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
  const [consumer, own] = [behindSign(from), behindSign(node)];
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
  return wrapped(`${short(from)}: ${text}`, width);
}
