import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { diagnose, type Source } from "../../../src/diagnostics.js";
import { checkJson } from "../../../src/report/check/json.js";
import {
  bad,
  broken,
  empty,
  entry,
  file,
  finding,
  full,
  hostile,
  hostileNames,
  report,
  script,
  spanOf,
} from "./samples.js";

const parse = (text: string) => {
  expect(text.indexOf("\n")).toBe(text.length - 1);
  return JSON.parse(text);
};

describe("a check as JSON", () => {
  it("has all there is, under names that stay", () => {
    const shown = parse(checkJson(report(file([full]))));
    const span = { file: "models/net.ag", line: 4, column: 1, end_line: 4, end_column: 20 };
    const node = {
      op: "tanh",
      span: { ...span, column: 12, end_column: 19 },
      steps: [2, 3],
      operands: [{ name: "y", value: 2 }],
      operand: 0,
      derivative: 0.75,
      reference: 0.5,
    };
    const worst = {
      element: "x",
      value: 0.75,
      reference: 0.5,
      bound: 1e-12,
      error: 1 / 3,
      message: "the derivative differs from differences",
      hint: "look at the rule of `tanh`",
      digits_lost: 3.25,
      slopes: { below: -1, above: 1 },
      node,
      taylor: [
        { step: 0.1, remainder: 0.01, order: null },
        { step: 0.01, remainder: 0.001, order: 1 },
      ],
    };
    const counts = {
      ...{ PASS: 0, KINK: 0, UNSTABLE: 0, INCONCLUSIVE: 0, NONFINITE: 0, DISCONTINUOUS: 0, WRONG: 1 },
    };
    const entryShown = {
      ...{ kind: "gradient", name: "∂loss/∂x", verdict: "WRONG", failed: true, span },
      ...{ checked: 6, total: 6, points: 3, error: 1 / 3, digits_lost: 0.5, distance: 1e-9 },
      ...{ worst, at: 4, reproduce: full.reproduce },
    };
    expect(shown).toEqual({
      version: "1.2.3",
      failed: true,
      verdict: "WRONG",
      counts,
      files: [
        {
          ...{ file: "models/net.ag", failed: true, verdict: "WRONG", counts, seed: 7, milliseconds: 12.5 },
          ...{ diagnostics: [], entries: [entryShown] },
        },
      ],
    });
  });

  it("has every field also where there is nothing to say", () => {
    const [a, b] = [entry(), full].map((e) => parse(checkJson(report(file([e])))).files[0].entries[0]);
    expect(Object.keys(a)).toEqual(Object.keys(b));
    expect(a).toMatchObject({ worst: null, reproduce: null, at: "given" });
    const worst = (e: ReturnType<typeof entry>) =>
      parse(checkJson(report(file([e])))).files[0].entries[0].worst;
    expect(Object.keys(worst(bad("WRONG")))).toEqual(Object.keys(worst(full)));
  });

  it("says what fails by the predicate that it is given", () => {
    const entries = [bad("UNSTABLE"), bad("WRONG")];
    const failed = (text: string) => {
      const { failed, files } = parse(text);
      return [failed, ...files[0].entries.map((e: { failed: boolean }) => e.failed)];
    };
    expect(failed(checkJson(report(file(entries))))).toEqual([true, false, true]);
    const isFailure = ({ verdict }: { verdict: string }) => verdict === "UNSTABLE";
    expect(failed(checkJson(report(file(entries)), { isFailure }))).toEqual([true, true, false]);
    expect(failed(checkJson(report(file(entries)), { isFailure: () => false }))).toEqual([
      false,
      false,
      false,
    ]);
  });

  it("has no verdict where nothing was checked, and a failure where nothing could be", () => {
    expect(parse(checkJson(empty))).toMatchObject({ verdict: null, failed: false, files: [] });
    const shown = parse(checkJson(report(broken), { isFailure: () => false }));
    expect(shown).toMatchObject({ verdict: null, failed: true, files: [{ verdict: null, failed: true }] });
    expect(shown.files[0].diagnostics).toEqual([
      {
        code: "unknown-name",
        severity: "error",
        message: "`yy` is not defined",
        hint: "did you mean `y`?",
        lines: null,
        span: { file: "models/net.ag", line: 4, column: 12, end_line: 4, end_column: 16 },
        notes: [],
      },
    ]);
  });

  it("has the lines of other programs", () => {
    const said = diagnose("peer-errors", { command: "./peer", lines: ["one", "\u001btwo"] });
    const shown = parse(checkJson(report(file([entry()], { diagnostics: [said] }))));
    expect(shown.files[0].diagnostics[0].lines).toEqual(["one", "\u001btwo"]);
  });

  it("has the notes of diagnostics, and no failure for warnings", () => {
    const warning = diagnose("non-finite", { names: ["y"] });
    const noted = { ...warning, notes: [{ message: "here", span: spanOf("y =") }] };
    const shown = parse(checkJson(report(file([entry()], { diagnostics: [noted] }))));
    expect(shown.failed).toBe(false);
    expect(shown.files[0].diagnostics[0]).toMatchObject({
      severity: "warning",
      span: null,
      notes: [{ message: "here", span: { line: 3, column: 1 } }],
    });
  });

  it("has places in code points, over several lines", () => {
    const source: Source = { name: "s", text: "# 🙂\r\na = 🙂 b\nc" };
    const span = { source, start: source.text.indexOf("b"), end: source.text.length };
    const shown = parse(checkJson(report(file([entry({ span })]))));
    expect(shown.files[0].entries[0].span).toEqual({
      ...{ file: "s", line: 2, column: 7, end_line: 3, end_column: 2 },
    });
  });

  it("has numbers that read back as the same, and strings for what JSON lacks", () => {
    const read = (x: number) => {
      const worst = finding({ value: x });
      const { value } = parse(checkJson(report(file([bad("WRONG", { worst })])))).files[0].entries[0].worst;
      return value;
    };
    expect(read(Number.NaN)).toBe("NaN");
    expect(read(Number.POSITIVE_INFINITY)).toBe("Infinity");
    expect(read(Number.NEGATIVE_INFINITY)).toBe("-Infinity");
    expect(read(-0)).toBe(-0);
    expect(checkJson(report(file([bad("WRONG", { worst: finding({ value: 2 ** 60 }) })])))).toContain(
      '"value":1.152921504606847e+18,',
    );
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => Object.is(read(x), x)));
  });

  test.each(hostileNames)("%s: reads back", (_, name) => {
    const shown = parse(checkJson(hostile(name)));
    expect(shown.files[0].file).toBe(name);
    for (const e of shown.files[0].entries) expect(e.name).toBe(name);
    expect(shown.files[0].entries[3].worst.node.operands[0].name).toBe(name);
  });

  it("has the order of the script", () => {
    const entries = Array.from({ length: 300 }, (_, i) =>
      i % 3 === 0 ? bad("WRONG", { name: `${i}` }) : entry({ name: `${i}`, span: spanOf("y", script) }),
    );
    const shown = parse(checkJson(report(file(entries))));
    expect(shown.files[0].entries.map((e: { name: string }) => Number(e.name))).toEqual(
      entries.map((_, i) => i),
    );
    expect(shown.counts).toMatchObject({ PASS: 200, WRONG: 100 });
  });
});
