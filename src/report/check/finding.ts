import { Chalk, type ChalkInstance } from "chalk";
import type { CheckEntry, CheckFinding, TaylorStep, Verdict, WrongNode } from "../../check-results.js";
import { locate, type Span } from "../../diagnostics.js";
import { renderPlace } from "../diagnostics.js";
import { formatNumber } from "../numbers.js";
import { padEnd, shorten, visible } from "../text.js";

export interface FindingLook {
  readonly color?: boolean;
  /** Columns of the terminal; longer source lines are cut around the place. 120 unless told otherwise. */
  readonly width?: number;
  /** Whether to show the table of the Taylor test. */
  readonly verbose?: boolean;
  /** Whether to show source lines, for which a font of fixed width is needed; true unless told otherwise. */
  readonly source?: boolean;
}

const WIDTH = 120;
/** Names that are longer are shortened, where they are not in a table. */
const LONGEST_TITLE = 160;

const colors: Readonly<Record<Verdict, (style: ChalkInstance) => ChalkInstance>> = {
  PASS: (style) => style.green,
  KINK: (style) => style.blue,
  UNSTABLE: (style) => style.yellow,
  INCONCLUSIVE: (style) => style.yellow,
  NONFINITE: (style) => style.magenta,
  DISCONTINUOUS: (style) => style.red,
  WRONG: (style) => style.red.bold,
};

export const paintVerdict = (text: string, verdict: Verdict, style: ChalkInstance): string =>
  colors[verdict](style)(text);

/** Text of a user in one line that is not too long. */
export const title = (text: string): string => shorten(visible(text), LONGEST_TITLE);

export function placeText(span: Span): string {
  const { line, column } = locate(span.source, span.start);
  return `${visible(span.source.name)}:${line}:${column}`;
}

/** `WRONG: ∂loss/∂W`. */
export const findingTitle = ({ verdict, name }: CheckEntry): string => `${verdict}: ${title(name)}`;

/** What has become of an entry, for people: its title, its place, and what was found. */
export function findingText(entry: CheckEntry, look: FindingLook = {}): string {
  const style = styleOf(look);
  const { verdict, name, span } = entry;
  const place = span === undefined ? "" : ` ${style.dim(`(${placeText(span)})`)}`;
  const heading = `${paintVerdict(verdict, verdict, style)}${style.bold(`: ${title(name)}`)}${place}`;
  return `${heading}\n${findingBody(entry, look)}`;
}

/** What was found, without its title: lines with a label each. */
export function findingBody(entry: CheckEntry, look: FindingLook = {}): string {
  const style = styleOf(look);
  const { worst, reproduce } = entry;
  const lines = [
    ...(worst === undefined ? [] : numberLines(worst, entry, style)),
    ...(worst?.node === undefined ? [] : nodeLines(worst.node, look, style)),
    ...(worst?.hint === undefined ? [] : [labelled("hint", visible(worst.hint), style)]),
    ...(reproduce === undefined ? [] : [labelled("reproduce", visible(reproduce), style)]),
    ...(look.verbose && worst?.taylor !== undefined ? taylorLines(worst.taylor, style) : []),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

const styleOf = ({ color }: FindingLook) => new Chalk({ level: color ? 1 : 0 });

/** As wide as the widest label, with a gap. */
const LABEL = 13;

const labelled = (label: string, text: string, style: ChalkInstance) =>
  `  ${style.cyan(padEnd(label, LABEL))}${text}`;

/** All digits: what tells two numbers apart may be the last one. */
const exact = (x: number) => formatNumber(x, "exact");
const few = (x: number) => formatNumber(x, 3);

function numberLines(finding: CheckFinding, { at, distance }: CheckEntry, style: ChalkInstance): string[] {
  const { element, value, reference, bound, error, message, digitsLost, slopes } = finding;
  const facts: readonly (readonly [label: string, text: string | undefined])[] = [
    ["found", visible(message)],
    ["element", `${title(element)} at ${at === "given" ? "the given inputs" : `sample ${at}`}`],
    ["value", exact(value)],
    ["reference", `${exact(reference)} ± ${few(bound)}`],
    ["error", `${few(error)}, relative`],
    ["digits lost", digitsLost === undefined ? undefined : `${few(digitsLost)} of 16`],
    ["slopes", slopes && `${exact(slopes[0])} below, ${exact(slopes[1])} above`],
    ["nearest kink", distance === undefined ? undefined : `${few(distance)} away`],
  ];
  return facts.flatMap(([label, text]) => (text === undefined ? [] : [labelled(label, text, style)]));
}

/** `mul(a = 2, b = 3)` by `a`: 3, where the reference is 2. */
function nodeLines(node: WrongNode, { width = WIDTH, source = true }: FindingLook, style: ChalkInstance) {
  const { op, steps, operands, operand, derivative, reference, span } = node;
  const shown = operands.map(({ name, value }) =>
    value === undefined ? title(name) : `${title(name)} = ${exact(value)}`,
  );
  const by = operands[operand]?.name ?? `operand ${operand + 1}`;
  const lines = [
    labelled("wrong node", `${title(op)}(${shown.join(", ")})`, style),
    labelled("", `its derivative by ${title(by)} is ${exact(derivative)}, not ${exact(reference)}`, style),
    ...(steps.length === 0 ? [] : [labelled("", stepsText(steps), style)]),
  ];
  if (span === undefined) return lines;
  if (!source) return [...lines, labelled("", `at ${placeText(span)}`, style)];
  const gutter = String(locate(span.source, span.start).line).length;
  const indented = renderPlace(span, gutter, width - 2, style.red, style).map((line) => `  ${line}`);
  return [...lines, ...indented];
}

/** `in step 3 of its loop, in step 2 of the loop around that`. */
const stepsText = ([...steps]: readonly number[]): string => {
  const [own, ...around] = steps.reverse();
  const outer = around.map((step) => `, in step ${step} of the loop around that`);
  return `in step ${own} of its loop${outer.join("")}`;
};

function taylorLines(taylor: readonly TaylorStep[], style: ChalkInstance): string[] {
  const rows = taylor.map(({ step, remainder, order }) => [
    few(step),
    few(remainder),
    order === undefined ? "" : few(order),
  ]);
  const row = ([step, remainder, order]: readonly string[]) =>
    `${padEnd(step, 12)}${padEnd(remainder, 12)}${order}`.trimEnd();
  return [
    labelled("Taylor test", row(["step", "remainder", "order"]), style),
    ...rows.map((cells) => labelled("", row(cells), style)),
  ];
}
