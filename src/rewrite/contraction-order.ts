import { type Contraction, isLeaf, type Labels, type Leaf, type Tree } from "./contraction-tree.js";

// What a product of many tensors costs in one order or another: about, in multiplications of a large product of matrices.

/** What it takes to begin one product of matrices. */
const perMatrix = 200;
/** Products with a vector read each element of the matrix for one multiplication. */
const perVectorTerm = 2;
/** An element that is written, or put in place to be read. */
const perElement = 4;

/** Another order is worth its different roundings where it takes less than this part of the time, */
const worthwhile = 0.7;
/** and spares more than this. */
const leastSpared = 20_000;

/** Leaves of a contraction, as bits. */
type Subset = number;
/** Labels, as bits. */
type LabelSet = number;
/** Products of more labels are left as they are. */
const mostLabels = 31;

interface Plan {
  readonly tree: Tree;
  readonly cost: number;
}

/** The cheapest order; `undefined` where that of the contraction is nearly as good. */
export function cheapestOrder(contraction: Contraction): Tree | undefined {
  const { leaves, labels } = contraction;
  if (labelsIn(labels, leaves).length > mostLabels) return undefined;
  const costs = new Costs(contraction);
  const whole: Subset = 2 ** leaves.length - 1;
  const plans: Plan[] = [];
  leaves.forEach((tree, i) => {
    plans[2 ** i] = { tree, cost: 0 };
  });
  for (let subset: Subset = 3; subset <= whole; subset++) {
    // Those that hold the last leaf stand left, so that each way to divide them is seen once.
    const last = 2 ** (31 - Math.clz32(subset));
    if (subset === last) continue;
    let best: Plan | undefined;
    for (let right = (subset - 1) & subset; right > 0; right = (right - 1) & subset) {
      if ((right & last) !== 0) continue;
      const left = subset ^ right;
      const [x, y] = [plans[left]!, plans[right]!];
      const cost = x.cost + y.cost + costs.ofProduct(left, right);
      if (best === undefined || cost < best.cost) best = { tree: { left: x.tree, right: y.tree }, cost };
    }
    plans[subset] = best!;
  }
  const now = costs.ofTree(contraction.tree).cost;
  const { tree, cost } = plans[whole]!;
  return cost < worthwhile * now && now - cost > leastSpared ? tree : undefined;
}

class Costs {
  readonly #leaves: readonly Tree[];
  /** By bit of a set of labels. */
  readonly #sizes: readonly number[];
  readonly #output: LabelSet;
  readonly #labels: readonly LabelSet[];
  /** By subset: the labels of the product of its leaves. */
  readonly #ofSubset: LabelSet[] = [];

  constructor({ labels, leaves, axes }: Contraction) {
    const known = labelsIn(labels, leaves);
    const setOf = (own: readonly number[]) =>
      labels.resolved(own).reduce((set, label) => set | (1 << known.indexOf(label)), 0);
    this.#leaves = leaves;
    this.#sizes = known.map((label) => labels.size(label));
    this.#output = setOf(axes.flat());
    this.#labels = leaves.map((leaf) => setOf(leaf.axes.flat()));
  }

  /** Those of its leaves that the result has, or other leaves. */
  #labelsOf(subset: Subset): LabelSet {
    const found = this.#ofSubset[subset];
    if (found !== undefined) return found;
    let own: LabelSet = 0;
    let others = this.#output;
    this.#labels.forEach((labels, i) => {
      if ((subset & (2 ** i)) === 0) others |= labels;
      else own |= labels;
    });
    this.#ofSubset[subset] = own & others;
    return own & others;
  }

  #size(labels: LabelSet): number {
    let product = 1;
    for (let left = labels; left !== 0; left &= left - 1)
      product *= this.#sizes[31 - Math.clz32(left & -left)]!;
    return product;
  }

  ofProduct(left: Subset, right: Subset): number {
    const [x, y, result] = [this.#labelsOf(left), this.#labelsOf(right), this.#labelsOf(left | right)];
    const moved = this.#size(x) + this.#size(y) + this.#size(result);
    const terms = this.#size(x | y);
    if (((x | y) & ~result) === 0) return terms + perElement * moved;
    const batch = this.#size(x & y & result);
    const isVector = this.#size(x & ~y) === 1 || this.#size(y & ~x) === 1;
    return batch * perMatrix + terms * (isVector ? perVectorTerm : 1) + perElement * moved;
  }

  ofTree(tree: Tree): { readonly subset: Subset; readonly cost: number } {
    if (isLeaf(tree)) return { subset: 2 ** this.#leaves.indexOf(tree), cost: 0 };
    const [left, right] = [this.ofTree(tree.left), this.ofTree(tree.right)];
    const cost = left.cost + right.cost + this.ofProduct(left.subset, right.subset);
    return { subset: left.subset | right.subset, cost };
  }
}

/** Each label of the leaves once. */
const labelsIn = (labels: Labels, leaves: readonly Leaf[]) => [
  ...new Set(leaves.flatMap((leaf) => labels.resolved(leaf.axes.flat()))),
];
