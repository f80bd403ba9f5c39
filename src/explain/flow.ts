import type { Span } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import type { Journal, Written } from "../lower/journal.js";
import { isLoop, type LoopOp } from "../ops/loop.js";
import { loopFunctions } from "../ops/loop-functions.js";
import type { Shape } from "../tensor.js";
import { type CallTree, callTree, type FlowCall } from "./calls.js";
import type { FlowContext, StepKind } from "./context.js";
import { type Group, groupsOf } from "./groups.js";
import { chooseLabels, constantText } from "./labels.js";
import { operandsOf } from "./operands.js";

export type LoopNode = OperatorNode & { readonly op: LoopOp };

/** One value that a step makes. */
export interface Part {
  readonly label: string;
  readonly node: OperatorNode;
}

/** What a step reads: a part of another, or a constant. */
export type Operand =
  | {
      readonly kind: "step";
      readonly step: Step;
      readonly part: Part;
      readonly keyword: string | undefined;
    }
  | {
      readonly kind: "constant";
      readonly node: OperatorNode;
      /** A literal, a name, or the shape of a large one. */
      readonly text: string;
      readonly keyword: string | undefined;
    };

/** What one operation of the script made: the nodes that it is put together of, as one. */
export interface Step {
  /** From 1, in topological order. */
  readonly number: number;
  /** Unique within the flow: of a definition its name, else what it is called or how it is written. */
  readonly label: string;
  /** All names: of the definition, and those that it has inside functions and blocks. */
  readonly names: readonly string[];
  readonly kind: StepKind;
  /** As the script calls it: `std`, `matmul` for `@`, `scan`; `=` for an alias. */
  readonly op: string;
  /** In reading order. */
  readonly operands: readonly Operand[];
  /** What others read of it: one value, or several, as a scan gives them. */
  readonly parts: readonly Part[];
  /** Of the first part. */
  readonly shape: Shape;
  readonly span: Span | undefined;
  /** The calls that it lies in, outermost first. */
  readonly calls: readonly FlowCall[];
  /** Its nodes, each after its inputs. */
  readonly nodes: readonly OperatorNode[];
  /** The loops that it consists in: a branch has two. */
  readonly loops: readonly LoopNode[];
}

/** A graph as people read it. */
export interface Flow {
  readonly steps: readonly Step[];
  /** The part that each of the outputs asked for is. */
  readonly outputs: readonly { readonly step: Step; readonly part: Part }[];
  readonly calls: readonly FlowCall[];
  /** The step that a node belongs to; none for constants and what is outside. */
  stepOf(node: OperatorNode): Step | undefined;
  /** The part of a step that a node is. */
  partOf(node: OperatorNode): Part | undefined;
  /** What a part is called, or a constant that a step reads. */
  labelOf(node: OperatorNode): string | undefined;
}

/** The graph that the outputs depend on, coarsened into steps. */
export function flowOf(outputs: readonly OperatorNode[], context: FlowContext): Flow {
  const order = topologicalOrder(outputs, (node) => context.leaves?.has(node) === true);
  const { groups, groupOf } = groupsOf(order, outputs, context);
  const tree = callTree(context.journal);
  const labels = chooseLabels(groups, context);
  const steps: Step[] = [];
  const stepOfGroup = new Map<Group, Step>();
  const partOf = new Map<OperatorNode, Part>();
  const texts = new Map<OperatorNode, string>();
  for (const group of groups) {
    const reads = leafOf(group, context) === undefined ? operandsOf(group, groupOf, context.journal) : [];
    const operands = reads.map(({ node, keyword }): Operand => {
      const owner = groupOf(node);
      if (owner !== undefined)
        return { kind: "step", step: stepOfGroup.get(owner)!, part: partOf.get(node)!, keyword };
      let text = texts.get(node);
      if (text === undefined) {
        text = constantText(node, context.journal);
        texts.set(node, text);
      }
      return { kind: "constant", node, text, keyword };
    });
    const step = makeStep(steps.length + 1, group, operands, labels, context, tree);
    for (const part of step.parts) partOf.set(part.node, part);
    stepOfGroup.set(group, step);
    steps.push(step);
  }
  const stepOf = (node: OperatorNode) => {
    const group = groupOf(node);
    return group === undefined ? undefined : stepOfGroup.get(group);
  };
  return {
    steps,
    outputs: outputs.map((node) => ({ step: stepOf(node)!, part: partOf.get(node)! })),
    calls: tree.calls,
    stepOf,
    partOf: (node) => partOf.get(node),
    labelOf: (node) => partOf.get(node)?.label ?? texts.get(node),
  };
}

const loopNodesOf = (nodes: readonly OperatorNode[]): LoopNode[] => nodes.filter(isLoop);

/** What the script calls a loop by. */
const loopWords: ReadonlySet<string> = new Set([...loopFunctions.keys(), "if"]);

function makeStep(
  number: number,
  group: Group,
  operands: readonly Operand[],
  labels: ReadonlyMap<OperatorNode, { readonly label: string; readonly names: readonly string[] }>,
  context: FlowContext,
  tree: CallTree,
): Step {
  const { roots, nodes } = group;
  const parts = roots.map((node) => ({ label: labels.get(node)!.label, node }));
  const written = writtenIn(group, context.journal);
  // A derivative may hold loops as well, but is not read as one.
  const loops = written !== undefined && loopWords.has(written.op) ? loopNodesOf(nodes) : [];
  return {
    number,
    label: parts.map(({ label }) => label).join(", "),
    names: roots.flatMap((root) => labels.get(root)!.names),
    kind: kindOf(group, loops.length > 0, context),
    op: opOf(group, written, context),
    operands,
    parts,
    shape: roots[0]!.shape,
    span: written?.span ?? roots[0]!.span,
    // A definition that names what a function gives shows what was made inside of the call.
    calls: tree.callsOf(nodes.findLast(({ op }) => op.name !== "named") ?? roots[0]!, context.journal),
    nodes,
    loops,
  };
}

/** The operation of the script that a group is the value of, seen through names. */
function writtenIn({ roots, members }: Group, journal: Journal): Written | undefined {
  let node = roots[0]!;
  for (;;) {
    const written = journal.writtenOf(node);
    const inner = node.op.name === "named" ? node.inputs[0] : undefined;
    if (written !== undefined || inner === undefined || !members.has(inner)) return written;
    node = inner;
  }
}

const isAlias = ({ nodes }: Group) => nodes.length === 1 && nodes[0]!.op.name === "named";

/** The kind of a group that is a leaf. */
function leafOf({ roots }: Group, { leafKind, leaves }: FlowContext): StepKind | undefined {
  const [root] = roots;
  return leaves?.get(root!) ?? (root!.op.name === "input" ? leafKind(root!) : undefined);
}

function kindOf(group: Group, isLoop: boolean, context: FlowContext): StepKind {
  const leaf = leafOf(group, context);
  if (leaf !== undefined) return leaf;
  if (isAlias(group)) return "alias";
  return isLoop ? "loop" : "operation";
}

function opOf(group: Group, written: Written | undefined, context: FlowContext): string {
  const [root] = group.roots;
  const leaf = leafOf(group, context);
  if (leaf !== undefined) return leaf;
  if (isAlias(group)) return "=";
  if (written !== undefined) return written.op;
  let node = root!;
  while (node.op.name === "named") node = node.inputs[0]!;
  const { function: name } = node.attributes;
  return node.op.name === "custom" && typeof name === "string" ? name : node.op.name;
}
