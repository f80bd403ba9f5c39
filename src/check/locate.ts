import { connectedTo, passes } from "../autodiff/reverse.js";
import type { WrongNode } from "../check-results.js";
import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import { isLoop } from "../ops/loop.js";
import type { Calculus } from "../ops/vocabulary.js";
import { evaluatePrecisely } from "../precise/evaluate.js";
import type { PreciseTensor } from "../precise/tensor.js";
import { type JudgedAlone, judgeAlone, operandName } from "./alone.js";
import type { LoopNode } from "./barriers.js";
import type { Point } from "./rounding.js";
import { chosen, countOf, valuesIn } from "./steps.js";

/** A graph at a point, or the body of a loop in one of its steps. */
interface Part {
  readonly roots: readonly OperatorNode[];
  /** The leaves that move. */
  readonly moving: ReadonlySet<OperatorNode>;
  readonly point: Point;
  /** As of a `WrongNode`. */
  readonly steps: readonly number[];
  /** What the parameters of a body stand for. */
  readonly names: ReadonlyMap<OperatorNode, string>;
  /** In how many steps of a loop its nodes may be looked at. */
  readonly mostSteps: number;
}

/** So many steps of loops are looked at, one in another counted as their product. */
const mostSteps = 64;

/** Of a loop in a loop, at least the first, one on the way, and the last. */
const leastSteps = 3;

/** So many nodes of a body, each counted once a step: of a body with more nodes, fewer steps are looked at. */
const mostNodes = 4096;

/**
 * The first node between an input and an output whose own derivative is wrong: each is taken out of the graph, its operands
 * moved alone, and what its rule makes of a random cotangent compared with differences of its value. In a loop that is
 * not right as a whole, the same is done to the nodes of its body, step by step. `undefined` where every node is right by
 * itself.
 */
export function firstWrongNode(
  b: Calculus,
  output: OperatorNode,
  input: OperatorNode,
  point: Point,
  seed: number,
): WrongNode | undefined {
  const part: Part = {
    roots: [output],
    moving: new Set([input]),
    point,
    steps: [],
    names: new Map(),
    mostSteps,
  };
  const { suspects } = dependents(part);
  return firstWrongIn(b, part, valuesOf(suspects, point), seed);
}

function firstWrongIn(
  b: Calculus,
  part: Part,
  values: ReadonlyMap<OperatorNode, PreciseTensor>,
  seed: number,
): WrongNode | undefined {
  const { suspects, moving } = dependents(part);
  for (const node of suspects) {
    const indices = node.inputs.flatMap((operand, index) =>
      moving.has(operand) && passes(node, index) ? [index] : [],
    );
    let wrong: WrongNode | undefined;
    let isSure = true;
    for (const index of indices) {
      const found = judgeAlone(b, node, index, values, part.point, seed);
      isSure &&= found.every(({ judged }) => judged.verdict === "PASS");
      wrong ??= told(node, index, values, part, found);
      if (wrong !== undefined) break;
    }
    const inside = isLoop(node) && !isSure ? firstWrongStep(b, node, indices, part, values, seed) : undefined;
    if (inside !== undefined || wrong !== undefined) return inside ?? wrong;
  }
  return undefined;
}

