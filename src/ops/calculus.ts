import type { Builder } from "../graph/builder.js";
import type { Attributes, OperatorNode } from "../graph/node.js";
import { type Shape, sameShape, type Tensor } from "../tensor.js";
import { axesFromEnd } from "./axes.js";
import { operation } from "./registry.js";
import type { Calculus, Operand } from "./vocabulary.js";

/** The vocabulary over one builder. */
export class GraphCalculus implements Calculus {
  readonly builder: Builder;

  constructor(builder: Builder) {
    this.builder = builder;
  }

  apply(name: string, inputs: readonly OperatorNode[], attributes?: Attributes): OperatorNode {
    return this.builder.node(operation(name), inputs, attributes);
  }

  elementwise(name: string, ...operands: Operand[]): OperatorNode {
    return this.apply(
      name,
      operands.map((operand) => this.node(operand)),
    );
  }

  node(operand: Operand): OperatorNode {
    return typeof operand === "number" ? this.apply("constant", [], { value: operand }) : operand;
  }

  constant(value: Tensor): OperatorNode {
    return value.shape.length === 0 ? this.node(value.data[0]!) : this.apply("constant", [], { value });
  }

  neg = (x: Operand) => this.elementwise("neg", x);
  add = (x: Operand, y: Operand) => this.elementwise("add", x, y);
  sub = (x: Operand, y: Operand) => this.elementwise("sub", x, y);
  mul = (x: Operand, y: Operand) => this.elementwise("mul", x, y);
  div = (x: Operand, y: Operand) => this.elementwise("div", x, y);
  pow = (x: Operand, y: Operand) => this.elementwise("pow", x, y);
  square = (x: Operand) => this.elementwise("square", x);
  reciprocal = (x: Operand) => this.elementwise("reciprocal", x);
  sqrt = (x: Operand) => this.elementwise("sqrt", x);
  abs = (x: Operand) => this.elementwise("abs", x);
  sign = (x: Operand) => this.elementwise("sign", x);
  exp = (x: Operand) => this.elementwise("exp", x);
  log = (x: Operand) => this.elementwise("log", x);
  sin = (x: Operand) => this.elementwise("sin", x);
  cos = (x: Operand) => this.elementwise("cos", x);
  sinh = (x: Operand) => this.elementwise("sinh", x);
  cosh = (x: Operand) => this.elementwise("cosh", x);
  hypot = (x: Operand, y: Operand) => this.elementwise("hypot", x, y);
  floor = (x: Operand) => this.elementwise("floor", x);
  sigmoid = (x: Operand) => this.elementwise("sigmoid", x);
  maximum = (x: Operand, y: Operand) => this.elementwise("maximum", x, y);
  minimum = (x: Operand, y: Operand) => this.elementwise("minimum", x, y);
  less = (x: Operand, y: Operand) => this.elementwise("less", x, y);
  greater = (x: Operand, y: Operand) => this.elementwise("greater", x, y);
  greaterEqual = (x: Operand, y: Operand) => this.elementwise("greater_equal", x, y);
  equal = (x: Operand, y: Operand) => this.elementwise("equal", x, y);
  and = (x: Operand, y: Operand) => this.elementwise("logical_and", x, y);
  where = (condition: Operand, x: Operand, y: Operand) => this.elementwise("where", condition, x, y);

  sum(x: OperatorNode, axes: readonly number[] | null, keepdims = false): OperatorNode {
    return this.reduce("sum", x, axes, keepdims);
  }

  reduce(name: string, x: OperatorNode, axes: readonly number[] | null, keepdims = false): OperatorNode {
    return this.apply(name, [x], { axes: axesFromEnd(name, axes, x.shape, this.builder.span), keepdims });
  }

  restoreAxes(reduced: OperatorNode, axes: readonly number[], keepdims: boolean): OperatorNode {
    if (keepdims || axes.length === 0) return reduced;
    const rank = reduced.shape.length + axes.length;
    const shape: number[] = [];
    let next = 0;
    for (let axis = -rank; axis < 0; axis++) {
      shape.push(axes.includes(axis) ? 1 : reduced.shape[next++]!);
    }
    return this.reshape(reduced, shape);
  }

  matmul(x: OperatorNode, y: OperatorNode): OperatorNode {
    return this.apply("matmul", [x, y]);
  }

  matrixTranspose(x: OperatorNode): OperatorNode {
    const permutation = x.shape.map((_, axis) => axis);
    permutation.push(...permutation.splice(-2).reverse());
    return this.transpose(x, permutation);
  }

  transpose(x: OperatorNode, permutation: readonly number[]): OperatorNode {
    if (permutation.every((from, to) => from === to)) return x;
    return this.apply("transpose", [x], { permutation });
  }

  reshape(x: OperatorNode, shape: Shape): OperatorNode {
    return sameShape(x.shape, shape) ? x : this.apply("reshape", [x], { shape });
  }

  broadcastTo(x: Operand, shape: Shape): OperatorNode {
    const node = this.node(x);
    return sameShape(node.shape, shape) ? node : this.apply("broadcast_to", [node], { shape });
  }

  concatenate(parts: readonly OperatorNode[], axis: number): OperatorNode {
    if (parts.length === 1) return parts[0]!;
    const [fromEnd] = axesFromEnd("concatenate", [axis], parts[0]!.shape, this.builder.span);
    // Where each part begins, so that no part's derivative has to add up the sizes of those before it.
    const offsets: number[] = [];
    let offset = 0;
    for (const part of parts) {
      offsets.push(offset);
      offset += part.shape.at(fromEnd!) ?? 0;
    }
    return this.apply("concatenate", parts, { axis: fromEnd!, offsets });
  }

  iota(count: number): OperatorNode {
    return this.apply("iota", [], { count });
  }

  diagonal(x: OperatorNode): OperatorNode {
    return this.apply("diagonal", [x]);
  }

  embedDiagonal(x: OperatorNode, rows: number, columns: number): OperatorNode {
    return this.apply("embed_diagonal", [x], { rows, columns });
  }
}
