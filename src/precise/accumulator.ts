import { add, type DoubleDouble, div, mul } from "./double-double.js";

/** As in `double-double.ts`. */
const splitter = 134_217_729;

/**
 * A double-double that changes in place, so that loops need no object for each step. Every operation gives the same bits
 * as its function in `double-double.ts`, which takes over where something is 0, not finite, or so large that the splitting
 * overflows: all of these show in the low part, which is NaN then, or in the high part, which is 0.
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
    if (Number.isNaN(this.lo) || this.hi === 0) this.#take(add({ hi: ownHi, lo: ownLo }, { hi, lo }));
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
    if (Number.isNaN(this.lo) || product === 0) this.#take(mul({ hi: xHi, lo: xLo }, { hi: yHi, lo: yLo }));
  }

  addProduct(xHi: number, xLo: number, yHi: number, yLo: number): void {
    const { hi, lo } = this;
    this.setProduct(xHi, xLo, yHi, yLo);
    // Sums are the same in both orders, except that two zeros of different signs are 0 either way.
    this.add(hi, lo);
  }

  divide(hi: number, lo: number): void {
    this.#take(div(this, { hi, lo }));
  }

  #take({ hi, lo }: DoubleDouble): void {
    this.hi = hi;
    this.lo = lo;
  }
}
