import type { Coordinates, Evaluation, HessianBlock } from "../results.js";
import type { Tensor } from "../tensor.js";
import { type Nested, toNested } from "./values.js";

/** A sparse derivative: a matrix by the elements that may be other than 0, row by row. */
export interface PlainElements {
  readonly shape: readonly [rows: number, columns: number];
  readonly rows: readonly number[];
  readonly cols: readonly number[];
  readonly values: readonly number[];
}

/** `PlainElements` where sparse derivatives were asked for. */
export type PlainDerivative = Nested | PlainElements;

type ByName<T> = Readonly<Record<string, T>>;

/** An evaluation as numbers and nested arrays, in the form that `eval --json` prints. */
export interface PlainEvaluation {
  readonly outputs: ByName<Nested>;
  /** By output, then by input. */
  readonly gradients: ByName<ByName<PlainDerivative>>;
  /** By output, then by the first and the second input; present when Hessians were asked for. */
  readonly hessians?: ByName<ByName<ByName<PlainDerivative>>>;
}

/** Plain data from an evaluation. `Object.fromEntries` makes own properties even of names such as `__proto__`. */
export function toPlain({ outputs, gradients, hessians }: Evaluation): PlainEvaluation {
  return {
    outputs: Object.fromEntries(outputs.map(({ name, tensor }) => [name, toNested(tensor)])),
    gradients: grouped(
      gradients,
      ({ output }) => output,
      (list) => Object.fromEntries(list.map((gradient) => [gradient.input, plainDerivative(gradient)])),
    ),
    ...(hessians === undefined ? {} : { hessians: plainHessians(hessians) }),
  };
}

function plainDerivative({
  tensor,
  coordinates,
}: {
  readonly tensor: Tensor;
  readonly coordinates?: Coordinates;
}): PlainDerivative {
  if (coordinates === undefined) return toNested(tensor);
  const { shape, rows, cols } = coordinates;
  return { shape, rows: [...rows], cols: [...cols], values: [...tensor.data] };
}

const plainHessians = (hessians: readonly HessianBlock[]) =>
  grouped(
    hessians,
    ({ output }) => output,
    (ofOutput) =>
      grouped(
        ofOutput,
        ({ first }) => first,
        (blocks) => Object.fromEntries(blocks.map((block) => [block.second, plainDerivative(block)])),
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
