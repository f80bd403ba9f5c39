import { describe, expect, it, test } from "vitest";
import type { CheckReport } from "../../../src/check-results.js";
import { diagnose } from "../../../src/diagnostics.js";
import { findingText } from "../../../src/report/check/finding.js";
import { checkJUnit, type JUnitOptions } from "../../../src/report/check/junit.js";
import { visible } from "../../../src/report/text.js";
import { elementsOf, parseXml, textOf, type XmlElement } from "../../support/xml.js";
import { antSchema, complaints, jenkinsSchema } from "./junit-schema.js";
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
  spanOf,
} from "./samples.js";

const timestamp = new Date("2024-02-03T04:05:06.789Z");

/** The suites of a report that both schemas accept. */
function suites(of: CheckReport, options: Partial<JUnitOptions> = {}): XmlElement[] {
  const root = parseXml(checkJUnit(of, { timestamp, ...options }));
  for (const schema of [antSchema, jenkinsSchema]) expect(complaints(root, schema)).toEqual([]);
  const found = elementsOf(root);
  // The numbers of a suite are those of its cases.
  for (const one of found) {
    const inner = cases(one).flatMap(elementsOf);
    const of = (name: string) => String(inner.filter((child) => child.name === name).length);
    expect(one.attributes).toMatchObject({
      tests: String(cases(one).length),
      failures: of("failure"),
      errors: of("error"),
      skipped: of("skipped"),
    });
  }
  return found;
}

const cases = (suite: XmlElement) => elementsOf(suite).filter(({ name }) => name === "testcase");
const outcomes = (suite: XmlElement) => cases(suite).map((one) => elementsOf(one)[0]?.name ?? "passed");
const output = (suite: XmlElement, name: string) =>
  textOf(elementsOf(suite).find((child) => child.name === name)!);

describe("a check as JUnit XML", () => {
  it("is a suite for each file, with the facts of the run", () => {
    const [first, second] = suites(report(file([entry(), full]), file([], { file: "b.ag", seed: 9 })));
    expect(first.attributes).toEqual({
      ...{ name: "models/net.ag", package: "autograd", id: "0", hostname: "localhost" },
      ...{ tests: "2", failures: "1", errors: "0", skipped: "0" },
      ...{ time: "0.013", timestamp: "2024-02-03T04:05:06" },
    });
    expect(second.attributes).toMatchObject({ name: "b.ag", id: "1", tests: "0" });
    expect(elementsOf(elementsOf(second)[0]).map(({ attributes }) => attributes)).toEqual([
      { name: "version", value: "1.2.3" },
      { name: "seed", value: "9" },
    ]);
    expect(cases(first)[1].attributes).toEqual({
      ...{ name: "∂loss/∂x", classname: "models/net", time: "0" },
    });
    expect(suites(report(file([])), { hostname: "box" })[0].attributes.hostname).toBe("box");
  });

  it("has a failure for what is wrong, an error for what could not be judged", () => {
    const entries = [
      entry(),
      ...(["KINK", "UNSTABLE", "INCONCLUSIVE", "NONFINITE", "DISCONTINUOUS", "WRONG"] as const).map(
        (verdict) => bad(verdict),
      ),
    ];
    const of = (isFailure?: JUnitOptions["isFailure"]) =>
      outcomes(suites(report(file(entries)), isFailure && { isFailure })[0]);
    expect(of()).toEqual(["passed", "passed", "passed", "error", "error", "failure", "failure"]);
    expect(of(({ verdict }) => verdict === "UNSTABLE")).toEqual([
      ...["passed", "passed", "failure", "skipped", "skipped", "passed", "passed"],
    ]);
  });

  it("has all that was found in the body, and the sentence in the message", () => {
    const [suite] = suites(report(file([full])));
    const [failure] = elementsOf(cases(suite)[0]);
    expect(failure.attributes).toEqual({
      message: "WRONG: the derivative differs from differences",
      type: "WRONG",
    });
    expect(textOf(failure)).toBe(findingText(full, { verbose: true }));
  });

  it("tells in the output of the suite what has not passed, but does not fail", () => {
    const unstable = bad("UNSTABLE");
    const [suite] = suites(report(file([entry(), unstable, full])));
    expect(output(suite, "system-out")).toBe(findingText(unstable));
    expect(output(suite, "system-err")).toBe("");
  });

  it("has a case for a file that could not be checked", () => {
    const [suite] = suites(report(broken), { isFailure: () => false });
    expect(outcomes(suite)).toEqual(["error"]);
    const [error] = elementsOf(cases(suite)[0]);
    expect(error.attributes).toEqual({ message: "`yy` is not defined", type: "unknown-name" });
    expect(textOf(error)).toContain("4 | loss = sum(tanh(y))");
  });

  it("has all errors and warnings of a file, however many", () => {
    const errors = Array.from({ length: 30 }, (_, i) =>
      diagnose("unknown-name", { name: `n${i}` }, spanOf("y")),
    );
    const warning = diagnose("non-finite", { names: ["y"] });
    const [suite] = suites(report(file([], { diagnostics: [...errors, warning] })));
    expect(textOf(elementsOf(cases(suite)[0])[0])).toContain("`n29` is not defined");
    expect(output(suite, "system-err")).toContain(warning.message);
  });

  it("is a document without suites where there are no files", () => {
    expect(suites(empty)).toEqual([]);
  });

  test.each(hostileNames)("%s: is well-formed, and reads back", (_, name) => {
    const [suite] = suites(hostile(name));
    expect(outcomes(suite)).toEqual(["error", "passed", "passed", "error", "failure"]);
    // What can be seen is there, in a name without white space at its edges.
    const seen = [...name].filter((c) => /[^\p{C}\p{Z}\p{Co}]/u.test(c)).join("");
    const shown = cases(suite)[4].attributes.name;
    for (const c of seen.slice(0, 200)) expect(shown).toContain(c);
    expect(shown).not.toMatch(/[\ufffe\uffff\n]/);
    // Line ends have become escapes, which no reader changes.
    const { message } = elementsOf(cases(suite)[4])[0].attributes;
    expect(message).toBe(`WRONG: ${visible(name).replace(/[\ufffe\uffff]/g, "")}`);
  });

  it("strips what XML cannot hold, from messages that are not ours, too", () => {
    const worst = finding({ message: "a\ud800b\u0000c\ufffed" });
    const [suite] = suites(report(file([bad("WRONG", { worst })])));
    expect(elementsOf(cases(suite)[0])[0].attributes.message).toMatch(/^WRONG: a.*b.*cd$/);
  });

  it("holds hundreds of entries", () => {
    const entries = Array.from({ length: 600 }, (_, i) =>
      i % 2 === 0 ? bad("WRONG", { name: `${i}` }) : entry({ name: `${i}` }),
    );
    const [suite] = suites(report(file(entries)));
    expect(cases(suite).map(({ attributes }) => Number(attributes.name))).toEqual(entries.map((_, i) => i));
  });
});

