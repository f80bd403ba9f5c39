import type { OperatorNode } from "../../graph/node.js";
import { broadcast } from "../../graph/shape.js";
import type { Calculus } from "../../ops/vocabulary.js";
import { fillOf } from "../../rewrite/identity.js";
import { type Shape, sameShape } from "../../tensor.js";
import { type Chain, chainNode, chainOf, type Link, sizesOf } from "./chain.js";
import { costOf } from "./cost.js";
import { factorsOf, joined, ofNode, type Product, productNode, scalarsOf } from "./product.js";

/** Sums of more terms stay as they are. */
export const mostTerms = 48;
/** Among more terms than this nothing common is looked for. */
const mostFactored = 12;

/** The terms of a sum as products, equal ones collected; `undefined` where there are too many. */
export function termsOf(b: Calculus, node: OperatorNode): readonly Product[] | undefined {
  const sums = new Map<OperatorNode, number>();
  const waiting: [node: OperatorNode, sign: number][] = [[node, 1]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [current, sign] = next;
    const { op, inputs } = current;
    if (waiting.length + sums.size > mostTerms) return undefined;
    if (op.name === "add" || op.name === "sub")
      waiting.push([inputs[1]!, op.name === "add" ? sign : -sign], [inputs[0]!, sign]);
    else if (op.name === "neg") waiting.push([inputs[0]!, -sign]);
    else if (op.name === "broadcast_to") waiting.push([inputs[0]!, sign]);
    else {
      const { coefficient, factors } = factorsOf(b, current);
      const rest =
        factors.size === 0 ? b.node(1) : productNode(b, { coefficient: 1, factors }, productShape(factors));
      sums.set(rest, (sums.get(rest) ?? 0) + sign * coefficient);
    }
  }
  return [...sums]
    .filter(([, coefficient]) => coefficient !== 0)
    .sort(([x], [y]) => x.id - y.id)
    .map(([rest, coefficient]) => ({
      coefficient,
      factors: fillOf(rest) === 1 ? new Map() : factorsOf(b, rest).factors,
    }));
}

export const productShape = (factors: Product["factors"]): Shape =>
  [...factors.keys()].reduce<Shape>((shape, { shape: own }) => broadcast(shape, own)!, []);

const termNode = (b: Calculus, term: Product) => productNode(b, term, productShape(term.factors));

/** Terms as a sum of this shape: a positive one first, if there is one. */
export function plainSum(b: Calculus, terms: readonly Product[], shape: Shape): OperatorNode {
  if (terms.length === 0) return b.broadcastTo(0, shape);
  const first = Math.max(
    0,
    terms.findIndex(({ coefficient }) => coefficient > 0),
  );
  const order = [terms[first]!, ...terms.slice(0, first), ...terms.slice(first + 1)];
  const sum = order.slice(1).reduce(
    (total, term) => {
      const size = termNode(b, { ...term, coefficient: Math.abs(term.coefficient) });
      return term.coefficient < 0 ? b.sub(total, size) : b.add(total, size);
    },
    termNode(b, order[0]!),
  );
  return b.broadcastTo(sum, shape);
}

/** Terms in the shortest way that is found: what all or some of them have in common stands once. */
export function sumNode(b: Calculus, terms: readonly Product[], shape: Shape): OperatorNode {
  let current = terms;
  let node = plainSum(b, current, shape);
  if (terms.length > mostFactored) return node;
  for (let round = 0; round < mostFactored && current.length > 1; round++) {
    const better = groupings(b, current)
      .map((next) => ({ next, node: plainSum(b, next, shape) }))
      .filter((found) => costOf(found.node) < costOf(node));
    if (better.length === 0) break;
    const best = better.reduce((x, y) => (costOf(y.node) < costOf(x.node) ? y : x));
    current = best.next;
    node = best.node;
  }
  return node;
}

/** The sum with some of its terms as one. */
function groupings(b: Calculus, terms: readonly Product[]): readonly (readonly Product[])[] {
  return [
    ...byFactor(b, terms),
    ...byNumber(b, terms),
    ...byEnd(b, terms, "last"),
    ...byEnd(b, terms, "first"),
  ];
}

const without = <T>(list: readonly T[], taken: readonly T[]) => list.filter((item) => !taken.includes(item));

/** Exponents that all terms have in common. */
function commonOf(terms: readonly Product[]): Product {
  const [first, ...others] = terms;
  const factors = new Map<OperatorNode, number>();
  for (const [base, exponent] of first!.factors) {
    const all = others.map(({ factors: own }) => own.get(base) ?? 0);
    const least = all.reduce(
      (x, y) => (Math.sign(x) !== Math.sign(y) ? 0 : Math.abs(y) < Math.abs(x) ? y : x),
      exponent,
    );
    if (least !== 0) factors.set(base, least);
  }
  const sizes = terms.map(({ coefficient }) => Math.abs(coefficient));
  return { coefficient: sizes.every((size) => size === sizes[0]) ? sizes[0]! : 1, factors };
}

