import type { Picture, PictureBox } from "../../graph-results.js";
import type { Shape, Tensor } from "../../tensor.js";
import { formatNumber, type Precision } from "../numbers.js";
import { formatTensor, shapeText } from "../tensors.js";
import { displayWidth, shorten, truncate, visible } from "../text.js";

/** How pictures write numbers. */
export interface PictureLook {
  readonly precision?: Precision;
}

/** A line in a box. */
export interface BoxLine {
  readonly role: "title" | "value" | "grad" | "note";
  /** Stands before `text`, in bold: a name. */
  readonly name?: string;
  readonly text: string;
}

const DIGITS = 5;
/** A box takes no more columns than these. */
const WIDEST_TITLE = 36;
const WIDEST_NAME = 24;
const WIDEST_VALUE = 30;
/** Elements of a tensor that is written into a box. */
const MOST_ELEMENTS = 6;
/** Elements beyond which a page leaves out the middle. */
const MOST_LISTED = 48;

/** What a box is called: its name, else how it is computed. */
export const titleOf = ({ name, formula, kind }: PictureBox): string => visible(name ?? formula ?? kind);

/** Longer lines of a script are cut. */
const LONGEST_SOURCE = 240;

/** The line of the script that a box is written on. */
export const sourceOf = ({ place }: PictureBox): string =>
  place === undefined ? "" : truncate(visible(place.text), LONGEST_SOURCE);

/** The kinds of boxes in words. */
export const kindNames: Readonly<Record<PictureBox["kind"], string>> = {
  input: "input",
  param: "parameter",
  constant: "constant",
  operation: "operation",
  call: "function call",
  loop: "loop",
  branch: "branch",
  definitions: "definitions",
};

export const countOf = (n: number, noun: string) => `${n} ${noun}${n === 1 ? "" : "s"}`;

const digitsOf = ({ precision }: PictureLook) => precision ?? DIGITS;

/** A shape where a number could stand as well: a vector of 3 is no 3. */
export const spokenShape = (shape: Shape): string =>
  shape.length === 1 ? `vector of ${shape[0]}` : shapeText(shape);

/** A tensor in one line; one of many elements is its shape only. */
export const briefTensor = (tensor: Tensor, look: PictureLook): string =>
  elementsOf(tensor, look) ?? spokenShape(tensor.shape);

/** The elements of a small tensor in one line. */
function elementsOf({ shape, data }: Tensor, look: PictureLook): string | undefined {
  const precision = digitsOf(look);
  if (shape.length === 0) return formatNumber(data[0]!, precision);
  if (data.length === 0 || data.length > MOST_ELEMENTS || shape.length > 2) return undefined;
  const text = formatTensor({ shape, data }, { precision }).replace(/\s+/g, " ").replaceAll("[ ", "[");
  return displayWidth(text) > WIDEST_VALUE ? undefined : text;
}

/** A sum_grad in one line; of one with many elements its size, since its shape is that of the value. */
export function briefGrad(tensor: Tensor, look: PictureLook): string {
  const elements = elementsOf(tensor, look);
  if (elements !== undefined) return `sum_grad ${elements}`;
  return tensor.data.length === 0 ? "sum_grad empty" : `‖sum_grad‖ ${normOf(tensor, look)}`;
}

/** A tensor in a sentence: its elements, or its shape and its size. */
export const mentionOf = (tensor: Tensor, look: PictureLook): string =>
  elementsOf(tensor, look) ?? `${spokenShape(tensor.shape)}, norm ${normOf(tensor, look)}`;

const normOf = ({ data }: Tensor, look: PictureLook) =>
  formatNumber(
    data.reduce((norm, x) => Math.hypot(norm, x), 0),
    digitsOf(look),
  );

/** A tensor as a block of text, at most so many columns wide. */
export const fullTensor = (tensor: Tensor, look: PictureLook, width = 44): string =>
  formatTensor(tensor, { width, threshold: MOST_LISTED, precision: digitsOf(look) });

/** What is written into a box, with the sum_grad of the first pass where there is one. */
export function linesOf(picture: Picture, index: number, look: PictureLook): BoxLine[] {
  const box = picture.boxes[index]!;
  const lines: BoxLine[] = [titleLine(box)];
  const isShort = box.value !== undefined && box.kind !== "definitions";
  const value = isShort ? briefTensor(box.value, look) : box.shape && spokenShape(box.shape);
  if (value !== undefined && value !== "scalar") lines.push({ role: "value", text: value });
  if (box.kind !== "input" && box.kind !== "param" && box.operations > 1)
    lines.push({ role: "note", text: countOf(box.operations, "operation") });
  const sumGrad = picture.passes[0]?.sumGrads[index];
  if (sumGrad) lines.push({ role: "grad", text: briefGrad(sumGrad, look) });
  else if (sumGrad === null && (box.kind === "input" || box.kind === "param"))
    lines.push({ role: "grad", text: "not connected" });
  return lines;
}

function titleLine({ name, formula, kind }: PictureBox): BoxLine {
  if (name === undefined) return { role: "title", text: truncate(visible(formula ?? kind), WIDEST_TITLE) };
  const shown = shorten(visible(name), WIDEST_NAME);
  if (formula === undefined || kind === "input" || kind === "param")
    return { role: "title", name: shown, text: "" };
  const rest = truncate(` = ${visible(formula)}`, WIDEST_TITLE - displayWidth(shown));
  return { role: "title", name: shown, text: rest };
}
