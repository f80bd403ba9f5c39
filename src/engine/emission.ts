import type { OperatorNode } from "../graph/node.js";
import type { Shape } from "../tensor.js";
import type { View } from "./layout.js";

/** Where an operand begins and how it is walked. */
export type Operand = Omit<View, "storage">;

/** What an operation's emitter needs of the planner: values that are placed, new room, and a way to write. */
export interface Emission {
  /** Offset of a constant 0. */
  readonly zero: number;
  /** Where the value of an earlier node lies. */
  view(node: OperatorNode): View;
  /** New storage for the node being planned, as long-lived as its last consumer. */
  allocate(shape: Shape): View;
  /** Storage that is needed for the current node's own instructions only. */
  temporary<T>(shape: Shape, use: (view: View) => T): T;
  emit(...words: readonly number[]): void;
  /** Notes that the next instruction may fail, and for which node. */
  mayFail(node: OperatorNode): void;
  copy(shape: Shape, to: Operand, from: Operand): void;
}

/** Writes the instructions of a node and says where its value lies. */
export type Emitter = (p: Emission, node: OperatorNode) => View;
