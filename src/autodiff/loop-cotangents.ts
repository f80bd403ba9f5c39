import type { OperatorNode } from "../graph/node.js";
import { substitute } from "../graph/substitute.js";
import { topologicalOrder } from "../graph/topology.js";
import { type Loop, parameter, piecesOf, takePiece, unpack } from "../ops/loop.js";
import type { Cotangent } from "../ops/op.js";
import { batchOf } from "../ops/tangents.js";
import { unbroadcast } from "../ops/unbroadcast.js";
import type { Calculus } from "../ops/vocabulary.js";
import { type Shape, sizeOf } from "../tensor.js";
import { everywhere, sumOf } from "./cotangent.js";
import { batchFirst, type MakeLoop, partsOf, stepsFirst } from "./loop-parts.js";
import { worthKeeping } from "./loop-values.js";
import { pullbackMasked } from "./reverse.js";

/**
 * The cotangents of a loop's inputs: a loop from its last step back to the first, each of which pulls the cotangents of
 * the carries back through the body. It reads the carries that each step began with, which a second form of the loop
 * stacks, and what took work to compute; all else of a step is computed again. Masks are carried along where there are any, from outside or from a choice
 * in the body; what a loop reads is dead where no step was made.
 */
export function pullbackLoop(
  b: Calculus,
  make: MakeLoop,
  loop: Loop,
  cotangent: Cotangent,
  node: OperatorNode,
): (Cotangent | null)[] {
  const { body, carries } = loop;
  const batch = batchOf(cotangent.value, node.shape);
  const own = partsOf(loop, body.parameters);
  const inputs = partsOf(loop, node.inputs);
  const isGiven = coveredBy(cotangent.value);
  const pieces = piecesOf(loop).slice(0, body.results.length);
  const given = pieces.map((piece) =>
    isGiven(piece.start, piece.start + sizeOf(piece.shape)) ? takePiece(b, cotangent.value, piece) : null,
  );
  const live = cotangent.mask === null ? null : unbroadcast(b, cotangent.mask, node.shape, 0, "max");
  const pull = pullSteps(b, loop, batch, given, live !== null);
  if (pull === undefined) return node.inputs.map(() => null);
  const { back, active, slices, isMasked } = pull;
  const isIncoming = new Set(
    [...active, ...slices].flatMap((one) => (one === null ? [] : [one.value, one.mask])),
  );
  const zeros = ({ shape }: OperatorNode) => b.broadcastTo(0, [...batch, ...shape]);
  const dead = ({ shape }: OperatorNode) => b.broadcastTo(0, shape);
  const maskOf = (one: OperatorNode) =>
    back.get(one)?.mask ?? b.broadcastTo(back.has(one) ? 1 : 0, one.shape);
  const activeCarries = own.carries.flatMap((carry, i) =>
    active[i] === null ? [] : [{ carry, i, ...active[i]! }],
  );
  const reached = own.invariants.flatMap((invariant, i) =>
    back.has(invariant)
      ? [
          {
            invariant,
            i,
            sum: parameter(b, "cotangent", [...batch, ...invariant.shape]),
            mask: parameter(b, "live", invariant.shape),
          },
        ]
      : [],
  );
  const reachedSlices = own.sequences.flatMap((slice, i) => (back.has(slice) ? [{ slice, i }] : []));
  const stackedSlices = body.results.flatMap((result, i) =>
    i < carries || slices[i] === null ? [] : [{ result, i, ...slices[i]! }],
  );
  const kept = worthKeeping(loop, [...back.values()], (one) => isIncoming.has(one));
  const { history, values, count } = withHistory(b, make, loop, node, kept);
  const keptAgain = kept.map(({ shape }) => parameter(b, "value", shape));
  const read = (results: readonly OperatorNode[]) => {
    const instead = new Map(kept.map((one, i) => [one, keptAgain[i]!]));
    const made = substitute(b.builder, topologicalOrder(results), instead);
    return results.map((result) => made.get(result) ?? result);
  };
  const whenMasked = <T>(list: readonly T[]): readonly T[] => (isMasked ? list : []);

  const backLoop: Loop = {
    body: {
      parameters: [
        ...activeCarries.map(({ value }) => value),
        ...whenMasked(activeCarries.map(({ mask }) => mask)),
        ...reached.map(({ sum }) => sum),
        ...whenMasked(reached.map(({ mask }) => mask)),
        // What each step read: the carries that it began with, and its slices.
        ...own.carries,
        ...keptAgain,
        ...own.sequences,
        ...stackedSlices.map(({ value }) => value),
        ...whenMasked(stackedSlices.map(({ mask }) => mask)),
        ...own.invariants,
      ],
      results: read([
        ...activeCarries.map(({ carry }) => back.get(carry)?.value ?? zeros(carry)),
        ...whenMasked(activeCarries.map(({ carry }) => maskOf(carry))),
        ...reached.map(({ invariant, sum }) => b.add(sum, back.get(invariant)!.value)),
        ...whenMasked(
          reached.map(({ invariant, mask }) => b.elementwise("logical_or", mask, maskOf(invariant))),
        ),
        ...reachedSlices.map(({ slice }) => back.get(slice)!.value),
        ...whenMasked(reachedSlices.map(({ slice }) => maskOf(slice))),
      ]),
    },
    carries: (activeCarries.length + reached.length) * (isMasked ? 2 : 1),
    sequences: carries + kept.length + own.sequences.length + stackedSlices.length * (isMasked ? 2 : 1),
    length: loop.length,
    reverse: !loop.reverse,
    counted: count !== undefined,
    condition: null,
  };
  const liveIn = (i: number, like: Shape) => {
    if (given[i] === null) return b.broadcastTo(0, like);
    return live === null ? b.broadcastTo(1, like) : takePiece(b, live, pieces[i]!);
  };
  const made = make(b, backLoop, [
    ...activeCarries.map(({ carry, i }) => given[i] ?? zeros(carry)),
    ...whenMasked(activeCarries.map(({ carry, i }) => liveIn(i, carry.shape))),
    ...reached.map(({ invariant }) => zeros(invariant)),
    ...whenMasked(reached.map(({ invariant }) => dead(invariant))),
    ...history,
    ...values,
    ...inputs.sequences,
    ...stackedSlices.map(({ i }) => stepsFirst(b, given[i]!, batch.length)),
    ...whenMasked(stackedSlices.map(({ i }) => liveIn(i, pieces[i]!.shape))),
    ...inputs.invariants,
    ...(count === undefined ? [] : [count]),
  ]);
  const gives = unpack(b, made, backLoop);
  let at = 0;
  const next = <T>(list: readonly T[]) => list.map(() => gives[at++]!);
  const [carryValues, carryMasks] = [next(activeCarries), next(whenMasked(activeCarries))];
  const [sums, sumMasks] = [next(reached), next(whenMasked(reached))];
  const [sliceValues, sliceMasks] = [next(reachedSlices), next(whenMasked(reachedSlices))];
  /** Nothing that a step alone reads is live where no step was made. */
  const isRun = count === undefined ? null : b.greater(count, 0);
  const found = new Map<OperatorNode, Cotangent>();
  activeCarries.forEach(({ carry }, k) => {
    found.set(carry, { value: carryValues[k]!, mask: carryMasks[k] ?? null });
  });
  reached.forEach(({ invariant }, k) => {
    const run = isRun === null ? null : b.broadcastTo(isRun, invariant.shape);
    found.set(invariant, { value: sums[k]!, mask: sumMasks[k] ?? run });
  });
  reachedSlices.forEach(({ slice, i }, k) => {
    const { shape } = inputs.sequences[i]!;
    const run = count === undefined ? null : b.less(stepNumbers(b, shape), count);
    found.set(slice, {
      value: batchFirst(b, sliceValues[k]!, batch.length),
      mask: sliceMasks[k] ?? (run === null ? null : b.broadcastTo(run, shape)),
    });
  });
  return [...body.parameters.map((one) => found.get(one) ?? null), ...(loop.counted ? [null] : [])];
}

