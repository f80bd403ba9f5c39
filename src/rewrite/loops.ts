import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import { isLoop, type Loop, type LoopOp, piecesOf, takePiece } from "../ops/loop.js";
import type { Calculus } from "../ops/vocabulary.js";
import { sizeOf } from "../tensor.js";

type LoopNode = OperatorNode & { readonly op: LoopOp };

/**
 * The roots with every loop cut down to what is read of it: carries, slices and stacks that nothing needs go, and a loop
 * that another one computes along the way (its derivative, say, or the form that remembers every step) goes altogether.
 * Bodies are treated in the same way.
 */
export function pruneLoops(b: Calculus, roots: readonly OperatorNode[]): OperatorNode[] {
  const order = topologicalOrder(roots);
  if (!order.some(isLoop)) return [...roots];
  const wider = widerLoops(order.filter(isLoop));
  return rebuild(b, roots, piecesRead(roots, wider), wider);
}

/** For a loop whose pieces all come of another one: that one, and which of its pieces they are. */
interface Wider {
  readonly node: LoopNode;
  readonly pieces: readonly number[];
}

/** Parameters are made for one loop only, so loops that share one are forms of the same loop. */
function widerLoops(loops: readonly LoopNode[]): ReadonlyMap<OperatorNode, Wider> {
  const families = new Map<OperatorNode, LoopNode[]>();
  for (const node of loops) {
    for (const parameter of node.op.loop.body.parameters) {
      const family = families.get(parameter);
      if (family === undefined) families.set(parameter, [node]);
      else family.push(node);
    }
  }
  const found = new Map<OperatorNode, Wider>();
  for (const node of loops) {
    const [first] = node.op.loop.body.parameters;
    const family = first === undefined ? [] : families.get(first)!;
    // The widest form takes over for all others.
    const widest = family
      .filter(
        (other) => other !== node && other.op.loop.body.results.length > node.op.loop.body.results.length,
      )
      .flatMap((other) => {
        const pieces = piecesWithin(node, other);
        return pieces === undefined ? [] : [{ node: other, pieces }];
      })
      .sort((p, q) => q.node.op.loop.body.results.length - p.node.op.loop.body.results.length)[0];
    if (widest !== undefined) found.set(node, widest);
  }
  // Of several that stand in for each other, the last one is computed.
  for (const [node, wider] of found) {
    let last = wider;
    for (let next = found.get(last.node); next !== undefined; next = found.get(last.node)) {
      const { pieces } = next;
      last = { node: next.node, pieces: last.pieces.map((piece) => pieces[piece]!) };
    }
    found.set(node, last);
  }
  return found;
}

/** Which pieces of a wider loop are those of a loop; `undefined` where it does not do all that the loop does. */
function piecesWithin(own: LoopNode, other: LoopNode): number[] | undefined {
  const [p, q] = [own.op.loop, other.op.loop];
  if (
    p.length !== q.length ||
    p.reverse !== q.reverse ||
    p.counted !== q.counted ||
    p.condition !== q.condition ||
    (p.counted && own.inputs.at(-1) !== other.inputs.at(-1))
  )
    return undefined;
  const kindOf = ({ carries, sequences }: Loop, i: number) =>
    i < carries ? "carry" : i < carries + sequences ? "slice" : "invariant";
  const places = p.body.parameters.map((parameter, i) => {
    const at = q.body.parameters.indexOf(parameter);
    const isSame = at >= 0 && kindOf(p, i) === kindOf(q, at) && own.inputs[i] === other.inputs[at];
    return isSame ? at : -1;
  });
  if (places.includes(-1)) return undefined;
  const pieces = p.body.results.map((result, i) =>
    i < p.carries
      ? q.body.results[places[i]!] === result
        ? places[i]!
        : -1
      : q.body.results.indexOf(result, q.carries),
  );
  if (pieces.includes(-1)) return undefined;
  return p.condition === null ? pieces : [...pieces, q.body.results.length];
}

