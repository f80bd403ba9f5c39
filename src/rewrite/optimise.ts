import type { Calculus } from "../ops/vocabulary.js";
import { byColumns } from "./columns.js";
import { type Roots, type SimplifyOptions, simplify } from "./simplify.js";

/** The same values from fewer and faster operations. */
export function optimise(b: Calculus, roots: Roots, options: SimplifyOptions): Roots {
  const simple = simplify(b, roots, options);
  const before = [...simple.values, ...simple.derivatives];
  const after = byColumns(b, before);
  if (after.every((node, i) => node === before[i])) return simple;
  const count = simple.values.length;
  return simplify(b, { values: after.slice(0, count), derivatives: after.slice(count) }, options);
}
