import type { ScalarOpName, TensorOpName } from "../../../ops/registry.js";

/** Why an operation gives what it gives, in one sentence, and what to do about it. */
export interface Reason {
  readonly reason: string;
  readonly remedy?: string;
}

/**
 * From the numbers that an element was computed from: of an elementwise operation its arguments, of others what was read of
 * the first input. `undefined` where it is none of the usual cases.
 */
export type Explain = (
  x: readonly number[],
  at: { readonly value: number; readonly index: number },
) => Reason | undefined;

export type Table = Partial<Record<ScalarOpName | TensorOpName, Explain>>;

export const explainBy = (table: Table, name: string): Explain | undefined =>
  Object.hasOwn(table, name) ? table[name as keyof Table] : undefined;

/** A number in a sentence. */
export const say = (x: number | undefined): string => {
  if (x === undefined) return "?";
  if (x === Number.POSITIVE_INFINITY) return "∞";
  if (x === Number.NEGATIVE_INFINITY) return "-∞";
  if (Object.is(x, -0)) return "-0";
  return String(Number(x.toPrecision(6)));
};

export const largest = "the largest float64, about 1.8e308";
export const smallest = "the smallest float64, about 4.9e-324";