/** The pieces of each loop that something reads; a loop that a wider one stands in for has none. */
function piecesRead(
  roots: readonly OperatorNode[],
  wider: ReadonlyMap<OperatorNode, Wider>,
): ReadonlyMap<OperatorNode, ReadonlySet<number>> {
  const needs = new Map<OperatorNode, Set<number>>();
  const seen = new Set<OperatorNode>();
  // A loop is looked at again whenever another piece of it is needed.
  const waiting: OperatorNode[] = [];
  const need = (node: LoopNode, piece: number) => {
    const instead = wider.get(node);
    const [own, at] = instead === undefined ? [node, piece] : [instead.node, instead.pieces[piece]!];
    const known = needs.get(own) ?? new Set();
    needs.set(own, known);
    if (known.has(at)) return;
    known.add(at);
    waiting.push(own);
  };
  const read = (node: OperatorNode) => {
    if (isLoop(node)) for (const piece of piecesOf(node.op.loop).keys()) need(node, piece);
    else if (!seen.has(node)) {
      seen.add(node);
      waiting.push(node);
    }
  };
  for (const root of roots) read(root);
  while (waiting.length > 0) {
    const node = waiting.pop()!;
    if (isLoop(node)) {
      for (const input of keptInputs(node, needs.get(node)!)) read(input);
      continue;
    }
    const [input] = node.inputs;
    if (input === undefined || !isLoop(input) || node.op.name !== "slice") {
      for (const one of node.inputs) read(one);
      continue;
    }
    const whole = pieceOf(node, input);
    if (whole >= 0) {
      need(input, whole);
      continue;
    }
    const [start] = node.attributes.starts as readonly number[];
    const [count] = node.attributes.counts as readonly number[];
    piecesOf(input.op.loop).forEach((piece, k) => {
      const end = piece.start + sizeOf(piece.shape);
      if (piece.start < start! + count! && start! < end) need(input, k);
    });
  }
  return needs;
}

/** The inputs of a loop that matter to the pieces that are read. */
function keptInputs({ op: { loop }, inputs }: LoopNode, needs: ReadonlySet<number>): OperatorNode[] {
  const kept = keptParts(loop, needs);
  return inputs.filter((_, k) => k >= loop.body.parameters.length || kept.parameters.has(k));
}

/** By place: the parameters and results of a body that matter to the pieces that are read. */
function keptParts({ body, carries, condition }: Loop, needs: ReadonlySet<number>) {
  const results = new Set([...needs].filter((piece) => piece < body.results.length));
  const parameters = new Set<number>();
  let before = -1;
  while (before < results.size) {
    before = results.size;
    const roots = [...[...results].map((i) => body.results[i]!), ...(condition === null ? [] : [condition])];
    const read = new Set(topologicalOrder(roots));
    body.parameters.forEach((parameter, i) => {
      if (!read.has(parameter) && !(i < carries && results.has(i))) return;
      parameters.add(i);
      // A carry that is read has to be carried on.
      if (i < carries) results.add(i);
    });
  }
  return { parameters, results };
}

