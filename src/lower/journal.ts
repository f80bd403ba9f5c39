import { placeKey, type Span } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import type { Value } from "./value.js";

/** A call of a function of the script that has been expanded. */
export interface ExpandedCall {
  readonly name: string;
  /** Of the call. */
  readonly span: Span;
  /** The nodes that were made for it have ids from `from` to below `to`; calls inside lie inside. */
  readonly from: number;
  readonly to: number;
}

/** How a graph came about, for those who show it: which calls its nodes belong to, and what they are called inside them. */
export class Journal {
  readonly #calls: ExpandedCall[] = [];
  readonly #names = new Map<OperatorNode, string>();
  readonly #places = new Map<string, string>();

  /** In the order of their ends: each call after those inside of it. */
  get calls(): readonly ExpandedCall[] {
    return this.#calls;
  }

  /**
   * The name that a node has inside a function or a block, as a parameter or a local definition: the first that it was
   * given. Nodes of loop bodies that were made again are known by their place.
   */
  nameOf(node: OperatorNode): string | undefined {
    return (
      this.#names.get(node) ?? (node.span === undefined ? undefined : this.#places.get(placeKey(node.span)))
    );
  }

  call(call: ExpandedCall): void {
    this.#calls.push(call);
  }

  /** `span` is the place of a local definition's value. */
  local(name: string, value: Value, span?: Span): void {
    if (value.kind !== "tensor") return;
    if (!this.#names.has(value.node)) this.#names.set(value.node, name);
    if (span !== undefined) this.#places.set(placeKey(span), name);
  }
}
