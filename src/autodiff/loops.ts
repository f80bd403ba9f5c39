import type { OperatorNode } from "../graph/node.js";
import { loops } from "../ops/families/loops.js";
import { type Loop, type LoopOp, packedSize, parameter, piecesOf, takePiece, unpack } from "../ops/loop.js";
import { batchOf } from "../ops/tangents.js";
import type { Calculus } from "../ops/vocabulary.js";
import { type Shape, sizeOf } from "../tensor.js";
import { everywhere, sumOf } from "./cotangent.js";
import { pushforward } from "./forward.js";
import { pullbackMasked } from "./reverse.js";

/** The operation of a loop, with its derivatives, which are loops themselves. */
export function loopOp(loop: Loop): LoopOp {
  const shape = [packedSize(loop)];
  /** Cotangents of all inputs from one of the value: they come from one loop, but are asked for one by one. */
  const pulled = new Map<OperatorNode, Map<OperatorNode, readonly (OperatorNode | null)[]>>();
  const pull = (b: Calculus, cotangent: OperatorNode, node: OperatorNode) => {
    const ofNode = pulled.get(node) ?? new Map<OperatorNode, readonly (OperatorNode | null)[]>();
    pulled.set(node, ofNode);
    const known = ofNode.get(cotangent) ?? pullbackLoop(b, loop, cotangent, node);
    ofNode.set(cotangent, known);
    return known;
  };
  return {
    ...loops.loop,
    loop,
    withLoop: loopOp,
    shape: () => shape,
    vjp: (b, cotangent, node, index) =>
      pull(b, cotangent, node)[index] ??
      b.broadcastTo(0, [...batchOf(cotangent, shape), ...node.inputs[index]!.shape]),
    jvp: (b, tangents, node) => pushLoop(b, loop, tangents, node),
  };
}

/** A loop as a node. */
export const loopNode = (b: Calculus, loop: Loop, inputs: readonly OperatorNode[]): OperatorNode =>
  b.builder.node(loopOp(loop), inputs);

/** The parameters of a body, or the inputs of a node, by their parts. */
function partsOf<T>({ carries, sequences, body }: Loop, list: readonly T[]) {
  const invariants = body.parameters.length - carries - sequences;
  return {
    carries: list.slice(0, carries),
    sequences: list.slice(carries, carries + sequences),
    invariants: list.slice(carries + sequences, carries + sequences + invariants),
    /** How many steps are made, of a counted loop. */
    count: list[carries + sequences + invariants],
  };
}

/** [batch, n, rest] to [n, batch, rest]: loops read sequences along the first axis. */
function stepsFirst(b: Calculus, x: OperatorNode, batchRank: number): OperatorNode {
  const axes = x.shape.map((_, axis) => axis);
  return b.transpose(x, [batchRank, ...axes.slice(0, batchRank), ...axes.slice(batchRank + 1)]);
}

/** [n, batch, rest] to [batch, n, rest]. */
function batchFirst(b: Calculus, x: OperatorNode, batchRank: number): OperatorNode {
  const axes = x.shape.map((_, axis) => axis);
  return b.transpose(x, [...axes.slice(1, batchRank + 1), 0, ...axes.slice(batchRank + 1)]);
}

/**
 * The tangent of a loop's value (batch + its shape): a loop that carries the tangents along with the values. A carry
 * moves if it begins to, or if a step makes it move.
 */
