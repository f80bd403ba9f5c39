import type { Span } from "../../diagnostics.js";
import type { OperatorNode } from "../../graph/node.js";
import type { BoxKind } from "../../graph-results.js";
import type { Shape } from "../../tensor.js";

/** A box before anything is folded. */
export interface DetailBox {
  readonly kind: BoxKind;
  readonly name: string | undefined;
  readonly formula: string | undefined;
  readonly isOutput: boolean;
  /** Whether it is an operation of the script. */
  readonly isOperation: boolean;
  readonly shape: Shape | undefined;
  /** Whose value it shows; none in bodies of loops, where each step has another. */
  readonly node: OperatorNode | undefined;
  readonly container: number | undefined;
  /** Whether it has a name at the top of the script, and so a box at every depth. */
  readonly isDefinition: boolean;
  readonly span: Span | undefined;
}

/** A call or a loop, with what it does inside. */
export interface DetailContainer {
  readonly kind: "call" | "loop";
  readonly label: string;
  readonly parent: number | undefined;
  /** 1 at the top. */
  readonly depth: number;
  /** Of a loop: the box of what it gives, which stands for it when it is closed. */
  readonly box: number | undefined;
}

export interface DetailEdge {
  readonly from: number;
  readonly to: number;
  readonly isCarry: boolean;
}

/** A graph with all that it holds: what is folded to become a picture. */
export interface Detail {
  /** Each after what it reads, carries aside. */
  readonly boxes: readonly DetailBox[];
  readonly containers: readonly DetailContainer[];
  readonly edges: readonly DetailEdge[];
}
