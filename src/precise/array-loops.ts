import type { ScalarOpName } from "../ops/registry.js";
import { Accumulator } from "./accumulator.js";
import type { Elements } from "./tensor.js";

/** d becomes an elementwise function of x and y, which have as many elements as d or one; a function of one reads x. */
export type ArrayLoop = (d: Elements, x: Elements, y: Elements) => void;

const stepOf = ({ hi }: Elements) => (hi.length === 1 ? 0 : 1);

const accumulator = new Accumulator();

const add: ArrayLoop = ({ hi, lo }, x, y) => {
  const [xs, ys, count] = [stepOf(x), stepOf(y), hi.length];
  for (let i = 0; i < count; i++) {
    accumulator.set(x.hi[i * xs]!, x.lo[i * xs]!);
    accumulator.add(y.hi[i * ys]!, y.lo[i * ys]!);
    hi[i] = accumulator.hi;
    lo[i] = accumulator.lo;
  }
};

const sub: ArrayLoop = ({ hi, lo }, x, y) => {
  const [xs, ys, count] = [stepOf(x), stepOf(y), hi.length];
  for (let i = 0; i < count; i++) {
    accumulator.set(x.hi[i * xs]!, x.lo[i * xs]!);
    accumulator.add(-y.hi[i * ys]!, -y.lo[i * ys]!);
    hi[i] = accumulator.hi;
    lo[i] = accumulator.lo;
  }
};

const mul: ArrayLoop = ({ hi, lo }, x, y) => {
  const [xs, ys, count] = [stepOf(x), stepOf(y), hi.length];
  for (let i = 0; i < count; i++) {
    accumulator.setProduct(x.hi[i * xs]!, x.lo[i * xs]!, y.hi[i * ys]!, y.lo[i * ys]!);
    hi[i] = accumulator.hi;
    lo[i] = accumulator.lo;
  }
};

const div: ArrayLoop = ({ hi, lo }, x, y) => {
  const [xs, ys, count] = [stepOf(x), stepOf(y), hi.length];
  for (let i = 0; i < count; i++) {
    accumulator.set(x.hi[i * xs]!, x.lo[i * xs]!);
    accumulator.divide(y.hi[i * ys]!, y.lo[i * ys]!);
    hi[i] = accumulator.hi;
    lo[i] = accumulator.lo;
  }
};

const neg: ArrayLoop = ({ hi, lo }, x) => {
  const [xs, count] = [stepOf(x), hi.length];
  for (let i = 0; i < count; i++) {
    hi[i] = -x.hi[i * xs]!;
    lo[i] = -x.lo[i * xs]!;
  }
};

const square: ArrayLoop = (d, x) => mul(d, x, x);

/** The operations that graphs are mostly made of, without an object for each element. */
export const arrayLoops: Readonly<Partial<Record<ScalarOpName, ArrayLoop>>> = {
  add,
  sub,
  mul,
  div,
  neg,
  square,
};
