import { everywhere } from "../autodiff/cotangent.js";
import { identitySeed } from "../autodiff/reverse.js";
import type { OperatorNode } from "../graph/node.js";
import type { Limits } from "../limits.js";
import type { Cotangent } from "../ops/op.js";
import type { Calculus } from "../ops/vocabulary.js";
import { tensorsByName } from "../program/named.js";
import type { Program, ProgramTrace } from "../program/program.js";
import { sizeOf, type Tensor } from "../tensor.js";
import type { PathGroup, TracedPath } from "../trace-results.js";
import { explain } from "./explain.js";
import { flowOf } from "./flow.js";
import {
  countPaths,
  heaviestPaths,
  type PathEdge,
  type PathGraph,
  passAlong,
  pathGraph,
  slopeOf,
} from "./path-graph.js";
import { Values } from "./rows.js";
import { sweep } from "./sweep.js";

export interface PathOptions {
  /** How many paths are listed for each output and input. */
  readonly top: number;
  readonly limits: Pick<Limits, "memory">;
}

/** Nodes that may be made to follow paths of tensors, and the fewest paths that are compared then. */
const mostNodes = 100_000;
const fewestCompared = 200;

/** How much every path from an input to an output adds to the gradient. */
export function tracePaths(
  program: Program,
  values: ReadonlyMap<string, Tensor>,
  options: PathOptions,
): PathGroup[] {
  const { trace, context } = explain(program, values);
  const { b, lowered } = trace;
  const outputs = tensorsByName(lowered, program.outputs);
  const wrt = tensorsByName(lowered, program.wrt);
  const nodes = outputs.map(([, node]) => node);
  const flow = flowOf(nodes, context);
  const wanted = new Set(wrt.map(([, node]) => node));
  return outputs.flatMap(([output, node]) => {
    const cotangent = everywhere(identitySeed(b, node));
    const received = sweep(b, flow, [{ node, source: output, cotangent }], wanted);
    const graph = pathGraph(b, node, received);
    const counts = countPaths(graph);
    const weights = weightsOf(trace, graph, options.limits);
    return wrt.map(([input, target]): PathGroup => {
      const names = { output, outputRank: node.shape.length, input };
      const count = counts.get(target) ?? 0n;
      if (count === 0n) {
        const shape = [...node.shape, ...target.shape];
        const gradient = { shape, data: new Float64Array(sizeOf(shape)) };
        return { ...names, gradient, paths: [], count, isExact: true };
      }
      return { ...names, ...pathsTo(trace, graph, target, count, weights, options) };
    });
  });
}

interface Weights {
  readonly weight: (edge: PathEdge) => number;
  /**
   * The derivative of each edge, where all are between scalars: the product of them is what a path adds. `null` where a
   * choice has gone another way: such a path adds 0, whatever the other factors are.
   */
  readonly slopes: ReadonlyMap<PathEdge, number | null> | undefined;
  readonly gradients: (node: OperatorNode) => Tensor;
}

const allEdges = ({ edges }: PathGraph) => [...edges.values()].flat();

/**
 * The weight of an edge: the logarithm of its derivative's size between scalars; otherwise of how much larger, as a whole, a
 * cotangent gets along it.
 */
function weightsOf(trace: ProgramTrace, graph: PathGraph, limits: Pick<Limits, "memory">): Weights {
  const { b } = trace;
  const list = allEdges(graph);
  const values = new Values(trace, limits);
  for (const { value } of graph.sumGrads.values()) values.askDerivative(value);
  const isScalar = ({ shape }: OperatorNode) => shape.length === 0;
  const isAllScalar = isScalar(graph.output) && list.every(({ from, to }) => isScalar(from) && isScalar(to));
  const slopeNodes = isAllScalar ? list.map((edge) => slopeOf(b, edge)) : [];
  for (const slope of slopeNodes) askWithMask(values, slope);
  if (!isAllScalar) for (const { passed } of list) values.askDerivative(passed.value);
  const value = values.compute();
  const gradients = (node: OperatorNode) => value(graph.sumGrads.get(node)!.value);
  const sizes = new Map<PathEdge, number>();
  const slopes = new Map<PathEdge, number | null>();
  list.forEach((edge, i) => {
    if (isAllScalar) {
      const slope = liveNumber(slopeNodes[i]!, value);
      slopes.set(edge, slope);
      sizes.set(edge, Math.abs(slope ?? 0));
    } else sizes.set(edge, norm(value(edge.passed.value)) / norm(gradients(edge.from)));
  });
  const weight = (edge: PathEdge) => boundedLog(sizes.get(edge)!);
  return { weight, slopes: isAllScalar ? slopes : undefined, gradients };
}

function askWithMask(values: Values, cotangent: Cotangent | null): void {
  if (cotangent === null) return;
  values.askDerivative(cotangent.value);
  if (cotangent.mask !== null) values.askDerivative(cotangent.mask);
}

