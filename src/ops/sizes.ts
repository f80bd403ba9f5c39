import { fault } from "../diagnostics.js";
import type { Calculus } from "./vocabulary.js";

/** The sizes of a shape that a user gave. Throws a `Fault` where one of them is no size. */
export function checkSizes(b: Calculus, name: string, sizes: readonly number[]): readonly number[] {
  for (const size of sizes) {
    if (!Number.isSafeInteger(size) || size < 0) {
      throw fault(
        "shape-rule",
        { op: `\`${name}\``, reason: `${size} is not a size`, hint: "sizes are whole numbers from 0 on" },
        b.builder.span,
      );
    }
  }
  return sizes;
}