describe("the reader of XML in the tests", () => {
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>';
  test.each([
    ["no declaration", "<a/>"],
    ["two roots", `${declaration}<a/><b/>`],
    ["an end tag of another", `${declaration}<a></b>`],
    ["no end tag", `${declaration}<a>`],
    ["an attribute twice", `${declaration}<a b="1" b="2"/>`],
    ["a value without quotes", `${declaration}<a b=1/>`],
    ["no space before an attribute", `${declaration}<a b="1"c="2"/>`],
    ["< in a value", `${declaration}<a b="<"/>`],
    ["a bare &", `${declaration}<a>&</a>`],
    ["an unknown entity", `${declaration}<a>&nbsp;</a>`],
    ["a reference to what is illegal", `${declaration}<a>&#0;</a>`],
    ["the end of CDATA", `${declaration}<a>]]></a>`],
    ["a control character", `${declaration}<a>\u0001</a>`],
    ["half of a pair", `${declaration}<a>\ud800</a>`],
  ])("refuses %s", (_, document) => {
    expect(() => parseXml(document)).toThrow();
  });

  it("reads references, and white space as it counts", () => {
    const document = `${declaration}\n<a b="&#10;&quot;\n&#x1f642;">x&amp;<c/>\r\ny</a>\n`;
    const root = parseXml(document);
    expect(root.attributes.b).toBe('\n" 🙂');
    expect(root.children).toEqual(["x&", { name: "c", attributes: {}, children: [] }, "\ny"]);
  });
});

describe("the schemas in the tests", () => {
  const suite = (changes: (xml: string) => string) =>
    complaints(parseXml(changes(checkJUnit(report(file([full])), { timestamp }))), antSchema);
  test.each<[string, (xml: string) => string]>([
    ["a missing attribute", (xml) => xml.replace(/ hostname="[^"]*"/, "")],
    ["an attribute too many", (xml) => xml.replace("<testcase", '<testcase file="a"')],
    ["a time zone", (xml) => xml.replace("04:05:06", "04:05:06Z")],
    ["a number that is none", (xml) => xml.replace(/failures="1"/, 'failures="one"')],
    ["another order", (xml) => xml.replace(/(<system-out.*>)\n(<system-err.*>)/, "$2\n$1")],
    ["no properties", (xml) => xml.replace(/<properties>[\s\S]*<\/properties>/, "")],
  ])("refuse %s", (_, changes) => {
    expect(suite(changes)).not.toEqual([]);
  });
});
