import type { Builder } from "../graph/builder.js";
import type { Operator, OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import { isLoop, type Loop, type LoopOp } from "../ops/loop.js";
import type { Calculus } from "../ops/vocabulary.js";
import { sameShape, sizeOf } from "../tensor.js";
import { type Evaluate, fold } from "./fold.js";
import { identities as allIdentities } from "./identities.js";
import type { Identity } from "./identity.js";
import { pruneLoops } from "./loops.js";
import { SettledNodes } from "./settled-nodes.js";

/** Nodes whose values are asked for. */
export interface Roots {
  readonly values: readonly OperatorNode[];
  /** Derivatives of the values. */
  readonly derivatives: readonly OperatorNode[];
}

export interface SimplifyOptions {
  /** Computes constants; without it none are folded. */
  readonly evaluate?: Evaluate;
  /** Default: all of them. */
  readonly identities?: readonly Identity[];
  /** Also where it costs more than any run would save. Default: false. */
  readonly anySize?: boolean;
}

/**
 * Simplifying costs about 10 µs a node in a process that has just begun; it saves a few ns for each element of each node that goes, in every run.
 * Graphs with more nodes than this, of tensors smaller than that on average, run as they are.
 */
export const mostSmallNodes = 500;
const smallMean = 16;
const sampled = 1_000;

/** How often one node may be replaced, and how deep new nodes may nest: identities that undo each other end here. */
const mostSteps = 32;
const deepest = 32;

/** No identity makes more nodes at a time. */
const roomForOne = 32;

/** Replacements for each node of the graph, on average: far more than any graph needs, so that none goes on for ever. */
const replacementsPerNode = 16;

/**
 * Cheaper nodes with the same values as the roots, in their order. From the inputs up, each node gets simplified
 * inputs, then every identity that applies to it, then (where it depends on no input) its value; so one pass reaches
 * a fixed point, in time linear in the size of the graph. Where the builder is full, the rest stays as it is; a very
 * large graph of numbers stays as it is altogether.
 */
export function simplify(
  b: Calculus,
  roots: Roots,
  { evaluate, identities = allIdentities, anySize = false }: SimplifyOptions = {},
): Roots {
  const pruned = pruneLoops(b, [...roots.values, ...roots.derivatives]);
  const values = pruned.slice(0, roots.values.length);
  const derivatives = pruned.slice(roots.values.length);
  if (!anySize && !isWorthwhile(b.builder)) return { values, derivatives };
  const callerSpan = b.builder.span;
  const simplifier = new Simplifier(b, evaluate);
  // What a value is made of keeps NumPy's 0 · ∞ = NaN, also where a derivative reads it.
  simplifier.settleAll(
    values,
    identities.filter(({ difference }) => difference?.structuralZeros !== true),
  );
  simplifier.settleAll(derivatives, identities);
  b.builder.span = callerSpan;
  const settled = (root: OperatorNode) => simplifier.settled(root);
  return { values: values.map(settled), derivatives: derivatives.map(settled) };
}

function isWorthwhile(builder: Builder): boolean {
  if (builder.size <= mostSmallNodes) return true;
  let elements = 0;
  for (let i = 0; i < sampled; i++) {
    elements += sizeOf(builder.at(Math.floor((i / sampled) * builder.size)).shape);
  }
  return elements > smallMean * sampled;
}

class Simplifier {
  readonly #b: Calculus;
  readonly #evaluate: Evaluate | undefined;
  readonly #settled: SettledNodes;
  #identities: ReadonlyMap<string, readonly Identity[]> = new Map();
  readonly #byOperator = new Map<Operator, readonly Identity[]>();
  /** Loops whose bodies are simple already. */
  readonly #bodies = new Set<Loop>();
  /** Replacements that may still be made. */
  #fuel = 0;

  constructor(b: Calculus, evaluate: Evaluate | undefined) {
    this.#b = b;
    this.#evaluate = evaluate;
    this.#settled = new SettledNodes(b.builder);
  }

  /** What a node of an earlier `settleAll` has become. */
  settled(node: OperatorNode): OperatorNode {
    return this.#settled.get(node)!;
  }

  settleAll(roots: readonly OperatorNode[], identities: readonly Identity[]): void {
    this.#identities = byName(identities);
    this.#byOperator.clear();
    const order = topologicalOrder(roots);
    this.#fuel = replacementsPerNode * order.length;
    for (const node of order) this.#settle(node, 0);
  }

  /**
   * Simplifies a node until nothing applies. All that lies below it is settled already, but for nodes that an identity
   * has just made; these nest as deep as the right side of an identity, not as deep as the graph.
   */
  #settle(node: OperatorNode, depth: number): void {
    const settled = this.#settled;
    if (settled.has(node)) return;
    let current = node;
    for (let step = 0; step < mostSteps; step++) {
      if (depth < deepest) for (const input of current.inputs) this.#settle(input, depth + 1);
      const better = this.#step(current);
      if (better === current) break;
      current = settled.get(better) ?? better;
      if (settled.has(current)) break;
    }
    settled.set(current, current);
    settled.set(node, current);
  }

  /** The node after one step, or the node itself where nothing is left to do. */
  #step(node: OperatorNode): OperatorNode {
    const b = this.#b;
    const { builder } = b;
    if (this.#fuel <= 0 || builder.room < roomForOne) return node;
    const inputs = this.#settledInputs(node);
    // Not made yet: most often an identity applies, and nobody would ever read it.
    const candidate = inputs === undefined ? node : { ...node, inputs };
    builder.span = node.span;
    for (const { rewrite } of this.#identitiesOf(node.op)) {
      const better = rewrite(b, candidate.inputs, candidate);
      if (better === undefined || better === node) continue;
      this.#fuel -= 1;
      return sameShape(better.shape, node.shape) ? better : b.broadcastTo(better, node.shape);
    }
    const made = inputs === undefined ? node : builder.node(node.op, inputs, node.attributes);
    if (isLoop(made)) {
      const simple = this.#loop(made);
      if (simple !== made) return simple;
    }
    return (this.#evaluate && fold(b, made, this.#evaluate)) ?? made;
  }

  /** A loop with a simplified body. Bodies nest as deep as loops do in a script, and call themselves as deep. */
  #loop(node: OperatorNode & { readonly op: LoopOp }): OperatorNode {
    const { loop } = node.op;
    if (this.#bodies.has(loop)) return node;
    const { body, condition } = loop;
    const roots = condition === null ? body.results : [...body.results, condition];
    const order = topologicalOrder(roots);
    this.#fuel += replacementsPerNode * order.length;
    for (const inner of order) this.#settle(inner, 0);
    const results = body.results.map((result) => this.settled(result));
    const simple = {
      ...loop,
      body: { parameters: body.parameters, results },
      condition: condition === null ? null : this.settled(condition),
    };
    this.#bodies.add(simple);
    this.#b.builder.span = node.span;
    return this.#b.builder.node(node.op.withLoop(simple), node.inputs);
  }

  /** The inputs after simplification, `undefined` where they are those of the node. */
  #settledInputs({ inputs }: OperatorNode): OperatorNode[] | undefined {
    for (const input of inputs) {
      if (this.#settled.get(input) !== input) return inputs.map((one) => this.#settled.get(one) ?? one);
    }
    return undefined;
  }

  #identitiesOf(op: Operator): readonly Identity[] {
    let found = this.#byOperator.get(op);
    if (found === undefined) {
      found = this.#identities.get(op.name) ?? [];
      this.#byOperator.set(op, found);
    }
    return found;
  }
}

function byName(identities: readonly Identity[]): ReadonlyMap<string, readonly Identity[]> {
  const found = new Map<string, Identity[]>();
  for (const identity of identities) {
    for (const op of identity.ops) {
      const known = found.get(op);
      if (known === undefined) found.set(op, [identity]);
      else known.push(identity);
    }
  }
  return found;
}
