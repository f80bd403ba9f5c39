import { describe, expect, it } from "vitest";
import type { OperatorNode } from "../../src/graph/node.js";
import type { GraphCalculus } from "../../src/ops/calculus.js";
import { renormalised } from "../../src/precise/double-double.js";
import { evaluatePrecisely } from "../../src/precise/evaluate.js";
import { type PreciseTensor, preciseTensor, setElement } from "../../src/precise/tensor.js";
import type { Shape } from "../../src/tensor.js";
import { type Real, Reals, real } from "../accuracy/decimal.js";
import { graphOf, inputName, inputNode, newCalculus, randomSource } from "../support/graph.js";
import { decimalDifference, decimals, plainScalars } from "../support/precise.js";

/** Numbers with low parts, from −scale to scale. */
function random(shape: Shape, seed: number, scale = 1): PreciseTensor {
  const next = randomSource(seed);
  const x = preciseTensor(shape);
  x.hi.forEach((_, i) => {
    const hi = scale * (2 * next() - 1);
    setElement(x, i, renormalised(hi, hi * 2 ** -53 * (2 * next() - 1)));
  });
  return x;
}

const tensor = (shape: Shape, ...data: readonly number[]) => ({ shape, data: Float64Array.from(data) });

type Values = Readonly<Record<string, PreciseTensor>>;

/** The value of what `build` makes of inputs, which come in the order of the values. */
function compute(
  values: Values,
  build: (b: GraphCalculus, ...inputs: readonly OperatorNode[]) => OperatorNode,
): PreciseTensor {
  const b = newCalculus();
  const nodes = Object.entries(values).map(([name, { shape }]) => inputNode(b, name, shape));
  const inputs = new Map(Object.entries(values));
  return evaluatePrecisely([build(b, ...nodes)], inputs, { scalars: plainScalars })[0]!;
}

function valueOfScript(text: string, values: Values): PreciseTensor {
  const shapes = Object.fromEntries(Object.entries(values).map(([name, { shape }]) => [name, shape]));
  const { output, inputs } = graphOf(text, shapes);
  const read = new Map(inputs.map((node) => [inputName(node), values[inputName(node)]!]));
  return evaluatePrecisely([output], read, { scalars: plainScalars })[0]!;
}

const zero = real(0);
const one = real(1);
const sumOf = (values: readonly Real[]) => values.reduce((sum, x) => sum.plus(x), zero);

const row = (x: PreciseTensor, i: number): Real[] => {
  const n = x.shape.at(-1)!;
  return decimals(x).slice(i * n, (i + 1) * n);
};

/** Some digits more than rounding of a few hundred operations leaves. */
const tolerance = 1e-30;

const expectClose = (found: PreciseTensor, expected: readonly Real[], limit = tolerance) =>
  expect(decimalDifference(found, expected)).toBeLessThan(limit);

