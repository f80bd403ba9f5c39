import { describe, expect, it, test } from "vitest";
import type { CheckReport } from "../../../src/check-results.js";
import { diagnose } from "../../../src/diagnostics.js";
import type { CheckReportOptions } from "../../../src/report/check/entries.js";
import { findingText } from "../../../src/report/check/finding.js";
import { checkTap } from "../../../src/report/check/tap.js";
import { visible } from "../../../src/report/text.js";
import { parseTap } from "../../support/tap.js";
import { bad, broken, empty, entry, file, finding, full, hostile, hostileNames, report } from "./samples.js";

const read = (of: CheckReport, options?: CheckReportOptions) => parseTap(checkTap(of, options));

describe("a check as TAP", () => {
  it("is a subtest for each file", () => {
    expect(checkTap(report(file([entry(), full])))).toMatchInlineSnapshot(`
      "TAP version 14
      1..1
      # Subtest: models/net.ag
          1..2
          ok 1 - ∂loss/∂W
          not ok 2 - ∂loss/∂x
            ---
            verdict: "WRONG"
            kind: "gradient"
            message: "the derivative differs from differences"
            file: "models/net.ag"
            line: 4
            column: 12
            checked: 6
            total: 6
            points: 3
            error: 0.3333333333333333
            digits_lost: 0.5
            at: 4
            element: "x"
            value: 0.75
            reference: 0.5
            bound: 1e-12
            hint: "look at the rule of \`tanh\`"
            reproduce: "autograd check models/net.ag --seed 7 --only loss,x"
            text: |
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
            ...
      not ok 1 - models/net.ag
      "
    `);
  });

  it("fails where a point fails", () => {
    const found = read(report(file([entry()]), file([entry(), full], { file: "b.ag" })));
    expect(found.points.map(({ isOk, description }) => [isOk, description])).toEqual([
      [true, "models/net.ag"],
      [false, "b.ag"],
    ]);
    expect(found.points[1].subtest?.points.map(({ isOk }) => isOk)).toEqual([true, false]);
  });

  it("has facts of what has not passed, and none of what has", () => {
    const of = (e: ReturnType<typeof entry>) => read(report(file([e]))).points[0].subtest?.points[0].yaml;
    expect(of(entry())).toBeUndefined();
    expect(of(bad("KINK"))).toMatchObject({ verdict: "KINK" });
    expect(of(full)).toEqual({
      ...{ verdict: "WRONG", kind: "gradient", message: "the derivative differs from differences" },
      ...{ file: "models/net.ag", line: 4, column: 12 },
      ...{ checked: 6, total: 6, points: 3, error: 1 / 3, digits_lost: 0.5 },
      ...{ at: 4, element: "x", value: 0.75, reference: 0.5, bound: 1e-12 },
      ...{ hint: "look at the rule of `tanh`", reproduce: full.reproduce },
      text: findingText(full, { verbose: true }).trimEnd(),
    });
    const worst = finding({
      value: Number.NaN,
      reference: Number.NEGATIVE_INFINITY,
      bound: Number.POSITIVE_INFINITY,
    });
    expect(of(bad("NONFINITE", { error: Number.NaN, worst }))).toMatchObject({
      ...{ verdict: "NONFINITE", error: Number.NaN, at: "given" },
      ...{ value: Number.NaN, reference: Number.NEGATIVE_INFINITY, bound: Number.POSITIVE_INFINITY },
    });
    const unknown = bad("INCONCLUSIVE", { worst: undefined, span: undefined, error: undefined });
    expect(Object.keys(of(unknown)!)).toEqual([
      ...["verdict", "kind", "checked", "total", "points", "digits_lost", "text"],
    ]);
  });

  it("skips what could not be judged, where it is allowed", () => {
    const entries = (["UNSTABLE", "INCONCLUSIVE", "NONFINITE", "WRONG"] as const).map((v) => bad(v));
    const of = (options?: CheckReportOptions) =>
      read(report(file(entries)), options).points[0].subtest?.points.map(({ isOk, directive }) =>
        directive === undefined ? isOk : directive,
      );
    expect(of()).toEqual([true, false, false, false]);
    expect(of({ isFailure: () => false })).toEqual([true, "SKIP INCONCLUSIVE", "SKIP NONFINITE", true]);
    expect(of({ isFailure: () => true })).toEqual([false, false, false, false]);
  });

  it("fails where a file could not be checked, and tells warnings", () => {
    const warning = diagnose("non-finite", { names: ["y"] });
    const said = diagnose("peer-errors", { command: "./peer", lines: ["not ok 1", "a\u001b[31m"] });
    const [point] = read(
      report({ ...broken, diagnostics: [...broken.diagnostics, warning, said], entries: [entry()] }),
    ).points;
    expect(point.isOk).toBe(false);
    expect(point.subtest?.comments).toEqual([
      `# warning: ${warning.message}`,
      `# warning: ${said.message}`,
      "# | not ok 1",
      "# | a\\x1b[31m",
    ]);
    expect(point.subtest?.points.map(({ isOk, description }) => [isOk, description])).toEqual([
      [false, "can be checked"],
      [true, "∂loss/∂W"],
    ]);
    expect(point.subtest?.points[0].yaml).toMatchObject({
      ...{ severity: "error", code: "unknown-name", message: "`yy` is not defined", line: 4, column: 12 },
      text: expect.stringContaining("\n4 | loss = sum(tanh(y))\n  |            ^^^^\n"),
    });
  });

  it("skips what is empty", () => {
    expect(checkTap(empty)).toBe("TAP version 14\n1..0 # nothing to check\n");
    const [point] = read(report(file([]))).points;
    expect(point).toMatchObject({ isOk: true, directive: "SKIP nothing to check" });
    expect(point.subtest).toMatchObject({ points: [], reason: "nothing to check" });
  });

  it("holds hundreds, in the order of the script", () => {
    const entries = Array.from({ length: 400 }, (_, i) =>
      i % 2 === 0 ? bad("WRONG", { name: `${i}` }) : entry({ name: `${i}` }),
    );
    const points = read(report(file(entries))).points[0].subtest!.points;
    expect(points.map(({ description }) => Number(description))).toEqual(entries.map((_, i) => i));
    expect(points.map(({ isOk }) => isOk)).toEqual(entries.map((_, i) => i % 2 === 1));
  });

  test.each(hostileNames)("%s: reads back", (_, name) => {
    const [point] = read(hostile(name)).points;
    const shown =
      visible(name)
        .trim()
        .replace(/[\ufffe\uffff]/g, "\ufffd") || "(no name)";
    expect(point.description).toBe(shown);
    const points = point.subtest!.points;
    expect(points.map(({ isOk }) => isOk)).toEqual([false, true, true, false, false]);
    expect(points.map(({ directive }) => directive)).toEqual(new Array(5).fill(undefined));
    for (const { description } of points.slice(1)) expect(description).toBe(shown);
    expect(points[4].yaml?.element).toBe(visible(name).replace(/[\ufffe\uffff]/g, "\ufffd"));
  });
});

describe("the reader of TAP in the tests", () => {
  const ok = "TAP version 14\n1..1\nok 1 - a\n";
  test.each([
    ["no version", "1..1\nok 1 - a\n"],
    ["no plan", "TAP version 14\nok 1 - a\n"],
    ["too few points", ok.replace("1..1", "1..2")],
    ["another number", ok.replace("ok 1", "ok 2")],
    ["a line that is none", `${ok}x\n`],
    ["an unescaped number sign", ok.replace("- a", "- a#b")],
    ["a subtest that ends with another name", "TAP version 14\n1..1\n# Subtest: b\n    1..0\nok 1 - a\n"],
    ["facts without an end", `${ok}  ---\n  a: 1\n`],
    ["facts that are none", `${ok}  ---\n  a: b\n  ...\n`],
  ])("refuses %s", (_, text) => {
    expect(() => parseTap(ok)).not.toThrow();
    expect(() => parseTap(text)).toThrow();
  });
});
