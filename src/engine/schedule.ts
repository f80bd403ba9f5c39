import type { OperatorNode } from "../graph/node.js";
import type { Op } from "../ops/op.js";
import { type Shape, sameShape, sizeOf } from "../tensor.js";
import { stripLength } from "./instructions.js";
import { joinOf } from "./kernel-numbers.js";

/** Elementwise work over one space that runs strip by strip, and the reductions that end it. */
export interface Group {
  readonly shape: Shape;
  /** Elementwise nodes, and other names for them, each after its inputs. */
  readonly members: OperatorNode[];
  readonly reductions: Reduction[];
  /** What the members read that is smaller than the space. */
  readonly repeated: Set<OperatorNode>;
}

/** What a reduction runs along, where the space is taken as rows and columns. */
export interface Reduction {
  readonly node: OperatorNode;
  readonly along: "columns" | "rows" | "all";
  /** Elements of a row; 0 where it does not matter. */
  readonly columns: number;
}

export type Step = OperatorNode | Group;

export const isGroup = (step: Step): step is Group => "members" in step;

/** Smaller ones run whole: what a strip saves is less than what it costs to begin one. */
const fewestElements = 2 * stripLength;
/** Instructions count in 32 bits. */
const mostElements = 2 ** 31 - 1;
/** What a group reads must be alive all the time. */
const mostMembers = 64;
const mostOpenGroups = 4;
/** Operands that are repeated along the space take a buffer each, and these should stay in the cache. */
const mostRepeated = 10;

/** Operations that are another name for their first input. */
const aliases: ReadonlySet<string> = new Set(["named", "stop_gradient", "custom"]);
export const isAlias = ({ op }: OperatorNode) => aliases.has(op.name);

/**
 * Nodes in an order in which each stands after its inputs, those that can run strip by strip together in groups. A group
 * is open as long as nothing outside of it reads what it computes: until then, all that is placed comes before it, so
 * another node may join. `boundary`: nothing after it may run before it.
 */
export function schedule(order: readonly OperatorNode[], boundary?: OperatorNode): Step[] {
  const steps: Step[] = [];
  const open: Group[] = [];
  const groupOf = new Map<OperatorNode, Group>();

  const close = (group: Group) => {
    const index = open.indexOf(group);
    if (index < 0) return;
    open.splice(index, 1);
    steps.push(group.members.length + group.reductions.length === 1 ? group.members[0]! : group);
    for (const node of nodesOf(group)) groupOf.delete(node);
  };
  const begin = (shape: Shape): Group => {
    if (open.length === mostOpenGroups) close(open[0]!);
    const group: Group = { shape, members: [], reductions: [], repeated: new Set() };
    open.push(group);
    return group;
  };
  const join = (group: Group, node: OperatorNode) => {
    group.members.push(node);
    groupOf.set(node, group);
    for (const input of repeatedBy(node)) group.repeated.add(input);
  };

  for (const node of order) {
    if (open.length === 0 && !begins(node)) {
      steps.push(node);
      continue;
    }
    const groups = [...new Set(node.inputs.flatMap((input) => groupOf.get(input) ?? []))];
    const isName = isAlias(node);
    if ((node.op as Op).kind === "scalar" || isName) {
      const fits = (group: Group) =>
        sameShape(group.shape, node.shape) &&
        group.members.length < mostMembers &&
        hasRoom(group.repeated, repeatedBy(node)) &&
        !node.inputs.some((input) => isReducedBy(group, input));
      const joined = groups.filter(fits);
      for (const group of groups) if (!joined.includes(group)) close(group);
      if (joined.length > 0 || begins(node)) {
        join(merge(joined) ?? begin(node.shape), node);
        if (node === boundary) for (const group of [...open]) close(group);
        continue;
      }
    }
    const reduced = groups.length === 1 ? reductionIn(groups[0]!, node) : undefined;
    if (reduced !== undefined) {
      groups[0]!.reductions.push(reduced);
      groupOf.set(node, groups[0]!);
    } else {
      for (const group of groups) close(group);
      steps.push(node);
    }
    if (node === boundary) for (const group of [...open]) close(group);
  }
  for (const group of [...open]) close(group);
  return steps;

  /** Open groups do not read each other. */
  function merge(groups: readonly Group[]): Group | undefined {
    const [first, ...others] = groups;
    for (const other of others) {
      if (!areAlike(first!, other)) {
        close(other);
        continue;
      }
      open.splice(open.indexOf(other), 1);
      for (const node of nodesOf(other)) groupOf.set(node, first!);
      first!.members.push(...other.members);
      for (const node of other.repeated) first!.repeated.add(node);
      first!.reductions.push(...other.reductions);
    }
    return first;
  }
}

