import { fault } from "../diagnostics.js";
import type { Coordinates, Evaluation, Gradient, NodeRow, Sparsity } from "../results.js";
import { indexAt, type Tensor } from "../tensor.js";
import { type NonFinitePolicy, placeParts, tensorParts } from "./json-elements.js";
import { profileJson } from "./json-profile.js";

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
 * With Hessians, `"hessians":{"w":{"x":{"y":…}}}` follows the gradients. A sparse derivative is
 * `{"shape":[m,n],"rows":[…],"cols":[…],"values":[…]}`. Patterns come in place of derivatives, as `"sparsity"` and
 * `"hessian_sparsity"`. A profile comes last, as `"profile"`. Numbers have the fewest digits that read back as the same double.
 *
 * @throws Fault under the policy `error`, before the first chunk, with the name and the index
 */
export function writeEvaluation(evaluation: Evaluation, options: JsonOptions = {}): Generator<string> {
  const { nonFinite = "string", gradients = true } = options;
  if (nonFinite === "error") refuseNonFinite(evaluation, gradients);
  return inChunks(evaluationParts(evaluation, nonFinite, gradients));
}

/** The results with the values of the inputs in front, in chunks: `{"inputs":{"x":…},"outputs":…,"gradients":…}`. */
export const baselineParts = (
  inputs: ReadonlyMap<string, Tensor>,
  { outputs, gradients }: Evaluation,
): Generator<string> =>
  inChunks(
    evaluationParts({ outputs, gradients }, "string", true, [["inputs", objectParts(valueMembers(inputs))]]),
  );

/** What another program is asked, in one line, in chunks: `{"file":"model.ag","inputs":{"x":…}}`. */
export function questionParts(file: string, inputs: ReadonlyMap<string, Tensor>): Generator<string> {
  const members: Member[] = [
    ["file", [JSON.stringify(file)]],
    ["inputs", objectParts(valueMembers(inputs))],
  ];
  return inChunks(
    (function* () {
      yield* objectParts(members);
      yield "\n";
    })(),
  );
}

const valueMembers = (values: ReadonlyMap<string, Tensor>): Member[] =>
  [...values].map(([name, tensor]) => [name, tensorParts(tensor, "string")]);

/** One tensor as JSON, in chunks. */
export function writeTensor(
  tensor: Tensor,
  nonFinite: Exclude<NonFinitePolicy, "error"> = "string",
): Generator<string> {
  return inChunks(tensorParts(tensor, nonFinite));
}

