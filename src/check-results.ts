import type { Diagnostic, Span } from "./diagnostics.js";
import type { NamedTensor } from "./results.js";
import type { Tensor } from "./tensor.js";

/**
 * What becomes of a check, best first; the worst of several stands for all.
 *
 * `KINK`: the point lies on a kink, and the derivative between the slopes at both sides. `UNSTABLE`: the rule is right, but
 * the number has lost digits to rounding. `DISCONTINUOUS`: values at both sides do not meet. `NONFINITE`: a value or a
 * derivative is NaN or infinite. `INCONCLUSIVE`: no reference was good enough to judge by.
 */
export const verdicts = [
  "PASS",
  "KINK",
  "UNSTABLE",
  "INCONCLUSIVE",
  "NONFINITE",
  "DISCONTINUOUS",
  "WRONG",
] as const;

export type Verdict = (typeof verdicts)[number];

/** What was compared with what. */
export type CheckKind =
  /** The gradient of an output by an input, with differences. */
  | "gradient"
  /** The sides of an `assert`. */
  | "assert"
  /** A `derivative` rule, with the function that it belongs to. */
  | "rule"
  /** The gradient, with that in a file. */
  | "expected"
  /** The gradient, with the answer of another program. */
  | "against";

/** The node of the graph at which a derivative first goes wrong. */
export interface WrongNode {
  readonly op: string;
  /** Where the script asks for it; undefined for what no line has asked for. */
  readonly span: Span | undefined;
  /** In the body of a loop: the step, counted from 1; of a loop in another, first the step of the outer one. */
  readonly steps: readonly number[];
  readonly operands: readonly { readonly name: string; readonly value: number | undefined }[];
  /** Of the operand by which it is wrong. */
  readonly operand: number;
  readonly derivative: number;
  readonly reference: number;
}

/** One step of a Taylor test: how far the value is from the linear model, and how that shrinks. */
export interface TaylorStep {
  readonly step: number;
  readonly remainder: number;
  /** The order at which the remainder shrinks: 2 where the derivative is right; undefined at the first step. */
  readonly order: number | undefined;
}

/** What was found at the element that is worst. */
export interface CheckFinding {
  /** `W[2,1]`; a direction in which many elements move is called `W along direction 1`. */
  readonly element: string;
  /** Under test. */
  readonly value: number;
  readonly reference: number;
  /** By how much the reference itself may be off. */
  readonly bound: number;
  /** |value − reference| by the larger of both sizes. */
  readonly error: number;
  /** One sentence, without the numbers that stand beside it. */
  readonly message: string;
  /** What may be done about it; a sentence. */
  readonly hint?: string;
  /** How many of the 16 digits of the number are lost. */
  readonly digitsLost?: number;
  /** At a kink: the slopes from below and from above. */
  readonly slopes?: readonly [below: number, above: number];
  readonly node?: WrongNode;
  readonly taylor?: readonly TaylorStep[];
}

/** One line of a report: a pair of output and input, an assert, a rule. */
export interface CheckEntry {
  readonly kind: CheckKind;
  /** `∂loss/∂W`; the text of an assert; `derivative f by x`. */
  readonly name: string;
  readonly verdict: Verdict;
  /** Where it stands in the script. */
  readonly span: Span | undefined;
  /** Elements of the derivative (or of the sides) that were judged at each point, of how many. */
  readonly checked: number;
  readonly total: number;
  /** Points: the given inputs, and samples. */
  readonly points: number;
  /** The largest error at any point, relative; undefined where there is nothing to compare. */
  readonly error: number | undefined;
  /** Digits that the number loses at worst. */
  readonly digitsLost: number | undefined;
  /** How far an input is from the nearest kink or jump, where that is near: less than a thousandth of its size. */
  readonly distance: number | undefined;
  /** Undefined where everything has passed. */
  readonly worst: CheckFinding | undefined;
  /** Which point the worst finding is at: `given`, or the number of a sample. */
  readonly at: "given" | number;
  /** A command that shows the worst finding again. */
  readonly reproduce: string | undefined;
}

/** Outputs and gradients as somebody else has them, laid out like those of a run. */
export interface Claims {
  readonly outputs: readonly NamedTensor[];
  readonly gradients: readonly ClaimedGradient[];
}

export interface ClaimedGradient {
  readonly output: string;
  readonly input: string;
  readonly tensor: Tensor;
}

/** What checking one script gives. */
export interface FileReport {
  /** As the user calls it. */
  readonly file: string;
  /** In the order of the script, not yet sorted. */
  readonly entries: readonly CheckEntry[];
  /** Why it could not be checked at all, or warnings. */
  readonly diagnostics: readonly Diagnostic[];
  readonly milliseconds: number;
  readonly seed: number;
}

export interface CheckReport {
  readonly version: string;
  readonly files: readonly FileReport[];
}

/** The worst verdict; `PASS` of none. */
export const worstOf = (found: readonly Verdict[]): Verdict =>
  verdicts[Math.max(0, ...found.map((verdict) => verdicts.indexOf(verdict)))]!;

/** Verdicts that are no reason to fail unless somebody asks for that. */
const harmless: ReadonlySet<Verdict> = new Set(["PASS", "KINK", "UNSTABLE"]);

/** Whether an entry fails a check, unless told otherwise. */
export const failsByDefault = ({ verdict }: CheckEntry): boolean => !harmless.has(verdict);

/**
 * The verdict that the numbers beside it allow. NaN is neither above nor below a tolerance, so a comparison written the
 * wrong way round would let it pass: what is not finite never counts as harmless, whoever judged it.
 */
export function soundVerdict({ verdict, error, worst }: CheckEntry): Verdict {
  if (!harmless.has(verdict)) return verdict;
  const numbers = [error ?? 0, ...(worst === undefined ? [] : [worst.value, worst.reference, worst.error])];
  return numbers.every(Number.isFinite) ? verdict : "NONFINITE";
}
