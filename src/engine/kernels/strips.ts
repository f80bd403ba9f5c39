import type { ScalarOpName } from "../../ops/registry.js";
import type { ScalarKernel } from "./scalar.js";

/** An elementwise kernel along n elements: destination `d`, sources `a` and `b`, each with its stride. */
export type Strip1 = (
  f: ScalarKernel,
  m: Float64Array,
  n: number,
  d: number,
  ds: number,
  a: number,
  as: number,
) => void;
export type Strip2 = (
  f: ScalarKernel,
  m: Float64Array,
  n: number,
  d: number,
  ds: number,
  a: number,
  as: number,
  b: number,
  bs: number,
) => void;

export const strip1: Strip1 = (f, m, n, d, ds, a, as) => {
  for (let i = 0; i < n; i++) m[d + i * ds] = f(m[a + i * as]!, 0, 0);
};

export const strip2: Strip2 = (f, m, n, d, ds, a, as, b, bs) => {
  for (let i = 0; i < n; i++) m[d + i * ds] = f(m[a + i * as]!, m[b + i * bs]!, 0);
};

export function strip3(
  f: ScalarKernel,
  m: Float64Array,
  n: number,
  d: number,
  ds: number,
  a: number,
  as: number,
  b: number,
  bs: number,
  c: number,
  cs: number,
): void {
  for (let i = 0; i < n; i++) m[d + i * ds] = f(m[a + i * as]!, m[b + i * bs]!, m[c + i * cs]!);
}

export const copyStrip = (m: Float64Array, n: number, d: number, ds: number, a: number, as: number): void => {
  if (ds === 1 && as === 1) m.copyWithin(d, a, a + n);
  else for (let i = 0; i < n; i++) m[d + i * ds] = m[a + i * as]!;
};

/** The four operations that cost less than a call have loops of their own. */
export const ownStrips: Readonly<Partial<Record<ScalarOpName, Strip2>>> = {
  add: (_f, m, n, d, ds, a, as, b, bs) => {
    for (let i = 0; i < n; i++) m[d + i * ds] = m[a + i * as]! + m[b + i * bs]!;
  },
  sub: (_f, m, n, d, ds, a, as, b, bs) => {
    for (let i = 0; i < n; i++) m[d + i * ds] = m[a + i * as]! - m[b + i * bs]!;
  },
  mul: (_f, m, n, d, ds, a, as, b, bs) => {
    for (let i = 0; i < n; i++) m[d + i * ds] = m[a + i * as]! * m[b + i * bs]!;
  },
  div: (_f, m, n, d, ds, a, as, b, bs) => {
    for (let i = 0; i < n; i++) m[d + i * ds] = m[a + i * as]! / m[b + i * bs]!;
  },
};
