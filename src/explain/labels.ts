import type { Span } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import type { Journal } from "../lower/journal.js";
import { type Shape, sizeOf, type Tensor } from "../tensor.js";
import type { FlowContext } from "./context.js";
import type { Group } from "./groups.js";

/** Longer pieces of the source are no labels. */
const longestSource = 24;
/** Larger constants are told by their shape. */
const largestLiteral = 6;

export interface Labels {
  readonly label: string;
  readonly names: readonly string[];
}

/**
 * A label for every root: the name of a definition, else the name that it has inside a function or a block, else how it is
 * written, where that is short, else t1, t2, …. A label that is taken gets a number behind it.
 */
export function chooseLabels(
  groups: readonly Group[],
  context: FlowContext,
): ReadonlyMap<OperatorNode, Labels> {
  const labels = new Map<OperatorNode, Labels>();
  const counts = new Map<string, number>();
  const take = (wanted: string): string => {
    for (;;) {
      const count = (counts.get(wanted) ?? 0) + 1;
      counts.set(wanted, count);
      const label = count === 1 ? wanted : `${wanted}#${count}`;
      if (count === 1 || !counts.has(label)) return label;
    }
  };
  const roots = groups.flatMap((group) => group.roots.map((root) => ({ root, group })));
  // Names of the script come first: they must not lose to those inside functions.
  for (const { root, group } of roots) {
    const own = ownName(root);
    if (own !== undefined)
      labels.set(root, { label: take(own), names: [...new Set([own, ...localNames(root, group, context)])] });
  }
  let next = 1;
  for (const { root, group } of roots) {
    if (labels.has(root)) continue;
    const names = localNames(root, group, context);
    const wanted = context.leafName?.(root) ?? names[0] ?? sourceOf(root, group, context.journal);
    const numbered = () => {
      while (counts.has(`t${next}`)) next += 1;
      return `t${next}`;
    };
    labels.set(root, { label: take(wanted ?? numbered()), names });
  }
  return labels;
}

/** The name of an input, or of a definition at the top of the script. */
function ownName({ op, attributes: { name, scope } }: OperatorNode): string | undefined {
  if (typeof name !== "string" || name.includes(" ")) return undefined;
  return op.name === "input" || (op.name === "named" && scope === undefined) ? name : undefined;
}

/** The names of a root, and of what it names, inside functions and blocks. */
function localNames(root: OperatorNode, { members }: Group, { journal }: FlowContext): string[] {
  const names: string[] = [];
  let node: OperatorNode | undefined = root;
  while (node !== undefined && members.has(node)) {
    const { name, scope } = node.attributes;
    if (node.op.name === "named" && scope !== undefined && typeof name === "string") names.push(name);
    const local = journal.nameOf(node);
    if (local !== undefined) names.push(local);
    node = node.op.name === "named" ? node.inputs[0] : undefined;
  }
  return [...new Set(names)];
}

/** How a value is written, where that is short. Parts of one value are written the same; they get numbers. */
function sourceOf(root: OperatorNode, { nodes }: Group, journal: Journal): string | undefined {
  const written =
    journal.writtenOf(root) ?? nodes.map((node) => journal.writtenOf(node)).find((one) => one !== undefined);
  return written === undefined ? undefined : shortText(written.span);
}

function shortText({ source, start, end }: Span): string | undefined {
  if (end - start > 4 * longestSource) return undefined;
  const text = withoutParentheses(source.text.slice(start, end).replace(/\s+/g, " "));
  return text.length <= longestSource && !text.includes("#") ? text : undefined;
}

/** `(x + y)` without its parentheses, if these belong together. */
function withoutParentheses(text: string): string {
  if (!text.startsWith("(") || !text.endsWith(")")) return text;
  const inner = text.slice(1, -1);
  let depth = 0;
  for (const character of inner) {
    if (character === "(") depth += 1;
    else if (character === ")") depth -= 1;
    if (depth < 0) return text;
  }
  return withoutParentheses(inner.trim());
}

const shapeText = (shape: Shape) => (shape.length === 0 ? "constant" : `constant ${shape.join("×")}`);

/** A constant as an operand: a literal, its name, how it is written, or its shape. */
export function constantText(node: OperatorNode, journal: Journal): string {
  const { value } = node.attributes;
  if (node.op.name === "constant" && sizeOf(node.shape) <= largestLiteral) {
    if (typeof value === "number") return numberText(value);
    if (typeof value === "object" && "data" in value) return nested(value);
  }
  const written = journal.writtenOf(node);
  return journal.nameOf(node) ?? (written && shortText(written.span)) ?? shapeText(node.shape);
}

const numberText = (value: number) => (Object.is(value, -0) ? "-0" : String(Number(value.toPrecision(6))));

function nested({ shape, data }: Tensor): string {
  const at = (axis: number, start: number, size: number): string => {
    if (axis === shape.length) return numberText(data[start]!);
    const step = size / shape[axis]!;
    const parts = Array.from({ length: shape[axis]! }, (_, i) => at(axis + 1, start + i * step, step));
    return `[${parts.join(", ")}]`;
  };
  return at(0, 0, data.length);
}
