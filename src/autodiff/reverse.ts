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
  const depends = dependents(order, wrt);
  const wanted = new Set(wrt);
  const sumGrads = new Map(seeds);
  // A path over an operation whose derivative is 0 everywhere connects, but passes nothing on.
  const connected = new Set(seeds.keys());
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i]!;
    if (depends[node.id] === 0 || !connected.has(node)) continue;
    const sumGrad = sumGrads.get(node);
    builder.span = node.span;
    node.inputs.forEach((input, index) => {
      if (depends[input.id] === 0 || !passes(node, index)) return;
      connected.add(input);
      const passed = sumGrad === undefined ? null : passOn(b, node, sumGrad, index);
      if (passed === null) return;
      record?.({ consumer: node, index, sumGrad: sumGrad!, passed });
      const sum = sumGrads.get(input);
      sumGrads.set(input, sum === undefined ? passed : sumOf(b, sum, passed));
    });
    // A sum that nobody asked for is not needed again once its node has passed it on.
    if (!wanted.has(node)) sumGrads.delete(node);
  }
  builder.span = callerSpan;
  const [first] = seeds;
  const batch = first === undefined ? [] : batchOf(first[1].value, first[0].shape);
  return new Map(
    wrt.flatMap((node) => {
      if (!connected.has(node)) return [];
      const nothing = () => everywhere(b.broadcastTo(0, [...batch, ...node.shape]));
      return [[node, sumGrads.get(node) ?? nothing()] as const];
    }),
  );
}

/** By id: 1 for each node of the order that a node of `wrt` reaches through operations that pass derivatives. */
function dependents(order: readonly OperatorNode[], wrt: readonly OperatorNode[]): Uint8Array {
  const greatestOf = (nodes: readonly OperatorNode[], least: number) =>
    nodes.reduce((most, { id }) => Math.max(most, id), least);
  const greatest = greatestOf(order, greatestOf(wrt, -1));
  const depends = new Uint8Array(greatest + 1);
  for (const node of wrt) depends[node.id] = 1;
  for (const node of order) {
    if (depends[node.id] === 1) continue;
    if (node.inputs.some((input, index) => depends[input.id] === 1 && passes(node, index)))
      depends[node.id] = 1;
  }
  return depends;
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
