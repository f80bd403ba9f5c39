import { differentiation } from "../autodiff/differentiation.js";
import { hessians } from "../autodiff/hessian.js";
import { jacobians, type Mode } from "../autodiff/jacobian.js";
import { type Diagnostic, diagnose, Fault } from "../diagnostics.js";
import { Engine, evaluateConstant } from "../engine/engine.js";
import { Builder } from "../graph/builder.js";
import type { OperatorNode } from "../graph/node.js";
import type { Limits } from "../limits.js";
import { type Lowered, lower } from "../lower/lower.js";
import type { Resolution } from "../lower/resolve.js";
import { GraphCalculus } from "../ops/calculus.js";
import type { Calculus } from "../ops/vocabulary.js";
import type { Evaluation, Gradient, HessianBlock, Layout, NodeRow } from "../results.js";
import { simplify } from "../rewrite/simplify.js";
import { formatShape, type Shape, sizeOf, type Tensor } from "../tensor.js";
import { judgeAssert } from "./asserts.js";

/** What is asked of a script. */
export interface Request {
  /** Outputs, by name. */
  readonly of: readonly string[];
  /** Names to differentiate by. */
  readonly wrt: readonly string[];
  /** A row for every named node. */
  readonly all: boolean;
  readonly mode: Mode;
  readonly layout: Layout;
  /** The second derivatives of every output, which must be a scalar. */
  readonly hessian: boolean;
}

/** A script for one choice of input shapes: graph, derivatives and plan, ready to run with any values. */
export interface Specialisation {
  /** What the shapes give reason to warn of. */
  readonly warnings: readonly Diagnostic[];
  run(values: ReadonlyMap<string, Tensor>): Evaluation;
}

interface Pair {
  readonly output: string;
  readonly outputNode: OperatorNode;
  readonly input: string;
  readonly layout: Layout;
  readonly shape: Shape;
  /** `null`: not connected. */
  readonly derivative: OperatorNode | null;
}

/** A block of a Hessian, as a node. */
interface Block extends Omit<HessianBlock, "tensor" | "connected"> {
  readonly shape: Shape;
  readonly derivative: OperatorNode | null;
}

/** Builds the graph, differentiates it and plans the run. Throws a `Fault` with everything that does not fit. */
export function specialise(
  resolution: Resolution,
  shapes: ReadonlyMap<string, Shape>,
  dimensions: ReadonlyMap<string, number>,
  request: Request,
  limits: Limits,
): Specialisation {
  const b = new GraphCalculus(new Builder(limits));
  const byName = new Set(request.wrt);
  const evaluate = (node: OperatorNode) => evaluateConstant(node, limits);
  const lowered = lower(b, resolution, {
    shapes,
    dimensions,
    kept: (name) => request.all || byName.has(name),
    evaluate,
    differentiation,
  });
  const outputs = tensorsByName(lowered, request.of);
  const wrt = tensorsByName(lowered, request.wrt);
  const seconds = request.hessian ? hessianBlocks(b, outputs, wrt) : [];
  const gradients = pairs(b, outputs, wrt, request.mode).map((pair) => laidOut(b, pair, request.layout));
  const named = request.all ? [...lowered.nodes] : [];
  // A sum_grad is what reverse mode accumulates, for all nodes in one sweep.
  const sumGrads = request.all && request.wrt.length > 0 ? pairs(b, outputs, named, "reverse") : [];

  // Every value to be read, once.
  const slots = new Map<OperatorNode, number>();
  const slot = (node: OperatorNode) => {
    const known = slots.get(node) ?? slots.size;
    slots.set(node, known);
    return known;
  };
  for (const [, node] of [...outputs, ...named]) slot(node);
  for (const { sides } of lowered.asserts) for (const node of sides) slot(node);
  const valueCount = slots.size;
  for (const { derivative } of [...gradients, ...sumGrads, ...seconds])
    if (derivative !== null) slot(derivative);
  const asked = [...slots.keys()];
  const simple = simplify(
    b,
    { values: asked.slice(0, valueCount), derivatives: asked.slice(valueCount) },
    { evaluate },
  );
  const engine = new Engine([...simple.values, ...simple.derivatives], limits);
  const sumGradsOf = new Map<string, Pair[]>(named.map(([name]) => [name, []]));
  for (const pair of sumGrads) sumGradsOf.get(pair.input)!.push(pair);

  return {
    warnings: lowered.warnings,
    run: (values) => {
      const results = engine.run(values);
      const value = (node: OperatorNode) => results[slot(node)]!;
      const gradient = ({ output, outputNode, input, derivative, layout, shape }: Pair): Gradient => ({
        output,
        input,
        outputRank: outputNode.shape.length,
        connected: derivative !== null,
        layout,
        tensor: derivative === null ? zeros(shape) : value(derivative),
      });
      const hessian = ({ derivative, shape, ...block }: Block): HessianBlock => ({
        ...block,
        connected: derivative !== null,
        tensor: derivative === null ? zeros(shape) : value(derivative),
      });
      const rows = named.map(
        ([name, node]): NodeRow => ({
          name,
          op: describeOp(node),
          output: value(node),
          sumGrads: sumGradsOf.get(name)!.map(gradient),
        }),
      );
      return {
        outputs: outputs.map(([name, node]) => ({ name, tensor: value(node) })),
        gradients: gradients.map(gradient),
        ...(request.hessian ? { hessians: seconds.map(hessian) } : {}),
        ...(request.all ? { nodes: rows } : {}),
        ...(lowered.asserts.length > 0
          ? { asserts: lowered.asserts.map((assert) => judgeAssert(assert, assert.sides.map(value))) }
          : {}),
      };
    },
  };
}

