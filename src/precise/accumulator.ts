import { add, type DoubleDouble, div, mul } from "./double-double.js";

/** As in `double-double.ts`. */
const splitter = 134_217_729;
const largestSplit = 2 ** 970;

/**
 * A double-double that changes in place, so that loops need no object for each step. Every operation gives the same bits
 * as its function in `double-double.ts`, which takes over where something is not finite, or so large that splitting it
 * overflows: then the low part is NaN here.
 */
export class Accumulator implements DoubleDouble {
  hi = 0;
  lo = 0;

  set(hi: number, lo: number): void {
    this.hi = hi;
    this.lo = lo;
  }

  add(hi: number, lo: number): void {
    const { hi: ownHi, lo: ownLo } = this;
    const high = ownHi + hi;
    const otherHigh = high - ownHi;
    const highError = ownHi - (high - otherHigh) + (hi - otherHigh);
    const low = ownLo + lo;
    const otherLow = low - ownLo;
    const lowError = ownLo - (low - otherLow) + (lo - otherLow);
    const middle = highError + low;
    const sum = high + middle;
    const rest = lowError + (middle - (sum - high));
    this.hi = sum + rest;
    this.lo = rest - (this.hi - sum);
    if (Number.isNaN(this.lo)) this.#take(add({ hi: ownHi, lo: ownLo }, { hi, lo }));
    // −0 + −0 stays −0.
    else if (high === 0 && low === 0 && lo === 0) this.hi = high;
  }

  multiply(hi: number, lo: number): void {
    this.setProduct(this.hi, this.lo, hi, lo);
  }

  /** The product of two numbers. */
  setProduct(xHi: number, xLo: number, yHi: number, yLo: number): void {
    const product = xHi * yHi;
    const p = splitter * xHi;
    const upperX = p - (p - xHi);
    const lowerX = xHi - upperX;
    const q = splitter * yHi;
    const upperY = q - (q - yHi);
    const lowerY = yHi - upperY;
    const error = lowerX * lowerY - (product - upperX * upperY - lowerX * upperY - upperX * lowerY);
    const rest = error + (xLo * yLo + (xHi * yLo + xLo * yHi));
    this.hi = product + rest;
    this.lo = rest - (this.hi - product);
    if (product === 0) this.set(product, 0);
    else if (Number.isNaN(this.lo)) this.#take(mul({ hi: xHi, lo: xLo }, { hi: yHi, lo: yLo }));
  }

  addProduct(xHi: number, xLo: number, yHi: number, yLo: number): void {
    const { hi, lo } = this;
    this.setProduct(xHi, xLo, yHi, yLo);
    // Sums are the same in both orders, except that two zeros of different signs are 0 either way.
    this.add(hi, lo);
  }

  divide(hi: number, lo: number): void {
    const { hi: xHi, lo: xLo } = this;
    const first = xHi / hi;
    this.addProduct(hi, lo, -first, 0);
    const second = this.hi / hi;
    this.addProduct(hi, lo, -second, 0);
    const third = this.hi / hi;
    const sum = first + second;
    this.set(sum, second - (sum - first));
    this.add(third, 0);
    const isSpecial = first === 0 || Math.abs(xHi) > largestSplit || !Number.isFinite(this.hi);
    if (isSpecial) this.#take(div({ hi: xHi, lo: xLo }, { hi, lo }));
  }

  #take({ hi, lo }: DoubleDouble): void {
    this.hi = hi;
    this.lo = lo;
  }
}
