import { type Contraction, isLeaf, type Tree } from "./contraction-tree.js";

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

interface Plan {
  readonly tree: Tree;
  readonly cost: number;
}

/** The cheapest order; `undefined` where that of the contraction is nearly as good. */
export function cheapestOrder(contraction: Contraction): Tree | undefined {
  const costs = new Costs(contraction);
  const { leaves } = contraction;
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
  readonly #contraction: Contraction;
  readonly #output: ReadonlySet<number>;
  readonly #labels: readonly (readonly number[])[];
  /** By subset: the labels of the product of its leaves. */
  readonly #ofSubset = new Map<Subset, ReadonlySet<number>>();

  constructor(contraction: Contraction) {
    const { labels, leaves, axes } = contraction;
    this.#contraction = contraction;
    this.#output = new Set(labels.resolved(axes.flat()));
    this.#labels = leaves.map((leaf) => labels.resolved(leaf.axes.flat()));
  }

  /** Those of its leaves that the result has, or other leaves. */
  #labelsOf(subset: Subset): ReadonlySet<number> {
    const known = this.#ofSubset.get(subset);
    if (known !== undefined) return known;
    const others = new Set(this.#output);
    this.#labels.forEach((own, i) => {
      if ((subset & (2 ** i)) === 0) for (const label of own) others.add(label);
    });
    const found = new Set(
      this.#labels.flatMap((own, i) =>
        (subset & (2 ** i)) === 0 ? [] : own.filter((label) => others.has(label)),
      ),
    );
    this.#ofSubset.set(subset, found);
    return found;
  }

  ofProduct(left: Subset, right: Subset): number {
    const [x, y, result] = [left, right, left | right].map((subset) => this.#labelsOf(subset));
    const size = (has: (label: number) => boolean) => {
      let product = 1;
      for (const label of new Set([...x!, ...y!]))
        if (has(label)) product *= this.#contraction.labels.size(label);
      return product;
    };
    const moved =
      size((label) => x!.has(label)) + size((label) => y!.has(label)) + size((label) => result!.has(label));
    const isShared = (label: number) => x!.has(label) && y!.has(label);
    const depth = size((label) => !result!.has(label));
    const terms = size(() => true);
    if (depth === 1) return terms + perElement * moved;
    const batch = size((label) => isShared(label) && result!.has(label));
    const rows = size((label) => !y!.has(label));
    const columns = size((label) => !x!.has(label));
    const perTerm = Math.min(rows, columns) === 1 ? perVectorTerm : 1;
    return batch * perMatrix + terms * perTerm + perElement * moved;
  }

  ofTree(tree: Tree): { readonly subset: Subset; readonly cost: number } {
    if (isLeaf(tree)) return { subset: 2 ** this.#contraction.leaves.indexOf(tree), cost: 0 };
    const [left, right] = [this.ofTree(tree.left), this.ofTree(tree.right)];
    const cost = left.cost + right.cost + this.ofProduct(left.subset, right.subset);
    return { subset: left.subset | right.subset, cost };
  }
}
