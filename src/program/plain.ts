import type { Evaluation, HessianBlock } from "../results.js";
import { type Nested, toNested } from "./values.js";

/** An evaluation as numbers and nested arrays, in the form that `eval --json` prints. */
export interface PlainEvaluation {
  readonly outputs: Readonly<Record<string, Nested>>;
  /** By output, then by input. */
  readonly gradients: Readonly<Record<string, Readonly<Record<string, Nested>>>>;
  /** By output, then by the first and the second input; present when Hessians were asked for. */
  readonly hessians?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Nested>>>>>>;
}

/** Plain data from an evaluation. `Object.fromEntries` makes own properties even of names such as `__proto__`. */
export function toPlain({ outputs, gradients, hessians }: Evaluation): PlainEvaluation {
  return {
    outputs: Object.fromEntries(outputs.map(({ name, tensor }) => [name, toNested(tensor)])),
    gradients: grouped(
      gradients,
      ({ output }) => output,
      (list) => Object.fromEntries(list.map(({ input, tensor }) => [input, toNested(tensor)])),
    ),
    ...(hessians === undefined ? {} : { hessians: plainHessians(hessians) }),
  };
}

const plainHessians = (hessians: readonly HessianBlock[]) =>
  grouped(
    hessians,
    ({ output }) => output,
    (ofOutput) =>
      grouped(
        ofOutput,
        ({ first }) => first,
        (blocks) => Object.fromEntries(blocks.map(({ second, tensor }) => [second, toNested(tensor)])),
      ),
  );

/** An object with a member for each group of items of one key, in the order in which the keys first appear. */
function grouped<T, V>(
  items: readonly T[],
  keyOf: (item: T) => string,
  build: (group: readonly T[]) => V,
): Record<string, V> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return Object.fromEntries([...groups].map(([key, group]) => [key, build(group)]));
}
