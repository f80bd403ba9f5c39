import type { Definition, Expression } from "../../grammar/ast.js";
import type { OperatorNode } from "../graph/node.js";
import { operatorsIn } from "./operators.js";
import type { Scope } from "./scope.js";
import type { Planned, Spelt } from "./spelling.js";
import { block, definition, name, oneOrTuple } from "./terms.js";

/** What is written under a name of its own, before what reads it. */
export interface Written {
  readonly name: string;
  readonly node: OperatorNode;
  readonly value: Expression;
}

/** Expressions nest no deeper than this: what is below gets a name. */
const deepest = 24;

export interface WriteOptions {
  /** Nodes that are written as something else, whatever they are. */
  readonly bindings: ReadonlyMap<OperatorNode, Expression>;
  /** Nodes that are worth a definition of their own under these names, unless they are as short as one and read once. */
  readonly names: ReadonlyMap<OperatorNode, string>;
  /** Those of them that get it however short they are. */
  readonly always?: ReadonlySet<OperatorNode>;
  /** Names for other nodes, where these are read more than once. */
  readonly locals?: ReadonlyMap<OperatorNode, string>;
  readonly scope: Scope;
  /** Whether what is read more than once gets a name. */
  readonly shares: boolean;
}

/** Expressions of all nodes of a plan, and what is defined for them first. */
export function write(
  plan: Planned,
  roots: readonly OperatorNode[],
  options: WriteOptions,
): { readonly definitions: readonly Written[]; readonly values: readonly Expression[] } {
  const { bindings, names, locals, scope, shares } = options;
  const isDefined = shares ? sharing(plan, roots, options) : () => false;
  const definitions: Written[] = [];
  const made = new Map<OperatorNode, Expression>(bindings);
  /** A part as a value: a loop is one as what it gives, joined. */
  const partValue = (part: OperatorNode) => {
    const { joined } = plan.get(part)!;
    const own = made.get(part)!;
    return joined === undefined || bindings.has(part) ? own : joined(own);
  };
  for (const [node, { parts, make, isPiece }] of plan) {
    if (made.has(node)) continue;
    // Its name is taken before those within it are.
    const own = isDefined(node)
      ? (names.get(node) ?? locals?.get(node) ?? scope.fresh("t", true))
      : undefined;
    const value = make(
      parts.map((part) => (isPiece ? made.get(part)! : partValue(part))),
      scope,
    );
    if (own === undefined) {
      made.set(node, value);
      continue;
    }
    definitions.push({ name: own, node, value });
    made.set(node, name(own));
  }
  return { definitions, values: roots.map(partValue) };
}

/** Which nodes of a plan get a definition. */
function sharing(
  plan: Planned,
  roots: readonly OperatorNode[],
  { bindings, names, locals, always }: WriteOptions,
): (node: OperatorNode) => boolean {
  const uses = new Map<OperatorNode, number>();
  const needed = new Set<OperatorNode>();
  const use = (node: OperatorNode) => uses.set(node, (uses.get(node) ?? 0) + 1);
  for (const root of roots) use(root);
  // Those behind a binding are not written.
  const reached = new Set(roots);
  for (const node of reached) {
    if (bindings.has(node)) continue;
    const { parts, names: wanted = [] } = plan.get(node)!;
    parts.forEach((part, i) => {
      use(part);
      reached.add(part);
      if (wanted.includes(i)) needed.add(part);
    });
  }
  const defined = new Set<OperatorNode>();
  const weights = new Map<OperatorNode, number>();
  const depths = new Map<OperatorNode, number>();
  for (const [node, own] of plan) {
    if (bindings.has(node) || !reached.has(node)) continue;
    const weight = own.parts.reduce((all, part) => all + (weights.get(part) ?? 0), weightOf(own));
    const depth = 1 + own.parts.reduce((most, part) => Math.max(most, depths.get(part) ?? 0), 0);
    const count = uses.get(node)!;
    const isOwn = names.has(node);
    // A transpose costs nothing to make again.
    const isCheap = weight === 0 || (weight === 1 && node.op.name === "transpose");
    const isWorthIt =
      depth > deepest ||
      always?.has(node) ||
      (needed.has(node) && !isCheap) ||
      (count > 1 && (weight > 1 || (weight > 0 && (isOwn || locals?.has(node))))) ||
      (isOwn && weight > 1);
    if (isWorthIt) defined.add(node);
    weights.set(node, isWorthIt ? 0 : weight);
    depths.set(node, isWorthIt ? 0 : depth);
  }
  return (node) => defined.has(node);
}

/** Operators of a spelling without its parts. */
function weightOf({ parts, make, weight }: Spelt): number {
  if (weight !== undefined) return weight;
  const blank = parts.map(() => name(""));
  return operatorsIn(make(blank, undefined as never));
}

/**
 * The body of a function: local definitions of what is read more than once, then the values, as a tuple unless `join` says
 * otherwise.
 */
export function writeBlock(
  plan: Planned,
  roots: readonly OperatorNode[],
  bindings: ReadonlyMap<OperatorNode, Expression>,
  scope: Scope,
  opening: readonly Definition[] = [],
  join: (values: readonly Expression[]) => Expression = oneOrTuple,
): Expression {
  const { definitions, values } = write(plan, roots, { bindings, names: new Map(), scope, shares: true });
  const statements = definitions.map((one) => definition([one.name], one.value));
  return block([...opening, ...statements], join(values));
}
