import { connectedTo, passes } from "../../../src/autodiff/reverse.js";
import type { OperatorNode } from "../../../src/graph/node.js";
import { topologicalOrder } from "../../../src/graph/topology.js";
import type { GraphCalculus } from "../../../src/ops/calculus.js";
import type { Op, ScalarOp } from "../../../src/ops/op.js";
import { scalarOperations } from "../../../src/ops/registry.js";
import { sizeOf, type Tensor } from "../../../src/tensor.js";
import { inputName, inputNode, newCalculus, randomSource, sample } from "../../support/graph.js";
import { operationCases, valuesOf } from "../../support/operation-cases.js";
import { scriptSubjects } from "./scripts.js";

/** A graph in which an operation stands between smooth functions, and points to look at it. */
export interface Subject {
  readonly op: string;
  readonly b: GraphCalculus;
  readonly inputs: readonly OperatorNode[];
  readonly output: OperatorNode;
  /** The one whose derivative is to be broken. */
  readonly node: OperatorNode;
  /** Inside of its domain, away from borders. */
  readonly points: readonly Point[];
  /** At which conventions hold, or the arguments of which are extreme. */
  readonly special: readonly Point[];
}

export type Point = ReadonlyMap<string, Tensor>;

/** y + arctan(y)/4, whose slope is nowhere 0, and which is tame far out; weighed. */
export function around(b: GraphCalculus, y: OperatorNode): OperatorNode {
  const smooth = b.add(y, b.mul(0.25, b.elementwise("arctan", y)));
  const weights = Float64Array.from({ length: sizeOf(y.shape) }, (_, i) => 1 + ((i * 7) % 5) / 8);
  return y.shape.length === 0
    ? smooth
    : b.sum(b.mul(b.constant({ shape: y.shape, data: weights }), smooth), null);
}

const numbers = (values: readonly number[]): Point =>
  new Map(values.map((value, k) => [`x${k}`, { shape: [], data: Float64Array.of(value / 2) }]));

/** Sizes and signs that every argument takes once, where the domain has them. */
const extremes = [1e-300, 1e-150, 1e-16, 1e-9, 1e-3, 1e3, 1e9, 1e16, 1e150, 1e300];

function scalarSubject(op: ScalarOp, count: number): Subject {
  const b = newCalculus();
  const inputs = op.args.map((_, k) => inputNode(b, `x${k}`, []));
  const node = b.builder.node(
    op,
    inputs.map((x) => b.add(x, x)),
  );
  const random = randomSource(7);
  const inside = Array.from({ length: count }, () =>
    op.domain.map(([low, high]) => low + (high - low) * random()),
  );
  const far = extremes.flatMap((size, i) => {
    const own = inside[i % inside.length]!;
    return [size, -size].flatMap((x) =>
      op.domain.flatMap(([low, high], k) => (low === high ? [] : [own.map((y, j) => (j === k ? x : y))])),
    );
  });
  return {
    op: op.name,
    b,
    inputs,
    output: around(b, node),
    node,
    points: inside.map(numbers),
    special: [...op.special, ...far].map(numbers),
  };
}

function tensorSubjects(): Subject[] {
  return Object.entries(operationCases).flatMap(([name, cases]) =>
    cases.flatMap((one) => {
      const b = newCalculus();
      const x = inputNode(b, "x", one.shape);
      const output = around(b, one.build(b, b.sqrt(x)));
      const { data } = sample(randomSource(3), one.shape, [0.5, 1.5]);
      const point = valuesOf({ ...one, dead: [] }, 0);
      const second: Point = new Map([["x", { shape: one.shape, data: data.map((value) => 2 - value) }]]);
      const found = nodeOf(name, output);
      return found === undefined
        ? []
        : [{ op: name, b, inputs: [x], output, node: found, points: [point, second], special: [] }];
    }),
  );
}

/** The last node of an operation that a derivative passes. */
export function nodeOf(name: string, output: OperatorNode): OperatorNode | undefined {
  const connected = connectedTo(output);
  return topologicalOrder([output])
    .filter((node) => node.op.name === name && connected.has(node))
    .filter((node) => node.inputs.some((_, index) => passes(node, index)))
    .at(-1);
}

/** Every operation that has a derivative; elementwise ones at `count` points of their domains. */
export const subjectsOf = (count: number): Subject[] => [
  ...scalarOperations.map((op) => scalarSubject(op, count)),
  ...tensorSubjects(),
  ...scriptSubjects(),
];

/** The same graph with another operation at a node. */
export function withOp(subject: Subject, op: Op): OperatorNode {
  const made = new Map<OperatorNode, OperatorNode>();
  for (const node of topologicalOrder([subject.output])) {
    const inputs = node.inputs.map((input) => made.get(input)!);
    const isSame = node !== subject.node && inputs.every((input, i) => input === node.inputs[i]);
    const own = node === subject.node ? op : node.op;
    made.set(node, isSame ? node : subject.b.builder.node(own, inputs, node.attributes));
  }
  return made.get(subject.output)!;
}

export const namesOf = ({ inputs }: Subject): string[] => inputs.map(inputName);