function pushLoop(
  b: Calculus,
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
  const made = loopNode(b, tangentLoop, [
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

/**
 * The cotangents of a loop's inputs: a loop from its last step back to the first, each of which pulls the cotangents of
 * the carries back through the body. It reads the carries that each step began with, which a second form of the loop
 * stacks; all else of a step is computed again.
 */
function pullbackLoop(
  b: Calculus,
  loop: Loop,
  cotangent: OperatorNode,
  node: OperatorNode,
): (OperatorNode | null)[] {
  const { body, carries } = loop;
  const batch = batchOf(cotangent, node.shape);
  const own = partsOf(loop, body.parameters);
  const inputs = partsOf(loop, node.inputs);
  const isGiven = coveredBy(cotangent);
  const pieces = piecesOf(loop).slice(0, body.results.length);
  const given = pieces.map((piece) =>
    isGiven(piece.start, piece.start + sizeOf(piece.shape)) ? takePiece(b, cotangent, piece) : null,
  );
  const placeholder = ({ shape }: OperatorNode) => parameter(b, "cotangent", [...batch, ...shape]);
  const slices = body.results.map((result, i) =>
    i >= carries && given[i] !== null ? placeholder(result) : null,
  );
  const active = own.carries.map((carry, i) => (given[i] === null ? null : placeholder(carry)));
  let back: ReadonlyMap<OperatorNode, OperatorNode>;
  for (;;) {
    const seeds = new Map<OperatorNode, ReturnType<typeof everywhere>>();
    body.results.forEach((result, i) => {
      const seed = i < carries ? active[i]! : slices[i]!;
      if (seed === null) return;
      const known = seeds.get(result);
      seeds.set(result, known === undefined ? everywhere(seed) : sumOf(b, known, everywhere(seed)));
    });
    if (seeds.size === 0) return node.inputs.map(() => null);
    const found = pullbackMasked(b, seeds, body.parameters);
    back = new Map([...found].map(([one, { value }]) => [one, value]));
    const begins = own.carries.findIndex((carry, i) => active[i] === null && back.has(carry));
    if (begins < 0) break;
    active[begins] = placeholder(own.carries[begins]!);
  }
  const zeros = ({ shape }: OperatorNode) => b.broadcastTo(0, [...batch, ...shape]);
  const present = <T>(list: readonly (T | null)[]) => list.filter((one): one is T => one !== null);
  const activeCarries = [...active.keys()].filter((i) => active[i] !== null);
  const reached = own.invariants.map((invariant) => (back.has(invariant) ? placeholder(invariant) : null));
  const reachedSlices = own.sequences.map((_, i) => i).filter((i) => back.has(own.sequences[i]!));
  const { history, count } = withHistory(b, loop, node);

  const backLoop: Loop = {
    body: {
      parameters: [
        ...present(active),
        ...present(reached),
        // What each step read: the carries that it began with, and its slices.
        ...own.carries,
        ...own.sequences,
        ...present(slices),
        ...own.invariants,
      ],
      results: [
        ...activeCarries.map((i) => back.get(own.carries[i]!) ?? zeros(own.carries[i]!)),
        ...reached.flatMap((sum, i) => (sum === null ? [] : [b.add(sum, back.get(own.invariants[i]!)!)])),
        ...reachedSlices.map((i) => back.get(own.sequences[i]!)!),
      ],
    },
    carries: activeCarries.length + present(reached).length,
    sequences: carries + own.sequences.length + present(slices).length,
    length: loop.length,
    reverse: !loop.reverse,
    counted: count !== undefined,
    condition: null,
  };
  const made = loopNode(b, backLoop, [
    ...activeCarries.map((i) => given[i] ?? zeros(own.carries[i]!)),
    ...reached.flatMap((sum, i) => (sum === null ? [] : [zeros(own.invariants[i]!)])),
    ...history,
    ...inputs.sequences,
    ...given.flatMap((one, i) => (i < carries || one === null ? [] : [stepsFirst(b, one, batch.length)])),
    ...inputs.invariants,
    ...(count === undefined ? [] : [count]),
  ]);
  const gives = unpack(b, made, backLoop);
  const invariantIndices = [...reached.keys()].filter((i) => reached[i] !== null);
  const taken = (list: readonly number[], i: number, offset: number) => {
    const at = list.indexOf(i);
    return at < 0 ? null : gives[offset + at]!;
  };
  return [
    ...own.carries.map((_, i) => taken(activeCarries, i, 0)),
    ...own.sequences.map((_, i) => {
      const stacked = taken(reachedSlices, i, backLoop.carries);
      return stacked === null ? null : batchFirst(b, stacked, batch.length);
    }),
    ...own.invariants.map((_, i) => taken(invariantIndices, i, activeCarries.length)),
    ...(loop.counted ? [null] : []),
  ];
}

/** The loop with the carries that each step begins with stacked, too; and how many steps it makes, if that varies. */
function withHistory(
  b: Calculus,
  loop: Loop,
  node: OperatorNode,
): { readonly history: readonly OperatorNode[]; readonly count: OperatorNode | undefined } {
  const { body, carries, condition } = loop;
  const recording: Loop = {
    ...loop,
    body: { parameters: body.parameters, results: [...body.results, ...body.parameters.slice(0, carries)] },
  };
  const gives = unpack(b, loopNode(b, recording, node.inputs), recording);
  const count = condition !== null ? gives.at(-1) : partsOf(loop, node.inputs).count;
  return { history: gives.slice(body.results.length, body.results.length + carries), count };
}

/**
 * Which ranges of a vector a cotangent may be other than 0 in: it is a sum of what slices of the vector pass back. What
 * nobody reads needs no step back.
 */
function coveredBy(cotangent: OperatorNode): (start: number, end: number) => boolean {
  const ranges: [start: number, end: number][] = [];
  const stack = [cotangent];
  const seen = new Set(stack);
  while (stack.length > 0) {
    const { op, inputs, attributes } = stack.pop()!;
    if (op.name === "embed" && (attributes.sizes as readonly number[]).length === 1) {
      const [start] = attributes.starts as readonly number[];
      ranges.push([start!, start! + inputs[0]!.shape.at(-1)!]);
    } else if (op.name === "add") {
      for (const input of inputs) {
        if (!seen.has(input)) stack.push(input);
        seen.add(input);
      }
    } else return () => true;
  }
  return (start, end) => ranges.some(([first, last]) => first < end && start < last);
}
