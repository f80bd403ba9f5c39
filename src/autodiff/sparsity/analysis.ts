import type { OperatorNode } from "../../graph/node.js";
import { topologicalOrder } from "../../graph/topology.js";
import type { Calculus } from "../../ops/vocabulary.js";
import { sizeOf } from "../../tensor.js";
import { pushforward } from "../forward.js";
import { connectedTo } from "../reverse.js";
import { ColumnSets, TooManySets } from "./column-sets.js";
import { dependences, type Evaluate } from "./dependence.js";
import type { Pattern } from "./pattern.js";

/** By output, then by node of `wrt`: where the Jacobian may be other than 0; `null` where there is no dependence. */
export type Patterns = readonly (readonly (Pattern | null)[])[];

/**
 * Patterns of the Jacobians of the outputs by each node of `wrt`. The tangents of the outputs are a linear graph of
 * placeholders, so what depends on what in it is where the Jacobian may be other than 0: no sampling, and right for every
 * value of the inputs. `undefined` where the sets do not fit.
 */
export function patternsOf(
  b: Calculus,
  outputs: readonly OperatorNode[],
  wrt: readonly OperatorNode[],
  evaluate: Evaluate,
): Patterns | undefined {
  const byWrt = new Map<OperatorNode, readonly Pattern[]>();
  try {
    for (const group of apart(wrt)) {
      const traced = trace(b, outputs, group, evaluate);
      for (const [k, node] of group.entries()) byWrt.set(node, traced[k]!);
    }
  } catch (error) {
    if (error instanceof TooManySets) return undefined;
    throw error;
  }
  return outputs.map((output, i) => {
    const connected = connectedTo(output);
    return wrt.map((node) => (connected.has(node) ? byWrt.get(node)![i]! : null));
  });
}

/**
 * The nodes in groups whose members can be seeded together. A seeded node moves by its seed alone, so one that lies behind
 * another is seeded in a group of its own.
 */
export function apart(nodes: readonly OperatorNode[]): OperatorNode[][] {
  const wanted = new Set(nodes);
  const behind = new Set<OperatorNode>();
  const isLeaf = ({ inputs }: OperatorNode) => inputs.length === 0;
  if (!nodes.every(isLeaf)) {
    for (const node of topologicalOrder(nodes)) {
      if (node.inputs.some((input) => behind.has(input) || wanted.has(input))) behind.add(node);
    }
  }
  const first = [...wanted].filter((node) => !behind.has(node));
  return [
    ...(first.length === 0 ? [] : [first]),
    ...[...wanted].filter((node) => behind.has(node)).map((node) => [node]),
  ];
}

/** The patterns by node of `wrt`, then by output. */
function trace(
  b: Calculus,
  outputs: readonly OperatorNode[],
  wrt: readonly OperatorNode[],
  evaluate: Evaluate,
): (readonly Pattern[])[] {
  const sets = new ColumnSets();
  const seeds = new Map<OperatorNode, OperatorNode>();
  const columns = new Map<OperatorNode, Int32Array>();
  const first: number[] = [];
  let total = 0;
  for (const node of wrt) {
    const size = sizeOf(node.shape);
    // The size of the graph makes the name new; a blank keeps it apart from names of a script.
    const seed = b.apply("input", [], { name: `tangent ${b.builder.size}`, shape: node.shape });
    const offset = total;
    seeds.set(node, seed);
    columns.set(
      seed,
      Int32Array.from({ length: size }, (_, i) => sets.range(offset + i, offset + i + 1)),
    );
    first.push(offset);
    total += size;
  }
  const tangents = pushforward(b, outputs, seeds);
  const moving = tangents.filter((tangent) => tangent !== null);
  const traced = dependences(b, moving, columns, sets, evaluate);
  let next = 0;
  const byOutput = tangents.map((tangent, i) => {
    const rows = sizeOf(outputs[i]!.shape);
    const ids = tangent === null ? null : traced[next++]!;
    return { rows, ids: ids ?? new Int32Array(rows) };
  });
  return wrt.map((node, k) =>
    byOutput.map((ofOutput) => ({ ...ofOutput, columns: sizeOf(node.shape), sets, first: first[k]! })),
  );
}
