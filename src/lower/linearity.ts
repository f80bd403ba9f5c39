import type { Fault } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";

interface Candidate {
  /** Made after the directions. */
  readonly along: OperatorNode;
  readonly directions: readonly OperatorNode[];
  /** The derivatives of `along` by the directions, for some cotangent. */
  readonly transposed: readonly OperatorNode[];
}

/**
 * Throws unless `along` is linear in the directions: its derivative by them must not depend on them, and it must vanish
 * with them.
 */
export function assertLinear({ along, directions, transposed }: Candidate, problem: () => Fault): void {
  const first = directions[0]!.id;
  const isDirection = new Set(directions);
  const made = nodesFrom([along, ...transposed], first);
  const dependent = new Set<OperatorNode>();
  for (const node of made) {
    if (isDirection.has(node) || node.inputs.some((input) => dependent.has(input))) dependent.add(node);
  }
  if (transposed.some((node) => dependent.has(node))) throw problem();
  const vanishing = new Set<OperatorNode>();
  for (const node of made) if (isDirection.has(node) || vanishes(node, vanishing)) vanishing.add(node);
  if (!vanishing.has(along) && !isZero(along)) throw problem();
}

/** The nodes made since `first` that the roots need, each after its inputs. Nodes made earlier read none of them. */
function nodesFrom(roots: readonly OperatorNode[], first: number): OperatorNode[] {
  const found = new Set(roots.filter(({ id }) => id >= first));
  // A set is walked in the order of insertion, so nodes that come in on the way are walked too.
  for (const { inputs } of found) for (const input of inputs) if (input.id >= first) found.add(input);
  return [...found].sort((a, b) => a.id - b.id);
}

/** Operations that add their inputs up or put them side by side: 0 only where each of them is. */
const sums: ReadonlySet<string> = new Set(["add", "sub", "concatenate"]);

/** Whether a node that is known to be affine in the directions is 0 where they are. */
function vanishes({ op, inputs }: OperatorNode, vanishing: ReadonlySet<OperatorNode>): boolean {
  // What a loop makes of inputs that are 0 is not known.
  if (op.name === "loop") return false;
  const isGone = (input: OperatorNode) => vanishing.has(input) || isZero(input);
  if (sums.has(op.name)) return inputs.every(isGone);
  // The first input of `where` chooses.
  if (op.name === "where") return inputs.slice(1).every(isGone);
  // Products of one factor that vanishes, and operations of one input.
  return inputs.some(isGone);
}

/** A constant 0, possibly broadcast. */
function isZero(node: OperatorNode): boolean {
  let inner = node;
  while (inner.op.name === "broadcast_to") inner = inner.inputs[0]!;
  const { value } = inner.attributes;
  if (inner.op.name !== "constant") return false;
  return typeof value === "object" && "data" in value ? value.data.every((x) => x === 0) : value === 0;
}
