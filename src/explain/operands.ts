import type { OperatorNode } from "../graph/node.js";
import type { Journal } from "../lower/journal.js";
import type { Group } from "./groups.js";

export interface ReadNode {
  readonly node: OperatorNode;
  readonly keyword: string | undefined;
}

/**
 * What a group reads, in the order in which the script has it; what it reads besides (a loop may read what stands around
 * it) comes after that. Constants that an operation is put together of are none of the script's.
 */
export function operandsOf(
  group: Group,
  groupOf: (node: OperatorNode) => Group | undefined,
  journal: Journal,
): ReadNode[] {
  const read = readFromOutside(group);
  const isSingle = group.nodes.length === 1;
  if (group.nodes.every(({ op }) => op.name === "named" || op.name === "input"))
    return read.map((node) => ({ node, keyword: undefined }));
  const written = group.nodes.map((node) => journal.writtenOf(node)).find((found) => found !== undefined);
  if (written === undefined) {
    const shown = read.filter((node) => isSingle || groupOf(node) !== undefined);
    return shown.map((node) => ({ node, keyword: undefined }));
  }
  // Nodes of a body stand for others that the script was first read as.
  const standing = new Map<OperatorNode, OperatorNode>();
  for (const node of read) {
    for (let one: OperatorNode | undefined = node; one !== undefined; one = journal.originalOf(one))
      if (!standing.has(one)) standing.set(one, node);
  }
  // So does a name that a value has inside a function.
  for (const node of group.nodes) {
    const own = node.op.name === "named" ? standing.get(node.inputs[0]!) : undefined;
    if (own !== undefined && !standing.has(node)) standing.set(node, own);
  }
  const operands: ReadNode[] = [];
  const settings: ReadNode[] = [];
  const known = written.operands.flatMap(({ node }) => standing.get(node) ?? []);
  const left = read.filter((node) => groupOf(node) !== undefined && !known.includes(node));
  const lost = written.operands.filter(({ node }) => !standing.has(node) && !isFixed(node));
  // A slice, where an operation runs over whole sequences, has become a sequence that stands in its place.
  if (lost.length === left.length) for (const [i, { node }] of lost.entries()) standing.set(node, left[i]!);
  const told = new Set<OperatorNode>();
  for (const { node, keyword } of written.operands) {
    const own = standing.get(node) ?? (groupOf(node) === undefined && isFixed(node) ? node : undefined);
    if (own === undefined) continue;
    (keyword !== undefined && groupOf(own) === undefined ? settings : operands).push({ node: own, keyword });
    told.add(own);
  }
  for (const node of read) {
    if (!told.has(node) && groupOf(node) !== undefined) operands.push({ node, keyword: undefined });
  }
  return [...operands, ...settings];
}

/** A number, or what is computed of numbers, as sizes are. */
const isFixed = ({ op, inputs }: OperatorNode) =>
  op.name === "constant" || (inputs.length > 0 && inputs.every((input) => input.op.name === "constant"));

/** The nodes outside of a group that it reads, in the order of a walk from its roots along the inputs, each once. */
export function readFromOutside({ roots, members }: Pick<Group, "roots" | "members">): OperatorNode[] {
  const read = new Set<OperatorNode>();
  const seen = new Set<OperatorNode>(roots);
  const stack = [...roots].reverse();
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (!members.has(node)) {
      read.add(node);
      continue;
    }
    for (let i = node.inputs.length - 1; i >= 0; i--) {
      const input = node.inputs[i]!;
      if (members.has(input) && seen.has(input)) continue;
      seen.add(input);
      stack.push(input);
    }
  }
  return [...read];
}
