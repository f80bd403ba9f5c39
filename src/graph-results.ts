import type { SourceLine } from "./results.js";
import type { Shape, Tensor } from "./tensor.js";

/** What a box of a picture stands for. `definitions` are several, folded into one box. */
export type BoxKind =
  | "input"
  | "param"
  | "constant"
  | "operation"
  | "call"
  | "loop"
  | "branch"
  | "definitions";

/** A box of a picture: a node of the graph, or several that are folded into it. */
export interface PictureBox {
  readonly kind: BoxKind;
  /** Undefined where the script gives it no name. */
  readonly name: string | undefined;
  /** How it is computed from what it reads: `sin(z)`. */
  readonly formula: string | undefined;
  readonly isOutput: boolean;
  /** Undefined where several values leave the box. */
  readonly shape: Shape | undefined;
  readonly value: Tensor | undefined;
  /** How many operations it stands for: one, or those that are folded into it. */
  readonly operations: number;
  /** The innermost cluster that it lies in: an index. */
  readonly cluster: number | undefined;
  readonly place: SourceLine | undefined;
}

/** A call, a loop or a branch that is drawn open: what it does lies in a frame. */
export interface PictureCluster {
  readonly kind: "call" | "loop";
  readonly label: string;
  readonly parent: number | undefined;
}

/** What a box reads: indices of boxes. */
export interface PictureEdge {
  readonly from: number;
  readonly to: number;
  /** Back to what the next step of a loop begins with. */
  readonly isCarry: boolean;
}

/** What one edge passes back in a backward pass. */
export interface PictureContribution {
  /** An index of an edge: from the box that receives to the one that passes. */
  readonly edge: number;
  /** How it comes about: `sum_grad(w) × ∂w/∂u`, or for a tensor what is known of it, `sum_grad(z) @ y'`. */
  readonly formula: string;
  /** The local derivative of a scalar written out, where it has a short formula: `2 * z`. */
  readonly slope: string | undefined;
  readonly value: Tensor | undefined;
}

/** A backward pass from one output. */
export interface PicturePass {
  readonly of: string;
  /** The box of the output. */
  readonly from: number;
  /** By box: null where the output does not depend on it, undefined where it is not known or there are several. */
  readonly sumGrads: readonly (Tensor | null | undefined)[];
  /** In the order in which they are made. */
  readonly contributions: readonly PictureContribution[];
}

/** How much of a graph a picture leaves out. */
export interface Folding {
  /** 0 shows definitions, 1 their operations, each level more those of calls and loops inside. */
  readonly depth: number;
  /** Nobody asked for it: everything would have been too much. */
  readonly isAutomatic: boolean;
  /** Definitions stand together in groups. */
  readonly isGrouped: boolean;
  /** Boxes that everything would take. */
  readonly all: number;
}

/** A graph as it is drawn. Boxes are in an order in which each stands after what it reads, carries aside. */
export interface Picture {
  /** The script. */
  readonly title: string;
  /** `backward`: the derivative's graph. */
  readonly view: "forward" | "backward";
  readonly boxes: readonly PictureBox[];
  readonly clusters: readonly PictureCluster[];
  readonly edges: readonly PictureEdge[];
  readonly passes: readonly PicturePass[];
  /** Undefined where nothing is folded. */
  readonly folding: Folding | undefined;
}

/** A step of the two passes, as a page plays it. */
export interface Frame {
  readonly pass: "forward" | "backward";
  /** The box that changes. */
  readonly box: number;
  /** The edge along which something comes. */
  readonly edge?: number;
  /** What happens, in words and numbers. */
  readonly says: string;
  /** What the box shows from now on, in place of its value or its sum_grad. */
  readonly shows?: string;
  readonly isComplete: boolean;
}

/** What a page tells of a box: a line each, and numbers as blocks of text. */
export interface BoxDetails {
  readonly title: string;
  readonly kind: string;
  readonly formula: string;
  readonly shape: string;
  readonly value: string;
  readonly place: string;
  readonly source: string;
}

/** A backward pass, as a page shows it. */
export interface PagePass {
  readonly of: string;
  /** By box, at length and as short as in the picture; empty where there is none. */
  readonly sumGrads: readonly { readonly full: string; readonly brief: string }[];
  readonly frames: readonly Frame[];
}

/** What the script of a page works with; embedded as JSON. */
export interface PageData {
  readonly boxes: readonly BoxDetails[];
  readonly edges: readonly { readonly from: number; readonly to: number }[];
  readonly forward: readonly Frame[];
  readonly passes: readonly PagePass[];
}
