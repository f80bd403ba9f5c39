import { passOn, sumOf } from "../autodiff/cotangent.js";
import { passes } from "../autodiff/reverse.js";
import type { OperatorNode } from "../graph/node.js";
import type { Cotangent } from "../ops/op.js";
import type { Calculus } from "../ops/vocabulary.js";
import type { Flow, Part, Step } from "./flow.js";

/** What a step passes back to one of those that it reads: a term of that one's `sum_grad`. */
export interface StepContribution {
  /** None for where the sweep begins. */
  readonly consumer: Step | undefined;
  /** Where a cotangent comes from that no step passes: the output itself, or what follows a step of a loop. */
  readonly source: string | undefined;
  /** `null` where nothing passes, though the two are connected: the derivative is 0 everywhere. */
  readonly passed: Cotangent | null;
}

/** One part of a step, in the order of the transposed graph. */
export interface Received {
  readonly step: Step;
  readonly part: Part;
  readonly contributions: readonly StepContribution[];
  /** The sum of what it has received; `null` where that is 0 everywhere. */
  readonly sumGrad: Cotangent | null;
}

/** A cotangent with which a sweep begins. */
export interface Seed {
  readonly node: OperatorNode;
  readonly source: string;
  readonly cotangent: Cotangent;
}

/**
 * Reverse accumulation step by step: what every part of a step that depends on the nodes of `wrt` and that the seeds depend
 * on gets from its consumers.
 */
export function sweep(
  b: Calculus,
  flow: Flow,
  seeds: readonly Seed[],
  wrt: ReadonlySet<OperatorNode>,
): Received[] {
  const depends = dependents(flow, wrt);
  const lists = new Map<OperatorNode, StepContribution[]>();
  const give = (node: OperatorNode, contribution: StepContribution) => {
    const list = lists.get(node);
    if (list === undefined) lists.set(node, [contribution]);
    else list.push(contribution);
  };
  for (const { node, source, cotangent } of seeds)
    give(node, { consumer: undefined, source, passed: cotangent });
  const received: Received[] = [];
  const { builder } = b;
  const callerSpan = builder.span;
  for (const step of flow.steps.toReversed()) {
    const sums = new Map<OperatorNode, Cotangent | null>();
    for (const part of step.parts.toReversed()) {
      const contributions = lists.get(part.node);
      if (contributions === undefined) continue;
      let sumGrad: Cotangent | null = null;
      for (const { passed } of contributions) {
        if (passed !== null) sumGrad = sumGrad === null ? passed : sumOf(b, sumGrad, passed);
      }
      sums.set(part.node, sumGrad);
      if (depends.has(part.node)) received.push({ step, part, contributions, sumGrad });
    }
    if (sums.size === 0 || isLeaf(step)) continue;
    for (const [node, passed] of passBack(b, step.nodes, sums, depends))
      give(node, { consumer: step, source: undefined, passed });
  }
  builder.span = callerSpan;
  return received;
}

const leafKinds: ReadonlySet<Step["kind"]> = new Set(["input", "param", "carry", "slice", "outer"]);

/** Whether nothing stands behind a step, as far as its flow goes. */
export const isLeaf = ({ kind }: Step): boolean => leafKinds.has(kind);

/** Everything that depends on a node of `wrt` through operations that pass derivatives. */
export function dependents(flow: Flow, wrt: ReadonlySet<OperatorNode>): ReadonlySet<OperatorNode> {
  const depends = new Set<OperatorNode>(wrt);
  for (const step of flow.steps) {
    if (isLeaf(step)) continue;
    for (const node of step.nodes) {
      if (node.inputs.some((input, index) => depends.has(input) && passes(node, index))) depends.add(node);
    }
  }
  return depends;
}

/** Whether a node is one of those given, or depends on one of them inside a step. */
export function dependsInside(
  nodes: readonly OperatorNode[],
  given: { has(node: OperatorNode): boolean },
): (node: OperatorNode) => boolean {
  const inner = new Set<OperatorNode>();
  const has = (node: OperatorNode) => inner.has(node) || given.has(node);
  for (const node of nodes)
    if (node.inputs.some((input, index) => has(input) && passes(node, index))) inner.add(node);
  return has;
}

/**
 * What nodes, each after its inputs, pass to the nodes outside that they read, from cotangents of some of them. `null`:
 * connected, but nothing passes.
 */
export function passBack(
  b: Calculus,
  nodes: readonly OperatorNode[],
  sums: ReadonlyMap<OperatorNode, Cotangent | null>,
  depends: { has(node: OperatorNode): boolean },
): Map<OperatorNode, Cotangent | null> {
  const all = new Map(sums);
  const inner = new Set(nodes);
  const outside = new Map<OperatorNode, Cotangent | null>();
  for (const node of nodes.toReversed()) {
    const sumGrad = all.get(node);
    if (sumGrad === undefined) continue;
    b.builder.span = node.span;
    node.inputs.forEach((input, index) => {
      if (!depends.has(input) || !passes(node, index)) return;
      const passed = sumGrad === null ? null : passOn(b, node, sumGrad, index);
      const known = inner.has(input) ? all : outside;
      const earlier = known.get(input);
      if (passed === null) {
        if (earlier === undefined) known.set(input, null);
      } else known.set(input, earlier === null || earlier === undefined ? passed : sumOf(b, earlier, passed));
    });
  }
  return outside;
}
