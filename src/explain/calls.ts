import type { Span } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import type { ExpandedCall, Journal } from "../lower/journal.js";

/** A call of a function of the script. */
export interface FlowCall {
  /** From 0, outer calls before those inside. */
  readonly index: number;
  readonly name: string;
  /** Of the call. */
  readonly span: Span;
  readonly outer: FlowCall | undefined;
  /** How many calls it lies in. */
  readonly depth: number;
}

export interface CallTree {
  readonly calls: readonly FlowCall[];
  /** The calls that a node was made in, outermost first. */
  callsOf(node: OperatorNode, journal: Journal): readonly FlowCall[];
}

/** Calls by the ranges of the nodes that were made for them. */
export function callTree({ calls }: Journal): CallTree {
  const ranges = calls
    .filter(({ from, to }) => to > from)
    .map((call, end) => ({ call, end }))
    // Of two calls with the same nodes, the one that ended first is the inner one.
    .sort((p, q) => p.call.from - q.call.from || q.call.to - p.call.to || q.end - p.end)
    .map(({ call }) => call);
  const made: FlowCall[] = [];
  const open: { readonly range: ExpandedCall; readonly call: FlowCall }[] = [];
  for (const range of ranges) {
    while (open.length > 0 && open.at(-1)!.range.to <= range.from) open.pop();
    const outer = open.at(-1)?.call;
    const { name, span } = range;
    const call = { index: made.length, name, span, outer, depth: outer === undefined ? 0 : outer.depth + 1 };
    made.push(call);
    open.push({ range, call });
  }
  const callsOf = (node: OperatorNode, journal: Journal): FlowCall[] => {
    let first = node;
    for (;;) {
      const earlier = journal.originalOf(first);
      if (earlier === undefined) break;
      first = earlier;
    }
    const chain: FlowCall[] = [];
    for (let call: FlowCall | undefined = innermost(first.id); call !== undefined; call = call.outer)
      chain.push(call);
    return chain.reverse();
  };
  return { calls: made, callsOf };

  function innermost(id: number): FlowCall | undefined {
    let [low, high] = [0, ranges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ranges[middle]!.from <= id) low = middle + 1;
      else high = middle;
    }
    let call: FlowCall | undefined = made[low - 1];
    while (call !== undefined && ranges[call.index]!.to <= id) call = call.outer;
    return call;
  }
}
