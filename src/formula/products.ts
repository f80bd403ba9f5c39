import type { Expression } from "../../grammar/ast.js";
import type { OperatorNode } from "../graph/node.js";
import { sameShape } from "../tensor.js";
import {
  columnOf,
  fillOf,
  type Look,
  operandOf,
  rowOf,
  type Spelling,
  type Spelt,
  seen,
  spelt,
} from "./spelling.js";
import { binary, call, swapped } from "./terms.js";

/**
 * A product of matrices under a shape without the axes that vectors had got: `A @ x`. A matrix of one column or one row
 * that is no vector itself stays one.
 */
export function productOf(node: OperatorNode, look: Look): Spelt | undefined {
  const product = seen(node.inputs[0], "matmul", look);
  if (product === undefined) return undefined;
  const [left, right] = product.inputs;
  const [row, column] = [rowOf(left!, look), columnOf(right!, look)];
  const shape = product.shape.slice(0, -2);
  if (row === undefined) shape.push(product.shape.at(-2)!);
  if (column === undefined) shape.push(product.shape.at(-1)!);
  if ((row === undefined && column === undefined) || !sameShape(shape, node.shape)) return undefined;
  return spelt([row ?? left!, column ?? right!], ([a, b]) => binary("@", a!, b!));
}

const matmul: Spelling = (node, look) => {
  const [left, right] = node.inputs;
  const [column, row] = [columnOf(left!, look), rowOf(right!, look)];
  if (column && row) return spelt([column, row], ([a, b]) => call("outer", [a!, b!]));
  return spelt([left!, right!], ([a, b]) => binary("@", a!, b!));
};

const isIdentity = (node: OperatorNode, look: Look): boolean => {
  const elements = operandOf(node, "embed_diagonal", look);
  return (
    elements !== undefined &&
    elements.shape.length === 1 &&
    node.shape.at(-1) === node.shape.at(-2) &&
    fillOf(elements, look) === 1
  );
};

/** The solution for one right side, a vector. */
export function solutionOf(node: OperatorNode, look: Look): Spelt | undefined {
  const solution = seen(node.inputs[0], "solve", look);
  const right = solution && columnOf(solution.inputs[1]!, look);
  if (right === undefined || node.shape.length !== 1) return undefined;
  return spelt([solution!.inputs[0]!, right], ([a, b]) => call("solve", [turned(solution!, a!), b!]));
}

const ofMatrix = (node: OperatorNode, a: Expression) => swapped(a, node.inputs[0]!.shape.length);

const turned = (node: OperatorNode, a: Expression) => (node.attributes.transposed ? ofMatrix(node, a) : a);

const solve: Spelling = (node, look) => {
  const [matrix, right] = node.inputs;
  if (isIdentity(right!, look))
    return spelt([matrix!], ([a]) => {
      const inverse = call("inv", [a!]);
      return node.attributes.transposed ? ofMatrix(node, inverse) : inverse;
    });
  return spelt([matrix!, right!], ([a, b]) => call("solve", [turned(node, a!), b!]));
};

const solveLower: Spelling = (node) =>
  spelt(node.inputs, ([a, b]) =>
    node.attributes.transposed
      ? call("solve_triangular", [ofMatrix(node, a!), b!])
      : call("solve_triangular", [a!, b!], { lower: { kind: "name", name: "True", span: a!.span } }),
  );

export const productSpellings = { matmul, solve, solve_lower: solveLower };
