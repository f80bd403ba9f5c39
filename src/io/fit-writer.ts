import type { Fit, NamedTensor } from "../results.js";
import { type NonFinitePolicy, tensorParts } from "./json-elements.js";
import { inChunks, type Member, objectParts } from "./json-writer.js";

/**
 * What fitting gives as one line of JSON, in chunks: `{"steps":2,"loss":{"start":…,"end":…,"history":[…]},"params":{"W":…}}`.
 * The history has the loss at the start and after each step.
 */
export function writeFit(
  { losses, parameters }: Fit,
  policy: Exclude<NonFinitePolicy, "error">,
): Generator<string> {
  const number = (value: number) => tensorParts({ shape: [], data: Float64Array.of(value) }, policy);
  const loss: Member[] = [
    ["start", number(losses[0]!)],
    ["end", number(losses.at(-1)!)],
    ["history", tensorParts({ shape: [losses.length], data: losses }, policy)],
  ];
  return inChunks(
    line([
      ["steps", [String(losses.length - 1)]],
      ["loss", objectParts(loss)],
      ["params", objectParts(members(parameters, policy))],
    ]),
  );
}

/** Parameters as one line of JSON in the form of an input file: the same doubles when it is read. */
export const writeParameters = (parameters: readonly NamedTensor[]): Generator<string> =>
  inChunks(line(members(parameters, "string")));

const members = (tensors: readonly NamedTensor[], policy: NonFinitePolicy): Member[] =>
  tensors.map(({ name, tensor }) => [name, tensorParts(tensor, policy)]);

function* line(all: readonly Member[]): Generator<string> {
  yield* objectParts(all);
  yield "\n";
}