const inverse = ({ coefficient, factors }: Product): Product => ({
  coefficient: 1 / coefficient,
  factors: new Map([...factors].map(([base, exponent]) => [base, -exponent])),
});

/** Terms that share a factor, for each of their factors: that times the sum of the rest. */
function byFactor(b: Calculus, terms: readonly Product[]): readonly (readonly Product[])[] {
  const groups = new Map<OperatorNode, Product[]>();
  for (const term of terms)
    for (const base of term.factors.keys()) groups.set(base, [...(groups.get(base) ?? []), term]);
  return [...groups.values()].flatMap((group) => {
    if (group.length < 2) return [];
    const common = commonOf(group);
    if (common.factors.size === 0) return [];
    const rest = group.map((term) => joined(term, inverse(common)));
    const shape = rest.reduce<Shape>((all, { factors }) => broadcast(all, productShape(factors))!, []);
    return [[...without(terms, group), joined(common, sumAsProduct(b, rest, shape))]];
  });
}

/** 2·x + 2·y as 2·(x + y). */
function byNumber(b: Calculus, terms: readonly Product[]): readonly (readonly Product[])[] {
  const size = Math.abs(terms[0]!.coefficient);
  const isShared = size !== 1 && terms.every(({ coefficient }) => Math.abs(coefficient) === size);
  if (!isShared) return [];
  const rest = terms.map(({ coefficient, factors }) => ({ coefficient: coefficient / size, factors }));
  const shape = rest.reduce<Shape>((all, { factors }) => broadcast(all, productShape(factors))!, []);
  return [[joined({ coefficient: size, factors: new Map() }, sumAsProduct(b, rest, shape))]];
}

function sumAsProduct(b: Calculus, terms: readonly Product[], shape: Shape): Product {
  const node = sumNode(b, terms, shape);
  const fill = fillOf(node);
  return fill !== undefined ? { coefficient: fill, factors: new Map() } : ofNode(node);
}

/** A term that is scalars times a product of matrices or vectors. */
function chainOfTerm(b: Calculus, term: Product): Chain | undefined {
  const { scalars, tensors } = scalarsOf(term);
  if (tensors.length === 0) return undefined;
  const shape = productShape(term.factors);
  const node = productNode(b, { coefficient: 1, factors: new Map(tensors) }, shape);
  const chain = chainOf(b, node);
  return chain === undefined ? undefined : { scalars: joined(scalars, chain.scalars), links: chain.links };
}

const isSame = (x: Link, y: Link) => x.base === y.base && x.turned === y.turned && x.inverse === y.inverse;

/** Pairs of terms that end, or begin, with the same matrices: the sum of the rest times these. */
function byEnd(
  b: Calculus,
  terms: readonly Product[],
  end: "first" | "last",
): readonly (readonly Product[])[] {
  const chains = terms.map((term) => chainOfTerm(b, term));
  const found: (readonly Product[])[] = [];
  for (let i = 0; i < terms.length; i++) {
    for (let k = i + 1; k < terms.length; k++) {
      const [x, y] = [chains[i], chains[k]];
      if (x === undefined || y === undefined) continue;
      const shape = productShape(terms[i]!.factors);
      if (!sameShape(shape, productShape(terms[k]!.factors))) continue;
      const together = withCommonEnd(b, x, y, end, shape);
      if (together !== undefined)
        found.push([...without(terms, [terms[i]!, terms[k]!]), factorsOf(b, together)]);
    }
  }
  return found;
}

function withCommonEnd(
  b: Calculus,
  x: Chain,
  y: Chain,
  end: "first" | "last",
  shape: Shape,
): OperatorNode | undefined {
  const at = (links: readonly Link[], i: number) =>
    end === "first" ? links[i]! : links[links.length - 1 - i]!;
  const most = Math.min(x.links.length, y.links.length) - 1;
  let count = 0;
  while (count < most && isSame(at(x.links, count), at(y.links, count))) count += 1;
  if (count === 0) return undefined;
  const cut = (links: readonly Link[]) =>
    end === "first" ? links.slice(count) : links.slice(0, links.length - count);
  const common = end === "first" ? x.links.slice(0, count) : x.links.slice(x.links.length - count);
  const rests = [x, y].map(({ scalars, links }) => ({ scalars, links: cut(links) }));
  const [rows, columns] = outerSizes(rests[0]!.links);
  const isLine = rows === 1 || columns === 1;
  const own = isLine ? [rows * columns] : [rows, columns];
  const shared = commonOf(rests.map(({ scalars }) => scalars));
  const terms = rests.map(({ scalars, links }) =>
    factorsOf(b, chainNode(b, { scalars: joined(scalars, inverse(shared)), links }, own)),
  );
  const link: Link = { base: sumNode(b, terms, own), turned: isLine && rows === 1, inverse: false };
  return chainNode(
    b,
    { scalars: shared, links: end === "first" ? [...common, link] : [link, ...common] },
    shape,
  );
}

const outerSizes = (links: readonly Link[]): readonly [rows: number, columns: number] => [
  sizesOf(links[0]!)[0],
  sizesOf(links.at(-1)!)[1],
];
