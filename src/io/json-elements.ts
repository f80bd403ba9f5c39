import type { Coordinates } from "../results.js";
import { sizeOf, type Tensor } from "../tensor.js";

/** How a number that is not finite is written: as a string, as null, or not at all. */
export type NonFinitePolicy = "string" | "null" | "error";

/** Numbers that are formatted in one go. */
const BLOCK = 2048;

/** Nested arrays as JSON shows them; a string stands for a number that JSON.stringify would write differently. */
type Nested = number | string | null | readonly Nested[];

/** A tensor as a number or nested arrays, in pieces. */
export function* tensorParts({ shape, data }: Tensor, policy: NonFinitePolicy): Generator<string> {
  // JSON cannot show the axes behind an empty one: (2, 0, 3) is written as (2, 0), two times `[]`.
  const isEmpty = data.length === 0;
  const axes = isEmpty ? shape.slice(0, shape.indexOf(0)) : shape;
  const elements = (start: number, end: number): Nested[] =>
    isEmpty ? new Array<Nested>(end - start).fill([]) : numbers(data, start, end, policy);

  // As many trailing axes as fit in a block are formatted together, several times along the axis before them.
  let outer = axes.length;
  let innerSize = 1;
  while (outer > 0 && innerSize * axes[outer - 1] <= BLOCK) innerSize *= axes[--outer];
  const inner = axes.slice(outer);
  if (outer === 0) {
    yield nestedText(elements(0, innerSize), inner);
    return;
  }
  const step = innerSize * Math.floor(BLOCK / innerSize);
  const runLength = axes[outer - 1] * innerSize;
  const runAxes = axes.slice(0, outer);
  const runs = sizeOf(runAxes.slice(0, -1));
  yield "[".repeat(outer);
  for (let run = 0; run < runs; run++) {
    if (run > 0) {
      const ended = axesEnded(runAxes, run);
      yield `${"]".repeat(ended)},${"[".repeat(ended)}`;
    }
    const end = (run + 1) * runLength;
    for (let at = run * runLength; at < end; at += step) {
      if (at > run * runLength) yield ",";
      yield nestedText(elements(at, Math.min(at + step, end)), inner);
    }
  }
  yield "]".repeat(outer);
}

/** How many axes begin anew at this row of the last axis; at least one. */
function axesEnded(shape: readonly number[], row: number): number {
  let ended = 1;
  let rest = row;
  for (let axis = shape.length - 2; axis > 0 && rest % shape[axis] === 0; axis--) {
    rest /= shape[axis];
    ended += 1;
  }
  return ended;
}

function nestedText(elements: Nested[], axes: readonly number[]): string {
  let items = elements;
  for (let axis = axes.length - 1; axis >= 0; axis--) {
    const size = axes[axis];
    const groups: Nested[] = [];
    for (let i = 0; i < items.length; i += size) groups.push(items.slice(i, i + size));
    items = groups;
  }
  const text = JSON.stringify(items).slice(1, -1);
  return text.includes('"') ? text.replace(/"(-?\d[^"]*)"/g, "$1") : text;
}

/** From here on JavaScript's own form of an integer, such as 1152921504606847000, is not the number it stands for. */
const LARGE = 2 ** 53;

function numbers(data: Float64Array, start: number, end: number, policy: NonFinitePolicy): Nested[] {
  const block = new Array<Nested>(end - start);
  for (let i = start; i < end; i++) {
    const x = data[i];
    // The common case comes first, and is written so that NaN fails it.
    if (x < LARGE && x > -LARGE && (x !== 0 || 1 / x > 0)) block[i - start] = x;
    else block[i - start] = uncommonNumber(x, policy);
  }
  return block;
}

function uncommonNumber(x: number, policy: NonFinitePolicy): string | null {
  if (!Number.isFinite(x)) return policy === "null" ? null : String(x);
  return x === 0 ? "-0" : x.toExponential();
}

/** `"rows":[…],"cols":[…]`. */
export function* placeParts({ rows, cols }: Coordinates): Generator<string> {
  yield '"rows":';
  yield* integerParts(rows);
  yield ',"cols":';
  yield* integerParts(cols);
}

function* integerParts(list: Int32Array): Generator<string> {
  yield "[";
  for (let at = 0; at < list.length; at += BLOCK) {
    yield `${at === 0 ? "" : ","}${list.subarray(at, at + BLOCK).join(",")}`;
  }
  yield "]";
}
