import type { OperatorNode } from "../../src/graph/node.js";
import {
  abs,
  add,
  compare,
  type DoubleDouble,
  div,
  fromNumber,
  isNotANumber,
  mul,
  one,
  scaled,
  sqrt,
  sub,
  zero,
} from "../../src/precise/double-double.js";
import type { Visit } from "../../src/precise/evaluate.js";
import { evaluatePrecisely } from "../../src/precise/evaluate.js";
import type { PreciseScalars } from "../../src/precise/kernel.js";
import type { PreciseScalar } from "../../src/precise/scalars.js";
import { elementOf, fromTensor, type PreciseTensor } from "../../src/precise/tensor.js";
import type { Tensor } from "../../src/tensor.js";
import { type Real, real } from "../accuracy/decimal.js";

const ln2: DoubleDouble = { hi: Math.LN2, lo: 2.3190468138462996e-17 };

/** By its series, for arguments halved until it converges quickly. */
function exp(x: DoubleDouble): DoubleDouble {
  if (!(Math.abs(x.hi) < 700)) return fromNumber(Math.exp(x.hi));
  const k = Math.round(x.hi / Math.LN2);
  const r = scaled(sub(x, mul(ln2, fromNumber(k))), 2 ** -6);
  let term = one;
  let sum = zero;
  // e^r − 1, which keeps its digits when it is squared up: (1 + s)² − 1 = s·(2 + s).
  for (let n = 1; n < 16; n++) {
    term = div(mul(term, r), fromNumber(n));
    sum = add(sum, term);
  }
  for (let n = 0; n < 6; n++) sum = mul(sum, add(fromNumber(2), sum));
  return scaled(add(one, sum), 2 ** k);
}

/** By Newton's steps for the equation that exp is. */
function log(x: DoubleDouble): DoubleDouble {
  let y = fromNumber(Math.log(x.hi));
  if (!Number.isFinite(y.hi)) return y;
  for (let n = 0; n < 2; n++) y = add(y, sub(mul(x, exp({ hi: -y.hi, lo: -y.lo })), one));
  return y;
}

/** By its series next to 0, where 1 + x has lost digits. */
function log1p(x: DoubleDouble): DoubleDouble {
  if (!(Math.abs(x.hi) < 1e-4)) return log(add(one, x));
  let sum = zero;
  for (let n = 9; n > 0; n--) sum = sub(div(one, fromNumber(n)), mul(x, sum));
  return mul(x, sum);
}

function cbrt(x: DoubleDouble): DoubleDouble {
  let y = fromNumber(Math.cbrt(x.hi));
  if (y.hi === 0) return y;
  for (let n = 0; n < 2; n++) y = sub(y, div(sub(mul(y, mul(y, y)), x), mul(fromNumber(3), mul(y, y))));
  return y;
}

/** Powers with a whole exponent, and those of positive numbers. */
function pow(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  if (!Number.isInteger(y.hi)) return exp(mul(y, log(x)));
  let power = one;
  for (let n = 0; n < Math.abs(y.hi); n++) power = mul(power, x);
  return y.hi < 0 ? div(one, power) : power;
}

const truth = (isTrue: boolean) => fromNumber(isTrue ? 1 : 0);
const comparison =
  (holds: (order: number) => boolean): PreciseScalar =>
  (x, y) =>
    truth(holds(compare(x, y)));

/** Elementwise functions for tests of everything else; each is short, and slow. */
export const plainScalars: PreciseScalars = {
  exp,
  log,
  log1p,
  cbrt,
  pow,
  sqrt,
  abs,
  sign: (x) => fromNumber(Math.sign(x.hi)),
  reciprocal: (x) => div(one, x),
  where: (condition, x, y) => (condition.hi !== 0 ? x : y),
  maximum: (x, y) => (isNotANumber(x) || compare(x, y) >= 0 ? x : y),
  minimum: (x, y) => (isNotANumber(x) || compare(x, y) <= 0 ? x : y),
  less: comparison((order) => order < 0),
  less_equal: comparison((order) => order <= 0),
  greater: comparison((order) => order > 0),
  greater_equal: comparison((order) => order >= 0),
  equal: comparison((order) => order === 0),
  not_equal: comparison((order) => order !== 0),
  logical_and: (x, y) => truth(x.hi !== 0 && y.hi !== 0),
  logical_or: (x, y) => truth(x.hi !== 0 || y.hi !== 0),
};

/** Values of nodes for inputs that are doubles, with the functions of `plainScalars`. */
export function precisely(
  roots: readonly OperatorNode[],
  inputs: ReadonlyMap<string, Tensor> = new Map(),
  visit?: Visit,
): PreciseTensor[] {
  const values = new Map([...inputs].map(([name, value]) => [name, fromTensor(value)]));
  return evaluatePrecisely(roots, values, {
    scalars: plainScalars,
    ...(visit === undefined ? {} : { visit }),
  });
}

export const decimalOf = ({ hi, lo }: DoubleDouble): Real => real(hi).plus(real(lo));

export const decimals = (x: PreciseTensor): Real[] => Array.from(x.hi, (_, i) => decimalOf(elementOf(x, i)));

/** The largest difference, relative to the largest element of those expected. */
export function decimalDifference(found: PreciseTensor, expected: readonly Real[]): number {
  if (found.hi.length !== expected.length) return Number.POSITIVE_INFINITY;
  const largest = expected.reduce((most, x) => (x.abs().gt(most) ? x.abs() : most), real(0));
  const difference = decimals(found).reduce((most, x, i) => {
    const error = x.minus(expected[i]!).abs();
    return error.gt(most) || error.isNaN() ? error : most;
  }, real(0));
  return difference.isZero() ? 0 : difference.div(largest).toNumber();
}
