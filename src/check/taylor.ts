import type { TaylorStep } from "../check-results.js";
import { abs, type DoubleDouble, mulNumber, sub } from "../precise/double-double.js";
import { elementOf } from "../precise/tensor.js";
import type { Line } from "./directions.js";
import type { Motion, Sample } from "./motion.js";

const steps = Array.from({ length: 8 }, (_, k) => 2 ** -(2 + 2 * k));

/**
 * How far a value is from the linear model that a slope makes of it, at shrinking steps along a direction: where the slope
 * is right, the remainder shrinks with the square of the step.
 */
export function taylorSteps(
  motion: Motion,
  start: Sample,
  { direction, length }: Line,
  [output, element]: readonly [output: number, element: number],
  slope: DoubleDouble,
): TaylorStep[] {
  const at = (sample: Sample) => elementOf(sample.outputs[output]!, element);
  const base = at(start);
  let before: number | undefined;
  return steps.map((step) => {
    const change = sub(at(motion.at(direction, step * length)), base);
    const remainder = abs(sub(change, mulNumber(slope, step * length))).hi;
    const order = before === undefined || remainder === 0 ? undefined : Math.log2(before / remainder) / 2;
    before = remainder;
    return { step, remainder, order };
  });
}
