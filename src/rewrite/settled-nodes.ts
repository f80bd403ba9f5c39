import type { Builder } from "../graph/builder.js";
import type { OperatorNode } from "../graph/node.js";

/** What each node has become: an array of ids, since a map of a million nodes costs more than simplifying them. */
export class SettledNodes {
  readonly #builder: Builder;
  /** By id: the id of the other node plus one; 0 where there is none yet. */
  #ids: Int32Array;

  constructor(builder: Builder) {
    this.#builder = builder;
    this.#ids = new Int32Array(2 * builder.size + 64);
  }

  has({ id }: OperatorNode): boolean {
    return id < this.#ids.length && this.#ids[id] !== 0;
  }

  get(node: OperatorNode): OperatorNode | undefined {
    const stored = node.id < this.#ids.length ? this.#ids[node.id]! : 0;
    if (stored === 0) return undefined;
    return stored === node.id + 1 ? node : this.#builder.at(stored - 1);
  }

  set({ id }: OperatorNode, to: OperatorNode): void {
    if (id >= this.#ids.length) {
      const larger = new Int32Array(2 * id + 2);
      larger.set(this.#ids);
      this.#ids = larger;
    }
    this.#ids[id] = to.id + 1;
  }
}
