import { describe, expect, it } from "vitest";
import { whyText } from "../../src/report/why.js";
import type { Cause, Link, Why } from "../../src/why-results.js";

const source = { name: "a.ag", text: "h = f(x)\nw = sum(log(h))\n" };
const link = (
  label: string,
  start: number,
  end: number,
  value: number,
  index: readonly number[] = [],
): Link => ({
  is: "value",
  label,
  op: "log",
  span: { source, start, end },
  loops: [],
  calls: [],
  index,
  shape: index.length === 0 ? [] : [3],
  value,
});

const cause = (changes: Partial<Cause> = {}): Cause => ({
  kind: "not finite",
  reason: "log(0) is -∞",
  remedy: "keep the argument above 0",
  at: link("log(h)", 17, 23, Number.NEGATIVE_INFINITY, [1]),
  reads: [{ label: "h", index: [1], shape: [3], value: 0 }],
  chain: [link("log(h)", 17, 23, Number.NEGATIVE_INFINITY, [1]), link("w", 13, 24, Number.NEGATIVE_INFINITY)],
  isBackward: false,
  ...changes,
});

const why = (changes: Partial<Why> = {}): Why => ({
  name: "w",
  index: [],
  outputRank: 0,
  shape: [],
  value: Number.NEGATIVE_INFINITY,
  count: { affected: 1, total: 1 },
  span: undefined,
  causes: [cause()],
  omitted: 0,
  ...changes,
});

describe("what why has found", () => {
  it("is shown like a diagnostic, with the way from there", () => {
    expect(whyText(why())).toMatchInlineSnapshot(`
      "w is -Infinity

      it enters here
       --> a.ag:2:9
        |
      2 | w = sum(log(h))
        |         ^^^^^^
        = with: h[1] = 0 (shape 3)
        = reason: log(0) is -∞
        = help: keep the argument above 0

        from there to w:
          log(h)[1]  -Infinity  a.ag:2:9  log
          w          -Infinity  a.ag:2:5  log
      "
    `);
  });

  it("abridges long chains in the middle", () => {
    const chain = Array.from({ length: 100 }, (_, i) => link(`h${i}`, 0, 1, i));
    const text = whyText(why({ causes: [cause({ chain })] }));
    expect(text.match(/^ {4}h\d+/gm)).toEqual(
      [0, 1, 2, 3, 4, 5, 94, 95, 96, 97, 98, 99].map((i) => `    h${i}`),
    );
    expect(text).toContain("\n    … 88 more\n");
  });

  it("keeps to the width", () => {
    const label = "a_very_long_name + another_very_long_name * yet_another_one";
    const chain = [link(label, 0, 8, 1, [1]), link("w", 0, 8, 1)];
    const reads = [{ label, index: [], shape: [], value: 1 }];
    const text = whyText(why({ causes: [cause({ chain, reads, reason: "word ".repeat(40).trim() })] }), {
      width: 60,
    });
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(60);
  });

  it("numbers several causes, and counts those that are left out", () => {
    const causes = [cause({ kind: "zero by value" }), cause({ kind: "cancelled" })];
    const text = whyText(why({ value: 0, causes, omitted: 3 }));
    expect(text).toContain("\n1. zero by value\n");
    expect(text).toContain("\n2. cancelled\n");
    expect(text).toMatch(/… and 3 more causes\n$/);
  });

  it("tells loops and calls", () => {
    const loops = [{ op: "scan", step: 3, count: 9 }];
    const at = { ...link("h", 0, 1, 0), loops, calls: ["layer", "step"] };
    expect(whyText(why({ causes: [cause({ at })] }))).toContain(
      "it enters here, in step 3 of 9 of scan, in layer → step\n",
    );
  });

  it("says that nothing is wrong, and that there is nothing", () => {
    expect(whyText(why({ value: 2, causes: [] }))).toBe("w is 2: nothing is wrong with it\n");
    expect(
      whyText(why({ value: Number.NaN, shape: [0], count: { affected: 0, total: 0 }, causes: [] })),
    ).toBe("w is empty: it has the shape 0\n");
  });

  it("shows no control characters of a script", () => {
    expect(whyText(why({ causes: [cause({ reason: "\u001b[2J" })] }))).not.toContain("\u001b");
  });
});
