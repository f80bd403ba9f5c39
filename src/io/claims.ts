import type { ClaimedGradient, Claims } from "../check-results.js";
import type { Evaluation, Gradient, NamedTensor } from "../results.js";
import { formatShape, type Shape, sameShape, sizeOf, type Tensor } from "../tensor.js";
import type { Stated, StatedResults } from "./json-gradients.js";

/**
 * What a text states, laid out like the results of a run. Where `isPartial`, it may tell of more than the run; never of
 * less, except that it may leave out values, and derivatives of what does not depend on an input.
 *
 * @throws Fault with the place of what the run does not have, or has in another shape, and of what is missing
 */
export function claimsOf(stated: StatedResults, evaluation: Evaluation, isPartial: boolean): Claims {
  const { text } = stated;
  const names = evaluation.outputs.map(({ name }) => name);
  const unknown = (what: "output" | "input", known: readonly string[], { place }: Pick<Stated, "place">) =>
    text.fail("claim-unknown", { path: place.path, what, known }, place.start, place.end);

  const outputs: NamedTensor[] = [];
  for (const [name, own] of stated.outputs) {
    const ours = evaluation.outputs.find((output) => output.name === name);
    if (ours !== undefined) outputs.push({ name, tensor: fitted(stated, own, ours.tensor.shape) });
    else if (!isPartial) throw unknown("output", names, own);
  }

  const byPair = new Map(evaluation.gradients.map((gradient) => [keyOf(gradient), gradient]));
  const gradients: ClaimedGradient[] = [];
  for (const [output, own] of stated.gradients) {
    if (!names.includes(output)) {
      if (isPartial) continue;
      throw unknown("output", names, own);
    }
    for (const [input, derivative] of own.byInput) {
      const ours = byPair.get(keyOf({ output, input }));
      if (ours !== undefined) {
        gradients.push({ output, input, tensor: fittedGradient(stated, derivative, ours) });
      } else if (!isPartial) {
        const known = evaluation.gradients.filter((gradient) => gradient.output === output);
        throw unknown(
          "input",
          known.map((gradient) => gradient.input),
          derivative,
        );
      }
    }
  }
  for (const { output, input, connected } of evaluation.gradients) {
    const own = stated.gradients.get(output);
    if (!connected || own?.byInput.has(input)) continue;
    const { start, end } = own?.place ?? { start: 0, end: 1 };
    throw text.fail("claim-missing", { output, input }, start, end);
  }
  return { outputs, gradients };
}

/** The inputs whose values are not those that a text tells of; undefined where it tells of none. */
export function otherInputs(
  { inputs }: StatedResults,
  values: ReadonlyMap<string, Tensor>,
): string[] | undefined {
  if (inputs === undefined) return undefined;
  const names = new Set([...inputs.keys(), ...values.keys()]);
  return [...names].filter((name) => !isSame(inputs.get(name), values.get(name)));
}

function isSame(a: Tensor | undefined, b: Tensor | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return (
    sameShape(writtenShape(a.shape), writtenShape(b.shape)) && a.data.every((x, i) => Object.is(x, b.data[i]))
  );
}

const keyOf = ({ output, input }: Pick<Gradient, "output" | "input">) => JSON.stringify([output, input]);

/** JSON cannot show the axes behind an empty one. */
function writtenShape(shape: Shape): Shape {
  const empty = shape.indexOf(0);
  return empty < 0 ? shape : shape.slice(0, empty + 1);
}

function fitted({ text }: StatedResults, { tensor, place }: Stated, shape: Shape): Tensor {
  if (sameShape(writtenShape(tensor.shape), writtenShape(shape))) return { shape, data: tensor.data };
  const { path, start, end } = place;
  const parameters = { path, actual: formatShape(tensor.shape), expected: formatShape(shape) };
  throw text.fail("claim-shape", parameters, start, end);
}

function fittedGradient(stated: StatedResults, derivative: Stated, ours: Gradient): Tensor {
  const { coordinates, tensor, place } = derivative;
  const { shape } = ours.tensor;
  if (coordinates === undefined) return fitted(stated, derivative, shape);
  const columns = sizeOf(shape.slice(ours.outputRank));
  const matrix = [sizeOf(shape.slice(0, ours.outputRank)), columns] as const;
  if (!sameShape(coordinates.shape, matrix)) {
    const { path, start, end } = place;
    const parameters = { path, actual: formatShape(coordinates.shape), expected: formatShape(matrix) };
    throw stated.text.fail("claim-shape", parameters, start, end);
  }
  const data = new Float64Array(sizeOf(shape));
  // Elements that are listed twice add up, as SciPy has it.
  for (const [k, row] of coordinates.rows.entries()) {
    const at = row * columns + coordinates.cols[k]!;
    data[at] = data[at]! + tensor.data[k]!;
  }
  return { shape, data };
}
