import type { Evaluation, Gradient } from "../results.js";
import { type Nested, toNested } from "./values.js";

/** An evaluation as numbers and nested arrays, in the form that `eval --json` prints. */
export interface PlainEvaluation {
  readonly outputs: Readonly<Record<string, Nested>>;
  /** By output, then by input. */
  readonly gradients: Readonly<Record<string, Readonly<Record<string, Nested>>>>;
}

/** Plain data from an evaluation. `Object.fromEntries` makes own properties even of names such as `__proto__`. */
export function toPlain({ outputs, gradients }: Evaluation): PlainEvaluation {
  const byOutput = new Map<string, Gradient[]>();
  for (const gradient of gradients) {
    const list = byOutput.get(gradient.output);
    if (list === undefined) byOutput.set(gradient.output, [gradient]);
    else list.push(gradient);
  }
  return {
    outputs: Object.fromEntries(outputs.map(({ name, tensor }) => [name, toNested(tensor)])),
    gradients: Object.fromEntries(
      [...byOutput].map(([output, list]) => [
        output,
        Object.fromEntries(list.map(({ input, tensor }) => [input, toNested(tensor)])),
      ]),
    ),
  };
}
