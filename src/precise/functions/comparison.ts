import { compare, type DoubleDouble, isNotANumber, one, zero } from "../double-double.js";

/** 1 where the relation holds for all digits, else 0. NaN is not equal to anything, and neither less nor greater. */

const truth = (holds: boolean): DoubleDouble => (holds ? one : zero);

export const less = (x: DoubleDouble, y: DoubleDouble): DoubleDouble => truth(compare(x, y) < 0);
export const less_equal = (x: DoubleDouble, y: DoubleDouble): DoubleDouble => truth(compare(x, y) <= 0);
export const greater = (x: DoubleDouble, y: DoubleDouble): DoubleDouble => truth(compare(x, y) > 0);
export const greater_equal = (x: DoubleDouble, y: DoubleDouble): DoubleDouble => truth(compare(x, y) >= 0);
export const equal = (x: DoubleDouble, y: DoubleDouble): DoubleDouble => truth(compare(x, y) === 0);
export const not_equal = (x: DoubleDouble, y: DoubleDouble): DoubleDouble => truth(compare(x, y) !== 0);

/** A number is 0 only where its upper part is; NaN counts as true. */
const isTrue = ({ hi }: DoubleDouble): boolean => hi !== 0;

export const logical_and = (x: DoubleDouble, y: DoubleDouble): DoubleDouble => truth(isTrue(x) && isTrue(y));
export const logical_or = (x: DoubleDouble, y: DoubleDouble): DoubleDouble => truth(isTrue(x) || isTrue(y));
export const logical_not = (x: DoubleDouble): DoubleDouble => truth(!isTrue(x));

export const where = (condition: DoubleDouble, x: DoubleDouble, y: DoubleDouble): DoubleDouble =>
  isTrue(condition) ? x : y;

/** Whether all digits are those of a whole number. */
export const isWhole = (x: DoubleDouble): boolean =>
  !isNotANumber(x) && Math.floor(x.hi) === x.hi && Math.floor(x.lo) === x.lo;
