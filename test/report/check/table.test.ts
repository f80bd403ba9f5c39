import { describe, expect, it, test } from "vitest";
import { diagnose } from "../../../src/diagnostics.js";
import { checkTable } from "../../../src/report/check/table.js";
import { bad, broken, empty, entry, file, finding, full, hostile, hostileNames, report } from "./samples.js";

/** The names of the rows, from the top. */
const rowsOf = (text: string) =>
  text
    .split("\n")
    .filter((line) => line.startsWith("│"))
    .slice(1)
    .map((line) => line.split("│")[2].trim());

/** The lines of the finding that has this title. */
const findingOf = (text: string, title: string) => {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.startsWith(title));
  return lines.slice(start, lines.indexOf("", start));
};

describe("a check as a table", () => {
  it("has a row for each entry, all that was found below, and a summary", () => {
    expect(`\n${checkTable(report(file([full, entry()])), { verbose: true })}`).toMatchInlineSnapshot(`
      "
      ╭─────────┬──────────┬──────────┬────────┬────────────────┬─────────────╮
      │ verdict │ check    │ elements │ points │ relative error │ digits lost │
      ├─────────┼──────────┼──────────┼────────┼────────────────┼─────────────┤
      │ PASS    │ ∂loss/∂W │   6 of 6 │      3 │        2.5e-11 │         0.5 │
      │ WRONG   │ ∂loss/∂x │   6 of 6 │      3 │           0.33 │         0.5 │
      ╰─────────┴──────────┴──────────┴────────┴────────────────┴─────────────╯

      WRONG: ∂loss/∂x (models/net.ag:4:1)
        found        the derivative differs from differences
        element      x at sample 4
        value        0.75
        reference    0.5 ± 1e-12
        error        0.333, relative
        digits lost  3.25 of 16
        slopes       -1 below, 1 above
        nearest kink 1e-9 away
        wrong node   tanh(y = 2)
                     its derivative by y is 0.75, not 0.5
                     in step 3 of its loop, in step 2 of the loop around that
         --> models/net.ag:4:12
          |
        4 | loss = sum(tanh(y))
          |            ^^^^^^^
        hint         look at the rule of \`tanh\`
        reproduce    autograd check models/net.ag --seed 7 --only loss,x
        Taylor test  step        remainder   order
                     0.1         0.01
                     0.01        0.001       1

      2 checks: 1 PASS, 1 WRONG (seed 7)
      "
    `);
  });

  it("has the worst last: by verdict, then by error, then by place", () => {
    const entries = [
      bad("WRONG", { name: "w" }),
      bad("KINK", { name: "k" }),
      bad("NONFINITE", { name: "n NaN", error: Number.NaN }),
      bad("NONFINITE", { name: "n 1", error: 1 }),
      bad("NONFINITE", { name: "n ∞", error: Number.POSITIVE_INFINITY }),
      bad("DISCONTINUOUS", { name: "d" }),
      entry({ name: "p 2", error: 2e-11 }),
      entry({ name: "p 1", error: 1e-11 }),
      entry({ name: "p nothing", error: undefined }),
      entry({ name: "p 1 again", error: 1e-11 }),
      bad("INCONCLUSIVE", { name: "i" }),
      bad("UNSTABLE", { name: "u" }),
    ];
    expect(rowsOf(checkTable(report(file(entries))))).toEqual([
      ...["p nothing", "p 1", "p 1 again", "p 2", "k", "u", "i", "n 1", "n NaN", "n ∞", "d", "w"],
    ]);
  });

  it("shows Taylor tests only when asked", () => {
    expect(checkTable(report(file([full])))).not.toContain("Taylor");
  });

  it("leaves out what has passed", () => {
    const text = checkTable(report(file([entry({ name: "good" }), full])), { onlyFailures: true });
    expect(rowsOf(text)).toEqual(["∂loss/∂x"]);
    expect(text).toContain("2 checks: 1 PASS, 1 WRONG");
    expect(checkTable(report(file([entry()])), { onlyFailures: true })).toBe("1 check: 1 PASS (seed 7)\n");
  });

  it("tells how near a kink is to what has passed", () => {
    const text = checkTable(report(file([entry({ name: "∂w/∂x", distance: 1.25e-9 }), entry()])));
    expect(text).toContain("\n∂w/∂x is right, 1.25e-9 away from a kink or a jump\n");
    expect(text.match(/away from/g)).toHaveLength(1);
  });

  it("has headings for several files, also for one that could not be checked", () => {
    const text = checkTable(report(file([entry()]), broken));
    expect(text.split("\n").filter((line) => line.endsWith(".ag"))).toEqual(["models/net.ag", "broken.ag"]);
    expect(text).toContain("error: `yy` is not defined\n --> models/net.ag:4:12");
    expect(text).toMatch(/\n1 check in 2 files: 1 PASS; 1 file could not be checked \(seed 7\)\n$/);
    expect(checkTable(report(file([entry()])))).not.toContain("models/net.ag");
  });

  it("tells warnings, with which a file is checked all the same", () => {
    const warning = diagnose("non-finite", { names: ["y"] });
    const text = checkTable(report(file([entry()], { diagnostics: [warning] })));
    expect(text).toContain("warning: ");
    expect(text).not.toContain("could not");
  });

  it("says that nothing was checked", () => {
    expect(checkTable(empty)).toBe("nothing was checked\n");
    expect(checkTable(report(file([])))).toBe("nothing was checked (seed 7)\n");
    expect(checkTable(report(broken))).toMatch(/nothing was checked; 1 file could not be checked/);
  });

  it("says what it can of an entry of which little is known", () => {
    const little = bad("INCONCLUSIVE", { worst: undefined, span: undefined, error: undefined });
    const text = checkTable(report(file([{ ...little, digitsLost: undefined }])));
    expect(findingOf(text, "INCONCLUSIVE:")).toEqual(["INCONCLUSIVE: ∂loss/∂W"]);
    expect(text).toMatch(/│ INCONCLUSIVE .*│ +– │ +– │/);
  });

  it("shows a node without a place, operands that are tensors, and numbers that are not finite", () => {
    const node = {
      op: "matmul",
      span: undefined,
      steps: [3],
      operands: [{ name: "A", value: undefined }],
      operand: 3,
      derivative: Number.NaN,
      reference: Number.NEGATIVE_INFINITY,
    };
    const worst = finding({ node, value: Number.NaN, bound: Number.POSITIVE_INFINITY, error: Number.NaN });
    const lines = findingOf(checkTable(report(file([bad("NONFINITE", { worst })]))), "NONFINITE:");
    expect(lines.slice(3)).toEqual([
      "  value        NaN",
      "  reference    0.5 ± Infinity",
      "  error        NaN, relative",
      "  wrong node   matmul(A)",
      "               its derivative by operand 4 is NaN, not -Infinity",
      "               in step 3 of its loop",
    ]);
  });

  it("colours verdicts, and nothing unless asked", () => {
    const text = checkTable(report(file([entry(), full])), { color: true });
    expect(text).toContain("\u001b[32mPASS\u001b[39m");
    expect(text).toContain("\u001b[31m\u001b[1mWRONG\u001b[22m\u001b[39m");
    expect(text).toContain("\u001b[32m1 PASS\u001b[39m");
    expect(checkTable(report(file([entry(), full])))).not.toContain("\u001b");
  });

  it("keeps to the width of the terminal, as far as there is room for a name", () => {
    const long = entry({ name: "x".repeat(500) });
    const widest = (width: number) =>
      Math.max(
        ...checkTable(report(file([long])), { width })
          .split("\n")
          .map((line) => line.length),
      );
    expect(widest(120)).toBe(120);
    expect(widest(200)).toBe(200);
  });

  it("counts the rows of a very long table that it leaves out", () => {
    const entries = Array.from({ length: 1200 }, (_, i) => entry({ name: `e${i}` }));
    const text = checkTable(report(file([...entries, full])), { color: true });
    expect(text).toContain("… 1101 more");
    expect(text).toContain("1201 checks: ");
    expect(text).toContain("∂loss/∂x");
  });

  test.each(hostileNames)("%s: sends nothing to the terminal that acts on it", (_, name) => {
    const text = checkTable(hostile(name));
    const acting = /(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
    expect(acting.exec(text)).toBeNull();
    expect(rowsOf(text)).toHaveLength(4);
  });
});
