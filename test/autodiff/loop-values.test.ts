import { expect, it } from "vitest";
import { countInstructions } from "../../src/engine/instruction-count.js";
import { simplify } from "../../src/rewrite/simplify.js";
import { graphOf } from "../support/graph.js";
import { planOf } from "../support/machines.js";

/** How many instructions a derivative runs. */
function instructionsFor(text: string): number {
  const { b, output } = graphOf(text, { x: [30, 1] });
  return countInstructions(planOf(simplify(b, { values: [], derivatives: [output] }).derivatives).code).run;
}

const around = (inner: string) => `y = grad(sum(fold((h, a) -> cos(${inner} * a), x[0], x)), x)`;

it("keeps the parts of a loop within a loop that are read, whatever else it gives", () => {
  const alone = instructionsFor(around("fold((g, c) -> sin(g * c), h, x)"));
  // Too much to keep, all in all.
  expect(instructionsFor(around("scan((g, c) -> (sin(g * c), g * ones(40)), h, x)[0]"))).toBe(alone);
});
