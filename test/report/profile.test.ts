import { describe, expect, it } from "vitest";
import { formatSize, formatTime } from "../../src/report/profile.js";
import { profileMarkdown } from "../../src/report/profile-markdown.js";
import { profileTable } from "../../src/report/profile-table.js";
import { displayWidth } from "../../src/report/text.js";
import type { LineCost, Profile } from "../../src/results.js";

const line = (number: number, forward: number, text: string, file = "model.ag"): LineCost => ({
  place: { file, line: number, text },
  forward,
  backward: forward / 2,
  nodes: 2,
  bytes: 1024 * number,
});

const profile: Profile = {
  engine: "WebAssembly",
  threads: 2,
  milliseconds: 3,
  runs: { count: 12, first: 40 },
  timings: { count: 5, cost: 0.0001 },
  nodes: { forward: 4, backward: 2 },
  instructions: { written: 7, run: 700 },
  strips: { instructions: 1, cut: 40 },
  bytes: { arena: 3 * 2 ** 20, inputs: 80_000, constants: 8 },
  lines: [line(3, 1.5, "y = sum(exp(x))"), line(12, 0.5, "z = a | b")],
  ops: [
    { op: "exp", forward: 1.5, backward: 0, nodes: 3, elements: 3000 },
    { op: "loop", forward: 0.5, backward: 1, nodes: 1, elements: 0 },
  ],
  groups: [
    {
      milliseconds: 1.25,
      places: [
        { file: "model.ag", line: 3, text: "" },
        { file: "model.ag", line: 12, text: "" },
      ],
      shape: [100, 10],
      ops: ["sin", "exp"],
      reductions: ["sum", "max"],
    },
  ],
};