/** Whether elementwise work of this shape runs strip by strip. */
export const isLarge = (shape: Shape) => sizeOf(shape) >= fewestElements && sizeOf(shape) <= mostElements;

/** Whether a node runs strip by strip even if there is no group to join. */
const begins = ({ op, shape }: OperatorNode) => (op as Op).kind === "scalar" && isLarge(shape);

/** Inputs that are repeated along the node's shape. */
const repeatedBy = ({ inputs, shape }: OperatorNode) =>
  inputs.filter((input) => !sameShape(input.shape, shape));

const hasRoom = (present: ReadonlySet<OperatorNode>, more: readonly OperatorNode[]) =>
  present.size + more.filter((node) => !present.has(node)).length <= mostRepeated;

export const nodesOf = ({ members, reductions }: Group) => [
  ...members,
  ...reductions.map(({ node }) => node),
];

/** All nodes of the steps, in their order. */
export function nodesIn(steps: readonly Step[]): OperatorNode[] {
  const nodes: OperatorNode[] = [];
  for (const step of steps) {
    if (isGroup(step)) nodes.push(...nodesOf(step));
    else nodes.push(step);
  }
  return nodes;
}

/** By position of a node: the last position of the step that it belongs to. */
export function endsOf(steps: readonly Step[]): Int32Array {
  const count = (step: Step) => (isGroup(step) ? step.members.length + step.reductions.length : 1);
  const ends = new Int32Array(steps.reduce((sum, step) => sum + count(step), 0));
  let position = 0;
  for (const step of steps) {
    const next = position + count(step);
    for (; position < next; position++) ends[position] = next - 1;
  }
  return ends;
}

/** By id: 1 for a node of a group that is asked for or read by another step. */
export function readOutside(
  steps: readonly Step[],
  order: readonly OperatorNode[],
  results: readonly OperatorNode[],
  greatestId: number,
): Uint8Array {
  const read = new Uint8Array(greatestId + 1);
  if (!steps.some(isGroup)) return read;
  /** By id: 0 for a node that runs alone. */
  const groupOf = new Int32Array(greatestId + 1);
  steps.forEach((step, i) => {
    if (isGroup(step)) for (const { id } of nodesOf(step)) groupOf[id] = i + 1;
  });
  for (const { id, inputs } of order)
    for (const input of inputs) if (groupOf[input.id] !== groupOf[id]) read[input.id] = 1;
  for (const { id } of results) read[id] = 1;
  return read;
}

/** Whether the reductions of both take the space as the same rows and columns. */
function areAlike(one: Group, other: Group): boolean {
  return (
    one.members.length + other.members.length < mostMembers &&
    hasRoom(one.repeated, [...other.repeated]) &&
    other.reductions.every((reduction) => agrees(one, reduction))
  );
}

function agrees(group: Group, { along, columns }: Reduction): boolean {
  if (along === "all") return true;
  return group.reductions.every(
    (other) =>
      other.along === "all" ||
      // Rows longer than a strip are taken one by one, columns then stretch by stretch: not both.
      (other.columns === columns && (other.along === along || columns <= stripLength)),
  );
}

/** What a group reduces is known when all of it has run, also where no axis was longer than 1 and the shape is the same. */
const isReducedBy = ({ reductions }: Group, node: OperatorNode) => reductions.some((r) => r.node === node);

/** How a node reduces what the group computes, if it can do so strip by strip. */
function reductionIn(group: Group, node: OperatorNode): Reduction | undefined {
  const join = joinOf(node.op.name);
  if (join === undefined) return undefined;
  const [source] = node.inputs;
  const { shape } = source!;
  if (!sameShape(shape, group.shape) || isReducedBy(group, source!)) return undefined;
  const axes = node.attributes.axes as readonly number[];
  const isAlong = shape.map((_, axis) => axes.includes(axis - shape.length));
  // Axes of one element are along whatever their neighbours are.
  const kinds = isAlong.filter((_, axis) => shape[axis] !== 1);
  const firstKept = kinds.indexOf(false);
  const changes = kinds.filter((kind, i) => i > 0 && kind !== kinds[i - 1]).length;
  if (changes > 1) return undefined;
  const sizeAlong = sizeOf(shape.filter((_, axis) => isAlong[axis]));
  const found: Reduction =
    firstKept < 0
      ? { node, along: "all", columns: 0 }
      : firstKept === 0
        ? { node, along: "columns", columns: sizeAlong }
        : { node, along: "rows", columns: sizeOf(shape) / sizeAlong };
  const isWhole = found.along === "columns" && found.columns <= stripLength;
  if (join === null && !isWhole) return undefined;
  return agrees(group, found) ? found : undefined;
}
