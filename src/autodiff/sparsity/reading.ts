import type { OperatorNode } from "../../graph/node.js";
import type { Calculus } from "../../ops/vocabulary.js";
import { sizeOf } from "../../tensor.js";
import { patternsOf } from "./analysis.js";
import { type Coloring, colorRows } from "./coloring.js";
import { type Copy, copiesRead } from "./copies.js";
import type { Evaluate } from "./dependence.js";
import { type Merged, merged } from "./merged.js";
import { beside, type Elements, elementsOf, isWorthListing, type Pattern } from "./pattern.js";

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** What an output reads of some nodes, through which copies, and where its Jacobian by them may be other than 0. */
export class Reading {
  /** By node of `wrt`. */
  readonly copies: readonly (readonly Copy[])[];
  readonly #patterns: ReadonlyMap<OperatorNode, Pattern | null>;
  readonly #rows: number;
  readonly #columns: readonly number[];
  readonly #elements = new Map<OperatorNode, Elements | null>();
  readonly #merged = new Map<number, Merged | null>();

  private constructor(
    output: OperatorNode,
    wrt: readonly OperatorNode[],
    copies: readonly (readonly Copy[])[],
    patterns: ReadonlyMap<OperatorNode, Pattern | null>,
  ) {
    this.copies = copies;
    this.#patterns = patterns;
    this.#rows = sizeOf(output.shape);
    this.#columns = wrt.map(({ shape }) => sizeOf(shape));
  }

  /** `undefined` where the sets do not fit. */
  static of(
    b: Calculus,
    output: OperatorNode,
    wrt: readonly OperatorNode[],
    evaluate: Evaluate,
  ): Reading | undefined {
    const copies = copiesRead(b, output, wrt, evaluate);
    const nodes = [...new Set(copies.flat().map(({ node }) => node))];
    const patterns = patternsOf(b, [output], nodes, evaluate)?.[0];
    if (patterns === undefined) return undefined;
    return new Reading(output, wrt, copies, new Map(nodes.map((node, i) => [node, patterns[i]!])));
  }

  /** The elements by one node of `wrt`; `undefined` where they are not worth a list. */
  ofOne(k: number): Merged | null | undefined {
    return this.#isWorthListing([k]) ? this.#mergedOf(k) : undefined;
  }

  /** The elements by each node of `wrt`; `undefined` where they are not worth a list. */
  ofAll(): (Merged | null)[] | undefined {
    const all = [...this.#columns.keys()];
    return this.#isWorthListing(all) ? all.map((k) => this.#mergedOf(k)) : undefined;
  }

  /** Rows that share no column of any copy. */
  colorRows(limit: number): Coloring | undefined {
    const nodes = [...this.#patterns.keys()];
    const widths = nodes.map(({ shape }) => sizeOf(shape));
    const elements = beside(
      nodes.map((node) => this.#elementsOf(node)),
      widths,
      this.#rows,
    );
    return colorRows(elements, sum(widths), limit);
  }

  #isWorthListing(which: readonly number[]): boolean {
    const nodes = new Set(which.flatMap((k) => this.copies[k]!.map(({ node }) => node)));
    const columns = sum(which.map((k) => this.#columns[k]!));
    return isWorthListing(
      [...nodes].map((node) => this.#patterns.get(node)!),
      this.#rows * columns,
    );
  }

  #elementsOf(node: OperatorNode): Elements | null {
    return memoised(this.#elements, node, () => {
      const pattern = this.#patterns.get(node)!;
      return pattern === null ? null : elementsOf(pattern);
    });
  }

  #mergedOf(k: number): Merged | null {
    return memoised(this.#merged, k, () => {
      const copies = this.copies[k]!;
      const parts = copies.map(({ node }) => this.#elementsOf(node));
      return parts.every((part) => part === null)
        ? null
        : merged(copies, parts, this.#rows, this.#columns[k]!);
    });
  }
}

function memoised<Key, Value>(known: Map<Key, Value>, key: Key, make: () => Value): Value {
  if (!known.has(key)) known.set(key, make());
  return known.get(key)!;
}
