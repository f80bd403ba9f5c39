import { add, type DoubleDouble, div, mul } from "./double-double.js";

/** As in `double-double.ts`. */
const splitter = 134_217_729;
const largestSplit = 2 ** 970;

/** Between these, no step of a quotient overflows or underflows. */
const isUsual = (x: number): boolean => Math.abs(x) > 2 ** -400 && Math.abs(x) < 2 ** 400;

/**
 * A double-double that changes in place, so that loops need no object for each step. The operations are those of
 * `double-double.ts`, whose functions take over where a step may overflow, and so for what is not finite.
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
    if (!Number.isFinite(this.lo)) this.#take(add({ hi: ownHi, lo: ownLo }, { hi, lo }));
    // −0 + −0 stays −0.
    else if (high === 0 && low === 0 && lo === 0) this.hi = high;
  }

  multiply(hi: number, lo: number): void {
    this.setProduct(this.hi, this.lo, hi, lo);
  }

  /** The product of two numbers. */
  setProduct(xHi: number, xLo: number, yHi: number, yLo: number): void {
    const product = xHi * yHi;
    if (product === 0) {
      this.set(product, 0);
      return;
    }
    const size = Math.abs(product);
    if (!(size < largestSplit && Math.abs(xHi) < largestSplit && Math.abs(yHi) < largestSplit)) {
      this.#take(mul({ hi: xHi, lo: xLo }, { hi: yHi, lo: yLo }));
      return;
    }
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
  }

  addProduct(xHi: number, xLo: number, yHi: number, yLo: number): void {
    const { hi, lo } = this;
    this.setProduct(xHi, xLo, yHi, yLo);
    // Sums are the same in both orders, except that two zeros of different signs are 0 either way.
    this.add(hi, lo);
  }

  /** Joldes, Muller and Popescu 2017, algorithm 17: within 15·2⁻¹⁰⁶. */
  divide(hi: number, lo: number): void {
    const { hi: xHi, lo: xLo } = this;
    if (!(isUsual(xHi) && isUsual(hi))) {
      this.#take(div({ hi: xHi, lo: xLo }, { hi, lo }));
      return;
    }
    const first = xHi / hi;
    this.setProduct(hi, 0, first, 0);
    const lost = this.lo + lo * first;
    // As a sum whose larger part is next to the dividend, so that the difference is exact.
    const high = this.hi + lost;
    const low = lost - (high - this.hi);
    const second = (xHi - high + (xLo - low)) / hi;
    this.hi = first + second;
    this.lo = second - (this.hi - first);
  }

  #take({ hi, lo }: DoubleDouble): void {
    this.hi = hi;
    this.lo = lo;
  }
}
