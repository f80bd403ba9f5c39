import type { Calculus } from "../ops/vocabulary.js";
import { byColumns } from "./columns.js";
import { reassociate } from "./reassociate.js";
import { type Roots, type SimplifyOptions, simplify } from "./simplify.js";

/** The same values from fewer and faster operations. */
export function optimise(b: Calculus, roots: Roots, options: SimplifyOptions): Roots {
  const again = (before: Roots, after: Roots) =>
    isSame(before, after) ? before : simplify(b, after, options);
  const simple = simplify(b, roots, options);
  const inOrder = again(simple, reassociate(b, simple));
  const count = inOrder.values.length;
  const columns = byColumns(b, [...inOrder.values, ...inOrder.derivatives]);
  return again(inOrder, { values: columns.slice(0, count), derivatives: columns.slice(count) });
}

const isSame = (before: Roots, after: Roots) =>
  before.values.every((node, i) => node === after.values[i]) &&
  before.derivatives.every((node, i) => node === after.derivatives[i]);