/** Everything once more, with the loops cut down. */
function rebuild(
  b: Calculus,
  roots: readonly OperatorNode[],
  needs: ReadonlyMap<OperatorNode, ReadonlySet<number>>,
  wider: ReadonlyMap<OperatorNode, Wider>,
): OperatorNode[] {
  const { builder } = b;
  const callerSpan = builder.span;
  const made = new Map<OperatorNode, OperatorNode>();
  /** A piece of a loop, from whatever computes it now. */
  const pieces = new Map<LoopNode, (piece: number) => OperatorNode>();
  // A loop may be replaced by a wider one that stands behind it, so nodes are made when they are asked for.
  const stack = [...roots];
  const missing = (node: OperatorNode) => !made.has(node) && !pieces.has(node as LoopNode);
  const dependenciesOf = (node: OperatorNode): readonly OperatorNode[] => {
    if (!isLoop(node)) return node.inputs;
    const instead = wider.get(node);
    return instead === undefined ? keptInputs(node, needs.get(node) ?? new Set()) : [instead.node];
  };
  const become = (node: OperatorNode): OperatorNode => {
    const known = made.get(node);
    if (known !== undefined) return known;
    // A loop that is read as a whole.
    const piece = pieces.get(node as LoopNode)!;
    const { loop } = (node as LoopNode).op;
    const all = inMemoryOrder(loop).map((k) => b.reshape(piece(k), [sizeOf(piecesOf(loop)[k]!.shape)]));
    const whole = b.concatenate(all, 0);
    made.set(node, whole);
    return whole;
  };
  while (stack.length > 0) {
    const node = stack.at(-1)!;
    if (!missing(node)) {
      stack.pop();
      continue;
    }
    const waiting = dependenciesOf(node).filter(missing);
    if (waiting.length > 0) {
      stack.push(...waiting);
      continue;
    }
    stack.pop();
    builder.span = node.span;
    if (isLoop(node)) {
      const instead = wider.get(node);
      const ofWider = instead === undefined ? undefined : pieces.get(instead.node)!;
      pieces.set(
        node,
        ofWider === undefined
          ? cutDown(b, node, needs.get(node) ?? new Set(), become)
          : (piece) => ofWider(instead!.pieces[piece]!),
      );
      continue;
    }
    const [input] = node.inputs;
    const piece =
      input !== undefined && isLoop(input) && node.op.name === "slice" ? pieceOf(node, input) : -1;
    if (piece >= 0) {
      made.set(node, b.reshape(pieces.get(input as LoopNode)!(piece), node.shape));
      continue;
    }
    const inputs = node.inputs.map(become);
    const isSame = inputs.every((one, i) => one === node.inputs[i]);
    made.set(node, isSame ? node : builder.node(node.op, inputs, node.attributes));
  }
  const result = roots.map(become);
  builder.span = callerSpan;
  return result;
}

/** The number of steps lies before the pieces that are named before it. */
function inMemoryOrder(loop: Loop): number[] {
  const pieces = piecesOf(loop);
  return [...pieces.keys()].sort((p, q) => pieces[p]!.start - pieces[q]!.start);
}

/** The piece that a slice takes whole, −1 where it takes something else. */
function pieceOf({ attributes }: OperatorNode, loop: LoopNode): number {
  const [start] = attributes.starts as readonly number[];
  const [count] = attributes.counts as readonly number[];
  return piecesOf(loop.op.loop).findIndex((piece) => piece.start === start && sizeOf(piece.shape) === count);
}

/** A loop with what is needed of it, and where its pieces come from. */
function cutDown(
  b: Calculus,
  node: LoopNode,
  needs: ReadonlySet<number>,
  become: (node: OperatorNode) => OperatorNode,
): (piece: number) => OperatorNode {
  const { loop } = node.op;
  const { body, carries, sequences, condition } = loop;
  const kept = keptParts(loop, needs);
  const parameters = body.parameters.filter((_, i) => kept.parameters.has(i));
  const keptResults = [...body.results.keys()].filter((i) => kept.results.has(i));
  const inner = pruneLoops(b, [
    ...keptResults.map((i) => body.results[i]!),
    ...(condition === null ? [] : [condition]),
  ]);
  const between = (from: number, to: number) =>
    [...kept.parameters].filter((i) => i >= from && i < to).length;
  const cut: Loop = {
    ...loop,
    body: { parameters, results: inner.slice(0, keptResults.length) },
    carries: between(0, carries),
    sequences: between(carries, carries + sequences),
    condition: condition === null ? null : inner.at(-1)!,
  };
  const inputs = node.inputs
    .filter((_, i) => i >= body.parameters.length || kept.parameters.has(i))
    .map(become);
  const made = b.builder.node(node.op.withLoop(cut), inputs);
  const pieces = piecesOf(cut);
  return (piece) => {
    const at = piece === body.results.length ? pieces.length - 1 : keptResults.indexOf(piece);
    return takePiece(b, made, pieces[at]!);
  };
}
