import { add, type DoubleDouble, mulNumber, zero } from "../precise/double-double.js";
import type { PreciseTensor } from "../precise/tensor.js";
import type { Slope } from "./differences.js";
import type { Reference } from "./ladder.js";
import type { Limit } from "./richardson.js";

export function weighedSum(
  { hi, lo }: Pick<PreciseTensor, "hi" | "lo">,
  weights: Float64Array,
): DoubleDouble {
  let sum = zero;
  for (const [i, weight] of weights.entries()) sum = add(sum, mulNumber({ hi: hi[i]!, lo: lo[i]! }, weight));
  return sum;
}

/** What differences say of an output, as of the sum of its elements times weights. */
export function weighed(reference: Reference, weights: Float64Array): Reference {
  const sum = (limits: readonly (Limit & Partial<Slope>)[]): Slope => {
    let value: DoubleDouble = zero;
    let [bound, size, terms] = [0, 0, 0];
    for (const [i, limit] of limits.entries()) {
      const weight = Math.abs(weights[i]!);
      value = add(value, mulNumber(limit.value, weights[i]!));
      bound += weight * limit.bound;
      size += weight * (limit.size ?? 0);
      terms += weight * (limit.terms ?? 0);
    }
    return { value, bound, size, terms, step: limits[0]?.step ?? 0 };
  };
  if (reference.kind === "smooth") return { ...reference, slopes: [sum(reference.slopes)] };
  const [below, above] = reference.sides.map((side) => ({
    ...side,
    slopes: [sum(side.slopes)],
    values: [sum(side.values)],
  }));
  return { kind: "border", sides: [below!, above!] };
}
