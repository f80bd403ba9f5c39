import type { OperatorNode } from "../graph/node.js";
import { substitute } from "../graph/substitute.js";
import { type Body, parameter } from "../ops/loop.js";
import type { Op } from "../ops/op.js";
import type { Calculus } from "../ops/vocabulary.js";
import type { Journal } from "./journal.js";

/** A body that reads nothing but its parameters, and the nodes that its last parameters stand for. */
export interface Closed {
  readonly body: Body;
  readonly condition: OperatorNode | null;
  readonly invariants: readonly OperatorNode[];
}

/** A part of a graph that is to become a body. */
interface Open {
  readonly parameters: readonly OperatorNode[];
  readonly results: readonly OperatorNode[];
  readonly condition: OperatorNode | null;
}

/**
 * Closes the body of a loop over the nodes around it: what it reads of them becomes further parameters. What depends on
 * no parameter is one of these nodes itself, so it is computed once and not in every step.
 */
export function closeLoop(b: Calculus, open: Open, journal?: Journal): Closed {
  const first = Math.min(...open.parameters.map(({ id }) => id));
  const inner = new Set(open.parameters);
  // Nodes made earlier than the parameters cannot depend on them.
  for (const node of reachable(open, ({ id }) => id >= first)) {
    if (node.inputs.some((input) => inner.has(input))) inner.add(node);
  }
  return close(b, open, inner, journal);
}

/** Closes a branch: what was made for branches alone belongs to it, so that it is computed only where it is taken. */
export function closeBranch(
  b: Calculus,
  open: Open,
  isConditional: (node: OperatorNode) => boolean,
  journal?: Journal,
): Closed {
  return close(b, open, new Set([...open.parameters, ...reachable(open, isConditional)]), journal);
}

/** The nodes that the results need and that satisfy the condition, as do all between them and the results; by id. */
function reachable(
  { results, condition }: Open,
  belongs: (node: OperatorNode) => boolean,
): readonly OperatorNode[] {
  const roots = condition === null ? results : [...results, condition];
  const found = new Set(roots.filter(belongs));
  // A set is walked in the order of insertion, so nodes that come in on the way are walked too.
  for (const { inputs } of found) for (const input of inputs) if (belongs(input)) found.add(input);
  return [...found].sort((p, q) => p.id - q.id);
}

function passesNothing({ op, inputs }: OperatorNode): boolean {
  const own = op as Op;
  return own.kind === "tensor" && inputs.length > 0 && own.vjp === null;
}

function close(
  b: Calculus,
  { parameters, results, condition }: Open,
  inner: ReadonlySet<OperatorNode>,
  journal: Journal | undefined,
): Closed {
  const outer = new Set<OperatorNode>();
  // Constants stay where they are read.
  const meet = (node: OperatorNode) => {
    if (!inner.has(node) && node.op.name !== "constant") outer.add(node);
  };
  for (const { inputs } of inner) inputs.forEach(meet);
  results.forEach(meet);
  if (condition !== null) meet(condition);
  const invariants = [...outer];
  const placeholders = invariants.map(({ shape }) => parameter(b, "invariant", shape));
  const order = [...inner].sort((p, q) => p.id - q.id);
  // What passes no derivative (a factorisation, whose readers have their own) must not do so as a parameter.
  const stand = (node: OperatorNode, placeholder: OperatorNode) =>
    passesNothing(node) ? b.apply("stop_gradient", [placeholder]) : placeholder;
  const made = substitute(
    b.builder,
    order,
    new Map(invariants.map((node, i) => [node, stand(node, placeholders[i]!)])),
  );
  if (journal !== undefined) for (const [original, node] of made) journal.remade(original, node);
  const become = (node: OperatorNode) => made.get(node) ?? node;
  return {
    body: { parameters: [...parameters, ...placeholders], results: results.map(become) },
    condition: condition === null ? null : become(condition),
    invariants,
  };
}
