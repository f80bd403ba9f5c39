import type { OperatorNode } from "../graph/node.js";
import type { Shape } from "../tensor.js";
import type { View } from "./layout.js";

/** The plan of a loop's body: instructions over offsets from the start of a part of the arena. */
export interface BodyPlan {
  readonly code: Int32Array;
  /** Elements of its part of the arena. */
  readonly arenaSize: number;
  /** Where its constants lie in the arena of the whole; they are copied to the start of its part. */
  readonly constants: number;
  readonly constantCount: number;
  /** By parameter of the body: where it is read from; `undefined` where it is not read. */
  readonly slots: readonly (number | undefined)[];
  /** By result of the body: where its elements lie, in row-major order, when the body has run. */
  readonly results: readonly number[];
  /** Where the condition lies, −1 if there is none, and where its part of the code ends. */
  readonly conditionResult: number;
  readonly conditionEnd: number;
  /** Where the code of the body ends; what follows copies the new carries into their slots. */
  readonly bodyEnd: number;
  /** By place in the code: the nodes of instructions that may fail. */
  readonly fallible: ReadonlyMap<number, OperatorNode>;
  /** About how many elements one step computes. */
  readonly work: number;
  /** The most elements that strips need for their buffers. */
  readonly stripRoom: number;
}

/** Where an operand begins and how it is walked. */
export type Operand = Omit<View, "storage">;

/** What an operation's emitter needs of the planner: values that are placed, new room, and a way to write. */
export interface Emission {
  /** Offset of a constant 0. */
  readonly zero: number;
  /** Where the value of an earlier node lies. */
  view(node: OperatorNode): View;
  /** Storage for the node being planned, in row-major order, as long-lived as its last consumer. */
  allocate(shape: Shape): View;
  /** The same for elements in another order than the node's, which none of its consumers has a place for. */
  allocateApart(shape: Shape): View;
  /** Storage that is needed for the current node's own instructions only. */
  temporary<T>(shape: Shape, use: (view: View) => T): T;
  emit(...words: readonly number[]): void;
  /** Notes that the next instruction may fail, and for which node. */
  mayFail(node: OperatorNode): void;
  copy(shape: Shape, to: Operand, from: Operand): void;
  /** The plan of a loop's body. */
  body(node: OperatorNode): BodyPlan;
  /** Writes the instructions of a body. */
  inline(plan: BodyPlan): void;
  /** Calls `use` with the offsets of the nodes' elements in row-major order, copied where they do not lie so. */
  contiguous(nodes: readonly OperatorNode[], use: (offsets: readonly number[]) => void): void;
}

/** Writes the instructions of a node and says where its value lies. */
export type Emitter = (p: Emission, node: OperatorNode) => View;