describe("along axes", () => {
  const x = random([3, 40], 1);
  const rows = [0, 1, 2].map((i) => row(x, i));
  const reduce = (name: string, y = x) => compute({ y }, (b, node) => b.reduce(name, node!, [-1]));
  const along = (name: string, y = x) => compute({ y }, (b, node) => b.apply(name, [node!], { axes: [-1] }));

  it("sums, also long ones and those over other axes", () => {
    expectClose(reduce("sum"), rows.map(sumOf));
    const columns = compute({ x }, (b, node) => b.sum(node!, [-2]));
    expectClose(
      columns,
      rows[0]!.map((_, j) => sumOf(rows.map((list) => list[j]!))),
    );
    const long = random([5000], 2, 1e6);
    expectClose(reduce("sum", long), [sumOf(decimals(long))], 1e-28);
  });

  it("products", () => {
    const product = (list: readonly Real[]) => list.reduce((total, y) => total.times(y), one);
    const near = random([3, 40], 3);
    expectClose(
      reduce("prod", near),
      [0, 1, 2].map((i) => product(row(near, i))),
    );
    for (const i of [0, 1, 2]) {
      const list = row(near, i);
      const cumulated = list.map((_, j) => product(list.slice(0, j + 1)));
      expectClose(part(along("cumprod", near), i), cumulated);
    }
  });

  it("norms, also where squares overflow or underflow", () => {
    for (const scale of [1, 1e200, 1e-200]) {
      const y = random([3, 40], 4, scale);
      const norms = [0, 1, 2].map((i) => sumOf(row(y, i).map((z) => z.times(z))).sqrt());
      expectClose(reduce("norm", y), norms);
    }
  });

  it("running sums", () => {
    const found = along("cumsum");
    rows.forEach((list, i) => {
      expectClose(
        part(found, i),
        list.map((_, j) => sumOf(list.slice(0, j + 1))),
      );
    });
  });

  it("the largest and the smallest by their low parts, too", () => {
    const close = preciseTensor([4]);
    close.hi.fill(0.1);
    close.lo.set([1e-18, 3e-18, -2e-18, 2e-18]);
    expect(reduce("max", close).lo[0]).toBe(3e-18);
    expect(reduce("min", close).lo[0]).toBe(-2e-18);
  });

  it("exponentials that are summed, far from 1 as well", () => {
    for (const scale of [1, 300, 2000]) {
      const y = random([3, 10], 5, scale);
      const exps = [0, 1, 2].map((i) => row(y, i).map((z) => z.exp()));
      // The largest elements of some 100 lose two digits of their own.
      expectClose(
        reduce("logsumexp", y),
        exps.map((list) => sumOf(list).ln()),
        1e-29,
      );
      const soft = along("softmax", y);
      const log = along("log_softmax", y);
      exps.forEach((list, i) => {
        const shares = list.map((e) => e.div(sumOf(list)));
        expectClose(part(soft, i), shares, 1e-28);
        expectClose(
          part(log, i),
          shares.map((share) => share.ln()),
          1e-29,
        );
      });
    }
  });

  it("logarithms of shares next to 1", () => {
    const y = preciseTensor([3]);
    y.hi.set([-60, 3, -50]);
    const small = real(-63).exp().plus(real(-53).exp());
    expectClose(part({ ...along("log_softmax", y), shape: [3, 1] }, 1), [small.plus(1).ln().neg()], 1e-29);
  });

  it("recurrences, with factors that repeat", () => {
    const a = random([1, 40], 6);
    const found = compute({ a, x }, (b, p, q) => b.apply("recurrence", [p!, q!], { axes: [-1] }));
    const factors = decimals(a);
    rows.forEach((terms, i) => {
      const expected: Real[] = [];
      terms.forEach((c, k) => {
        expected.push(k === 0 ? c : factors[k]!.times(expected[k - 1]!).plus(c));
      });
      expectClose(part(found, i), expected);
    });
  });
});

/** A row of a matrix. */
function part(x: PreciseTensor, i: number): PreciseTensor {
  const n = x.shape.at(-1)!;
  return { shape: [n], hi: x.hi.slice(i * n, (i + 1) * n), lo: x.lo.slice(i * n, (i + 1) * n) };
}

describe("indices", () => {
  const x = random([2, 3, 2], 7);
  const [list, places] = [decimals(x), [2, 0, 2]];

  it("gather elements and add them up", () => {
    const index = tensor([3], ...places);
    const gathered = compute({ x }, (b, y) => b.apply("gather", [y!, b.constant(index)], { axis: -2 }));
    const taken = [0, 1].flatMap((i) => places.flatMap((k) => [0, 1].map((j) => list[(i * 3 + k) * 2 + j]!)));
    expectClose(gathered, taken);
    const scattered = compute({ x }, (b, y) =>
      b.apply("scatter_add", [y!, b.constant(index)], { axis: -2, size: 4 }),
    );
    const expected = Array.from({ length: 16 }, () => zero);
    for (const i of [0, 1])
      places.forEach((k, at) => {
        for (const j of [0, 1])
          expected[(i * 4 + k) * 2 + j] = expected[(i * 4 + k) * 2 + j]!.plus(list[(i * 3 + at) * 2 + j]!);
      });
    expectClose(scattered, expected);
  });
});

type Matrix = readonly (readonly Real[])[];

const matrixOf = (x: PreciseTensor): Matrix => Array.from({ length: x.shape[0]! }, (_, i) => row(x, i));
const times = (a: Matrix, c: Matrix): Matrix =>
  a.map((list) => c[0]!.map((_, j) => sumOf(list.map((x, k) => x.times(c[k]![j]!)))));