type Named = readonly [name: string, node: OperatorNode];

function tensorsByName({ nodes, others }: Lowered, names: readonly string[]): Named[] {
  const problems = names.flatMap((name) => {
    if (nodes.has(name)) return [];
    return [diagnose("output-is-not-value", { name, what: others.get(name) ?? "a constant" })];
  });
  if (problems.length > 0) throw new Fault(problems);
  return names.map((name) => [name, nodes.get(name)!]);
}

function pairs(b: Calculus, outputs: readonly Named[], wrt: readonly Named[], mode: Mode): Pair[] {
  const inputNodes = wrt.map(([, node]) => node);
  return outputs.flatMap(([output, outputNode]) => {
    const found = jacobians(b, outputNode, inputNodes, mode);
    return wrt.map(
      ([input, inputNode], i): Pair => ({
        output,
        outputNode,
        input,
        layout: "tensor",
        shape: [...outputNode.shape, ...inputNode.shape],
        derivative: found[i]!,
      }),
    );
  });
}

/** A derivative merged to a matrix: `size(output) × size(input)`, or its transpose in the denominator layout. */
function laidOut(b: Calculus, pair: Pair, layout: Layout): Pair {
  if (layout === "tensor") return pair;
  const { outputNode, derivative } = pair;
  const rank = outputNode.shape.length;
  const shape = [sizeOf(outputNode.shape), sizeOf(pair.shape.slice(rank))];
  const matrix = derivative === null ? null : b.reshape(derivative, shape);
  if (layout === "numerator") return { ...pair, layout, shape, derivative: matrix };
  const transposed = matrix === null ? null : b.matrixTranspose(matrix);
  return { ...pair, layout, shape: [...shape].reverse(), derivative: transposed };
}

function hessianBlocks(b: Calculus, outputs: readonly Named[], wrt: readonly Named[]): Block[] {
  const tensors = outputs.filter(([, { shape }]) => shape.length > 0);
  if (tensors.length > 0) {
    throw new Fault(
      tensors.map(([name, { shape, span }]) =>
        diagnose("hessian-of-tensor", { name, shape: formatShape(shape) }, span),
      ),
    );
  }
  const inputNodes = wrt.map(([, node]) => node);
  return outputs.flatMap(([output, node]) => {
    const found = hessians(b, node, inputNodes);
    return wrt.flatMap(([first, { shape }], i) =>
      wrt.map(
        ([second, other], j): Block => ({
          output,
          first,
          second,
          firstRank: shape.length,
          shape: [...shape, ...other.shape],
          derivative: found[i]![j]!,
        }),
      ),
    );
  });
}

const zeros = (shape: Shape): Tensor => ({ shape, data: new Float64Array(sizeOf(shape)) });

/** A definition that is kept apart shows the operation of what it names, through other names for it. */
function describeOp(node: OperatorNode): string {
  let named = node;
  while (named.op.name === "named") named = named.inputs[0]!;
  return named.op.name;
}