describe("tables", () => {
  it("show the facts, then lines, operations and groups", () => {
    expect(`\n${profileTable(profile)}`).toMatchInlineSnapshot(`
      "
      ╭──────────────┬────────────────────────────────────────╮
      │ profile      │                                        │
      ├──────────────┼────────────────────────────────────────┤
      │ script       │ model.ag                               │
      │ engine       │ WebAssembly, 2 threads                 │
      │ time         │ 3 ms                                   │
      │ runs         │ 12, the first took 40 ms               │
      │ clock        │ 5 timings a run, less 100 ns each      │
      │ nodes        │ 4 of values, 2 of derivatives          │
      │ instructions │ 7, run 700 times by loops              │
      │ strips       │ 40, by 1 group                         │
      │ arena        │ 3 MiB (inputs 78.1 KiB, constants 8 B) │
      ╰──────────────┴────────────────────────────────────────╯
      ╭──────┬─────────┬──────────┬────────┬────────┬───────┬─────────────────╮
      │ line │ forward │ backward │ share  │ stored │ nodes │ source          │
      ├──────┼─────────┼──────────┼────────┼────────┼───────┼─────────────────┤
      │ 3    │  1.5 ms │   750 µs │ 75.0 % │  3 KiB │     2 │ y = sum(exp(x)) │
      │ 12   │  500 µs │   250 µs │ 25.0 % │ 12 KiB │     2 │ z = a | b       │
      ╰──────┴─────────┴──────────┴────────┴────────┴───────┴─────────────────╯
      ╭──────┬─────────┬──────────┬────────┬───────┬──────────┬─────────────╮
      │ op   │ forward │ backward │ share  │ nodes │ elements │ per element │
      ├──────┼─────────┼──────────┼────────┼───────┼──────────┼─────────────┤
      │ exp  │  1.5 ms │        0 │ 50.0 % │     3 │     3000 │      500 ns │
      │ loop │  500 µs │     1 ms │ 50.0 % │     1 │        0 │             │
      ╰──────┴─────────┴──────────┴────────┴───────┴──────────┴─────────────╯
      ╭─────────┬────────┬───────┬────────┬─────────────────────╮
      │ fused   │ share  │ lines │ shape  │ operations          │
      ├─────────┼────────┼───────┼────────┼─────────────────────┤
      │ 1.25 ms │ 41.7 % │ 3, 12 │ 100×10 │ sin, exp → sum, max │
      ╰─────────┴────────┴───────┴────────┴─────────────────────╯
      "
    `);
  });

  it("are the same in Markdown", () => {
    expect(`\n${profileMarkdown(profile)}`).toMatchInlineSnapshot(`
      "
      | profile |  |
      | --- | --- |
      | script | model.ag |
      | engine | WebAssembly, 2 threads |
      | time | 3 ms |
      | runs | 12, the first took 40 ms |
      | clock | 5 timings a run, less 100 ns each |
      | nodes | 4 of values, 2 of derivatives |
      | instructions | 7, run 700 times by loops |
      | strips | 40, by 1 group |
      | arena | 3 MiB (inputs 78.1 KiB, constants 8 B) |

      | line | forward | backward | share | stored | nodes | source |
      | --- | --- | --- | --- | --- | --- | --- |
      | 3 | 1.5 ms | 750 µs | 75.0 % | 3 KiB | 2 | \`y = sum(exp(x))\` |
      | 12 | 500 µs | 250 µs | 25.0 % | 12 KiB | 2 | \`z = a \\| b\` |

      | op | forward | backward | share | nodes | elements | per element |
      | --- | --- | --- | --- | --- | --- | --- |
      | exp | 1.5 ms | 0 | 50.0 % | 3 | 3000 | 500 ns |
      | loop | 500 µs | 1 ms | 50.0 % | 1 | 0 |  |

      | fused | share | lines | shape | operations |
      | --- | --- | --- | --- | --- |
      | 1.25 ms | 41.7 % | 3, 12 | 100×10 | sin, exp → sum, max |
      "
    `);
  });

  it("have one column of times where there are no derivatives", () => {
    const values = { ...profile, nodes: { forward: 6, backward: 0 } };
    expect(profileTable(values)).toContain("│ line │ time    │ share  │");
    expect(profileTable(values)).not.toContain("backward │");
  });

  it("add up what follows the twenty most expensive rows", () => {
    const many = Array.from({ length: 10_000 }, (_, i) => line(i + 1, 1, "x"));
    const shown = profileTable({ ...profile, milliseconds: 15_000, lines: many });
    expect(shown).toMatch(/│ 20 +│ +1 ms │ +500 µs │ +0\.0 % │ +20 KiB │ +2 │ x +│\n/);
    expect(shown).toMatch(/│ and 9980 others │ +9\.98 s │ +4\.99 s │ 99\.8 % │ 47\.7 GiB │ 19960 │ +│\n/);
    expect(shown).not.toMatch(/│ 21 +│/);
    const few = profileTable({ ...profile, lines: many.slice(0, 21) });
    expect(few).toMatch(/│ 21 +│/);
    expect(few).not.toContain("others");
  });

  it("name the files where there are several, and say where a place is missing", () => {
    const lines = [line(1, 1, "a"), line(2, 1, "b", "lib/base.ag"), { ...line(3, 1, ""), place: undefined }];
    const shown = profileTable({ ...profile, lines });
    for (const name of ["│ model.ag:1 ", "│ lib/base.ag:2 ", "│ (no place) "]) expect(shown).toContain(name);
    expect(shown).not.toContain("script");
  });

  it("fit into the terminal, whatever the source looks like", () => {
    const long = line(1, 1, `y = ${"a + ".repeat(100)}\u001b[31m1`);
    const [group] = profile.groups;
    const ops = Array.from({ length: 60 }, (_, i) => `operation_${i}`);
    const shown = profileTable({ ...profile, lines: [long], groups: [{ ...group!, ops }] }, { width: 80 });
    for (const row of shown.split("\n")) expect(displayWidth(row)).toBeLessThanOrEqual(80);
    expect(shown).toMatch(/│ y = a \+ a \+.*…/);
    expect(shown).toMatch(/operation_7, … 54 more +│\n/);
    expect(profileTable({ ...profile, lines: [line(1, 1, "\u001b[31m")] })).toContain("\\x1b[31m");
  });

  it("are few where nothing has run", () => {
    const nothing = { ...profile, milliseconds: 0, lines: [], ops: [], groups: [] };
    expect(profileTable(nothing).match(/╭/g)).toHaveLength(1);
  });
});

describe("numbers", () => {
  it.each([
    [0, "0"],
    [2.5e-7, "0.25 ns"],
    [9.996e-4, "1 µs"],
    [0.0123456, "12.3 µs"],
    [0.9999, "1 ms"],
    [123.456, "123 ms"],
    [999.9, "1 s"],
    [123_456, "123 s"],
  ])("%f ms is %s", (milliseconds, text) => expect(formatTime(milliseconds)).toBe(text));

  it.each([
    [0, "0"],
    [8, "8 B"],
    [1023, "1023 B"],
    [80_000, "78.1 KiB"],
    [1023 * 1024, "1023 KiB"],
    [5 * 2 ** 30, "5 GiB"],
  ])("%i bytes are %s", (bytes, text) => expect(formatSize(bytes)).toBe(text));
});
