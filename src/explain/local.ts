import type { OperatorNode } from "../graph/node.js";
import { substitute } from "../graph/substitute.js";
import { parameter } from "../ops/loop.js";
import type { Cotangent } from "../ops/op.js";
import type { Calculus } from "../ops/vocabulary.js";
import type { Step } from "./flow.js";
import { formulaOf } from "./formula.js";
import { readFromOutside } from "./operands.js";
import { dependsInside, passBack } from "./sweep.js";

/** More nodes than these make no formula that anybody would read. */
const largestGroup = 60;
const longestFormula = 160;

/** Longer lists are without formulas, each of which is a graph of its own. */
export const mostFormulas = 2000;

export interface LocalOptions {
  readonly b: Calculus;
  /** What a node outside of a step is called; constants that have no name are written out. */
  readonly labelOf: (node: OperatorNode) => string | undefined;
}

/** The text of a label among signs: what is itself an expression goes into parentheses. */
export const asOperand = (label: string): string =>
  /^[\p{L}_][\p{L}\p{N}_]*(#\d+)?$/u.test(label) || /^[\p{L}_][\p{L}\p{N}_]*\([^()]*\)$/u.test(label)
    ? label
    : `(${label})`;

/**
 * What a step passes to a node that it reads, as text: for a scalar step its derivative by the node, otherwise its
 * `sum_grad`, pulled back. The step is made once more over placeholders under the names of what it reads.
 */
export function localFormula(step: Step, operand: OperatorNode, options: LocalOptions): string | undefined {
  const { b, labelOf } = options;
  const { nodes, parts, loops } = step;
  if (nodes.length > largestGroup || loops.length > 0) return undefined;
  const members = new Set(nodes);
  const roots = parts.map(({ node }) => node);
  const names = new Map<OperatorNode, string>();
  const placeholders = new Map<OperatorNode, OperatorNode>();
  for (const node of readFromOutside({ roots, members })) {
    const label = node.op.name === "constant" ? undefined : labelOf(node);
    if (label === undefined) continue;
    const placeholder = parameter(b, "operand", node.shape);
    placeholders.set(node, placeholder);
    names.set(placeholder, asOperand(label));
  }
  const moved = placeholders.get(operand);
  if (moved === undefined) return undefined;
  const made = substitute(b.builder, nodes, placeholders);
  const clones = nodes.map((node) => made.get(node) ?? node);
  const sums = new Map<OperatorNode, Cotangent | null>();
  for (const { node, label } of parts) {
    const clone = made.get(node) ?? node;
    const isUnit = parts.length === 1 && node.shape.length === 0;
    const value = isUnit ? b.node(1) : parameter(b, "sum_grad", node.shape);
    if (!isUnit) names.set(value, `sum_grad(${labelOf(node) ?? label})`);
    sums.set(clone, { value, mask: null });
  }
  const depends = dependsInside(clones, new Set([moved]));
  const passed = passBack(b, clones, sums, { has: depends }).get(moved);
  if (passed === undefined || passed === null) return undefined;
  const text = formulaOf(b, passed.value, names);
  return text.length <= longestFormula ? text : undefined;
}
