import type { OperatorNode } from "../../graph/node.js";
import { topologicalOrder } from "../../graph/topology.js";
import type { Cause, CauseKind, Read } from "../../why-results.js";
import { isHidden } from "./pullback.js";
import type { Reason } from "./reasons/reason.js";
import type { Place, Situation } from "./situation.js";

/** Where one path ends. */
export interface Block extends Reason {
  readonly kind: CauseKind;
  readonly place: Place;
  /** Elements of the operation in the same case. */
  readonly affected: number;
  /** Whether it only goes past the element. */
  readonly isAside: boolean;
  /** The steps of loops in which it is so. */
  readonly steps: Set<string>;
  /** From the operation to the input. */
  readonly path: readonly Place[];
  readonly reads?: readonly Read[];
  readonly span?: Cause["at"];
}

/** What makes a path end. */
export interface Stop {
  readonly kind: CauseKind;
  /** What gets nothing from it; none where it is the sum itself. */
  readonly from: OperatorNode | undefined;
  readonly place: Place;
  readonly affected: number;
  readonly reason: Reason;
  /** Whether it only goes past the element: told where nothing else is to be told. */
  readonly isAside?: boolean;
  /** Which operand gets nothing. */
  readonly operand?: number;
  /** What is added up, of contributions that cancel. */
  readonly reads?: readonly Read[];
}

/** There is no path at all. */
export function apart(
  situation: Situation,
  { output, input }: { readonly output: string; readonly input: string },
): Cause {
  const { nodes } = situation.explained.trace.lowered;
  const own = nodes.get(input)!;
  const depends = new Set([own]);
  for (const node of topologicalOrder([...nodes.values()]))
    if (node.inputs.some((one) => depends.has(one))) depends.add(node);
  const readers = [...nodes].flatMap(([name, node]) => (node !== own && depends.has(node) ? [name] : []));
  const read =
    readers.length === 0
      ? "nothing reads it"
      : `only ${listed(readers)} ${readers.length === 1 ? "reads" : "read"} it`;
  return {
    kind: "not connected",
    reason: `${output} does not depend on ${input}: ${read}`,
    reads: [],
    chain: [],
    isBackward: true,
  };
}

const listed = (names: readonly string[]) =>
  names.length > 5 ? `${names.slice(0, 4).join(", ")} and ${names.length - 4} others` : names.join(", ");

export const indexText = (index: readonly number[]) => (index.length === 0 ? "" : `[${index.join(", ")}]`);

/** `0.5 + 2 - 2.5`, abridged. */
export function sumText(terms: readonly string[]): string {
  const shown = terms.length > 6 ? [...terms.slice(0, 3), "…", ...terms.slice(-2)] : terms;
  return shown.join(" + ").replaceAll("+ -", "- ");
}

export const turnKey = (situation: Situation, { node }: Place) =>
  situation
    .loopsOf(node)
    .map(({ step }) => step)
    .join(" ");

/** Whether a node only hands on the value of a function that states its own derivative. */
export function isValueOnly(
  node: OperatorNode,
  readers: ReadonlyMap<OperatorNode, readonly Reader[]>,
): boolean {
  const own = readers.get(node);
  return (
    node.op.name === "stop_gradient" &&
    own !== undefined &&
    own.every(({ consumer, index }) => isHidden(consumer, index))
  );
}

export interface Reader {
  readonly consumer: OperatorNode;
  readonly index: number;
}

export function readersOf(order: readonly OperatorNode[]): ReadonlyMap<OperatorNode, readonly Reader[]> {
  const readers = new Map<OperatorNode, Reader[]>();
  for (const consumer of order) {
    consumer.inputs.forEach((input, index) => {
      const list = readers.get(input);
      if (list === undefined) readers.set(input, [{ consumer, index }]);
      else list.push({ consumer, index });
    });
  }
  return readers;
}
