import { hessians } from "../autodiff/hessian.js";
import { jacobians, type Mode } from "../autodiff/jacobian.js";
import { derivatives } from "../autodiff/reverse.js";
import { patternsOf } from "../autodiff/sparsity/analysis.js";
import type { Evaluate } from "../autodiff/sparsity/dependence.js";
import type { Pattern } from "../autodiff/sparsity/pattern.js";
import type { Diagnostic } from "../diagnostics.js";
import { Engine } from "../engine/engine.js";
import type { BlasSource } from "../engine/native/source.js";
import type { OperatorNode } from "../graph/node.js";
import type { Limits } from "../limits.js";
import type { Resolution } from "../lower/resolve.js";
import type { Calculus } from "../ops/vocabulary.js";
import type { Evaluation, Gradient, HessianBlock, Layout, NodeRow, Sparsity } from "../results.js";
import { optimise } from "../rewrite/optimise.js";
import type { Shape, Tensor } from "../tensor.js";
import { judgeAssert } from "./asserts.js";
import { type Derivative, denseDerivative, sparseDerivative } from "./derivative.js";
import { type Named, nodesOf, requireScalars, requireSmall, tensorsByName } from "./named.js";
import { plainRun, profiledRun } from "./profile.js";
import { laidOut, sparsities } from "./sparsity.js";
import { trace } from "./trace.js";

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
  /** Derivatives by the elements that may be other than 0. */
  readonly sparse: boolean;
  /** In place of derivatives, where they may be other than 0. */
  readonly sparsity: boolean;
  /** In how many segments loops are run again for derivatives. */
  readonly checkpoint: number | undefined;
  /** Whether outputs must be scalars. */
  readonly scalars: boolean;
  /** How many elements an output may have; `undefined`: any number. */
  readonly mostElements: number | undefined;
  /** Where each run spends its time and its memory. */
  readonly profile: boolean;
  readonly blas: BlasSource;
  /** How many threads share large work: asked where there is some. */
  readonly threads: () => number;
}

/** A script for one choice of input shapes: graph, derivatives and plan, ready to run with any values. */
export interface Specialisation {
  /** What the shapes give reason to warn of. */
  readonly warnings: readonly Diagnostic[];
  run(values: ReadonlyMap<string, Tensor>): Evaluation;
}

/** A derivative among the results. */
interface Entry<Result> {
  readonly derivative: Derivative;
  result(value: Tensor | undefined): Result;
}

/** What building derivatives needs throughout. */
interface Context {
  readonly b: Calculus;
  readonly request: Request;
  readonly limits: Limits;
  readonly evaluate: Evaluate;
}

/** Builds the graph, differentiates it and plans the run. Throws a `Fault` with everything that does not fit. */
export function specialise(
  resolution: Resolution,
  shapes: ReadonlyMap<string, Shape>,
  dimensions: ReadonlyMap<string, number>,
  request: Request,
  limits: Limits,
): Specialisation {
  const byName = new Set(request.wrt);
  const { b, lowered, evaluate } = trace(resolution, {
    shapes,
    dimensions,
    kept: (name) => request.all || byName.has(name),
    checkpoint: request.checkpoint,
    limits,
  });
  const context = { b, request, limits, evaluate };
  const outputs = tensorsByName(lowered, request.of);
  const wrt = tensorsByName(lowered, request.wrt);
  if (request.scalars) requireScalars(outputs, "loss-of-tensor");
  if (request.mostElements !== undefined) requireSmall(outputs, request.mostElements);
  if (request.hessian) requireScalars(outputs, "hessian-of-tensor");
  const patterns = request.sparsity ? patternRows(context, outputs, wrt) : undefined;
  const seconds = request.hessian && !patterns ? hessianEntries(context, outputs, wrt) : [];
  const gradients = patterns ? [] : gradientEntries(context, outputs, wrt);
  const named = request.all ? [...lowered.nodes] : [];
  const sumGrads = request.all && request.wrt.length > 0 ? sumGradEntries(context, outputs, named) : [];

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
  for (const { derivative } of [...gradients, ...sumGrads.flat(), ...seconds])
    if (derivative.node !== null) slot(derivative.node);
  const asked = [...slots.keys()];
  const simple = optimise(
    b,
    { values: asked.slice(0, valueCount), derivatives: asked.slice(valueCount) },
    { evaluate },
  );
  const { blas, threads, profile } = request;
  const engine = new Engine([...simple.values, ...simple.derivatives], {
    ...limits,
    blas,
    threads,
    marks: profile,
  });
  const runEngine = profile ? profiledRun(engine, simple.values) : plainRun(engine);

  return {
    warnings: lowered.warnings,
    run: (values) => {
      const { results, profile } = runEngine(values);
      const value = (node: OperatorNode) => results[slot(node)]!;
      const read = <Result>({ derivative: { node }, result }: Entry<Result>) =>
        result(node === null ? undefined : value(node));
      const rows = named.map(
        ([name, node], i): NodeRow => ({
          name,
          op: describeOp(node),
          output: value(node),
          sumGrads: sumGrads.map((ofOutput) => read(ofOutput[i]!)),
        }),
      );
      return {
        outputs: outputs.map(([name, node]) => ({ name, tensor: value(node) })),
        gradients: gradients.map(read),
        ...(request.hessian && !patterns ? { hessians: seconds.map(read) } : {}),
        ...(patterns ? { sparsity: patterns } : {}),
        ...(request.all ? { nodes: rows } : {}),
        ...(lowered.asserts.length > 0
          ? { asserts: lowered.asserts.map((assert) => judgeAssert(assert, assert.sides.map(value))) }
          : {}),
        ...(profile === undefined ? {} : { profile }),
      };
    },
  };
}

