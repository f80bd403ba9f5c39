import { describe, expect, it, test } from "vitest";
import { failsByDefault, soundVerdict } from "../../../src/check-results.js";
import { checkAnnotations, checkSummary } from "../../../src/report/check/github.js";
import { checkCodeQuality } from "../../../src/report/check/gitlab.js";
import { checkJson } from "../../../src/report/check/json.js";
import { checkJUnit } from "../../../src/report/check/junit.js";
import { checkTable } from "../../../src/report/check/table.js";
import { checkTap } from "../../../src/report/check/tap.js";
import { parseTap } from "../../support/tap.js";
import { elementsOf, parseXml } from "../../support/xml.js";
import { bad, disguised, entry, file, finding, report } from "./samples.js";

const timestamp = new Date(0);

describe.each(disguised)("%s", (_, hidden) => {
  const only = report(file([hidden]));
  // Sorted by a number that is none, an entry might also hide among others.
  const among = report(file([entry({ name: "a" }), hidden, entry({ name: "b" })]));

  it("is NONFINITE, and fails", () => {
    expect(soundVerdict(hidden)).toBe("NONFINITE");
  });

  test("in the table", () => {
    expect(checkTable(only)).not.toMatch(/PASS|KINK|UNSTABLE/);
    const text = checkTable(among, { onlyFailures: true });
    expect(text).toMatch(/│ NONFINITE +│ ∂loss\/∂W +│/);
    expect(text).toContain("\nNONFINITE: ∂loss/∂W");
    expect(text).toContain("3 checks: 2 PASS, 1 NONFINITE");
    const rows = checkTable(among)
      .split("\n")
      .filter((line) => line.startsWith("│"));
    expect(rows.at(-1)).toContain("NONFINITE");
  });

  test("in JSON", () => {
    const { failed, verdict, counts, files } = JSON.parse(checkJson(among));
    expect({ failed, verdict, counts }).toMatchObject({
      failed: true,
      verdict: "NONFINITE",
      counts: { PASS: 2, NONFINITE: 1 },
    });
    expect(files[0].entries[1]).toMatchObject({ verdict: "NONFINITE", failed: true });
    expect(JSON.stringify(files)).toMatch(/"(NaN|Infinity)"/);
  });

  test("in JUnit XML, also where it is allowed", () => {
    const outcome = (isFailure?: () => boolean) => {
      const [suite] = elementsOf(parseXml(checkJUnit(among, { timestamp, ...(isFailure && { isFailure }) })));
      return elementsOf(suite)
        .filter(({ name }) => name === "testcase")
        .map((one) => elementsOf(one)[0]?.name);
    };
    expect(outcome()).toEqual([undefined, "error", undefined]);
    expect(outcome(() => false)).toEqual([undefined, "skipped", undefined]);
  });

  test("in GitHub's annotations and summary, also where it is allowed", () => {
    expect(checkAnnotations(among)).toMatch(/^::error [^\n]*title=NONFINITE%3A [^\n]*\n$/);
    expect(checkAnnotations(among, { isFailure: () => false })).toMatch(/^::warning [^\n]*\n$/);
    expect(checkSummary(among)).toContain("| ❌ NONFINITE | ∂loss/∂W |");
    expect(checkSummary(only)).not.toMatch(/PASS|✅/);
  });

  test("in GitLab's code quality", () => {
    const issues = JSON.parse(checkCodeQuality(among));
    expect(issues).toHaveLength(1);
    expect(issues[0].severity).toBe("critical");
  });

  test("in TAP, also where it is allowed", () => {
    const points = (isFailure?: () => boolean) =>
      parseTap(checkTap(among, isFailure && { isFailure })).points[0].subtest!.points;
    expect(points().map(({ isOk }) => isOk)).toEqual([true, false, true]);
    expect(points()[1].yaml).toMatchObject({ verdict: "NONFINITE" });
    expect(points(() => false)[1].directive).toBe("SKIP NONFINITE");
  });
});

describe("the verdict that numbers allow", () => {
  it("is the one that was found, where they are finite", () => {
    for (const verdict of ["PASS", "KINK", "UNSTABLE", "INCONCLUSIVE", "WRONG"] as const) {
      expect(soundVerdict(bad(verdict))).toBe(verdict);
      expect(soundVerdict(bad(verdict, { worst: undefined, error: undefined }))).toBe(verdict);
    }
  });

  it("does not make light of what fails already", () => {
    const worst = finding({ error: Number.NaN });
    for (const verdict of ["INCONCLUSIVE", "DISCONTINUOUS", "WRONG"] as const)
      expect(soundVerdict(bad(verdict, { worst, error: Number.NaN }))).toBe(verdict);
  });

  it("fails by default where it is not known to be harmless", () => {
    const verdicts = ["PASS", "KINK", "UNSTABLE", "INCONCLUSIVE", "NONFINITE", "DISCONTINUOUS", "WRONG"];
    expect(verdicts.map((v) => failsByDefault(bad(v as "PASS")))).toEqual([
      ...[false, false, false, true, true, true, true],
    ]);
  });
});
