import type { OperatorNode } from "../graph/node.js";
import type { Written } from "../lower/journal.js";
import type { Op } from "../ops/op.js";
import type { FlowContext } from "./context.js";

/** Nodes that make up one step. */
export interface Group {
  /** Those that are read from outside, or asked for; parts of one value in their order. */
  readonly roots: readonly OperatorNode[];
  /** By id, so each after its inputs. */
  readonly nodes: readonly OperatorNode[];
  readonly members: ReadonlySet<OperatorNode>;
}

export interface Groups {
  /** Each after those that it reads. */
  readonly groups: readonly Group[];
  /** None for constants. */
  readonly groupOf: (node: OperatorNode) => Group | undefined;
}

/** A definition at the top of the script; names inside functions that something differentiates by have a scope. */
const isDefinition = ({ op, attributes }: OperatorNode) =>
  op.name === "named" && attributes.scope === undefined;
const isName = ({ op }: OperatorNode) => op.name === "named";

const passing: ReadonlySet<string> = new Set(["named", "reshape", "transpose", "broadcast_to", "slice"]);

/**
 * Operations that hand on what they are given, and those that pass no derivative, such as a factorisation, whose readers have
 * their own: where the script has not written them, they belong to each reader.
 */
function isPassing(node: OperatorNode): boolean {
  const op = node.op as Op;
  return passing.has(op.name) || (op.kind === "tensor" && op.vjp === null);
}

/** A group that is being put together. */
interface Open {
  readonly nodes: OperatorNode[];
  readonly roots: Set<OperatorNode>;
}

/**
 * Puts the nodes that one operation of the script made together. What the script has written is a root; what has been made
 * for it belongs to it as long as nobody else reads it.
 */
export function groupsOf(
  order: readonly OperatorNode[],
  outputs: readonly OperatorNode[],
  { journal, constants = false, leaves }: FlowContext,
): Groups {
  const isLeaf = (node: OperatorNode) => node.op.name === "input" || leaves?.has(node) === true;
  const asked = new Set(outputs);
  const readers = readersOf(order);
  const moving = movingOf(order, (node) => isLeaf(node) || isDefinition(node) || asked.has(node));
  const isConstant = (node: OperatorNode) => node.op.name === "constant" || (!constants && !moving.has(node));
  const openOf = new Map<OperatorNode, readonly Open[]>();
  const tuples = new Map<Written, Open>();
  const opens: Open[] = [];
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i]!;
    const isNamed = !isLeaf(node) && isNamedAlone(node);
    if (isConstant(node) && !isNamed && !asked.has(node)) continue;
    let inside = asked.has(node) ? [] : insideOf(node, isNamed);
    if (inside.length === 0) {
      const tuple = tupleOf(node);
      const group = (tuple && tuples.get(tuple)) ?? open();
      if (tuple !== undefined) tuples.set(tuple, group);
      group.roots.add(node);
      inside = [group];
    }
    for (const group of inside) group.nodes.push(node);
    openOf.set(node, inside);
  }
  // Parts of one value stand in their order.
  const place = (node: OperatorNode) => journal.placeOf(isName(node) ? node.inputs[0]! : node);
  return closed(opens, openOf, (p, q) => place(p) - place(q) || p.id - q.id);

  function open(): Open {
    const made: Open = { nodes: [], roots: new Set() };
    opens.push(made);
    return made;
  }

  /** The tuple that a node, or what it names, is a part of. */
  function tupleOf(node: OperatorNode): Written | undefined {
    const [input] = node.inputs;
    const value = isName(node) && isNamedAlone(input!) ? input! : node;
    const written = journal.writtenOf(value);
    return written?.isTuple ? written : undefined;
  }

  /** The groups that a node is an inner part of; none where it is a root. */
  function insideOf(node: OperatorNode, isNamed: boolean): readonly Open[] {
    const consumers = readers.get(node) ?? [];
    if (isLeaf(node) || isDefinition(node)) return [];
    if (isNamed) return openOf.get(consumers[0]!) ?? [];
    if (journal.writtenOf(node) !== undefined) return [];
    if (isName(node) && isNamedAlone(node.inputs[0]!)) return [];
    const groups = new Set<Open>();
    for (const consumer of consumers) {
      // What only names a value does not make it.
      if (isDefinition(consumer)) return [];
      for (const group of openOf.get(consumer) ?? []) groups.add(group);
    }
    return groups.size === 1 || isPassing(node) ? [...groups] : [];
  }

  /** Whether a name is all that reads a value, so that it stands for it. */
  function isNamedAlone(node: OperatorNode): boolean {
    const consumers = readers.get(node) ?? [];
    return (
      consumers.length === 1 &&
      isName(consumers[0]!) &&
      !isLeaf(consumers[0]!) &&
      !isLeaf(node) &&
      !isName(node) &&
      !asked.has(node) &&
      node.op.name !== "constant"
    );
  }
}

/** The nodes that read a node, each once. */
function readersOf(order: readonly OperatorNode[]): ReadonlyMap<OperatorNode, readonly OperatorNode[]> {
  const readers = new Map<OperatorNode, OperatorNode[]>();
  for (const node of order) {
    for (const input of node.inputs) {
      const list = readers.get(input);
      if (list === undefined) readers.set(input, [node]);
      else if (list.at(-1) !== node) list.push(node);
    }
  }
  return readers;
}

/** What depends on an input or on a definition. */
function movingOf(
  order: readonly OperatorNode[],
  movesItself: (node: OperatorNode) => boolean,
): ReadonlySet<OperatorNode> {
  const moving = new Set<OperatorNode>();
  for (const node of order)
    if (movesItself(node) || node.inputs.some((input) => moving.has(input))) moving.add(node);
  return moving;
}

/** Groups with what is read of them, in topological order; where several orders are possible, by the first root. */
function closed(
  opens: readonly Open[],
  openOf: ReadonlyMap<OperatorNode, readonly Open[]>,
  byPlace: (p: OperatorNode, q: OperatorNode) => number,
): Groups {
  const made = new Map<Open, Group>();
  for (const open of opens) {
    const nodes = open.nodes.toSorted((p, q) => p.id - q.id);
    const roots = [...open.roots].sort(byPlace);
    made.set(open, { roots, nodes, members: new Set(nodes) });
  }
  const first = new Map(opens.map((open) => [open, Math.min(...[...open.roots].map(({ id }) => id))]));
  const sorted = opens.toSorted((p, q) => first.get(p)! - first.get(q)!);
  const groups: Group[] = [];
  const entered = new Set<Open>();
  for (const open of sorted) {
    if (entered.has(open)) continue;
    entered.add(open);
    const stack = [{ open, reads: readsOf(open), next: 0 }];
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const read = top.reads[top.next++];
      if (read === undefined) {
        groups.push(made.get(top.open)!);
        stack.pop();
      } else if (!entered.has(read)) {
        entered.add(read);
        stack.push({ open: read, reads: readsOf(read), next: 0 });
      }
    }
  }
  const groupOf = (node: OperatorNode) => {
    const [open] = openOf.get(node) ?? [];
    return open === undefined ? undefined : made.get(open);
  };
  return { groups, groupOf };

  function readsOf(open: Open): Open[] {
    const reads = new Set<Open>();
    for (const { inputs } of open.nodes) {
      for (const input of inputs) {
        const others = openOf.get(input);
        if (others !== undefined && !others.includes(open)) reads.add(others[0]!);
      }
    }
    return [...reads];
  }
}
