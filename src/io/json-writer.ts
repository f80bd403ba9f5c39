import { fault } from "../diagnostics.js";
import type { Evaluation, Gradient, HessianBlock } from "../results.js";
import { sizeOf, type Tensor } from "../tensor.js";

/** How a number that is not finite is written: as a string, as null, or not at all. */
export type NonFinitePolicy = "string" | "null" | "error";

export interface JsonOptions {
  /** `string` unless told otherwise. */
  readonly nonFinite?: NonFinitePolicy;
  /** Whether to write `gradients`; true unless told otherwise. */
  readonly gradients?: boolean;
}

/** Chunks are about this long: large enough to write efficiently, small enough to start at once. */
const CHUNK = 2 ** 16;

/**
 * The results as one line of JSON, in chunks of bounded size:
 * `{"outputs":{"w":…},"gradients":{"w":{"x":…}},"nodes":{"u":{"op":…,"shape":…,"output":…,"sum_grad":{"w":…}}}}`.
 * With Hessians, `"hessians":{"w":{"x":{"y":…}}}` follows the gradients. Numbers have the fewest digits that read back as the same double.
 *
 * @throws Fault under the policy `error`, before the first chunk, with the name and the index
 */
export function writeEvaluation(evaluation: Evaluation, options: JsonOptions = {}): Generator<string> {
  const { nonFinite = "string", gradients = true } = options;
  if (nonFinite === "error") refuseNonFinite(evaluation, gradients);
  return inChunks(evaluationParts(evaluation, nonFinite, gradients));
}

/** One tensor as JSON, in chunks. */
export function writeTensor(
  tensor: Tensor,
  nonFinite: Exclude<NonFinitePolicy, "error"> = "string",
): Generator<string> {
  return inChunks(tensorParts(tensor, nonFinite));
}

function* inChunks(parts: Iterable<string>): Generator<string> {
  let chunk = "";
  for (const part of parts) {
    chunk += part;
    if (chunk.length >= CHUNK) {
      yield chunk;
      chunk = "";
    }
  }
  if (chunk !== "") yield chunk;
}

function* evaluationParts(
  evaluation: Evaluation,
  policy: NonFinitePolicy,
  gradients: boolean,
): Generator<string> {
  yield '{"outputs":{';
  let comma = "";
  for (const { name, tensor } of evaluation.outputs) {
    yield `${comma}${JSON.stringify(name)}:`;
    yield* tensorParts(tensor, policy);
    comma = ",";
  }
  yield "}";
  if (gradients) yield* gradientParts(evaluation, policy);
  if (gradients && evaluation.hessians !== undefined) yield* hessianParts(evaluation.hessians, policy);
  if (evaluation.nodes !== undefined) {
    yield ',"nodes":{';
    comma = "";
    for (const node of evaluation.nodes) {
      const shape = JSON.stringify(node.output.shape);
      yield `${comma}${JSON.stringify(node.name)}:{"op":${JSON.stringify(node.op)},"shape":${shape},"output":`;
      yield* tensorParts(node.output, policy);
      if (gradients) {
        yield ',"sum_grad":{';
        yield* memberParts(node.sumGrads, (g) => g.output, policy);
        yield "}";
      }
      yield "}";
      comma = ",";
    }
    yield "}";
  }
  yield "}\n";
}

function* gradientParts(evaluation: Evaluation, policy: NonFinitePolicy): Generator<string> {
  // Every output has a member, so that `.gradients.w` is an object even for a script without inputs.
  const names = evaluation.outputs.map(({ name }) => name);
  const byOutput = groups(evaluation.gradients, ({ output }) => output, names);
  yield ',"gradients":{';
  let comma = "";
  for (const [output, group] of byOutput) {
    yield `${comma}${JSON.stringify(output)}:{`;
    yield* memberParts(group, (g) => g.input, policy);
    yield "}";
    comma = ",";
  }
  yield "}";
}

/** `,"hessians":{"w":{"x":{"y":…}}}`. */
function* hessianParts(hessians: readonly HessianBlock[], policy: NonFinitePolicy): Generator<string> {
  yield ',"hessians":{';
  let comma = "";
  for (const [output, ofOutput] of groups(hessians, (block) => block.output)) {
    yield `${comma}${JSON.stringify(output)}:{`;
    let inner = "";
    for (const [first, blocks] of groups(ofOutput, (block) => block.first)) {
      yield `${inner}${JSON.stringify(first)}:{`;
      yield* memberParts(blocks, ({ second }) => second, policy);
      yield "}";
      inner = ",";
    }
    yield "}";
    comma = ",";
  }
  yield "}";
}

/** Items by key, in the order of `keys` and then in that of their first appearance. */
function groups<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  keys: readonly string[] = [],
): ReadonlyMap<string, readonly T[]> {
  const byKey = new Map<string, T[]>(keys.map((key) => [key, []]));
  for (const item of items) {
    const group = byKey.get(keyOf(item));
    if (group === undefined) byKey.set(keyOf(item), [item]);
    else group.push(item);
  }
  return byKey;
}

function* memberParts<T extends { readonly tensor: Tensor }>(
  derivatives: readonly T[],
  nameOf: (derivative: T) => string,
  policy: NonFinitePolicy,
): Generator<string> {
  let comma = "";
  for (const derivative of derivatives) {
    yield `${comma}${JSON.stringify(nameOf(derivative))}:`;
    yield* tensorParts(derivative.tensor, policy);
    comma = ",";
  }
}

/** Numbers that are formatted in one go. */
const BLOCK = 2048;

/** Nested arrays as JSON shows them; a string stands for a number that JSON.stringify would write differently. */
type Nested = number | string | null | readonly Nested[];

function* tensorParts({ shape, data }: Tensor, policy: NonFinitePolicy): Generator<string> {
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

function refuseNonFinite(evaluation: Evaluation, gradients: boolean): void {
  const derivative = (g: Gradient) => `the derivative of \`${g.output}\` by \`${g.input}\``;
  for (const { name, tensor } of evaluation.outputs) refuse(tensor, `the output \`${name}\``);
  if (gradients) for (const gradient of evaluation.gradients) refuse(gradient.tensor, derivative(gradient));
  if (gradients) {
    for (const { tensor, output, first, second } of evaluation.hessians ?? []) {
      refuse(tensor, `the second derivative of \`${output}\` by \`${first}\` and \`${second}\``);
    }
  }
  for (const node of evaluation.nodes ?? []) {
    refuse(node.output, `the node \`${node.name}\``);
    if (gradients) for (const gradient of node.sumGrads) refuse(gradient.tensor, derivative(gradient));
  }
}

function refuse({ shape, data }: Tensor, what: string): void {
  const at = data.findIndex((x) => !Number.isFinite(x));
  if (at < 0) return;
  const index: number[] = [];
  let rest = at;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]);
    rest = Math.floor(rest / shape[axis]);
  }
  const where = index.length === 0 ? "" : ` at [${index.join(", ")}]`;
  throw fault("not-finite", { what: what + where, value: String(data[at]) });
}
