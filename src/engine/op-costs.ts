import { Builder } from "../graph/builder.js";
import type { OperatorNode } from "../graph/node.js";
import { defaultLimits } from "../limits.js";
import { GraphCalculus } from "../ops/calculus.js";
import type { Op } from "../ops/op.js";
import { Engine } from "./engine.js";
import { joinOf } from "./kernel-numbers.js";

/** Estimates how many nanoseconds a node takes that computes so many elements. */
export type CostModel = (node: OperatorNode, elements: number) => number;

/** Elements of a trial: they fit into the first cache, and are fewer than what runs strip by strip. */
const trialSize = 500;

/** Reading an instruction and finding its kernel. */
const perInstruction = 10;
/** What is not measured here: mostly the copying of elements, and products, each of which is an element. */
const perOtherElement = 1;

/**
 * What the elementwise operations and the reductions among the nodes cost: each is run alone, by the engine that ran
 * them together.
 */
export function measureCosts(nodes: Iterable<OperatorNode>, isCompiled: boolean): CostModel {
  const b = new GraphCalculus(new Builder(defaultLimits));
  const x = b.constant({ shape: [trialSize], data: new Float64Array(trialSize).fill(0.5) });
  const samples = new Map<string, OperatorNode>();
  for (const { op, inputs } of nodes) {
    if (samples.has(op.name)) continue;
    if ((op as Op).kind === "scalar")
      samples.set(
        op.name,
        b.builder.node(
          op,
          inputs.map(() => x),
        ),
      );
    else if (joinOf(op.name) !== undefined) samples.set(op.name, b.reduce(op.name, x, null));
  }
  if (samples.size === 0) return estimate(new Map());
  const engine = new Engine([...samples.values()], {
    memory: defaultLimits.memory,
    marks: true,
    compiled: isCompiled,
  });
  const { timings } = engine.profile(new Map()).times;
  return estimate(
    new Map(
      timings.map(({ marks, milliseconds }) => [
        marks[0]!.parts[0]!.node.op.name,
        (1e6 * milliseconds) / trialSize,
      ]),
    ),
  );
}

const estimate =
  (perElement: ReadonlyMap<string, number>): CostModel =>
  ({ op }, elements) =>
    perInstruction + elements * (perElement.get(op.name) ?? perOtherElement);
