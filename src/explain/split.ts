import { loopNode } from "../autodiff/loops.js";
import type { OperatorNode } from "../graph/node.js";
import { substitute } from "../graph/substitute.js";
import { topologicalOrder } from "../graph/topology.js";
import type { Journal } from "../lower/journal.js";
import { unpack } from "../ops/loop.js";
import type { Calculus } from "../ops/vocabulary.js";
import { sizeOf } from "../tensor.js";
import type { LoopNode } from "./flow.js";

/** A loop of which one step stands by itself, between a loop of those before it and a loop of those after it. */
export interface SplitLoop {
  /** What stands in the place of the loop. */
  readonly packed: OperatorNode;
  /** In the place of each parameter of the body: what the step reads. */
  readonly parameters: readonly OperatorNode[];
  /** What the step gives: the next carries, then what is stacked; as the steps after it, and others, read them. */
  readonly given: readonly OperatorNode[];
  /** The same, as the step computes it. */
  readonly results: readonly OperatorNode[];
  readonly condition: OperatorNode | null;
}

/** Takes the step `index` out of a loop that makes `count` steps. */
export function splitLoop(
  b: Calculus,
  node: LoopNode,
  index: number,
  count: number,
  journal: Journal,
): SplitLoop {
  const { builder } = b;
  const callerSpan = builder.span;
  builder.span = node.span;
  const { loop } = node.op;
  const { body, carries, sequences, condition } = loop;
  const inputs = loop.counted ? node.inputs.slice(0, -1) : node.inputs;
  const given = inputs.slice(carries, carries + sequences);
  const invariants = inputs.slice(carries + sequences);
  const steps = (start: number, length: number, begin: readonly OperatorNode[]) => {
    if (length === 0) return { carries: begin, stacked: [] };
    const part = { ...loop, length, counted: false, condition: null };
    const own = loopNode(b, part, [...begin, ...given.map((x) => cut(b, x, start, length)), ...invariants]);
    const gives = unpack(b, own, part);
    return { carries: gives.slice(0, carries), stacked: gives.slice(carries) };
  };
  // Nodes of their own, so that what passes through this step is told from what passes around it.
  const apart = (x: OperatorNode) => b.apply("named", [x], { name: "step", scope: builder.size });
  const before = steps(0, index, inputs.slice(0, carries));
  const slices = given.map((x) => b.reshape(cut(b, x, index, 1), x.shape.slice(1)));
  const parameters = [...before.carries, ...slices, ...invariants].map(apart);
  const roots = condition === null ? body.results : [...body.results, condition];
  const replaced = new Map(body.parameters.map((parameter, i) => [parameter, parameters[i]!]));
  const made = substitute(builder, topologicalOrder(roots), replaced);
  for (const [original, own] of made) journal.remade(original, own);
  const become = (one: OperatorNode) => made.get(one) ?? one;
  const results = body.results.map(become);
  const handedOn = results.map(apart);
  const after = steps(index + 1, count - index - 1, handedOn.slice(0, carries));
  const stacked = handedOn.slice(carries).map((x, i) => {
    const row = b.reshape(x, [1, ...x.shape]);
    const parts = [before.stacked[i], row, after.stacked[i]].filter((part) => part !== undefined);
    return b.concatenate(parts, 0);
  });
  const pieces = [...after.carries, ...stacked].map((x) => b.reshape(x, [sizeOf(x.shape)]));
  const first = condition === null ? [] : [b.reshape(b.node(count), [1])];
  const packed = b.concatenate([...first, ...pieces], 0);
  builder.span = callerSpan;
  return {
    packed,
    parameters,
    given: handedOn,
    results,
    condition: condition === null ? null : become(condition),
  };
}

const cut = (b: Calculus, x: OperatorNode, start: number, count: number) =>
  b.apply("slice", [x], {
    starts: x.shape.map((_, axis) => (axis === 0 ? start : 0)),
    steps: x.shape.map(() => 1),
    counts: x.shape.map((length, axis) => (axis === 0 ? count : length)),
  });
