import type { OperatorNode } from "../../graph/node.js";
import type { Calculus } from "../../ops/vocabulary.js";
import { sameShape } from "../../tensor.js";
import { type Identity, identity, is, isFilled, numbersOf } from "../identity.js";

/** A tensor among zeros: where it begins, in all axes, and its sizes. */
interface Embedded {
  readonly x: OperatorNode;
  readonly starts: readonly number[];
  readonly counts: readonly number[];
}

/** What `embed` writes; `undefined` if not element by element. */
function embeddedBy(node: OperatorNode): Embedded | undefined {
  if (!is(node, "embed")) return undefined;
  const [x] = node.inputs;
  const rank = node.shape.length;
  const all = (name: "starts" | "steps", whole: number) => {
    const given = numbersOf(node, name);
    return [...Array<number>(rank - given.length).fill(whole), ...given];
  };
  const counts = x!.shape;
  const isEven = all("steps", 1).every((step, axis) => step === 1 || counts[axis] === 1);
  return isEven && !counts.includes(0) ? { x: x!, starts: all("starts", 0), counts } : undefined;
}

const end = ({ starts, counts }: Embedded, axis: number) => starts[axis]! + counts[axis]!;

const areApart = (one: Embedded, other: Embedded) =>
  one.starts.some((start, axis) => start >= end(other, axis) || other.starts[axis]! >= end(one, axis));

/** What a node stands one after another along an axis: itself, if it is no concatenation along it. */
const partsAlong = (node: OperatorNode, axis: number): readonly OperatorNode[] =>
  is(node, "concatenate") && node.attributes.axis === axis - node.shape.length ? node.inputs : [node];

/** Both of two tensors embedded in one of this shape, if they lie side by side along one axis. */
function sideBySide(
  b: Calculus,
  shape: readonly number[],
  one: Embedded,
  other: Embedded,
): OperatorNode | undefined {
  const differing = one.starts.flatMap((start, axis) =>
    start === other.starts[axis] && one.counts[axis] === other.counts[axis] ? [] : [axis],
  );
  const [axis] = differing;
  if (differing.length !== 1 || axis === undefined) return undefined;
  const [low, high] = one.starts[axis]! < other.starts[axis]! ? [one, other] : [other, one];
  if (end(low, axis) !== high.starts[axis]!) return undefined;
  const parts = [low.x, high.x].flatMap((part) => partsAlong(part, axis));
  return b.apply("embed", [b.concatenate(parts, axis - shape.length)], {
    starts: low.starts,
    steps: low.starts.map(() => 1),
    sizes: shape,
  });
}

/** So many terms of a sum are looked at. */
const mostTerms = 16;

/** A sum and an embedded tensor, as the sum in which that has joined the term that it lies beside. */
function joined(b: Calculus, sum: OperatorNode, part: OperatorNode): OperatorNode | undefined {
  const own = embeddedBy(part);
  if (own === undefined) return undefined;
  const { shape } = part;
  const passed: OperatorNode[] = [];
  const beside = (term: OperatorNode) => {
    const other = sameShape(term.shape, shape) ? embeddedBy(term) : undefined;
    return other === undefined ? undefined : sideBySide(b, shape, other, own);
  };
  const again = (term: OperatorNode) => passed.reduceRight((total, other) => b.add(total, other), term);
  let rest = sum;
  while (passed.length < mostTerms) {
    const whole = beside(rest);
    if (whole !== undefined) return again(whole);
    if (!is(rest, "add")) return undefined;
    const [x, y] = rest.inputs;
    const within = beside(y!);
    if (within !== undefined) return again(b.add(x!, within));
    // Where the part is other than 0, what is passed has to be 0, or terms would be added in another order.
    const other = sameShape(y!.shape, shape) ? embeddedBy(y!) : undefined;
    if (other === undefined || !areApart(other, own)) return undefined;
    passed.push(y!);
    rest = x!;
  }
  return undefined;
}

export const embeddingIdentities: readonly Identity[] = [
  identity(
    "p + embed(x) + q + embed(y) = p + embed(concatenate(x, y)) + q for cuts side by side",
    "add",
    (b, [x, y]) => joined(b, x!, y!) ?? joined(b, y!, x!),
    (b, x, y) => {
      const put = (part: OperatorNode, start: number) =>
        b.apply("embed", [part], { starts: [start, 0], steps: [1, 1], sizes: [8, 3] });
      const full = b.concatenate([y, x, y, x], 0);
      // x at 2 must not pass y at 3 to join x at 0: row 3 would be added in another order.
      return b.add(b.add(b.add(b.add(full, put(x, 0)), put(y, 3)), put(x, 2)), put(y, 5));
    },
    {
      shapes: [
        [
          [2, 3],
          [2, 3],
        ],
      ],
      difference: { ulps: 0, structuralZeros: true, because: "a −0 stays one, beside which there was a 0" },
    },
  ),
  identity(
    "embed(0) = 0",
    "embed",
    (b, [x], { shape }) => (isFilled(x!, 0) ? b.broadcastTo(0, shape) : undefined),
    (b) => b.apply("embed", [b.broadcastTo(0, [2])], { starts: [1], steps: [1], sizes: [4] }),
  ),
];
