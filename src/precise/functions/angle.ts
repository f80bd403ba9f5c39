import { nearest } from "../../engine/kernels/portable/lane.js";
import type { DoubleDouble } from "../double-double.js";
import { digitsFrom, exact, rounded } from "./exact.js";
import { exponentOf } from "./powers-of-two.js";
import { halfPiParts, piDigits, piPlaces } from "./trigonometric-tables.js";
import { distilled } from "./triple.js";

/** An angle without its quarter turns: x = rest + n·π/2 with |rest| ≤ π/4, roughly, and n = quadrant mod 4. */
export interface Angle {
  readonly rest: DoubleDouble;
  readonly quadrant: number;
}

const piBits = BigInt(piDigits);
const turnsPerUnit = 2 / Math.PI;
/** Up to here the number of quarter turns has 20 bits. */
const moderate = 1.6e6;
/** Below, what is left in three doubles has too few digits. */
const smallest = 2 ** -30;
/** π's bits behind the point that the rest needs: no double-double comes closer to a multiple of π/2 than 2⁻¹³⁰ or so. */
const places = 270;

/**
 * Moderate angles by Cody and Waite's reduction (1980, "Software manual for the elementary functions"), huge ones, and those
 * that are close to a multiple of π/2, with whole numbers of as many digits as it takes.
 */
export function reducedAngle(x: DoubleDouble): Angle {
  if (Math.abs(x.hi) < 0.785) return { rest: x, quadrant: 0 };
  if (Math.abs(x.hi) > moderate) return reducedExactly(x);
  const n = nearest(x.hi * turnsPerUnit);
  const { hi, lo } = distilled([
    ...[-n * halfPiParts[4]!, -n * halfPiParts[3]!, x.lo, -n * halfPiParts[2]!, -n * halfPiParts[1]!],
    ...[-n * halfPiParts[0]!, x.hi],
  ]);
  return Math.abs(hi) < smallest ? reducedExactly(x) : { rest: { hi, lo }, quadrant: n & 3 };
}

function reducedExactly(x: DoubleDouble): Angle {
  const end = places + Math.max(0, exponentOf(x.hi));
  const halfPi = piBits >> BigInt(piPlaces - end);
  // With one binary place more, π stands for π/2.
  const angle = digitsFrom(exact(x), -end - 1);
  // Shifting rounds down, also below 0.
  const n = floorQuotient(2n * angle + halfPi, 2n * halfPi);
  return {
    rest: rounded({ digits: angle - n * halfPi, places: -end - 1 }),
    quadrant: Number(BigInt.asUintN(2, n)),
  };
}

function floorQuotient(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a < 0n && quotient * b !== a ? quotient - 1n : quotient;
}
