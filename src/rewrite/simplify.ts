import type { Operator, OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import type { Calculus } from "../ops/vocabulary.js";
import { sameShape } from "../tensor.js";
import { type Evaluate, fold } from "./fold.js";
import { identities as allIdentities } from "./identities.js";
import type { Identity } from "./identity.js";

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
}

/** No identity makes more nodes at a time. */
const roomForOne = 32;

/** Replacements for each node of the graph, on average: far more than any graph needs, so that none goes on for ever. */
const replacementsPerNode = 16;

/**
 * Cheaper nodes with the same values as the roots, in their order. From the inputs up, each node gets simplified
 * inputs, then every identity that applies to it, then (where it depends on no input) its value; so one pass reaches
 * a fixed point, in time linear in the size of the graph. Where the builder is full, the rest stays as it is.
 */
export function simplify(
  b: Calculus,
  { values, derivatives }: Roots,
  { evaluate, identities = allIdentities }: SimplifyOptions = {},
): Roots {
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

class Simplifier {
  readonly #b: Calculus;
  readonly #evaluate: Evaluate | undefined;
  #identities: ReadonlyMap<string, readonly Identity[]> = new Map();
  readonly #byOperator = new Map<Operator, readonly Identity[]>();
  /** Replacements that may still be made. */
  #fuel = 0;
  /** By node id: what each node has become, once that is final. */
  readonly #settled: (OperatorNode | undefined)[] = [];
  /** Nodes on their way, with what they are to become next. */
  readonly #next = new Map<OperatorNode, OperatorNode>();

  constructor(b: Calculus, evaluate: Evaluate | undefined) {
    this.#b = b;
    this.#evaluate = evaluate;
  }

  settled(node: OperatorNode): OperatorNode {
    return this.#settled[node.id]!;
  }

  settleAll(roots: readonly OperatorNode[], identities: readonly Identity[]): void {
    this.#identities = byName(identities);
    this.#byOperator.clear();
    const order = topologicalOrder(roots);
    this.#fuel = replacementsPerNode * order.length;
    for (const node of order) if (this.#settled[node.id] === undefined) this.#settle(node);
  }

  /** Simplifies one node whose inputs are settled, and the nodes that this brings up. */
  #settle(root: OperatorNode): void {
    const settled = this.#settled;
    const stack = [root];
    for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
      const next = this.#next.get(node);
      if (settled[node.id] !== undefined) {
        stack.pop();
      } else if (next !== undefined) {
        // The node that this one becomes has been settled above it.
        settled[node.id] = settled[next.id];
        stack.pop();
      } else if (!this.#awaitsInput(node, stack)) {
        const better = this.#step(node);
        const known = settled[better.id];
        if (better === node || known !== undefined) {
          settled[node.id] = known ?? node;
        } else if (this.#next.has(better)) {
          // Two identities that undo each other: the node is as simple as it gets.
          settled[node.id] = node;
        } else {
          this.#next.set(node, better);
          stack.push(better);
        }
      }
    }
    if (this.#next.size > 0) this.#next.clear();
  }

  /** Puts the inputs that are not settled on the stack. */
  #awaitsInput({ inputs }: OperatorNode, stack: OperatorNode[]): boolean {
    let awaits = false;
    for (const input of inputs) {
      if (this.#settled[input.id] !== undefined) continue;
      if (this.#next.has(input)) {
        // It became something that contains it: it stays.
        this.#settled[input.id] = input;
      } else {
        stack.push(input);
        awaits = true;
      }
    }
    return awaits;
  }

  /** The node after one step, or the node itself where nothing is left to do. */
  #step(node: OperatorNode): OperatorNode {
    const b = this.#b;
    const { builder } = b;
    if (this.#fuel <= 0 || builder.room < roomForOne) return node;
    const inputs = this.#settledInputs(node);
    if (inputs !== undefined) {
      builder.span = node.span;
      return builder.node(node.op, inputs, node.attributes);
    }
    for (const { rewrite } of this.#identitiesOf(node.op)) {
      builder.span = node.span;
      const better = rewrite(b, node.inputs, node);
      if (better === undefined) continue;
      this.#fuel -= 1;
      return sameShape(better.shape, node.shape) ? better : b.broadcastTo(better, node.shape);
    }
    return (this.#evaluate && fold(b, node, this.#evaluate)) ?? node;
  }

  /** The inputs after simplification, `undefined` where they are those of the node. */
  #settledInputs({ inputs }: OperatorNode): OperatorNode[] | undefined {
    for (const input of inputs) {
      if (this.#settled[input.id] !== input) return inputs.map(({ id }) => this.#settled[id]!);
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
