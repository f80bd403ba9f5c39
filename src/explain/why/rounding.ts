import { backLinks, markOf, termReads } from "./backward.js";
import { positionsOf, targetsOf } from "./elements.js";
import type { Found } from "./forward.js";
import type { Pullback } from "./pullback.js";
import { say } from "./reasons/reason.js";
import type { Place, Situation } from "./situation.js";

/** A sum that is smaller than so many units of rounding of its terms has no digit left. */
const rounding = 8 * Number.EPSILON;

/**
 * A derivative that is neither 0 nor infinite may still be what rounding has left of contributions that cancel: at the input,
 * or at what alone passes something on to it.
 */
export function roundingCause(situation: Situation, pullback: Pullback, element: number): Found[] {
  let place: Place = { node: pullback.input, element };
  const path: Place[] = [place];
  for (;;) {
    const { node, element: at } = place;
    const given = pullback
      .contributionsTo(node)
      .map((one) => ({ one, value: pullback.valueOf(one).data[at]! }))
      .filter(({ value }) => value !== 0);
    const sum = pullback.sumGradOf(node)?.data[at] ?? 0;
    const size = given.reduce((total, { value }) => total + Math.abs(value), 0);
    if (given.length > 1 && Math.abs(sum) <= rounding * size) {
      const chain = backLinks(situation, pullback, path);
      const terms = given
        .map(({ value }) => say(value))
        .join(" + ")
        .replaceAll("+ -", "- ");
      return [
        {
          origin: undefined,
          cause: {
            kind: "cancelled",
            reason: `the contributions cancel up to rounding: ${terms} is ${say(sum)}, which has no digit that counts`,
            at: chain[0]!,
            reads: termReads(
              situation,
              given.map(({ one, value }) => ({ ...one, value })),
            ),
            chain,
            isBackward: true,
          },
        },
      ];
    }
    const [only] = given;
    if (only === undefined || given.length > 1) return [];
    const { consumer, index } = only.one;
    const targets = positionsOf(targetsOf(situation.local, consumer, index, markOf(node, at)));
    if (targets.length !== 1) return [];
    place = { node: consumer, element: targets[0]! };
    path.unshift(place);
  }
}
