import type { OperatorNode } from "../../graph/node.js";
import type { Calculus } from "../../ops/vocabulary.js";
import { fillOf } from "../../rewrite/identity.js";
import { type Shape, sizeOf } from "../../tensor.js";

/** coefficient · Π baseᵉˣᵖᵒⁿᵉⁿᵗ, element by element, with broadcasting. */
export interface Product {
  readonly coefficient: number;
  readonly factors: ReadonlyMap<OperatorNode, number>;
  /** Whether some of them are products themselves, since there were too many. */
  readonly isCut?: boolean;
}

/** Products of more factors stay as they are. */
const mostFactors = 64;

const isScalar = ({ shape }: OperatorNode) => sizeOf(shape) === 1;

/** A node of one element as a scalar, without the shapes that it has been given on the way. */
function asScalar(b: Calculus, node: OperatorNode): OperatorNode {
  if (!isScalar(node)) return node;
  let inner = node;
  while (inner.op.name === "reshape") inner = inner.inputs[0]!;
  return b.reshape(inner, []);
}

/** An exponent that is a constant. */
function exponentOf({ op, inputs }: OperatorNode): number | undefined {
  if (op.name === "square") return 2;
  if (op.name === "reciprocal") return -1;
  return op.name === "pow" ? fillOf(inputs[1]!) : undefined;
}

/** What a node is the product of. Powers are multiplied out only where the outer one is a whole number. */
export function factorsOf(b: Calculus, node: OperatorNode): Product {
  let coefficient = 1;
  let isCut = false;
  const factors = new Map<OperatorNode, number>();
  const waiting: [node: OperatorNode, exponent: number][] = [[node, 1]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [one, exponent] = next;
    const { op, inputs } = one;
    const fill = fillOf(one);
    // Those that wait count, too: a long product hangs by its first factor.
    const hasRoom = factors.size + waiting.length < mostFactors;
    if (!hasRoom && one.op.name === "mul") isCut = true;
    const isWhole = Number.isInteger(exponent) && hasRoom;
    const power = isWhole ? exponentOf(one) : undefined;
    if (fill !== undefined && fill !== 0 && Number.isFinite(fill)) coefficient *= fill ** exponent;
    else if (op.name === "broadcast_to") waiting.push([inputs[0]!, exponent]);
    else if (isScalar(one) && asScalar(b, one) !== one) waiting.push([asScalar(b, one), exponent]);
    else if (power !== undefined) waiting.push([inputs[0]!, exponent * power]);
    else if (op.name === "neg" && isWhole) {
      coefficient *= exponent % 2 === 0 ? 1 : -1;
      waiting.push([inputs[0]!, exponent]);
    } else if ((op.name === "mul" || op.name === "div") && isWhole) {
      waiting.push([inputs[1]!, op.name === "mul" ? exponent : -exponent], [inputs[0]!, exponent]);
    } else {
      const base = asScalar(b, one);
      factors.set(base, (factors.get(base) ?? 0) + exponent);
    }
  }
  for (const [base, exponent] of factors) if (exponent === 0) factors.delete(base);
  return { coefficient, factors, isCut };
}

const power = (b: Calculus, base: OperatorNode, exponent: number): OperatorNode =>
  exponent === 1 ? base : exponent === 2 ? b.square(base) : b.pow(base, exponent);

const byPlace = (x: OperatorNode, y: OperatorNode) => sizeOf(x.shape) - sizeOf(y.shape) || x.id - y.id;

type Powers = readonly (readonly [base: OperatorNode, exponent: number])[];

const multiplied = (b: Calculus, factors: readonly OperatorNode[]) =>
  factors.reduce((product, one) => b.mul(product, one));

/** A whole number up to this is worth a denominator. */
const largestDenominator = 1e6;

/** c · Π numerator / Π denominator, as one quotient. */
function quotient(b: Calculus, coefficient: number, above: Powers, below: Powers): OperatorNode {
  let size = Math.abs(coefficient);
  const over = above.map(([base, exponent]) => power(b, base, exponent));
  const under = below.map(([base, exponent]) => power(b, base, -exponent));
  const inverse = Math.round(1 / size);
  if (over.length > 0 && size < 1 && 1 / inverse === size && inverse <= largestDenominator) {
    under.unshift(b.node(inverse));
    size = 1;
  }
  const isNegative = coefficient < 0;
  const isWritten = size !== 1 || over.length === 0;
  if (isWritten) over.unshift(b.node(isNegative ? -size : size));
  const top = multiplied(b, over);
  const whole = under.length === 0 ? top : b.div(top, multiplied(b, under));
  return isNegative && !isWritten ? b.neg(whole) : whole;
}

/** The product as a node of this shape: numbers first, then scalars, then tensors. */
export function productNode(b: Calculus, { coefficient, factors }: Product, shape: Shape): OperatorNode {
  const all = [...factors].sort(([x], [y]) => byPlace(x, y));
  const pick = (test: (base: OperatorNode, exponent: number) => boolean) =>
    all.filter(([base, exponent]) => test(base, exponent));
  const scalarsAbove = pick((base, e) => isScalar(base) && e > 0);
  const scalarsBelow = pick((base, e) => isScalar(base) && e < 0);
  const above = pick((base, e) => !isScalar(base) && e > 0);
  const below = pick((base, e) => !isScalar(base) && e < 0);
  // A quotient of scalars is a number of its own, which may have a name.
  const isApart = scalarsAbove.length > 0 && scalarsBelow.length > 0 && above.length > 0;
  const made = isApart
    ? b.mul(quotient(b, coefficient, scalarsAbove, scalarsBelow), quotient(b, 1, above, below))
    : quotient(b, coefficient, [...scalarsAbove, ...above], [...scalarsBelow, ...below]);
  return b.broadcastTo(made, shape);
}

/** The product of products. */
export function joined(...products: readonly Product[]): Product {
  const factors = new Map<OperatorNode, number>();
  let coefficient = 1;
  for (const one of products) {
    coefficient *= one.coefficient;
    for (const [base, exponent] of one.factors) {
      const sum = (factors.get(base) ?? 0) + exponent;
      if (sum === 0) factors.delete(base);
      else factors.set(base, sum);
    }
  }
  return { coefficient, factors };
}

export const one: Product = { coefficient: 1, factors: new Map() };

export const ofNode = (node: OperatorNode): Product => ({ coefficient: 1, factors: new Map([[node, 1]]) });

/** The scalars of a product, and the rest of it. */
export function scalarsOf({ coefficient, factors }: Product): { scalars: Product; tensors: Powers } {
  const all = [...factors];
  return {
    scalars: { coefficient, factors: new Map(all.filter(([base]) => isScalar(base))) },
    tensors: all.filter(([base]) => !isScalar(base)),
  };
}
