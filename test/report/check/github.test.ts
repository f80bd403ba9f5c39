import { describe, expect, it, test } from "vitest";
import type { CheckReport } from "../../../src/check-results.js";
import { diagnose, type Source } from "../../../src/diagnostics.js";
import type { CheckReportOptions } from "../../../src/report/check/entries.js";
import { checkAnnotations, checkSummary } from "../../../src/report/check/github.js";
import { bad, broken, empty, entry, file, finding, full, hostile, hostileNames, report } from "./samples.js";

interface Command {
  readonly level: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** As the runner reads a line of the output: what is not of this form is no command, and is refused here. */
function readCommand(line: string): Command {
  const [, level, written, message] = /^::(error|warning) (.*?)::(.*)$/.exec(line) ?? [];
  if (level === undefined) throw new Error(`no command: ${line}`);
  const properties: Record<string, string> = {};
  for (const pair of written.split(",")) {
    const [, name, value] = /^(file|line|endLine|col|endColumn|title)=(.+)$/.exec(pair) ?? [];
    if (name === undefined || name in properties) throw new Error(`no property: ${pair}`);
    properties[name] = unescapeCharacters(value, [
      ["%0D", "\r"],
      ["%0A", "\n"],
      ["%3A", ":"],
      ["%2C", ","],
    ]);
  }
  const text = unescapeCharacters(message, [
    ["%0D", "\r"],
    ["%0A", "\n"],
  ]);
  return { level, properties, message: text };
}

const unescapeCharacters = (text: string, mapping: readonly (readonly [string, string])[]) =>
  [...mapping, ["%25", "%"] as const].reduce((all, [from, to]) => all.replaceAll(from, to), text);

function commands(of: CheckReport, options?: CheckReportOptions): Command[] {
  const text = checkAnnotations(of, options);
  // .NET, in which the runner is written, ends lines at these only.
  return text === ""
    ? []
    : text
        .replace(/\n$/, "")
        .split(/\r\n|\r|\n/)
        .map(readCommand);
}

describe("annotations", () => {
  it("are at the node that is wrong, and say what was found", () => {
    expect(commands(report(file([full])))).toEqual([
      {
        level: "error",
        properties: {
          ...{ file: "models/net.ag", line: "4", col: "12", endColumn: "18", title: "WRONG: ∂loss/∂x" },
        },
        message: [
          "  found        the derivative differs from differences",
          "  element      x at sample 4",
          "  value        0.75",
          "  reference    0.5 ± 1e-12",
          "  error        0.333, relative",
          "  digits lost  3.25 of 16",
          "  slopes       -1 below, 1 above",
          "  nearest kink 1e-9 away",
          "  wrong node   tanh(y = 2)",
          "               its derivative by y is 0.75, not 0.5",
          "               in step 3 of its loop, in step 2 of the loop around that",
          "               at models/net.ag:4:12",
          "  hint         look at the rule of `tanh`",
          "  reproduce    autograd check models/net.ag --seed 7 --only loss,x",
        ].join("\n"),
      },
    ]);
  });

  it("are at the entry where no node is known, or at the file", () => {
    const [a, b] = commands(report(file([bad("WRONG"), bad("WRONG", { span: undefined })])));
    expect(a.properties).toMatchObject({ line: "4", col: "1", endColumn: "19" });
    expect(b.properties).toEqual({ file: "models/net.ag", title: "WRONG: ∂loss/∂W" });
  });

  it("have no columns over several lines, and one column at least", () => {
    const source: Source = { name: "s", text: "a =\n  b\n" };
    const at = (start: number, end: number) =>
      commands(report(file([bad("WRONG", { span: { source, start, end } })])))[0].properties;
    expect(at(0, 7)).toEqual({ file: "s", line: "1", endLine: "2", title: "WRONG: ∂loss/∂W" });
    expect(at(6, 6)).toMatchObject({ line: "2", col: "3", endColumn: "3" });
  });

  it("are errors for what fails, warnings for what has not passed, none for kinks", () => {
    const entries = (["KINK", "UNSTABLE", "INCONCLUSIVE", "NONFINITE", "WRONG", "PASS"] as const).map(
      (verdict) => bad(verdict, { name: "e" }),
    );
    const of = (options?: CheckReportOptions) =>
      commands(report(file(entries)), options).map(({ level, properties }) => `${level} ${properties.title}`);
    expect(of()).toEqual([
      ...["error WRONG: e", "error NONFINITE: e", "error INCONCLUSIVE: e", "warning UNSTABLE: e"],
    ]);
    expect(of({ isFailure: ({ verdict }) => verdict === "KINK" || verdict === "UNSTABLE" })).toEqual([
      ...["error UNSTABLE: e", "error KINK: e"],
      ...["warning WRONG: e", "warning NONFINITE: e", "warning INCONCLUSIVE: e"],
    ]);
  });

  it("begin with what could not be checked", () => {
    const warning = diagnose("non-finite", { names: ["y"] });
    const found = commands(report(file([bad("WRONG")], { diagnostics: [warning] }), broken));
    expect(found.map(({ level, properties }) => [level, properties.title])).toEqual([
      ["error", "cannot be checked"],
      ["error", "WRONG: ∂loss/∂W"],
      ["warning", "warning"],
    ]);
    expect(found[0]).toMatchObject({
      properties: { file: "models/net.ag", line: "4", col: "12", endColumn: "15" },
      message: "`yy` is not defined\nhint: did you mean `y`?",
    });
  });

  it("are the ten worst at most, and the last counts the others", () => {
    const of = (wrong: number, unstable: number) =>
      commands(
        report(
          file([
            ...Array.from({ length: unstable }, () => bad("UNSTABLE")),
            ...Array.from({ length: wrong }, (_, i) => bad("WRONG", { name: `${i}`, error: i })),
          ]),
        ),
      );
    expect(of(10, 0).map(({ properties }) => properties.title)).toEqual(
      Array.from({ length: 10 }, (_, i) => `WRONG: ${9 - i}`),
    );
    const most = of(300, 1);
    expect(most).toHaveLength(10);
    expect(most[0].properties.title).toBe("WRONG: 299");
    expect(most[9]).toEqual({
      ...{ level: "error", properties: { title: "autograd check" } },
      message: "and 291 more errors and 1 more warning",
    });
    expect(of(9, 2)[9]).toMatchObject({ level: "warning", message: "and 2 more warnings" });
    expect(of(9, 1)[9]).toMatchObject({ level: "warning", properties: { title: "UNSTABLE: ∂loss/∂W" } });
  });

  it("are none where there is nothing to say", () => {
    expect(checkAnnotations(empty)).toBe("");
    expect(checkAnnotations(report(file([entry()])))).toBe("");
  });

  test.each(hostileNames)("%s: reads back", (_, name) => {
    const found = commands(hostile(name));
    expect(found.map(({ level }) => level)).toEqual(["error", "error", "error", "warning"]);
    expect(found[1].properties.title.startsWith("WRONG: ")).toBe(true);
    for (const { properties, message } of found) {
      expect([properties.title, message].join("").length).toBeLessThan(40_000);
      expect(properties.line).toBe("1");
    }
  });

  it("keep the characters that are escaped", () => {
    const name = "a,line=3::b%0A%25,file=x:y";
    const worst = finding({ message: "100 %: ::error::, %0A" });
    const [found] = commands(report(file([bad("WRONG", { name, worst })], { file: name })));
    expect(found.properties.title).toBe(`WRONG: ${name}`);
    expect(found.message).toContain("found        100 %: ::error::, %0A\n");
  });
});

describe("a summary of a step", () => {
  it("has counts, a table, and what was found, folded", () => {
    const worst = finding({ hint: "use ```` less" });
    expect(
      checkSummary(report(file([entry(), bad("WRONG", { name: "a|b", worst })]))),
    ).toMatchInlineSnapshot(`
      "### autograd check

      2 checks: 1 PASS, 1 WRONG (seed 7)

      #### models/net.ag

      | verdict | check | elements | points | relative error | digits lost |
      | --- | --- | --- | --- | --- | --- |
      | ❌ WRONG | a\\|b | \`6 of 6\` | \`3\` | \`0.33\` | \`0.5\` |
      | ✅ PASS | ∂loss/∂W | \`6 of 6\` | \`3\` | \`2.5e-11\` | \`0.5\` |

      <details><summary>WRONG: a&#124;b</summary>

      \`\`\`\`\`text
      WRONG: a|b (models/net.ag:4:1)
        found        the derivative differs from differences
        element      W[1,2] at the given inputs
        value        0.75
        reference    0.5 ± 1e-12
        error        0.333, relative
        hint         use \`\`\`\` less
      \`\`\`\`\`

      </details>
      "
    `);
  });

  it("has what could not be checked before all that was, and the worst file first", () => {
    const text = checkSummary(
      report(file([entry()], { file: "good.ag" }), file([full], { file: "bad.ag" }), broken),
    );
    expect(text.match(/^#### .*/gm)).toEqual(["#### broken.ag", "#### bad.ag", "#### good.ag"]);
    expect(text).toContain("```text\nerror: `yy` is not defined\n");
  });

  it("says that nothing was checked", () => {
    expect(checkSummary(empty)).toBe("### autograd check\n\nnothing was checked\n");
  });

  it("takes no more bytes than it may, and counts what it leaves out", () => {
    const entries = Array.from({ length: 500 }, (_, i) => bad("WRONG", { name: `🙂 ${i}`, error: i }));
    const passed = Array.from({ length: 500 }, (_, i) => entry({ name: `p${i}` }));
    const all = report(file([...passed, ...entries]));
    const whole = checkSummary(all);
    expect(whole.match(/<details>/g)).toHaveLength(500);
    expect(whole).toContain("… and 800 more, none of them worse");
    for (const limit of [1_000, 50_000, 100_000]) {
      const text = checkSummary(all, { limit });
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit);
      const shown = text.match(/<details>/g)?.length ?? 0;
      const sections = text.match(/^####/gm)?.length ?? 0;
      expect(text).toContain(`There was no room for ${501 - shown - sections} more parts.`);
      expect(text).toContain("1000 checks: 500 PASS, 500 WRONG");
    }
    // The worst of them are those that are shown.
    expect(checkSummary(all, { limit: 50_000 })).toContain("<summary>WRONG: 🙂 499</summary>");
    const larger = report(...Array.from({ length: 100 }, () => hostile("x🙂".repeat(5000)).files[0]));
    expect(Buffer.byteLength(checkSummary(larger))).toBeLessThanOrEqual(1_000_000);
  });

  test.each(hostileNames)("%s: stays within its cell, its fence, and its title", (_, name) => {
    const text = checkSummary(hostile(name));
    let fence: string | undefined;
    const outside: string[] = [];
    for (const line of text.split("\n")) {
      const [run] = /^`{3,}/.exec(line) ?? [];
      if (fence === undefined && run !== undefined) fence = run;
      else if (fence !== undefined && line === fence) fence = undefined;
      else if (fence === undefined) outside.push(line);
    }
    expect(fence).toBeUndefined();
    // Only our own lines stand outside of fences.
    for (const line of outside)
      expect(line).toMatch(/^(#### |### autograd check$|4 checks: |\||<details><summary>|<\/details>$|$)/);
    const rows = outside.filter((line) => line.startsWith("|"));
    for (const row of rows) expect(row.match(/(?<!\\)(\\\\)*\|/g)).toHaveLength(7);
    expect(rows).toHaveLength(6);
    for (const line of outside.filter((one) => one.startsWith("<details>")))
      expect(line.match(/<[^>]*>/g)).toEqual(["<details>", "<summary>", "</summary>"]);
  });
});
