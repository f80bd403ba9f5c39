import { parse } from "../../grammar/index.js";
import { differentiationWith } from "../../src/autodiff/differentiation.js";
import type { Evaluate } from "../../src/autodiff/sparsity/dependence.js";
import { Fault } from "../../src/diagnostics.js";
import { Engine, evaluateNode } from "../../src/engine/engine.js";
import { Builder } from "../../src/graph/builder.js";
import type { OperatorNode } from "../../src/graph/node.js";
import { defaultLimits } from "../../src/limits.js";
import { lower } from "../../src/lower/lower.js";
import { resolve } from "../../src/lower/resolve.js";
import { GraphCalculus } from "../../src/ops/calculus.js";
import { type Shape, sizeOf, type Tensor } from "../../src/tensor.js";

export { randomSource } from "./random.js";

export const newCalculus = () => new GraphCalculus(new Builder(defaultLimits));

/** The value of a node, as the program injects it where something must be known while a graph is built. */
export const evaluateOne: Evaluate = (node, inputs) => evaluateNode(node, defaultLimits, inputs);

/** A graph with the inputs that it reads. */
export interface TestGraph {
  readonly b: GraphCalculus;
  readonly inputs: readonly OperatorNode[];
  readonly output: OperatorNode;
}

export function inputNode(b: GraphCalculus, name: string, shape: Shape): OperatorNode {
  return b.apply("input", [], { name, shape });
}

/** The graph of a script's last definition, for inputs of these shapes. */
export function graphOf(text: string, shapes: Readonly<Record<string, Shape>>): TestGraph {
  const { script, diagnostics } = parse({ name: "test", text }, { maxNesting: 100 });
  if (script === undefined) throw new Fault(diagnostics);
  const { resolution, diagnostics: problems } = resolve(script);
  if (problems.length > 0) throw new Fault(problems);
  const b = newCalculus();
  const { nodes } = lower(b, resolution, {
    shapes: new Map(Object.entries(shapes)),
    dimensions: new Map(),
    kept: () => false,
    evaluate: evaluateOne,
    differentiation: differentiationWith(evaluateOne),
  });
  const names = [...resolution.inputs.keys()];
  return {
    b,
    inputs: names.map((name) => nodes.get(name)!),
    output: nodes.get(resolution.outputs.at(-1)!.name)!,
  };
}

export const inputName = (node: OperatorNode) => node.attributes.name as string;

/** A function of the inputs' values, planned once. */
export function evaluator(nodes: readonly OperatorNode[]): (values: ReadonlyMap<string, Tensor>) => Tensor[] {
  const engine = new Engine(nodes, defaultLimits);
  return (values) => engine.run(values);
}

export function sample(random: () => number, shape: Shape, [low, high]: readonly [number, number]): Tensor {
  return { shape, data: Float64Array.from({ length: sizeOf(shape) }, () => low + (high - low) * random()) };
}
