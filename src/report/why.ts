import { Chalk, type ChalkInstance } from "chalk";
import { locate } from "../diagnostics.js";
import type { Cause, CauseKind, Link, LoopStep, Read, Why } from "../why-results.js";
import { renderPlace } from "./diagnostics.js";
import { formatNumber, type Precision } from "./numbers.js";
import { shapeText } from "./tensors.js";
import { displayWidth, padEnd, truncate, visible } from "./text.js";

export interface WhyFormat {
  readonly color?: boolean;
  readonly width?: number;
  readonly precision?: Precision;
}

const WIDTH = 80;
/** Longer chains show both ends only. */
const longestChain = 14;
const endOfChain = 6;
const longestLabel = 24;
const shortestName = 16;

interface Style {
  readonly style: ChalkInstance;
  readonly width: number;
  readonly number: (x: number) => string;
}

/** What `autograd why` has found, for people: where it enters, why, what to do, and the way from there. */
export function whyText(why: Why, { color = false, width = WIDTH, precision }: WhyFormat = {}): string {
  const look: Style = {
    style: new Chalk({ level: color ? 1 : 0 }),
    width,
    number: (x) => formatNumber(x, precision),
  };
  const blocks = [headline(why, look)];
  why.causes.forEach((cause, i) => {
    const title = why.causes.length > 1 ? `${i + 1}. ${titles[cause.kind]}` : titles[cause.kind];
    blocks.push(causeText(why, cause, title, look));
  });
  if (why.omitted > 0) blocks.push(`… and ${why.omitted} more ${why.omitted === 1 ? "cause" : "causes"}\n`);
  return blocks.join("\n");
}

const titles: Readonly<Record<CauseKind, string>> = {
  "not finite": "it enters here",
  "not connected": "not connected",
  "zero by structure": "zero by structure",
  "zero by value": "zero by value",
  cancelled: "cancelled",
};

/** `w`, `w[2, 1]`, `∂w[0]/∂x[1]`. */
export function elementName({ name, output, input, index, outputRank }: Why): string {
  if (output === undefined || input === undefined) return `${visible(name)}${indexText(index)}`;
  const [first, second] = [index.slice(0, outputRank), index.slice(outputRank)];
  return `∂${visible(output)}${indexText(first)}/∂${visible(input)}${indexText(second)}`;
}

const indexText = (index: readonly number[]) => (index.length === 0 ? "" : `[${index.join(", ")}]`);

function headline(why: Why, { style, number }: Style): string {
  const { value, count, causes } = why;
  const name = elementName(why);
  if (count.total === 0)
    return `${style.bold(`${name} is empty`)}: it has the shape ${shapeText(why.shape)}\n`;
  const text = style.bold(`${name} is ${number(value)}`);
  if (causes.length === 0)
    return `${text}: nothing is wrong with it${count.total > 1 ? `, nor with ${count.affected === count.total ? "any other element" : `${count.affected - 1} others of ${count.total} elements`}` : ""}\n`;
  const same = value === 0 ? "0" : "not finite";
  const told =
    count.total === 1 || (value !== 0 && Number.isFinite(value))
      ? ""
      : ` (${count.affected} of ${count.total} elements ${count.affected === 1 ? "is" : "are"} ${same})`;
  return `${text}${told}\n`;
}

function causeText(why: Why, cause: Cause, title: string, look: Style): string {
  const { style, width } = look;
  const { at, reason, remedy, reads, sumGrad, elements, otherSteps, chain } = cause;
  const lines: string[] = [];
  const accent = cause.kind === "not finite" ? style.red : style.yellow;
  const where = at === undefined ? "" : contextText(at);
  lines.push(`${accent.bold(title)}${where === "" ? "" : `, ${where}`}`);
  const place = at?.span;
  const gutter = place === undefined ? 0 : String(locate(place.source, place.start).line).length;
  if (place !== undefined) lines.push(...renderPlace(place, gutter, width, accent, style));
  const edge = `${" ".repeat(gutter)} = `;
  const tell = (label: string, text: string) =>
    lines.push(...wrapped(`${edge}${style.bold(label)}: `, displayWidth(`${edge}${label}: `), text, width));
  const facts = reads.map((read) => fact(read, look));
  if (facts.length > 0) tell("with", facts.join(", "));
  if (sumGrad !== undefined && at !== undefined)
    tell(
      "sum_grad",
      `${look.number(sumGrad.value)}, what comes back to it from ${visible(why.output ?? "the output")}`,
    );
  tell("reason", visible(reason));
  if (elements !== undefined)
    tell("elements", `so for ${elements.affected} of its ${elements.total} elements`);
  if (otherSteps !== undefined)
    tell("steps", `so in ${otherSteps} more ${otherSteps === 1 ? "step" : "steps"}`);
  if (remedy !== undefined)
    lines.push(
      ...wrapped(
        `${edge}${style.cyan.bold("help")}: `,
        displayWidth(`${edge}help: `),
        visible(remedy),
        width,
      ),
    );
  if (chain.length > 1) lines.push("", ...chainText(why, chain, look));
  return `${lines.join("\n")}\n`;
}

