import type { OperatorNode } from "../graph/node.js";
import { type Loop, parameter, piecesOf, unpack } from "../ops/loop.js";
import { batchOf } from "../ops/tangents.js";
import type { Calculus } from "../ops/vocabulary.js";
import { type Shape, sizeOf } from "../tensor.js";
import { pushforward } from "./forward.js";
import { batchFirst, type MakeLoop, partsOf, stepsFirst } from "./loop-parts.js";

/**
 * The tangent of a loop's value (batch + its shape): a loop that carries the tangents along with the values. A carry
 * moves if it begins to, or if a step makes it move.
 */
export function pushLoop(
  b: Calculus,
  make: MakeLoop,
  loop: Loop,
  tangents: readonly (OperatorNode | null)[],
  node: OperatorNode,
): OperatorNode {
  const { body, carries, length } = loop;
  const first = tangents.findIndex((tangent) => tangent !== null);
  const batch = batchOf(tangents[first]!, node.inputs[first]!.shape);
  const own = partsOf(loop, body.parameters);
  const inputs = partsOf(loop, node.inputs);
  const given = partsOf(loop, tangents);
  const placeholder = (x: OperatorNode) => parameter(b, "tangent", [...batch, ...x.shape]);
  const slices = given.sequences.map((tangent, i) =>
    tangent === null ? null : placeholder(own.sequences[i]!),
  );
  const constants = given.invariants.map((tangent, i) =>
    tangent === null ? null : placeholder(own.invariants[i]!),
  );
  const moving = given.carries.map((tangent, i) => (tangent === null ? null : placeholder(own.carries[i]!)));
  let pushed: (OperatorNode | null)[];
  for (;;) {
    const seeds = new Map<OperatorNode, OperatorNode>();
    const seed = (nodes: readonly OperatorNode[], placeholders: readonly (OperatorNode | null)[]) => {
      placeholders.forEach((one, i) => {
        if (one !== null) seeds.set(nodes[i]!, one);
      });
    };
    seed(own.carries, moving);
    seed(own.sequences, slices);
    seed(own.invariants, constants);
    pushed = pushforward(b, body.results, seeds);
    const begins = pushed.findIndex((tangent, i) => i < carries && tangent !== null && moving[i] === null);
    if (begins < 0) break;
    moving[begins] = placeholder(own.carries[begins]!);
  }
  const zeros = (shape: Shape) => b.broadcastTo(0, [...batch, ...shape]);
  const present = <T>(list: readonly (T | null)[]) => list.filter((one): one is T => one !== null);
  const movingCarries = [...moving.keys()].filter((i) => moving[i] !== null);
  const stackedTangents = body.results.map((_, i) => i).filter((i) => i >= carries && pushed[i] !== null);
  const tangentLoop: Loop = {
    body: {
      parameters: [
        ...own.carries,
        ...present(moving),
        ...own.sequences,
        ...present(slices),
        ...own.invariants,
        ...present(constants),
      ],
      results: [
        ...body.results.slice(0, carries),
        ...movingCarries.map((i) => pushed[i] ?? zeros(own.carries[i]!.shape)),
        // The values too: so this loop can stand in for the one without tangents.
        ...body.results.slice(carries),
        ...stackedTangents.map((i) => pushed[i]!),
      ],
    },
    carries: carries + movingCarries.length,
    sequences: own.sequences.length + present(slices).length,
    length,
    reverse: loop.reverse,
    counted: loop.counted,
    condition: loop.condition,
  };
  const made = make(b, tangentLoop, [
    ...inputs.carries,
    ...movingCarries.map((i) => given.carries[i] ?? zeros(own.carries[i]!.shape)),
    ...inputs.sequences,
    ...present(given.sequences).map((tangent) => stepsFirst(b, tangent, batch.length)),
    ...inputs.invariants,
    ...present(given.invariants),
    ...(loop.counted ? [inputs.count!] : []),
  ]);
  const gives = unpack(b, made, tangentLoop);
  const firstTangent = tangentLoop.carries + body.results.length - carries;
  const tangentOf = (i: number): OperatorNode | null => {
    const carry = movingCarries.indexOf(i);
    if (carry >= 0) return gives[carries + carry]!;
    const stacked = stackedTangents.indexOf(i);
    return stacked < 0 ? null : batchFirst(b, gives[firstTangent + stacked]!, batch.length);
  };
  return packTangents(b, loop, batch, tangentOf);
}

/** Tangents of the pieces of a loop's value as one vector; a piece without one does not move. */
function packTangents(
  b: Calculus,
  loop: Loop,
  batch: Shape,
  tangentOf: (piece: number) => OperatorNode | null,
): OperatorNode {
  const pieces = piecesOf(loop).map((piece, i) => ({ ...piece, i }));
  const parts = pieces
    .sort((p, q) => p.start - q.start)
    .map(({ shape, i }) => {
      const flat = [...batch, sizeOf(shape)];
      const tangent = tangentOf(i);
      return tangent === null ? b.broadcastTo(0, flat) : b.reshape(tangent, flat);
    });
  return b.concatenate(parts, -1);
}
