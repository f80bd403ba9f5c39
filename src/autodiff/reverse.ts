import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import type { Cotangent, Op } from "../ops/op.js";
import { batchOf } from "../ops/tangents.js";
import type { Calculus } from "../ops/vocabulary.js";
import { sizeOf } from "../tensor.js";
import { everywhere, passOn, sumOf } from "./cotangent.js";

/**
 * The derivative of `output` by each node of `wrt`, as nodes: `shape(wrt)` for a scalar output,
 * `shape(output) + shape(wrt)` otherwise. `null` is a structural zero: the output does not depend on that node.
 *
 * Reverse accumulation (Griewank and Walther, Evaluating Derivatives, 2nd ed., ch. 3.2): each node's `sum_grad` is the
 * sum of its consumers' contributions. A tensor output starts from the identity, so one sweep carries all of its rows
 * as leading batch axes.
 */
export function derivatives(
  b: Calculus,
  output: OperatorNode,
  wrt: readonly OperatorNode[],
): (OperatorNode | null)[] {
  const sumGrads = pullback(b, output, identitySeed(b, output), wrt);
  return wrt.map((node) => sumGrads.get(node) ?? null);
}

/** The cotangent with which the derivative of `output` by itself begins: 1, or the identity of `shape(output)` twice. */
export function identitySeed(b: Calculus, output: OperatorNode): OperatorNode {
  if (output.shape.length === 0) return b.node(1);
  const size = sizeOf(output.shape);
  const identity = b.embedDiagonal(b.broadcastTo(1, [size]), size, size);
  return b.reshape(identity, [...output.shape, ...output.shape]);
}

/**
 * Carries the cotangent `seed` (any batch axes, then the shape of `output`) back to the nodes of `wrt`.
 * Only nodes on a path from one of them to `output` are visited; nodes without a path are absent from the result.
 */
export function pullback(
  b: Calculus,
  output: OperatorNode,
  seed: OperatorNode,
  wrt: readonly OperatorNode[],
): ReadonlyMap<OperatorNode, OperatorNode> {
  const cotangents = pullbackMasked(b, new Map([[output, everywhere(seed)]]), wrt);
  return new Map([...cotangents].map(([node, { value }]) => [node, value]));
}

/** What a node passes back to one of its inputs, at one step of a reverse sweep. */
export interface Contribution {
  readonly consumer: OperatorNode;
  /** Which input of the consumer. */
  readonly index: number;
  /** Of the consumer, complete by then. */
  readonly sumGrad: Cotangent;
  /** In the shape of the input, any batch axes in front: a term of its `sum_grad`. */
  readonly passed: Cotangent;
}

/**
 * The same from several outputs, each with its own cotangent (all with the same batch axes), and with masks: which
 * elements of the outputs are live, and which of the nodes of `wrt` then are. `record` hears of every contribution, in the
 * order in which they are made.
 */
export function pullbackMasked(
  b: Calculus,
  seeds: ReadonlyMap<OperatorNode, Cotangent>,
  wrt: readonly OperatorNode[],
  record?: (contribution: Contribution) => void,
): ReadonlyMap<OperatorNode, Cotangent> {
  const { builder } = b;
  const callerSpan = builder.span;
  const order = topologicalOrder([...seeds.keys()]);
  const wanted = new Set(wrt);
  const placeOf = placesOfDependents(order, wanted);
  // By place in the order, since there may be millions.
  const sumGrads: (Cotangent | undefined)[] = new Array(order.length);
  // A path over an operation whose derivative is 0 everywhere connects, but passes nothing on.
  const connected = new Uint8Array(order.length);
  for (const [node, seed] of seeds) {
    const place = placeOf(node);
    if (place < 0) continue;
    sumGrads[place] = seed;
    connected[place] = 1;
  }
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i]!;
    if (connected[i] === 0) continue;
    const sumGrad = sumGrads[i];
    builder.span = node.span;
    node.inputs.forEach((input, index) => {
      const place = placeOf(input);
      if (place < 0 || !passes(node, index)) return;
      connected[place] = 1;
      const passed = sumGrad === undefined ? null : passOn(b, node, sumGrad, index);
      if (passed === null) return;
      record?.({ consumer: node, index, sumGrad: sumGrad!, passed });
      const sum = sumGrads[place];
      sumGrads[place] = sum === undefined ? passed : sumOf(b, sum, passed);
    });
    // A sum that nobody asked for is not needed again once its node has passed it on.
    if (!wanted.has(node)) sumGrads[i] = undefined;
  }
  builder.span = callerSpan;
  const [first] = seeds;
  const batch = first === undefined ? [] : batchOf(first[1].value, first[0].shape);
  return new Map(
    wrt.flatMap((node) => {
      const place = placeOf(node);
      if (place < 0 || connected[place] === 0) return [];
      const nothing = () => everywhere(b.broadcastTo(0, [...batch, ...node.shape]));
      return [[node, sumGrads[place] ?? nothing()] as const];
    }),
  );
}

/**
 * The place in the order of each node that is wanted, or that a wanted one reaches through operations that pass
 * derivatives; −1 for others.
 */
function placesOfDependents(
  order: readonly OperatorNode[],
  wanted: ReadonlySet<OperatorNode>,
): (node: OperatorNode) => number {
  const greatest = order.reduce((most, { id }) => Math.max(most, id), -1);
  /** By id, counted from 1. */
  const places = new Int32Array(greatest + 1);
  const placeOf = ({ id }: OperatorNode) => (places[id] ?? 0) - 1;
  order.forEach((node, i) => {
    if (wanted.has(node) || node.inputs.some((input, index) => placeOf(input) >= 0 && passes(node, index)))
      places[node.id] = i + 1;
  });
  return placeOf;
}

/** Every node that the output depends on through operations that pass derivatives, itself among them. */
export function connectedTo(output: OperatorNode): ReadonlySet<OperatorNode> {
  const connected = new Set([output]);
  // A set is walked in the order of insertion, so what comes in on the way is walked too.
  for (const node of connected) {
    node.inputs.forEach((input, index) => {
      if (passes(node, index)) connected.add(input);
    });
  }
  return connected;
}

/** Whether a node's operation has a derivative by this input at all. */
export function passes(node: OperatorNode, index: number): boolean {
  const op = node.op as Op;
  return (op.kind === "scalar" ? op.partials[index] : op.vjp) !== null;
}