/** Parts as chunks of bounded size. */
export function* inChunks(parts: Iterable<string>): Generator<string> {
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

/** A member of an object, its value in pieces. */
export type Member = readonly [name: string, parts: Iterable<string>];

function* evaluationParts(
  { outputs, gradients, hessians, sparsity, nodes, profile }: Evaluation,
  policy: NonFinitePolicy,
  derivatives: boolean,
  first: readonly Member[] = [],
): Generator<string> {
  const derivative = (one: Derivative) => derivativeParts(one, policy);
  const members: Member[] = [
    ...first,
    ["outputs", nested(outputs, [({ name }) => name], ({ tensor }) => tensorParts(tensor, policy))],
  ];
  if (derivatives && sparsity === undefined) {
    // Every output has a member, so that `.gradients.w` is an object even for a script without inputs.
    const names = outputs.map(({ name }) => name);
    members.push(["gradients", nested(gradients, [(g) => g.output, (g) => g.input], derivative, names)]);
    if (hessians !== undefined)
      members.push([
        "hessians",
        nested(hessians, [(h) => h.output, (h) => h.first, (h) => h.second], derivative),
      ]);
  }
  if (derivatives && sparsity !== undefined) {
    const first = sparsity.filter(({ second }) => second === undefined);
    const seconds = sparsity.filter(({ second }) => second !== undefined);
    members.push(["sparsity", nested(first, [(p) => p.output, (p) => p.input], patternParts)]);
    if (seconds.length > 0) {
      const keys = [(p: Sparsity) => p.output, (p: Sparsity) => p.input, (p: Sparsity) => p.second!];
      members.push(["hessian_sparsity", nested(seconds, keys, patternParts)]);
    }
  }
  if (nodes !== undefined) {
    const node = (row: NodeRow) => objectParts(nodeMembers(row, policy, derivatives));
    members.push(["nodes", nested(nodes, [({ name }) => name], node)]);
  }
  if (profile !== undefined) members.push(["profile", [profileJson(profile)]]);
  yield* objectParts(members);
  yield "\n";
}

function nodeMembers(
  { op, output, sumGrads }: NodeRow,
  policy: NonFinitePolicy,
  derivatives: boolean,
): Member[] {
  const sums = nested(sumGrads, [(g) => g.output], (g) => derivativeParts(g, policy));
  return [
    ["op", [JSON.stringify(op)]],
    ["shape", [JSON.stringify(output.shape)]],
    ["output", tensorParts(output, policy)],
    ...(derivatives ? [["sum_grad", sums] as const] : []),
  ];
}

interface Derivative {
  readonly tensor: Tensor;
  readonly coordinates?: Coordinates;
}

function* derivativeParts({ tensor, coordinates }: Derivative, policy: NonFinitePolicy): Generator<string> {
  if (coordinates === undefined) return yield* tensorParts(tensor, policy);
  yield `{"shape":${JSON.stringify(coordinates.shape)},`;
  yield* placeParts(coordinates);
  yield ',"values":';
  yield* tensorParts(tensor, policy);
  yield "}";
}

function* patternParts({
  structure,
  detail,
  shape,
  nonzeros,
  colors,
  coordinates,
}: Sparsity): Generator<string> {
  const size = shape[0] * shape[1];
  const facts = { structure, detail, shape, nonzeros, density: size === 0 ? 0 : nonzeros / size, colors };
  yield JSON.stringify(facts).slice(0, -1);
  if (coordinates !== undefined) {
    yield ",";
    yield* placeParts(coordinates);
  }
  yield "}";
}

type KeyOf<T> = (item: T) => string;

/** Objects within objects: the items by the first key, then by the next. `names` has members even without an item. */
function nested<T>(
  items: readonly T[],
  [keyOf, ...inner]: readonly KeyOf<T>[],
  parts: (item: T) => Iterable<string>,
  names: readonly string[] = [],
): Generator<string> {
  const members = [...groups(items, keyOf!, names)].map(
    ([name, group]): Member => [name, inner.length === 0 ? parts(group[0]!) : nested(group, inner, parts)],
  );
  return objectParts(members);
}

/** An object whose members are written when their turn comes. */
export function* objectParts(members: readonly Member[]): Generator<string> {
  yield "{";
  let comma = "";
  for (const [name, parts] of members) {
    yield `${comma}${JSON.stringify(name)}:`;
    yield* parts;
    comma = ",";
  }
  yield "}";
}

/** Items by key, in the order of `keys` and then in that of their first appearance. */
function groups<T>(
  items: readonly T[],
  keyOf: KeyOf<T>,
  keys: readonly string[],
): ReadonlyMap<string, readonly T[]> {
  const byKey = new Map<string, T[]>(keys.map((key) => [key, []]));
  for (const item of items) {
    const group = byKey.get(keyOf(item));
    if (group === undefined) byKey.set(keyOf(item), [item]);
    else group.push(item);
  }
  return byKey;
}

function refuseNonFinite(evaluation: Evaluation, gradients: boolean): void {
  const derivative = (g: Gradient) => `the derivative of \`${g.output}\` by \`${g.input}\``;
  for (const { name, tensor } of evaluation.outputs) refuse(tensor, `the output \`${name}\``);
  if (gradients)
    for (const gradient of evaluation.gradients)
      refuse(gradient.tensor, derivative(gradient), gradient.coordinates);
  if (gradients) {
    for (const { tensor, output, first, second, coordinates } of evaluation.hessians ?? []) {
      refuse(tensor, `the second derivative of \`${output}\` by \`${first}\` and \`${second}\``, coordinates);
    }
  }
  for (const node of evaluation.nodes ?? []) {
    refuse(node.output, `the node \`${node.name}\``);
    if (gradients) for (const gradient of node.sumGrads) refuse(gradient.tensor, derivative(gradient));
  }
}

function refuse({ shape, data }: Tensor, what: string, coordinates?: Coordinates): void {
  const at = data.findIndex((x) => !Number.isFinite(x));
  if (at < 0) return;
  const index = coordinates === undefined ? indexAt(at, shape) : [coordinates.rows[at], coordinates.cols[at]];
  const where = index.length === 0 ? "" : ` at [${index.join(", ")}]`;
  throw fault("not-finite", { what: what + where, value: String(data[at]) });
}
