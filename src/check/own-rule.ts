import type { OperatorNode } from "../graph/node.js";

/** Whether a node is the call of a function with a derivative of its own. */
export const hasRule = ({ op }: OperatorNode): boolean => op.name === "custom";