/** The first wrong node of a loop's body, in the first step that has one. */
function firstWrongStep(
  b: Calculus,
  node: LoopNode,
  indices: readonly number[],
  outside: Part,
  values: ReadonlyMap<OperatorNode, PreciseTensor>,
  seed: number,
): WrongNode | undefined {
  const { parameters, results } = node.op.loop.body;
  const leaves = movingParameters(node, indices);
  const { suspects } = dependents({ roots: results, moving: leaves });
  if (suspects.length === 0) return undefined;
  const operands = node.inputs.map((operand) => values.get(operand)!);
  const count = countOf(b, node, operands, suspects);
  const most = Math.max(leastSteps, Math.min(outside.mostSteps, Math.floor(mostNodes / suspects.length)));
  const steps = chosen(count, most, seed);
  const names = parameterNames(node, outside.names);
  const found = valuesIn(b, node, operands, steps, [...parameters, ...withInputs(suspects)]);
  for (const [k, step] of steps.entries()) {
    const own = found[k]!;
    const known = parameters.filter((parameter) => own.has(parameter));
    const part: Part = {
      roots: results,
      moving: leaves,
      point: new Map([
        ...outside.point,
        ...known.map((parameter) => [parameter.attributes.name as string, own.get(parameter)!] as const),
      ]),
      steps: [...outside.steps, step + 1],
      names,
      mostSteps: Math.max(leastSteps, Math.floor(most / steps.length)),
    };
    const wrong = firstWrongIn(b, part, own, seed);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** Those that stand for operands that move, and the carries that are made of these in any step. */
function movingParameters({ op: { loop } }: LoopNode, indices: readonly number[]): Set<OperatorNode> {
  const { parameters, results } = loop.body;
  const found = new Set(indices.flatMap((index) => parameters[index] ?? []));
  for (;;) {
    const { moving } = dependents({ roots: results, moving: found });
    const more = parameters
      .slice(0, loop.carries)
      .filter((parameter, k) => !found.has(parameter) && moving.has(results[k]!));
    if (more.length === 0) return found;
    for (const parameter of more) found.add(parameter);
  }
}

/** The nodes between leaves that move and roots, through operations that pass derivatives, in topological order. */
function dependents({ roots, moving: leaves }: Pick<Part, "roots" | "moving">) {
  const connected = new Set(roots.flatMap((root) => [...connectedTo(root)]));
  const moving = new Set(leaves);
  const suspects: OperatorNode[] = [];
  for (const node of topologicalOrder(roots)) {
    if (!connected.has(node) || leaves.has(node)) continue;
    if (!node.inputs.some((operand, index) => moving.has(operand) && passes(node, index))) continue;
    moving.add(node);
    suspects.push(node);
  }
  return { suspects, moving };
}

const withInputs = (nodes: readonly OperatorNode[]) => nodes.flatMap((node) => [node, ...node.inputs]);

/** The values of nodes and of all that they read. */
function valuesOf(nodes: readonly OperatorNode[], point: Point): ReadonlyMap<OperatorNode, PreciseTensor> {
  const wanted = new Set(withInputs(nodes));
  const values = new Map<OperatorNode, PreciseTensor>();
  evaluatePrecisely(nodes, point, {
    visit: (node, _inputs, value, steps) => {
      if (steps.length === 0 && wanted.has(node)) values.set(node, value);
    },
  });
  return values;
}

/** What is told of a node that is wrong by one of its operands, in reverse or forward. */
function told(
  node: OperatorNode,
  index: number,
  values: ReadonlyMap<OperatorNode, PreciseTensor>,
  { steps, names }: Part,
  found: readonly JudgedAlone[],
): WrongNode | undefined {
  const wrong = found.find(({ judged }) => judged.verdict === "WRONG")?.judged;
  if (wrong === undefined) return undefined;
  // The first input of a function with a derivative of its own is its value.
  const first = node.op.name === "custom" ? 1 : 0;
  return {
    op: typeof node.attributes.function === "string" ? node.attributes.function : node.op.name,
    span: node.span,
    steps,
    operands: node.inputs.slice(first).map((operand, k) => {
      const { hi } = values.get(operand)!;
      return { name: nameOf(operand, k, names), value: hi.length === 1 ? hi[0]! : undefined };
    }),
    operand: index - first,
    derivative: wrong.value,
    reference: wrong.reference,
  };
}

/** Longer texts of operands are not shown. */
const longestText = 24;

function nameOf(node: OperatorNode, index: number, names: Part["names"]): string {
  const known = names.get(node);
  if (known !== undefined) return known;
  const { attributes, span } = node;
  if (typeof attributes.name === "string") return attributes.name;
  const text = span?.source.text.slice(span.start, span.end);
  return text !== undefined && text.length <= longestText ? text : operandName(index);
}

/** Invariants have the names that they have around the loop. */
function parameterNames({ op: { loop }, inputs }: LoopNode, outer: Part["names"]): Part["names"] {
  const { carries, sequences, body } = loop;
  const numbered = (label: string, k: number, count: number) => (count === 1 ? label : `${label} ${k + 1}`);
  return new Map(
    body.parameters.map((parameter, k) => {
      if (k < carries) return [parameter, numbered("carry", k, carries)];
      const isSlice = k < carries + sequences;
      return [parameter, isSlice ? numbered("slice", k - carries, sequences) : nameOf(inputs[k]!, k, outer)];
    }),
  );
}
