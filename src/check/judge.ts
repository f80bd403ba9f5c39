import type { Verdict } from "../check-results.js";
import { type DoubleDouble, sub } from "../precise/double-double.js";
import type { Limit } from "./richardson.js";

/** How far a rule, in double-doubles, may be from its reference, relative to itself. */
export const ruleTolerance = 1e-11;

/**
 * The same along a direction, relative to the sum of the sizes of what adds up to the slope: one element in many that is
 * wrong has to be seen in it.
 */
export const directionTolerance = 1e-16;

/** A reference that may be off by more than this, relatively, is none. */
const mostUncertain = 1e-8;

/**
 * Derivatives that are smaller than 2⁻⁹⁶⁰ have fewer than 32 digits, and so do the factors that they are made of: each is
 * off by up to 2⁻¹⁰⁷⁴, times what it is multiplied by.
 */
const underflow = 2 ** -1044;

/** A number that has lost more of its 16 digits than this is called unstable. */
const unstableDigits = 8;

const unit = 2 ** -53;

/** What is smaller has lost digits in float64 anyway. */
const leastNormal = 2 ** -1022;

/** One element of a derivative, three times. */
export interface Element {
  /** In float64, as every run gives it. */
  readonly number: number;
  /** By the same rules in double-doubles. */
  readonly rule: DoubleDouble;
  /** By differences of values. */
  readonly reference: Limit;
  /** The size of which rounding makes a derivative that is 0: that of the value by that of what moves. */
  readonly scale: number;
  /** The same of all that the value is made of: larger, where large terms cancel. */
  readonly terms: number;
  /** How far rule and reference may be apart, besides what bounds the reference. */
  readonly tolerance: number;
}

/** Every comparison is written so that NaN fails it. */
export function judgeRule({ rule, reference, scale, terms, tolerance }: Omit<Element, "number">): Verdict {
  if (!Number.isFinite(rule.hi)) return "NONFINITE";
  const { value, bound } = reference;
  const size = Math.max(Math.abs(rule.hi), Math.abs(value.hi));
  const difference = Math.abs(sub(rule, value).hi);
  const isNothing = size <= 2 * bound && bound <= unit * terms;
  if (!(isNothing || bound <= Math.max(mostUncertain * size, unit * scale, leastNormal))) {
    // What is off by more than even a bad reference can be is wrong all the same.
    return Number.isFinite(bound) && difference > 16 * bound && difference > size / 2
      ? "WRONG"
      : "INCONCLUSIVE";
  }
  return difference <= tolerance + bound + underflow ? "PASS" : "WRONG";
}

/**
 * How many of its 16 digits a number has lost, against one with 32. Differences below the rounding of the largest element
 * of the same derivative count as none: whoever uses the derivative as a whole does not see them.
 */
export function digitsLost(number: number, rule: DoubleDouble, largest: number): number {
  const difference = Math.abs(sub({ hi: number, lo: 0 }, rule).hi);
  if (difference <= 8 * unit * Math.max(Math.abs(rule.hi), largest)) return 0;
  if (Number.isNaN(difference)) return 16;
  return Math.min(16, Math.max(0, Math.log10(difference / (unit * Math.abs(rule.hi)))));
}

export function judge(element: Element, largest: number): { verdict: Verdict; digitsLost: number } {
  const { number, rule } = element;
  if (!Number.isFinite(number)) return { verdict: "NONFINITE", digitsLost: 16 };
  const lost = digitsLost(number, rule, largest);
  return { verdict: stableVerdict(judgeRule(element), lost), digitsLost: lost };
}

/** Of a rule that passes, whether the number does. */
export const stableVerdict = (verdict: Verdict, lost: number): Verdict =>
  verdict === "PASS" && !(lost <= unstableDigits) ? "UNSTABLE" : verdict;
