import type { CheckFinding, Verdict } from "../check-results.js";
import { verdicts } from "../check-results.js";
import { type DoubleDouble, sub } from "../precise/double-double.js";
import type { Slope } from "./differences.js";
import { digitsLost, judge, judgeRule, stableVerdict } from "./judge.js";
import type { Reference } from "./ladder.js";
import type { Limit } from "./richardson.js";

/** What is compared at one element of a derivative. */
export interface Judged {
  readonly verdict: Verdict;
  readonly value: number;
  readonly reference: number;
  readonly bound: number;
  readonly error: number;
  readonly digitsLost: number;
  readonly slopes?: readonly [below: number, above: number];
  /** Whether this is about the forward rules; else about those in reverse. */
  readonly isForward?: true;
}

/** An element of a derivative: in float64, by the rules in double-doubles, and what differences say. */
export interface Compared {
  readonly number: number;
  readonly rule: DoubleDouble;
  readonly reference: Reference;
  /** Of the output. */
  readonly element: number;
  /** The value there. */
  readonly value: DoubleDouble;
  /** Of the line, as of a `Line`. */
  readonly length: number;
  /** The largest element of the same derivative. */
  readonly largest: number;
  /** As of an `Element`. */
  readonly tolerance: number;
}

export function judgeElement(compared: Compared): Judged {
  const { reference } = compared;
  return reference.kind === "smooth"
    ? judgeSmooth(compared, reference.slopes[compared.element]!)
    : judgeBorder(compared, reference.sides);
}

/** How far a rule is from its reference, relatively; NaN where the number is none. */
export const errorOf = (value: number, rule: DoubleDouble, reference: DoubleDouble): number => {
  const size = Math.max(Math.abs(rule.hi), Math.abs(reference.hi));
  const difference = Math.abs(sub(rule, reference).hi);
  if (!Number.isFinite(value)) return Number.NaN;
  return size === 0 ? 0 : difference / size;
};

function judgeSmooth({ number, rule, largest, tolerance }: Compared, reference: Slope): Judged {
  const { verdict, digitsLost: lost } = judge(
    { number, rule, reference, scale: reference.size, terms: reference.terms, tolerance },
    largest,
  );
  return {
    verdict,
    value: number,
    reference: reference.value.hi,
    bound: reference.bound,
    error: errorOf(number, rule, reference.value),
    digitsLost: lost,
  };
}

/** How near values at both sides must come to each other, by their size. */
const meeting = 1e-12;

function judgeBorder(compared: Compared, sides: Extract<Reference, { kind: "border" }>["sides"]): Judged {
  const { number, rule, element, value, length, largest, tolerance } = compared;
  const inside = sides.filter(({ kind }) => kind === "inside");
  const slopes = inside.map((side) => side.slopes[element]!);
  const lost = Number.isFinite(number) ? digitsLost(number, rule, largest) : 16;
  const judged = (verdict: Verdict, reference: Limit, both?: readonly [number, number]): Judged => ({
    verdict: stableVerdict(verdict, lost),
    value: number,
    reference: reference.value.hi,
    bound: reference.bound,
    error: errorOf(number, rule, reference.value),
    digitsLost: lost,
    ...(both === undefined ? {} : { slopes: both }),
  });
  const [first, second] = slopes;
  if (Number.isFinite(value.hi) && sides.some(({ kind }) => kind === "narrow"))
    return judged("INCONCLUSIVE", { value: { hi: Number.NaN, lo: 0 }, bound: Number.POSITIVE_INFINITY });
  if (first === undefined || !Number.isFinite(value.hi)) {
    return judged("NONFINITE", { value: { hi: Number.NaN, lo: 0 }, bound: Number.POSITIVE_INFINITY });
  }
  const limits = inside.map((side) => side.values[element]!);
  const meets = (limit: Limit) => {
    const size = Math.max(Math.abs(limit.value.hi), Math.abs(value.hi), length * Math.abs(first.value.hi));
    return Math.abs(sub(limit.value, value).hi) <= meeting * size + limit.bound;
  };
  if (!limits.every(meets)) {
    return judged("DISCONTINUOUS", first, second && [first.value.hi, second.value.hi]);
  }
  if (!Number.isFinite(number)) return judged("NONFINITE", first);
  const verdictsOf = slopes.map((reference) =>
    judgeRule({ rule, reference, scale: reference.size, terms: reference.terms, tolerance }),
  );
  // At the edge of a domain, the slope of the side that is there is all there is.
  if (second === undefined) return judged(verdictsOf[0]!, first);
  const both = [first.value.hi, second.value.hi] as const;
  if (verdictsOf.every((verdict) => verdict === "PASS")) return judged("PASS", first);
  if (verdictsOf.includes("NONFINITE") || verdictsOf.includes("INCONCLUSIVE")) {
    const worst = verdictsOf.includes("NONFINITE") ? "NONFINITE" : "INCONCLUSIVE";
    return judged(worst, first, both);
  }
  const largestSlope = Math.max(0, ...both.filter(Number.isFinite).map(Math.abs));
  const slack = 1e-11 * largestSlope + first.bound + second.bound;
  const isBetween = rule.hi >= Math.min(...both) - slack && rule.hi <= Math.max(...both) + slack;
  const nearer = Math.abs(rule.hi - both[0]) <= Math.abs(rule.hi - both[1]) ? first : second;
  return isBetween ? { ...judged("KINK", nearer, both), error: 0 } : judged("WRONG", nearer, both);
}

/** Whether the first is worse: by its verdict, then by its error; NaN is the largest error. */
export function isWorse(p: Judged, q: Judged): boolean {
  const [a, b] = [verdicts.indexOf(p.verdict), verdicts.indexOf(q.verdict)];
  if (a !== b) return a > b;
  if (p.verdict === "UNSTABLE") return p.digitsLost > q.digitsLost;
  return (Number.isNaN(p.error) && !Number.isNaN(q.error)) || p.error > q.error;
}

/** What is said of a verdict that is not `PASS`. */
export const messages: Readonly<Record<Verdict, (judged: Judged) => Pick<CheckFinding, "message" | "hint">>> =
  {
    PASS: () => ({ message: "the derivative is right" }),
    KINK: () => ({
      message: "the point lies on a kink, and the derivative between the slopes at its sides",
      hint: "any number between the two is a subgradient; steps of an optimiser from here may go either way",
    }),
    UNSTABLE: ({ digitsLost: lost }) => ({
      message: `the rule is right, but the number loses ${Math.round(lost)} of its 16 digits to rounding`,
      hint: "look for the difference of two large numbers on the way, and write it in another form",
    }),
    INCONCLUSIVE: () => ({
      message: "differences of the values are too uncertain here to judge by",
      hint: "check at another point, or with inputs of another size",
    }),
    NONFINITE: ({ value, isForward }) => ({
      message: Number.isFinite(value)
        ? "the values around the point are not finite"
        : `the derivative${isForward ? ", by the forward rule," : ""} is not a finite number`,
      hint: "the point may lie on the edge of a domain, as `sqrt` at 0",
    }),
    DISCONTINUOUS: () => ({
      message: "the value jumps at this point, so it has no derivative here",
      hint: "no derivative can tell of a jump: keep the point away from it, or smooth it",
    }),
    WRONG: ({ isForward }) => ({
      message: isForward
        ? "the forward rule is not the derivative of the value, but the reverse rule is"
        : "the derivative is not that of the value",
    }),
  };