/** The gradient of each output by each name, grouped by output. */
function gradientEntries(
  { b, request, limits, evaluate }: Context,
  outputs: readonly Named[],
  wrt: readonly Named[],
): Entry<Gradient>[] {
  const { mode, layout, sparse } = request;
  return outputs.flatMap(([output, node]) => {
    const found = jacobians(b, node, nodesOf(wrt), evaluate, mode);
    // One that is known by its elements has been analysed already.
    const isWhole = found.some((jacobian) => jacobian?.kind === "tensor");
    const patterns = sparse && isWhole ? patternsOf(b, [node], nodesOf(wrt), evaluate)?.[0] : undefined;
    return wrt.map(([input, { shape }], k) => {
      const shapes = { output: node.shape, wrt: shape };
      const derivative = sparse
        ? sparseDerivative(found[k]!, patterns?.[k], shapes, layout, limits)
        : denseDerivative(b, found[k]!, shapes, layout, limits);
      return gradientEntry(output, node, input, layout, derivative);
    });
  });
}

function gradientEntry(
  output: string,
  { shape }: OperatorNode,
  input: string,
  layout: Layout,
  derivative: Derivative,
): Entry<Gradient> {
  const connected = derivative.node !== null;
  return {
    derivative,
    result: (value) => ({
      output,
      input,
      outputRank: shape.length,
      connected,
      layout,
      ...derivative.read(value),
    }),
  };
}

/** By output, then by node: what reverse mode accumulates, for all nodes in one sweep. */
function sumGradEntries(
  { b, limits }: Context,
  outputs: readonly Named[],
  named: readonly Named[],
): Entry<Gradient>[][] {
  return outputs.map(([output, node]) =>
    derivatives(b, node, nodesOf(named)).map((found, i) => {
      const [input, { shape }] = named[i]!;
      const jacobian = found === null ? null : ({ kind: "tensor", node: found } as const);
      const derivative = denseDerivative(b, jacobian, { output: node.shape, wrt: shape }, "tensor", limits);
      return gradientEntry(output, node, input, "tensor", derivative);
    }),
  );
}

/** The blocks of the Hessian of each output, by pairs of names. */
function hessianEntries(
  { b, request, limits, evaluate }: Context,
  outputs: readonly Named[],
  wrt: readonly Named[],
): Entry<HessianBlock>[] {
  return outputs.flatMap(([output, node]) => {
    const found = hessians(b, node, nodesOf(wrt), evaluate);
    const patterns = request.sparse ? secondPatterns(b, node, nodesOf(wrt), evaluate) : undefined;
    return wrt.flatMap(([first, { shape }], i) =>
      wrt.map(([second, other], k): Entry<HessianBlock> => {
        const shapes = { output: shape, wrt: other.shape };
        const derivative = request.sparse
          ? sparseDerivative(found[i]![k]!, patterns?.[i]?.[k], shapes, "tensor", limits)
          : denseDerivative(b, found[i]![k]!, shapes, "tensor", limits);
        const connected = derivative.node !== null;
        return {
          derivative,
          result: (value) => ({
            output,
            first,
            second,
            firstRank: shape.length,
            connected,
            ...derivative.read(value),
          }),
        };
      }),
    );
  });
}

/** What the derivatives look like: the first ones or, where they are asked for, the second. */
function patternRows(
  { b, request, evaluate }: Context,
  outputs: readonly Named[],
  wrt: readonly Named[],
): Sparsity[] {
  const first = sparsities(b, nodesOf(outputs), nodesOf(wrt), evaluate, (i, k) => ({
    output: outputs[i]![0],
    input: wrt[k]![0],
  })).map((pattern) => laidOut(pattern, request.layout));
  if (!request.hessian) return first;
  const second = outputs.flatMap(([output, node]) =>
    sparsities(b, derivatives(b, node, nodesOf(wrt)), nodesOf(wrt), evaluate, (i, k) => ({
      output,
      input: wrt[i]![0],
      second: wrt[k]![0],
    })),
  );
  return [...first, ...second];
}

/** By the first and the second node: where the second derivatives of a scalar may be other than 0. */
function secondPatterns(
  b: Calculus,
  output: OperatorNode,
  wrt: readonly OperatorNode[],
  evaluate: Evaluate,
): (readonly (Pattern | null)[] | undefined)[] {
  const gradient = derivatives(b, output, wrt);
  const present = gradient.filter((part) => part !== null);
  const found = patternsOf(b, present, wrt, evaluate);
  let next = 0;
  return gradient.map((part) => (part === null ? undefined : found?.[next++]));
}

/** A definition that is kept apart shows the operation of what it names, through other names for it. */
function describeOp(node: OperatorNode): string {
  let named = node;
  while (named.op.name === "named") named = named.inputs[0]!;
  return named.op.name;
}
