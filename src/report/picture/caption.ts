import type { Picture } from "../../graph-results.js";

/** What is left out of a picture, and how to see it; nothing where it shows everything. */
export function captionOf({ folding }: Picture): string[] {
  if (folding === undefined) return [];
  const { depth, isAutomatic, isGrouped, all } = folding;
  const what = isGrouped ? "definitions stand together in groups" : `folded to depth ${depth}`;
  if (!isAutomatic) return [`${what} (of ${all} boxes)`];
  const remedy = isGrouped ? "--of NAME draws what one name depends on" : "--depth N shows more";
  return [`${all} boxes are too many for one picture: ${what}; ${remedy}`];
}