/** Σ Aᵏ/k!, until nothing is added any more. */
function exponential(a: Matrix): Matrix {
  let term: Matrix = a.map((list, i) => list.map((_, j) => real(i === j ? 1 : 0)));
  let sum = term;
  for (let k = 1; k < 200; k++) {
    term = times(term, a).map((list) => list.map((x) => x.div(k)));
    sum = sum.map((list, i) => list.map((x, j) => x.plus(term[i]![j]!)));
  }
  return sum;
}

describe("matrices", () => {
  it("products, with batches that repeat", () => {
    const x = random([2, 1, 3, 4], 8);
    const y = random([5, 4, 2], 9);
    const found = compute({ x, y }, (b, p, q) => b.matmul(p!, q!));
    expect(found.shape).toEqual([2, 5, 3, 2]);
    const matrix = (z: PreciseTensor, turn: number, m: number, n: number): Matrix =>
      Array.from({ length: m }, (_, i) => decimals(z).slice((turn * m + i) * n, (turn * m + i + 1) * n));
    const expected = [0, 1].flatMap((i) =>
      [0, 1, 2, 3, 4].flatMap((j) => times(matrix(x, i, 3, 4), matrix(y, j, 4, 2)).flat()),
    );
    expectClose(found, expected);
  });

  it("determinants, their logarithms and cofactors, of a singular matrix as well", () => {
    const regular = random([3, 3], 10, 4);
    const singular = preciseTensor([3, 3]);
    singular.hi.set([1, 2, 3, 2, 4, 6, 1, -1, 5]);
    // Its cofactors are products of what its determinant has lost.
    const nearly = { ...preciseTensor([3, 3]), hi: singular.hi.slice() };
    nearly.hi[0]! += 2 ** -48;
    // Its determinant is next to the smallest doubles, its cofactors are not.
    const tiny = { ...preciseTensor([3, 3]), hi: regular.hi.map((y) => y * 2 ** -330) };
    for (const x of [regular, nearly, singular, tiny]) {
      const a = matrixOf(x);
      const minor = (i: number, j: number) => {
        const rest = a.filter((_, k) => k !== i).map((list) => list.filter((_, k) => k !== j));
        return rest[0]![0]!.times(rest[1]![1]!).minus(rest[0]![1]!.times(rest[1]![0]!));
      };
      const cofactors = a.flatMap((list, i) =>
        list.map((_, j) => minor(i, j).times((i + j) % 2 === 0 ? 1 : -1)),
      );
      const det = sumOf(a[0]!.map((y, j) => y.times(cofactors[j]!)));
      const ofFactors = (name: string) =>
        compute({ x }, (b, node) => b.apply(name, [node!, b.apply("lu", [node!])]));
      expectClose(ofFactors("cofactors"), cofactors, 1e-29);
      if (x === singular) expect(ofFactors("det").hi[0]).toBe(0);
      if (x === singular || x === tiny) continue;
      // Against the products that it is a sum of.
      const room = sumOf(a[0]!.map((y, j) => y.times(cofactors[j]!).abs()))
        .div(det.abs())
        .toNumber();
      expectClose(ofFactors("det"), [det], tolerance * Math.max(1, room));
      expectClose(ofFactors("det_sign"), [real(det.isNeg() ? -1 : 1)]);
      expectClose(ofFactors("log_abs_det"), [det.abs().ln()], tolerance * Math.max(1, room));
    }
  });

  it.each([0.001, 1, 7, 40])("exponentials of matrices of the size %d", (scale) => {
    const x = random([4, 4], 11, scale);
    const found = compute({ x }, (b, node) => b.apply("expm", [node!], { block: 4 }));
    // Squaring repeatedly doubles the error each time; five or six times here.
    expectClose(found, exponential(matrixOf(x)).flat(), 1e-28);
  });

  it("exponentials whose scaling a leading block decides on", () => {
    const x = random([4, 4], 12);
    // A large direction beside two equal blocks, as in derivatives.
    for (const [i, j] of [0, 1].flatMap((p) => [0, 1].map((q) => [p, q] as const))) {
      setElement(x, (2 + i) * 4 + 2 + j, { hi: x.hi[i * 4 + j]!, lo: x.lo[i * 4 + j]! });
      setElement(x, (2 + i) * 4 + j, { hi: 0, lo: 0 });
      x.hi[i * 4 + 2 + j]! *= 2 ** 60;
      x.lo[i * 4 + 2 + j]! *= 2 ** 60;
    }
    const found = compute({ x }, (b, node) => b.apply("expm", [node!], { block: 2 }));
    const expected = exponential(matrixOf(x));
    expectClose(found, expected.flat());
    const block = compute({ x }, (b, node) =>
      b.apply("slice", [b.apply("expm", [node!], { block: 2 })], {
        starts: [0, 0],
        steps: [1, 1],
        counts: [2, 2],
      }),
    );
    expectClose(
      block,
      expected.slice(0, 2).flatMap((list) => list.slice(0, 2)),
    );
  });

  it("eigenvalues and singular values of second differences", () => {
    const n = 9;
    const pi = Reals.acos(-1);
    const x = preciseTensor([n, n]);
    for (let i = 0; i < n; i++) {
      x.hi[i * n + i] = 2;
      if (i > 0) x.hi[i * n + i - 1] = x.hi[(i - 1) * n + i] = -1;
    }
    const expected = Array.from({ length: n }, (_, k) =>
      real(2).minus(
        pi
          .times(k + 1)
          .div(n + 1)
          .cos()
          .times(2),
      ),
    );
    expectClose(valueOfScript("out = eigvalsh(x)", { x }), expected);
    expectClose(valueOfScript("out = svd(x)[1]", { x }), [...expected].reverse());
  });

  it("reciprocal gaps", () => {
    const s = preciseTensor([3]);
    s.hi.set([1, 3.5, 0.3]);
    const values = decimals(s);
    for (const squares of [false, true]) {
      const found = compute({ s }, (b, node) => b.apply("reciprocal_gaps", [node!], { squares }));
      const power = (y: Real) => (squares ? y.times(y) : y);
      const expected = values.flatMap((p, i) =>
        values.map((q, j) => (i === j ? zero : one.div(power(q).minus(power(p))))),
      );
      expectClose(found, expected);
    }
  });
});

