import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diagnose } from "../../src/diagnostics.js";
import { shownSteps, stopDiagnostics } from "../../src/report/fit.js";
import { fitCsv } from "../../src/report/fit-csv.js";
import { fitMarkdown } from "../../src/report/fit-markdown.js";
import { fitTable } from "../../src/report/fit-table.js";
import { progressLine } from "../../src/report/progress.js";
import type { Fit, FitStop } from "../../src/results.js";

const fit: Fit = {
  of: "lo|ss",
  losses: Float64Array.of(4, 1, 1 / 3),
  parameters: [
    { name: "W", tensor: { shape: [2, 2], data: Float64Array.of(1, 2, -0, 0.5) } },
    { name: "b", tensor: { shape: [], data: Float64Array.of(1e21) } },
  ],
};

describe("the steps that a table shows", () => {
  it.each<[number, number[]]>([
    [0, [0]],
    [1, [0, 1]],
    [8, [0, 1, 2, 3, 4, 5, 6, 7, 8]],
    [9, [0, 2, 4, 6, 8, 9]],
    [100, [0, 20, 40, 60, 80, 100]],
    [300, [0, 50, 100, 150, 200, 250, 300]],
    [1001, [0, 200, 400, 600, 800, 1000, 1001]],
  ])("of %i", (steps, shown) => {
    expect(shownSteps(steps)).toEqual(shown);
  });

  it("are at most ten, in order, with the first and the last", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000_000 }), (steps) => {
        const shown = shownSteps(steps);
        expect(shown.length).toBeLessThanOrEqual(10);
        expect([shown[0], shown.at(-1)]).toEqual([0, steps]);
        expect(shown.every((step, i) => Number.isInteger(step) && (i === 0 || step > shown[i - 1]!))).toBe(
          true,
        );
      }),
    );
  });
});

describe("a fit", () => {
  it("as tables", () => {
    expect(fitTable(fit)).toMatchInlineSnapshot(`
      "╭──────┬──────────╮
      │ step │ lo|ss    │
      ├──────┼──────────┤
      │ 0    │ 4        │
      │ 1    │ 1        │
      │ 2    │ 0.333333 │
      ╰──────┴──────────╯
      ╭───────────┬────────┬─────────────╮
      │ parameter │ shape  │ value       │
      ├───────────┼────────┼─────────────┤
      │ W         │ 2×2    │ [[ 1, 2],   │
      │           │        │  [-0, 0.5]] │
      ├───────────┼────────┼─────────────┤
      │ b         │ scalar │ 1e+21       │
      ╰───────────┴────────┴─────────────╯
      "
    `);
  });

  it("as Markdown", () => {
    expect(fitMarkdown(fit, { precision: 3 })).toMatchInlineSnapshot(`
      "| step | lo\\|ss |
      | --- | --- |
      | 0 | \`4\` |
      | 1 | \`1\` |
      | 2 | \`0.333\` |

      | parameter | shape | value |
      | --- | --- | --- |
      | W | 2×2 | \`[[ 1, 2],\`<br>\` [-0, 0.5]]\` |
      | b | scalar | \`1e+21\` |
      "
    `);
  });

  it("as CSV", () => {
    expect([...fitCsv({ ...fit, of: 'a "b", c' })].join("")).toMatchInlineSnapshot(`
      "kind,name,index,value
      loss,"a ""b"", c",0,4
      loss,"a ""b"", c",1,1
      loss,"a ""b"", c",2,0.3333333333333333
      parameter,W,0 0,1
      parameter,W,0 1,2
      parameter,W,1 0,-0
      parameter,W,1 1,0.5
      parameter,b,,1e+21
      "
    `);
  });

  it("colours tables only where colours are shown", () => {
    expect(fitTable(fit, { color: true })).toContain("\u001b[");
    expect(fitTable(fit)).not.toContain("\u001b");
  });
});

describe("a fit that ends early", () => {
  const wording = (stop: FitStop) =>
    stopDiagnostics(stop, fit).map(({ severity, message, hint }) => [severity, message, hint]);

  it("says at which step, what is not finite, and the loss before", () => {
    expect(wording({ kind: "not-finite", step: 3, names: ["∂lo|ss/∂W", "∂lo|ss/∂b"] })).toEqual([
      [
        "error",
        "step 3 is not finite: ∂lo|ss/∂W, ∂lo|ss/∂b; the loss `lo|ss` of step 2 was 0.333333",
        "take a smaller `--rate`, or scale the inputs",
      ],
    ]);
  });

  it("has no step before the start", () => {
    expect(wording({ kind: "not-finite", step: 0, names: ["w"] })).toEqual([
      ["error", "not finite at the start: w", "start elsewhere (`--set`, `--input`), or scale the inputs"],
    ]);
  });

  it("says what failed, and when", () => {
    const diagnostics = [diagnose("no-result", { reason: "the matrix is singular" })];
    expect(wording({ kind: "fault", step: 2, diagnostics }).map(([, message]) => message)).toEqual([
      "the matrix is singular",
      "step 2 cannot be computed; the loss `lo|ss` of step 1 was 1",
    ]);
    expect(wording({ kind: "fault", step: 0, diagnostics }).length).toBe(1);
  });
});

describe("a line of progress", () => {
  it("has a bar, the steps, and the loss", () => {
    expect(progressLine(30, 100, "w 0.25", { width: 40 })).toBe("━━━━━━─────────────────  30/100  w 0.25");
    expect(progressLine(2, 2, "w 1")).toBe(`${"━".repeat(30)} 2/2  w 1`);
    expect(progressLine(1, 2, "w 1", { color: true })).toContain("\u001b[");
  });

  it("fits the terminal, whatever its width", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 200 }),
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (width, total, part) => {
          const line = progressLine(Math.floor(total * part), total, "loss 0.123456", { width });
          expect(line.length).toBeLessThan(width);
        },
      ),
    );
  });
});
