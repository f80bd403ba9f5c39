import type { LoweredAssert } from "../lower/asserts.js";
import type { AssertFailure, AssertResult, Comparison } from "../results.js";
import { indexAt, type Tensor } from "../tensor.js";

/** What an element of an assert is judged by. An infinity equals itself and is near nothing; NaN fails everything. */
interface Judgement {
  readonly holds: (left: number, right: number, tolerance: number) => boolean;
  /** How far an element that fails is from passing; larger is worse. */
  readonly excess: (left: number, right: number, tolerance: number) => number;
}

const isNear = (left: number, right: number, tolerance: number) =>
  left === right || (isBothFinite(left, right) && Math.abs(left - right) <= tolerance);

/** left < right + tolerance, in the form that `==` has. */
const isLess = (left: number, right: number, tolerance: number) =>
  left < right || (isBothFinite(left, right) && left - right < tolerance);

const isBothFinite = (left: number, right: number) => Number.isFinite(left) && Number.isFinite(right);

const beyond = (left: number, right: number, tolerance: number) => left - right - tolerance;

const judgements: Readonly<Record<Comparison, Judgement>> = {
  "==": { holds: isNear, excess: (left, right, tolerance) => Math.abs(left - right) - tolerance },
  "!=": {
    holds: (left, right, tolerance) =>
      !(Number.isNaN(left) || Number.isNaN(right) || isNear(left, right, tolerance)),
    excess: (left, right, tolerance) => tolerance - Math.abs(left - right),
  },
  "<": { holds: isLess, excess: beyond },
  "<=": {
    holds: (left, right, tolerance) => left < right || isNear(left, right, tolerance),
    excess: beyond,
  },
  ">": {
    holds: (left, right, tolerance) => isLess(right, left, tolerance),
    excess: (left, right, tolerance) => beyond(right, left, tolerance),
  },
  ">=": {
    holds: (left, right, tolerance) => left > right || isNear(left, right, tolerance),
    excess: (left, right, tolerance) => beyond(right, left, tolerance),
  },
};

/** A value without a comparison is true where it is a number other than 0; no element is worse than another. */
const truth: Judgement = { holds: (value) => value !== 0 && !Number.isNaN(value), excess: () => 0 };

/** Judges an assert by the values of its sides, which must hold in every element. */
export function judgeAssert(assert: LoweredAssert, sides: readonly Tensor[]): AssertResult {
  const { span, operator } = assert;
  const failure = findFailure(assert, sides);
  return {
    text: span.source.text.slice(span.start, span.end),
    span,
    operator,
    passed: failure === undefined,
    ...(failure === undefined ? {} : { failure }),
  };
}

function findFailure(assert: LoweredAssert, [first, second]: readonly Tensor[]): AssertFailure | undefined {
  const { operator } = assert;
  const { holds, excess } = operator === undefined ? truth : judgements[operator];
  const { shape, data } = second !== undefined && first!.shape.length === 0 ? second : first!;
  const left = elementsOf(first!);
  const right = second === undefined ? () => Number.NaN : elementsOf(second);
  let failed = 0;
  let worst = -1;
  let furthest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < data.length; i++) {
    const tolerance = toleranceAt(assert, left(i), right(i));
    if (holds(left(i), right(i), tolerance)) continue;
    failed += 1;
    const distance = excess(left(i), right(i), tolerance);
    // NaN is as far from passing as can be.
    const far = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance;
    if (worst >= 0 && far <= furthest) continue;
    worst = i;
    furthest = far;
  }
  if (failed === 0) return undefined;
  return {
    index: indexAt(worst, shape),
    left: left(worst),
    ...(operator === undefined ? {} : { right: right(worst) }),
    tolerance: toleranceAt(assert, left(worst), right(worst)),
    failed,
    total: data.length,
  };
}

/** The elements in row-major order; a scalar stands against every element of the other side. */
const elementsOf = ({ shape, data }: Tensor): ((i: number) => number) =>
  shape.length === 0 ? () => data[0]! : (i) => data[i]!;

/** Where there is no relative tolerance, an infinity must not make it NaN. */
const toleranceAt = ({ within, relative }: LoweredAssert, left: number, right: number): number =>
  relative === 0 ? within : within + relative * Math.max(Math.abs(left), Math.abs(right));
