import {
  type CheckEntry,
  type CheckFinding,
  type Verdict,
  verdicts,
  type WrongNode,
} from "../check-results.js";
import type { Fault } from "../diagnostics.js";
import type { AssertResult } from "../results.js";
import { messages } from "./element.js";
import type { PairResult } from "./pair-check.js";
import type { RuleResult } from "./rules.js";
import type { Values } from "./samples.js";

/** Where a check takes place: at the given values, or at a sample by its number. */
export interface Place {
  readonly at: "given" | number;
  readonly values: Values;
}

/** What came of a pair, or of an assert, at one point. */
export interface Outcome {
  readonly place: Place;
  readonly verdict: Verdict;
  readonly checked: number;
  readonly total: number;
  readonly error: number | undefined;
  readonly digitsLost: number | undefined;
  readonly distance?: number | undefined;
  readonly finding: CheckFinding | undefined;
  /** Of a derivative. */
  readonly result?: PairResult;
  /** Of a rule or an assert: what comes of the same at another point, if that is as bad. */
  readonly again?: (place: Place) => Outcome | undefined;
  /** Of what somebody else has computed. */
  readonly claimed?: "expected" | "against";
  /** A command that shows it again. */
  readonly reproduce?: string | undefined;
}

export function outcomeOfPair(result: PairResult, place: Place, node?: WrongNode): Outcome {
  const { worst, checked, total, error, digitsLost, distance } = result;
  const common = {
    place,
    checked,
    total,
    error: total === 0 ? undefined : error,
    digitsLost,
    distance,
    result,
  };
  if (worst === undefined || worst.verdict === "PASS")
    return { ...common, verdict: "PASS", finding: undefined };
  const { verdict, element, value, reference, bound, slopes, taylor } = worst;
  const finding: CheckFinding = {
    element,
    value,
    reference,
    bound,
    error: worst.error,
    digitsLost: worst.digitsLost,
    ...messages[verdict](worst),
    ...(slopes === undefined ? {} : { slopes }),
    ...(node === undefined ? {} : { node }),
    ...(taylor === undefined ? {} : { taylor }),
  };
  return { ...common, verdict, finding };
}

export function outcomeOfRule({ mode, isSingle, judged }: RuleResult, by: string, place: Place): Outcome {
  const { verdict, value, reference, bound, error, slopes } = judged;
  const common = { place, verdict, checked: 1, total: 1, error, digitsLost: undefined };
  if (verdict === "PASS") return { ...common, finding: undefined };
  const { message, hint } = messages[verdict](judged);
  return {
    ...common,
    finding: {
      element: isSingle ? by : `${by} along a direction`,
      value,
      reference,
      bound,
      error,
      message:
        verdict === "WRONG" ? `the rule, as a ${mode}, is not the derivative of the function` : message,
      ...(hint === undefined ? {} : { hint }),
      ...(slopes === undefined ? {} : { slopes }),
    },
  };
}

export function outcomeOfAssert({ passed, failure }: AssertResult, place: Place): Outcome {
  const common = { place, checked: 1, total: 1, error: undefined, digitsLost: undefined };
  if (passed || failure === undefined) return { ...common, verdict: "PASS", finding: undefined };
  const { index, left, right, tolerance, failed, total } = failure;
  const reference = right ?? 1;
  const size = Math.max(Math.abs(left), Math.abs(reference));
  return {
    ...common,
    checked: total,
    total,
    verdict: "WRONG",
    finding: {
      element: index.length === 0 ? "the value" : `element [${index.join(",")}]`,
      value: left,
      reference,
      bound: tolerance,
      error: Math.abs(left - reference) / size,
      message:
        failed === total ? "the assert does not hold" : `the assert fails in ${failed} of ${total} elements`,
    },
  };
}

/** A sample at which the script has no value. */
export function outcomeOfFault({ diagnostics }: Fault, place: Place): Outcome {
  return {
    place,
    verdict: "INCONCLUSIVE",
    checked: 0,
    total: 0,
    error: undefined,
    digitsLost: undefined,
    finding: {
      element: "the value",
      value: Number.NaN,
      reference: Number.NaN,
      bound: Number.POSITIVE_INFINITY,
      error: Number.NaN,
      message: diagnostics[0]?.message ?? "the script has no value here",
      hint: "declare a smaller domain, or check fewer samples",
    },
  };
}

export type Subject = Pick<CheckEntry, "kind" | "name" | "span">;

export const keyOf = ({ kind, name, span }: Subject): string =>
  `${kind} ${name} ${kind === "assert" ? span?.start : ""}`;

/** What is known of a subject after some points: of the points themselves, only the worst is kept. */
interface Known {
  readonly subject: Subject;
  worst: Outcome;
  checked: number;
  readonly points: Set<Place["at"]>;
  error: number | undefined;
  digitsLost: number | undefined;
  distance: number | undefined;
}

/** What is looked at through all points, in the order in which it first comes. */
export class Subjects {
  readonly #found = new Map<string, Known>();

  add(subject: Subject, outcome: Outcome): void {
    const key = keyOf(subject);
    const { place, checked, error, digitsLost, distance } = outcome;
    const known = this.#found.get(key);
    if (known === undefined) {
      const points = new Set([place.at]);
      this.#found.set(key, { subject, worst: outcome, checked, points, error, digitsLost, distance });
      return;
    }
    if (isWorse(outcome, known.worst)) known.worst = outcome;
    known.checked = Math.min(known.checked, checked);
    known.points.add(place.at);
    known.error = larger(known.error, error);
    known.digitsLost = larger(known.digitsLost, digitsLost);
    known.distance = smaller(known.distance, distance);
  }

  /** What has failed at a sample, of the numbers that somebody else has computed. */
  failures(): (readonly [Subject, Outcome])[] {
    return [...this.#found.values()].flatMap(({ subject, worst }) =>
      worst.claimed === "against" && worst.verdict !== "PASS" && worst.place.at !== "given"
        ? [[subject, worst] as const]
        : [],
    );
  }

  /** The same failure as the worst one, at a simpler point. */
  simplify(subject: Subject, outcome: Outcome): void {
    this.#found.get(keyOf(subject))!.worst = outcome;
  }

  /** One entry a subject; `refine` gets its worst outcome, where it is not a pass. */
  entries(refine: (outcome: Outcome) => Outcome): CheckEntry[] {
    return [...this.#found.values()].map(
      ({ subject, worst, points, checked, error, digitsLost, distance }) => {
        const shown = worst.verdict === "PASS" ? worst : refine(worst);
        return {
          ...subject,
          verdict: worst.verdict,
          checked,
          total: worst.total,
          points: points.size,
          error,
          digitsLost,
          distance,
          worst: shown.finding,
          at: shown.place.at,
          reproduce: shown.reproduce,
        };
      },
    );
  }
}

/** NaN is the largest of all; Math.max has it so. */
const larger = (p: number | undefined, q: number | undefined): number | undefined =>
  p === undefined || q === undefined ? (p ?? q) : Math.max(p, q);

const smaller = (p: number | undefined, q: number | undefined): number | undefined =>
  p === undefined || q === undefined ? (p ?? q) : Math.min(p, q);

function isWorse(p: Outcome, q: Outcome): boolean {
  const [a, b] = [p, q].map(({ verdict }) => verdicts.indexOf(verdict)) as [number, number];
  if (a !== b) return a > b;
  return (Number.isNaN(p.error) && !Number.isNaN(q.error)) || (p.error ?? 0) > (q.error ?? 0);
}
