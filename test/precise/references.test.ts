import { describe, expect, it } from "vitest";
import { preciseTensor } from "../../src/precise/tensor.js";
import { type Real, real } from "../accuracy/decimal.js";
import { decimals } from "../support/precise.js";
import {
  compute,
  expectClose,
  one,
  part,
  random,
  row,
  sumOf,
  tensor,
  valueOfScript,
  zero,
} from "./decimals.js";

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