describe("loops give what their steps give in decimal numbers", () => {
  const x = random([12], 13);
  const y = random([], 14);
  const [terms, factor] = [decimals(x), decimals(y)[0]!];

  it("fold, and scan with what it stacks", () => {
    let h = factor;
    const before: Real[] = [];
    for (const a of terms) {
      before.push(h.times(a));
      h = h.times(factor).plus(a.times(a));
    }
    expectClose(valueOfScript("out = fold((h, a) -> h * y + a^2, y, x)", { x, y }), [h]);
    expectClose(valueOfScript("out = scan((h, a) -> (h * y + a^2, h * a), y, x)[1]", { x, y }), before);
  });

  it("backwards: the gradient of a fold", () => {
    const found = valueOfScript("s = fold((h, a) -> h * y + a^2, y, x); out = grad(s, x)", { x, y });
    const expected = terms.map((a, i) => a.times(2).times(factor.pow(terms.length - 1 - i)));
    expectClose(found, expected);
  });

  it("while, a loop in a loop, and a branch", () => {
    let h = factor.abs().plus(1);
    let steps = 0;
    for (; h.lt(1000); steps++) h = h.times(h).plus(factor);
    const found = valueOfScript("out = while(a -> a < 1000, a -> a^2 + y, abs(y) + 1)", { y });
    expectClose(found, [h], 1e-28);
    expect(steps).toBeGreaterThan(3);
    const nested = valueOfScript("out = map(a -> fold((h, c) -> h * a + c, 0, x), x)", { x });
    const polynomial = terms.map((a) => terms.reduce((p, c) => p.times(a).plus(c), zero));
    expectClose(nested, polynomial);
    const chosen = valueOfScript("out = map(a -> if a > 0 then a * y else a^2, x)", { x, y });
    expectClose(
      chosen,
      terms.map((a) => (a.gt(0) ? a.times(factor) : a.times(a))),
    );
  });
});
