import { describe, expect, it } from "vitest";
import { bar, scaleOf } from "../../../src/report/sensitivity/bars.js";
import { certainDigits } from "../../../src/report/sensitivity/digits.js";
import { largest } from "../../../src/report/sensitivity/ranking.js";
import { sensitivitySvg } from "../../../src/report/sensitivity/svg.js";
import { sensitivityTable } from "../../../src/report/sensitivity/table.js";
import { displayWidth } from "../../../src/report/text.js";
import type { Sensitivity } from "../../../src/sensitivity-results.js";
import { tensorOf } from "../../support/sensitivity.js";

const list = (...data: readonly number[]) => Float64Array.from(data);

describe("the largest elements", () => {
  it("come first, equal ones in their order, with the rest counted", () => {
    const { shown, rest } = largest([list(1, -4, 2), list(2, 0, 2)], 3);
    expect(shown).toEqual([
      { list: 0, at: 1 },
      { list: 0, at: 2 },
      { list: 1, at: 0 },
    ]);
    expect(rest.count).toBe(3);
    expect(rest.share).toBeCloseTo(3 / 11, 12);
  });

  it("are those of all lists in order, whatever their number", () => {
    const data = Float64Array.from({ length: 997 }, (_, i) => ((i * 7919) % 997) - 498);
    const order = [...data.keys()].sort((p, q) => Math.abs(data[q]!) - Math.abs(data[p]!) || p - q);
    for (const most of [0, 1, 2, 996, 997, 2000])
      expect(largest([data], most).shown.map(({ at }) => at)).toEqual(order.slice(0, most));
  });

  it("begin with what is not a number", () => {
    const { shown } = largest([list(1, Number.NaN, 3, Number.NEGATIVE_INFINITY)], 3);
    expect(shown.map(({ at }) => at)).toEqual([1, 3, 2]);
  });
});

describe("a bar", () => {
  it("is as long as its number, to an eighth of a column", () => {
    const scale = scaleOf([8, 4, 1, undefined]);
    expect([8, 4, 1, 0].map((size) => bar(size, scale, 4))).toEqual(["████", "██", "▌", ""]);
    expect(bar(undefined, scale, 4)).toBe("");
  });

  it("goes to the left from the middle where the number is negative", () => {
    const scale = scaleOf([4, -2]);
    expect([4, -2, -1].map((size) => bar(size, scale, 9))).toEqual(["   │█████", "▐██│", " ▐█│"]);
    expect(bar(-3, scaleOf([-3, -1.5]), 5)).toBe("████│");
    expect(bar(-1e-9, scaleOf([1, -1e-9]), 5)).toBe(" │");
  });
});

describe("digits that are sure", () => {
  it("are those that the bound leaves", () => {
    expect([1e-3, 1.1e-16, 0.5, 2].map((bound) => certainDigits(1, bound))).toEqual([3, 15, 0, 0]);
    expect(certainDigits(-2e10, 1)).toBe(10);
    expect(certainDigits(1, 0)).toBe(Number.POSITIVE_INFINITY);
    expect(certainDigits(0, 1)).toBeUndefined();
    expect(certainDigits(1, Number.NaN)).toBeUndefined();
  });
});

/** Inputs with such names. */
const results = (names: readonly string[]): Sensitivity => ({
  elasticities: [
    {
      output: "y<&>",
      value: 2,
      inputs: names.map((name, i) => ({
        name,
        connected: true,
        value: tensorOf([2], i, -1.2345678e-9),
        gradient: tensorOf([2], 1, 2),
        elasticity: tensorOf([2], i - 1.5, -123456.789),
      })),
    },
  ],
  empty: [],
  large: [],
});

const names = ["a", "a_name_that_is_longer_than_anybody_should_have_to_type_or_read", "温度", "x"];

describe("the table", () => {
  it("fits the terminal, and a pipe of 80 columns", () => {
    for (const width of [60, 80, 120]) {
      const lines = sensitivityTable(results(names), { width, top: 20 }).split("\n");
      for (const line of lines.slice(2)) expect(displayWidth(line)).toBeLessThanOrEqual(Math.max(width, 72));
    }
    const wide = sensitivityTable(results(names), { top: 20 }).split("\n");
    expect(Math.max(...wide.map(displayWidth))).toBeLessThanOrEqual(80);
  });
});

describe("the picture", () => {
  const svg = sensitivitySvg(results(names), { top: 20 });

  it("escapes what has a meaning in XML", () => {
    expect(svg).toContain("y&#60;&#38;&#62; = 2");
    expect(svg).not.toContain("y<&");
  });

  it("keeps texts apart from each other, from bars and from the edge", () => {
    const width = Number(/ width="([\d.]+)"/.exec(svg)![1]);
    const texts = [
      ...svg.matchAll(
        /<text x="([\d.]+)" y="([\d.]+)"[^>]*?(text-anchor="end")?(?: font-weight="bold")? xml:space="preserve">([^<]*)</g,
      ),
    ].map(([, x, y, end, text]) => {
      // In any fixed-width font, a character of 12 points is at most 7.3 wide.
      const size = displayWidth(text!.replace(/&#\d+;/g, "_")) * 7.3;
      const from = Number(x) - (end === undefined ? 0 : size);
      return { y: Number(y), from, to: from + size };
    });
    expect(texts.length).toBeGreaterThan(30);
    const bars = [...svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="12"/g)].map(
      ([, x, y, size]) => ({ y: Number(y) + 10, from: Number(x), to: Number(x) + Number(size) }),
    );
    expect(bars).toHaveLength(8);
    const all = [...texts, ...bars];
    for (const [i, one] of all.entries()) {
      expect(one.from).toBeGreaterThanOrEqual(0);
      expect(one.to).toBeLessThanOrEqual(width);
      for (const other of all.slice(i + 1))
        if (one.y === other.y) expect(one.to <= other.from || other.to <= one.from).toBe(true);
        else expect(Math.abs(one.y - other.y)).toBeGreaterThanOrEqual(14);
    }
  });
});
