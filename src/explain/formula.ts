import type { OperatorNode } from "../graph/node.js";

/** A node as text of the language, over nodes that have names; `undefined` where it has no readable form. */
export type Formula = (node: OperatorNode, names: ReadonlyMap<OperatorNode, string>) => string | undefined;

/** Nothing is written out. */
export const noFormula: Formula = () => undefined;
