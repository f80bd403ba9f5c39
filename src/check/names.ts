import type { OperatorNode } from "../graph/node.js";
import { elementName } from "../tensor.js";

/** `W[2,1]`; a scalar is its name. */
export function place(name: string, element: number, { shape }: Pick<OperatorNode, "shape">): string {
  return elementName(name, shape, element);
}

/** `W[2,1]`, with the element of the output in front where it has several: `y[0] by W[2,1]`. */
export function pairElement(
  pair: {
    readonly output: string;
    readonly input: string;
    readonly outputNode: Pick<OperatorNode, "shape">;
    readonly inputNode: Pick<OperatorNode, "shape">;
  },
  row: number,
  element: number,
): string {
  const { output, input, outputNode, inputNode } = pair;
  const by = place(input, element, inputNode);
  return outputNode.shape.length === 0 ? by : `${place(output, row, outputNode)} by ${by}`;
}
