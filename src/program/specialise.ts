import { derivatives } from "../autodiff/reverse.js";
import { type Diagnostic, diagnose, Fault } from "../diagnostics.js";
import { Engine, evaluateConstant } from "../engine/engine.js";
import { Builder } from "../graph/builder.js";
import type { OperatorNode } from "../graph/node.js";
import type { Limits } from "../limits.js";
import { type Lowered, lower } from "../lower/lower.js";
import type { Resolution } from "../lower/resolve.js";
import { GraphCalculus } from "../ops/calculus.js";
import type { Evaluation, Gradient, NodeRow } from "../results.js";
import { simplify } from "../rewrite/simplify.js";
import { type Shape, sizeOf, type Tensor } from "../tensor.js";

/** What is asked of a script. */
export interface Request {
  /** Outputs, by name. */
  readonly of: readonly string[];
  /** Names to differentiate by. */
  readonly wrt: readonly string[];
  /** A row for every named node. */
  readonly all: boolean;
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
  readonly inputNode: OperatorNode;
  /** `null`: not connected. */
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
  });
  const outputs = tensorsByName(lowered, request.of);
  const wrt = tensorsByName(lowered, request.wrt);
  const gradients = pairs(b, outputs, wrt);
  const named = request.all ? [...lowered.nodes] : [];
  const sumGrads = request.all && request.wrt.length > 0 ? pairs(b, outputs, named) : [];

  // Every value to be read, once.
  const slots = new Map<OperatorNode, number>();
  const slot = (node: OperatorNode) => {
    const known = slots.get(node) ?? slots.size;
    slots.set(node, known);
    return known;
  };
  for (const [, node] of [...outputs, ...named]) slot(node);
  const valueCount = slots.size;
  for (const { derivative } of [...gradients, ...sumGrads]) if (derivative !== null) slot(derivative);
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
      const gradient = ({ output, outputNode, input, inputNode, derivative }: Pair): Gradient => ({
        output,
        input,
        outputRank: outputNode.shape.length,
        connected: derivative !== null,
        tensor: derivative === null ? zeros([...outputNode.shape, ...inputNode.shape]) : value(derivative),
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
        ...(request.all ? { nodes: rows } : {}),
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

function pairs(b: GraphCalculus, outputs: readonly Named[], wrt: readonly Named[]): Pair[] {
  const inputNodes = wrt.map(([, node]) => node);
  return outputs.flatMap(([output, outputNode]) => {
    const found = derivatives(b, outputNode, inputNodes);
    return wrt.map(([input, inputNode], i) => ({
      output,
      outputNode,
      input,
      inputNode,
      derivative: found[i]!,
    }));
  });
}

const zeros = (shape: Shape): Tensor => ({ shape, data: new Float64Array(sizeOf(shape)) });

/** A definition that is kept apart shows the operation of what it names, through other names for it. */
function describeOp(node: OperatorNode): string {
  let named = node;
  while (named.op.name === "named") named = named.inputs[0]!;
  return named.op.name;
}
