import type { OperatorNode } from "../graph/node.js";
import type { Calculus } from "../ops/vocabulary.js";
import { elementOf } from "../precise/tensor.js";
import { along, coordinate, scalesOf } from "./directions.js";
import { judgeElement } from "./element.js";
import { type Reference, referencesAlong } from "./ladder.js";
import { Motion } from "./motion.js";
import type { Point } from "./rounding.js";

/** The slopes at both sides of a kink. */
export type Slopes = readonly [below: number, above: number];

/**
 * Tells whether a derivative by one element of an input is right at a kink, where every number between the slopes at both
 * sides is: returns these, or undefined where it is not, or where there is no kink.
 */
export function slopesAround(
  b: Calculus,
  output: OperatorNode,
  input: string,
  point: Point,
): (derivative: number, row: number, column: number) => Slopes | undefined {
  const motion = new Motion(b, [output], point);
  const references = new Map<number, Reference>();
  let scales: Float64Array | undefined;
  return (derivative, row, column) => {
    scales ??= scalesOf(point, input);
    const line = along(input, coordinate(scales, column));
    const reference = references.get(column) ?? referencesAlong(motion, line)[0]!;
    references.set(column, reference);
    if (reference.kind !== "border") return undefined;
    const { verdict, slopes } = judgeElement({
      number: derivative,
      rule: { hi: derivative, lo: 0 },
      reference,
      element: row,
      value: elementOf(motion.start(line.direction).outputs[0]!, row),
      length: line.length,
      largest: Math.abs(derivative),
      tolerance: 0,
    });
    return verdict === "KINK" ? slopes : undefined;
  };
}