function liveNumber(cotangent: Cotangent | null, value: (node: OperatorNode) => Tensor): number | null {
  if (cotangent === null) return null;
  const isDead = cotangent.mask !== null && value(cotangent.mask).data[0] === 0;
  return isDead ? null : value(cotangent.value).data[0]!;
}

/** Finite, so that sums of them can be compared; what is no number comes first. */
const boundedLog = (size: number): number =>
  Number.isNaN(size) ? 1e6 : Math.min(1e6, Math.max(-1e6, Math.log(size)));

function norm({ data }: Tensor): number {
  const largest = data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  return largest * Math.sqrt(data.reduce((sum, x) => sum + (x / largest) ** 2, 0));
}

function pathsTo(
  trace: ProgramTrace,
  graph: PathGraph,
  target: OperatorNode,
  count: bigint,
  { weight, slopes, gradients }: Weights,
  { top, limits }: PathOptions,
): Pick<PathGroup, "gradient" | "paths" | "count" | "others" | "isExact"> {
  const gradient = gradients(target);
  const longest = graph.order.length;
  const compared =
    slopes === undefined
      ? Math.max(top, Math.min(Math.max(fewestCompared, 4 * top), Math.floor(mostNodes / longest)))
      : top;
  const found: (readonly PathEdge[])[] = [];
  for (const path of heaviestPaths(graph, target, weight)) {
    found.push(path);
    if (found.length >= compared) break;
  }
  const tensors =
    slopes === undefined
      ? valuesAlong(trace, graph, found, limits)
      : found.map((path) => ({
          shape: [],
          data: Float64Array.of(productOf(path.map((edge) => slopes.get(edge)!))),
        }));
  const share = sharesOf(gradient);
  const sizes = new Map(tensors.map((tensor) => [tensor, norm(tensor)]));
  const listed = found
    .map((path, i) => ({ path, value: tensors[i]! }))
    .sort((p, q) => compareSizes(sizes.get(p.value)!, sizes.get(q.value)!))
    .slice(0, top);
  const paths = listed.map(({ path, value }): TracedPath => {
    const nodes = [graph.output, ...path.map(({ to }) => to)].reverse();
    return { nodes: nodes.map((node) => graph.labels.get(node)!), value, ...share(value) };
  });
  const rest = count - BigInt(paths.length);
  const isExact = slopes !== undefined || BigInt(found.length) === count;
  if (rest === 0n) return { gradient, paths, count, isExact };
  const left = gradient.data.map((x, k) => x - paths.reduce((sum, { value }) => sum + value.data[k]!, 0));
  const value = { shape: gradient.shape, data: left };
  return { gradient, paths, count, isExact, others: { count: rest, value, ...share(value) } };
}

function productOf(slopes: readonly (number | null)[]): number {
  let product = 1;
  for (const slope of slopes) {
    if (slope === null) return 0;
    product *= slope;
  }
  return product;
}

/** Larger ones first, and what is no number before all. */
function compareSizes(p: number, q: number): number {
  if (Number.isNaN(p) || Number.isNaN(q)) return Number(Number.isNaN(q)) - Number(Number.isNaN(p));
  return q - p;
}

/** The part of a gradient that a term is: its component along the gradient, so that the parts of all terms add up to 1. */
function sharesOf(gradient: Tensor): (value: Tensor) => { readonly share?: number } {
  const size = norm(gradient);
  if (size === 0 || !Number.isFinite(size)) return () => ({});
  return (value) => {
    const share = value.data.reduce((sum, x, k) => sum + (x / size) * (gradient.data[k]! / size), 0);
    return Number.isFinite(share) ? { share } : {};
  };
}

/** What paths of tensors add: the identity of the output, pulled back along each; paths that begin alike share that. */
function valuesAlong(
  trace: ProgramTrace,
  graph: PathGraph,
  paths: readonly (readonly PathEdge[])[],
  limits: Pick<Limits, "memory">,
): Tensor[] {
  const { b } = trace;
  const seed = everywhere(identitySeed(b, graph.output));
  const root: Branch = { cotangent: seed, next: new Map() };
  const values = new Values(trace, limits);
  const ends = paths.map((path) => {
    let at = root;
    for (const edge of path) at = follow(b, at, edge);
    const { shape } = path.at(-1)?.to ?? graph.output;
    const node = at.cotangent?.value ?? b.broadcastTo(0, [...graph.output.shape, ...shape]);
    values.askDerivative(node);
    return node;
  });
  const value = values.compute();
  return ends.map((node) => value(node));
}

/** What a beginning of paths carries, and how they go on. */
interface Branch {
  readonly cotangent: Cotangent | null;
  readonly next: Map<PathEdge, Branch>;
}

function follow(b: Calculus, at: Branch, edge: PathEdge): Branch {
  const known = at.next.get(edge);
  if (known !== undefined) return known;
  const cotangent = at.cotangent === null ? null : passAlong(b, edge, at.cotangent);
  const made: Branch = { cotangent, next: new Map() };
  at.next.set(edge, made);
  return made;
}