/** `in step 3 of 10 of scan`, `in f, called by g`. */
function contextText({ loops, calls }: Link): string {
  const parts: string[] = [];
  const steps = loops.map(loopText).reverse();
  if (steps.length > 0) parts.push(`in ${steps.join(", in ")}`);
  if (calls.length > 0) parts.push(`in ${calls.map((name) => visible(name)).join(" → ")}`);
  return parts.join(", ");
}

const loopText = ({ op, step, count }: LoopStep) => `step ${step} of ${count} of ${op}`;

function fact({ label, index, shape, value, others = 0 }: Read, { number }: Style): string {
  const whole = shape.length === 0 ? "" : ` (shape ${shapeText(shape)})`;
  const more = others === 0 ? "" : ` and ${others} more`;
  return `${elementLabel(label, index)} = ${number(value)}${whole}${more}`;
}

/** A label in so many columns with an index behind it; what is an expression goes into parentheses before it gets one. */
function elementLabel(label: string, index: readonly number[], most = longestLabel): string {
  const text = truncate(bare(visible(label)), most);
  return index.length === 0 || isName(text) || isCall(text)
    ? `${text}${indexText(index)}`
    : `(${text})${indexText(index)}`;
}

const isName = (text: string) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(text);

/** `log(x)`, `f(x, y)`. */
function isCall(text: string): boolean {
  const rest = text.slice(text.indexOf("("));
  return isName(text.slice(0, -rest.length)) && bare(rest) !== rest;
}

/** An expression without parentheses around all of it. */
function bare(text: string): string {
  if (!text.startsWith("(") || !text.endsWith(")")) return text;
  let depth = 0;
  for (const [i, character] of [...text].entries()) {
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (depth === 0 && i < [...text].length - 1) return text;
  }
  return text.slice(1, -1);
}

function wrapped(head: string, indent: number, text: string, width: number): string[] {
  const room = Math.max(20, width - indent);
  const lines: string[] = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1)!;
    if (last !== "" && displayWidth(last) + 1 + displayWidth(word) > room) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines.map((line, i) => (i === 0 ? head : " ".repeat(indent)) + line);
}

function chainText(why: Why, chain: readonly Link[], look: Style): string[] {
  const { style, number, width } = look;
  const hidden = chain.length > longestChain ? chain.length - 2 * endOfChain : 0;
  const links = hidden === 0 ? chain : [...chain.slice(0, endOfChain), ...chain.slice(-endOfChain)];
  const values = links.map(({ value }) => number(value));
  const places = links.map(placeText);
  const widest = (texts: readonly string[]) => Math.max(...texts.map(displayWidth));
  const gaps = "    ".length + 2 * "  ".length;
  const room = Math.max(shortestName, width - widest(values) - widest(places) - gaps);
  const names = links.map((link) => linkName(link, why, room));
  const [nameWidth, valueWidth] = [widest(names), widest(values)];
  const lines = links.map((_, i) =>
    truncate(
      `    ${padEnd(names[i]!, nameWidth)}  ${padEnd(values[i]!, valueWidth)}  ${places[i]}`.trimEnd(),
      width,
    ),
  );
  if (hidden > 0) lines.splice(endOfChain, 0, `    … ${hidden} more`);
  return [style.bold(`  from there to ${visible(why.input ?? why.name)}:`), ...lines];
}

/** `h[2]`; `∂w/∂h[2]` for a derivative. */
function linkName({ is, label, index }: Link, why: Why, room: number): string {
  const head = is === "derivative" ? `∂${visible(why.output ?? "")}/∂` : "";
  const rest = displayWidth(head) + indexText(index).length + "()".length;
  const text = elementLabel(label, index, Math.max(1, room - rest));
  return is === "value" || index.length > 0 || isName(text) ? `${head}${text}` : `${head}(${text})`;
}

/** `model.ag:3:5, step 2 of scan`. */
function placeText({ span, loops, op }: Link): string {
  const parts: string[] = [];
  if (span !== undefined) {
    const { line, column } = locate(span.source, span.start);
    parts.push(`${visible(span.source.name)}:${line}:${column}`);
  }
  const inner = loops.at(-1);
  if (inner !== undefined) parts.push(`step ${inner.step} of ${inner.op}`);
  else if (op !== "input" && op !== "param" && op !== "=") parts.push(visible(op));
  return parts.join("  ");
}
