import type { OperatorNode } from "../graph/node.js";
import { countedLoopOf } from "./pieces.js";
import type { Look, Planned, Spelt } from "./spelling.js";
import { spellingOf } from "./spellings.js";
import { name } from "./terms.js";

const alone: Spelt = { parts: [], make: () => name(""), weight: 0 };

/** Which nodes are written by names. */
export interface Names {
  /** Nothing looks through these nodes. */
  readonly isNamed: (node: OperatorNode) => boolean;
  /** Nor are these written out, unless they are roots themselves. */
  readonly isLeaf: (node: OperatorNode) => boolean;
}

const none: Names = { isNamed: () => false, isLeaf: () => false };

/** How the nodes that the roots need are written. Iterative: a graph may be a million nodes deep. */
export function planOf(roots: readonly OperatorNode[], { isNamed, isLeaf } = none): Planned {
  // What has a name around a body is written by it inside, too: constants, as all else comes in through parameters.
  const planBody = (inner: readonly OperatorNode[]) => planOf(inner, { isNamed, isLeaf: isNamed });
  const look: Look = { isNamed, isCounted: countedLoops(roots), planBody };
  const plan = new Map<OperatorNode, Spelt>();
  const rooted = new Set(roots);
  const open = new Map<OperatorNode, Spelt>();
  const stack: OperatorNode[] = [];
  const next: number[] = [];
  const enter = (node: OperatorNode) => {
    if (open.has(node)) return;
    open.set(node, isLeaf(node) && !rooted.has(node) ? alone : spellingOf(node)(node, look));
    stack.push(node);
    next.push(0);
  };
  for (const root of roots) {
    enter(root);
    while (stack.length > 0) {
      const top = stack.length - 1;
      const node = stack[top]!;
      const own = open.get(node)!;
      const position = next[top]!;
      if (position < own.parts.length) {
        next[top] = position + 1;
        enter(own.parts[position]!);
      } else {
        stack.pop();
        next.pop();
        plan.set(node, own);
      }
    }
  }
  return plan;
}

/** Loops with a condition of which somebody reads the number of steps. */
function countedLoops(roots: readonly OperatorNode[]): (loop: OperatorNode) => boolean {
  const counted = new Set<OperatorNode>();
  const seen = new Set(roots);
  const mark = (node: OperatorNode) => {
    const loop = countedLoopOf(node);
    if (loop !== undefined) counted.add(loop);
  };
  // A set is walked in the order of insertion, so what comes in on the way is walked too.
  for (const node of seen) {
    if (node.op.name === "slice") mark(node);
    for (const input of node.inputs) {
      if (node.op.name !== "slice") mark(input);
      seen.add(input);
    }
  }
  return (loop) => counted.has(loop);
}
