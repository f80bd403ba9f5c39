import type { ScalarOpName } from "../../ops/registry.js";
import type { ScalarKernel } from "./scalar.js";

/** An elementwise kernel of two arguments along n elements: destination `d`, sources `a` and `b`, each with its stride. */
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

export const strip2: Strip2 = (f, m, n, d, ds, a, as, b, bs) => {
  for (let i = 0; i < n; i++) m[d + i * ds] = f(m[a + i * as]!, m[b + i * bs]!, 0);
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
