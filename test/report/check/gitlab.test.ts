import { describe, expect, it, test } from "vitest";
import type { CheckReport } from "../../../src/check-results.js";
import { diagnose, type Source } from "../../../src/diagnostics.js";
import { checkCodeQuality } from "../../../src/report/check/gitlab.js";
import { bad, broken, empty, entry, file, finding, full, hostile, hostileNames, report } from "./samples.js";

interface Issue {
  readonly description: string;
  readonly check_name: string;
  readonly fingerprint: string;
  readonly severity: string;
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
}

/** What GitLab takes: these fields with these types, and fingerprints that differ. */
function issues(of: CheckReport, options: Parameters<typeof checkCodeQuality>[1] = {}): Issue[] {
  const found = JSON.parse(checkCodeQuality(of, options)) as Issue[];
  for (const issue of found) {
    expect(Object.keys(issue)).toEqual([
      ...["description", "check_name", "fingerprint", "severity", "location"],
    ]);
    expect(issue.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(["info", "minor", "major", "critical", "blocker"]).toContain(issue.severity);
    expect(Number.isInteger(issue.location.lines.begin) && issue.location.lines.begin >= 1).toBe(true);
  }
  expect(new Set(found.map(({ fingerprint }) => fingerprint)).size).toBe(found.length);
  return found;
}

const fingerprints = (of: CheckReport) => issues(of).map(({ fingerprint }) => fingerprint);

describe("a check as GitLab's code quality", () => {
  it("has an issue for what has not passed, at the node that is wrong", () => {
    const [issue, ...others] = issues(report(file([entry(), full])));
    expect(others).toEqual([]);
    expect(issue).toEqual({
      description: "WRONG: ∂loss/∂x: the derivative differs from differences",
      check_name: "autograd/gradient",
      fingerprint: issue.fingerprint,
      severity: "critical",
      location: { path: "models/net.ag", lines: { begin: 4 } },
    });
  });

  it("weighs by verdict, and by whether it fails", () => {
    const entries = (
      ["KINK", "UNSTABLE", "INCONCLUSIVE", "NONFINITE", "DISCONTINUOUS", "WRONG", "PASS"] as const
    ).map((verdict) => bad(verdict));
    const of = (isFailure?: () => boolean) =>
      issues(report(file(entries)), isFailure && { isFailure }).map(({ severity }) => severity);
    expect(of()).toEqual(["info", "minor", "major", "critical", "critical", "critical"]);
    expect(of(() => false)).toEqual(["info", "minor", "minor", "minor", "minor", "minor"]);
    expect(of(() => true)).toEqual(["major", "major", "major", "critical", "critical", "critical", "major"]);
  });

  it("has what could not be checked", () => {
    const warning = diagnose("non-finite", { names: ["y"] });
    const [a, b] = issues(report(broken, file([], { file: "./w.ag", diagnostics: [warning] })));
    expect(a).toMatchObject({
      description: "`yy` is not defined",
      check_name: "autograd/unknown-name",
      severity: "blocker",
      location: { path: "models/net.ag", lines: { begin: 4 } },
    });
    expect(b).toMatchObject({ severity: "minor", location: { path: "w.ag", lines: { begin: 1 } } });
    expect(checkCodeQuality(empty)).toBe("[]\n");
  });

  it("knows an issue again when lines move and numbers change", () => {
    const moved: Source = { name: "models/net.ag", text: `\n\n\n${full.span?.source.text}` };
    const at = { source: moved, start: 50, end: 52 };
    const worst = full.worst!;
    const again = {
      ...full,
      ...{ span: at, checked: 1, points: 100, error: 0.9, digitsLost: 7, at: 99, reproduce: "x" },
      worst: {
        ...worst,
        ...{ element: "W[0,0]", value: 3, reference: 4, error: 0.9, message: "off by 3" },
        node: { ...worst.node!, span: at, operands: [], derivative: 8 },
      },
    };
    expect(fingerprints(report(file([again])))).toEqual(fingerprints(report(file([full]))));
  });

  it("tells issues apart by kind, name, file, verdict and operation", () => {
    const [one] = fingerprints(report(file([full])));
    const node = { ...full.worst!.node!, op: "exp" };
    const others = [
      file([{ ...full, kind: "rule" }]),
      file([{ ...full, name: "∂loss/∂y" }]),
      file([full], { file: "other.ag" }),
      file([{ ...full, verdict: "DISCONTINUOUS" }]),
      file([{ ...full, worst: finding({ node }) }]),
    ].map((f) => fingerprints(report(f))[0]);
    expect(new Set([one, ...others]).size).toBe(6);
  });

  it("counts those that are alike, and the first of them stays the same", () => {
    const three = fingerprints(report(file([full, full, full])));
    expect(three.slice(0, 1)).toEqual(fingerprints(report(file([full]))));
    expect(three.slice(0, 2)).toEqual(fingerprints(report(file([full, full]))));
    // One in another place does not change what the others are.
    expect(fingerprints(report(file([bad("KINK"), full])))[1]).toBe(three[0]);
  });

  it("holds hundreds", () => {
    const entries = Array.from({ length: 500 }, (_, i) => bad("WRONG", { name: `${i % 100}` }));
    expect(issues(report(file(entries)))).toHaveLength(500);
  });

  test.each(hostileNames)("%s: reads back", (_, name) => {
    const found = issues(hostile(name));
    expect(found).toHaveLength(4);
    for (const { location } of found) expect(location.path).toBe(name);
    for (const { description } of found) expect(description).not.toMatch(/[\p{Cc}\p{Cs}]/u);
  });
});