/** 0, 1, … along the first axis. */
const stepNumbers = (b: Calculus, [length, ...rest]: Shape) =>
  b.reshape(b.iota(length!), [length!, ...rest.map(() => 1)]);

/** Placeholders for the cotangent of something that a step gives, and for where it is live. */
interface Incoming {
  readonly value: OperatorNode;
  readonly mask: OperatorNode;
}

/**
 * What a step pulls back to the parameters of the body, from placeholders for the cotangents of its results. A carry has
 * one if it has a cotangent at the end or gets one from a later step. `undefined` where nothing has.
 */
function pullSteps(
  b: Calculus,
  { body, carries }: Loop,
  batch: Shape,
  given: readonly (OperatorNode | null)[],
  hasMask: boolean,
):
  | {
      readonly back: ReadonlyMap<OperatorNode, Cotangent>;
      readonly active: readonly (Incoming | null)[];
      readonly slices: readonly (Incoming | null)[];
      readonly isMasked: boolean;
    }
  | undefined {
  const incoming = ({ shape }: OperatorNode): Incoming => ({
    value: parameter(b, "cotangent", [...batch, ...shape]),
    mask: parameter(b, "live", shape),
  });
  const ownCarries = body.parameters.slice(0, carries);
  const slices = body.results.map((result, i) =>
    i >= carries && given[i] !== null ? incoming(result) : null,
  );
  const active = ownCarries.map((carry, i) => (given[i] === null ? null : incoming(carry)));
  let isMasked = hasMask;
  for (;;) {
    const seeds = new Map<OperatorNode, Cotangent>();
    body.results.forEach((result, i) => {
      const one = i < carries ? active[i]! : slices[i]!;
      if (one === null) return;
      const seed = isMasked ? one : everywhere(one.value);
      const known = seeds.get(result);
      seeds.set(result, known === undefined ? seed : sumOf(b, known, seed));
    });
    if (seeds.size === 0) return undefined;
    const back = pullbackMasked(b, seeds, body.parameters);
    const begins = ownCarries.findIndex((carry, i) => active[i] === null && back.has(carry));
    // A choice in the body makes masks, which the steps before must be told.
    const isChosen = !isMasked && [...back.values()].some(({ mask }) => mask !== null);
    if (begins < 0 && !isChosen) return { back, active, slices, isMasked };
    if (begins >= 0) active[begins] = incoming(ownCarries[begins]!);
    isMasked ||= isChosen;
  }
}

/**
 * The loop with the carries that each step begins with stacked, too, and values of its steps; and how many steps it makes,
 * if that varies.
 */
function withHistory(
  b: Calculus,
  make: MakeLoop,
  loop: Loop,
  node: OperatorNode,
  kept: readonly OperatorNode[],
): {
  readonly history: readonly OperatorNode[];
  readonly values: readonly OperatorNode[];
  readonly count: OperatorNode | undefined;
} {
  const { body, carries, condition } = loop;
  const recording: Loop = {
    ...loop,
    body: {
      parameters: body.parameters,
      results: [...body.results, ...body.parameters.slice(0, carries), ...kept],
    },
  };
  const gives = unpack(b, make(b, recording, node.inputs), recording);
  const count = condition !== null ? gives.at(-1) : partsOf(loop, node.inputs).count;
  const first = body.results.length;
  return {
    history: gives.slice(first, first + carries),
    values: gives.slice(first + carries, first + carries + kept.length),
    count,
  };
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
