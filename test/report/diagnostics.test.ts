import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Diagnostic, diagnose, Fault, locate, type Source } from "../../src/diagnostics.js";
import { readInputs } from "../../src/io/json-reader.js";
import { type DiagnosticOptions, renderDiagnostics } from "../../src/report/diagnostics.js";
import { displayWidth, shorten, visible } from "../../src/report/text.js";

const source = (text: string): Source => ({ name: "chain.ag", text });
const span = (s: Source, part: string, length = part.length) => {
  const start = s.text.indexOf(part);
  return { source: s, start, end: start + length };
};
const unknown = (s: Source, part: string, name = part): Diagnostic =>
  diagnose("unknown-name", { name, suggestion: "y" }, span(s, part));
const render = (diagnostics: Diagnostic[], options?: DiagnosticOptions) =>
  `\n${renderDiagnostics(diagnostics, options)}`;
/** The source line and the line of carets. */
const place = (s: Source, part: string, length?: number, options?: DiagnosticOptions) =>
  renderDiagnostics([diagnose("unknown-name", { name: "n" }, span(s, part, length))], options)
    .split("\n")
    .slice(3, 5)
    .map((line) => line.slice(4));

describe("diagnostics", () => {
  const script = source("y = 2\nz = x * yy\ny = 3\nw = sum(z,\n  axis=1)\n");

  test("the place, the line, the carets, the hint", () => {
    expect(render([unknown(script, "yy")])).toMatchInlineSnapshot(`
      "
      error: \`yy\` is not defined
       --> chain.ag:2:9
        |
      2 | z = x * yy
        |         ^^
        = hint: did you mean \`y\`?
      "
    `);
  });

  test("lines of another program, which cannot act on the terminal", () => {
    const said = diagnose("peer-errors", {
      command: "./peer --fast",
      lines: ["Traceback:", "", "  error: \u001b[2Jall is well\nerror: no"],
    });
    expect(render([said])).toMatchInlineSnapshot(`
      "
      warning: the command \`./peer --fast\` has written to its standard error, at last:
       | Traceback:
       |
       |   error: \\x1b[2Jall is well\\nerror: no
      "
    `);
  });

  test("several in source order, those without a place first; notes show their places", () => {
    expect(
      render([
        diagnose("redefinition", { name: "y" }, span(script, "y = 3", 1), [
          { message: "first defined here", span: span(script, "y = 2", 1) },
        ]),
        unknown(script, "yy"),
        diagnose("no-outputs", {}),
      ]),
    ).toMatchInlineSnapshot(`
      "
      error: the script defines nothing to evaluate
        hint: add a definition, such as \`z = x * y\`

      error: \`yy\` is not defined
       --> chain.ag:2:9
        |
      2 | z = x * yy
        |         ^^
        = hint: did you mean \`y\`?

      error: \`y\` is defined twice
       --> chain.ag:3:1
        |
      3 | y = 3
        | ^
        = note: first defined here
       --> chain.ag:1:1
        |
      1 | y = 2
        | ^
        = hint: give one of them another name
      "
    `);
  });

  test("more than the limit are counted", () => {
    const many = Array.from({ length: 5 }, () => unknown(script, "yy"));
    expect(render(many, { limit: 2 })).toContain("\n… and 3 more errors\n");
    expect(render(many, { limit: 5 })).not.toContain("more");
  });

  test("of several lines, the first is underlined", () => {
    expect(place(script, "sum(z,", "sum(z,\n  axis=1)".length)).toEqual(["w = sum(z,", "    ^^^^^^"]);
  });

  test("tabs, wide and combining characters keep the carets aligned", () => {
    expect(place(source("\tx = bad"), "bad")).toEqual(["    x = bad", "        ^^^"]);
    expect(place(source("a\tbad"), "bad")).toEqual(["a   bad", "    ^^^"]);
    expect(place(source("変数 = bad"), "bad")).toEqual(["変数 = bad", "       ^^^"]);
    expect(place(source("bad 変数"), "変数")).toEqual(["bad 変数", "    ^^^^"]);
    expect(place(source("x\u0304 = bad"), "bad")).toEqual(["x\u0304 = bad", "    ^^^"]);
    expect(place(source("😀 = bad"), "bad")).toEqual(["😀 = bad", "     ^^^"]);
    expect(place(source("x = "), "", 0)).toEqual(["x = ".trimEnd(), "^"]);
  });

  test("nothing of the user's text acts on the terminal", () => {
    const s = source("z = \x1b[31m\u202e + bad\u0007");
    expect(place(s, "bad")).toEqual(["z = \\x1b[31m\\u{202e} + bad\\x07", "                       ^^^"]);
    const text = renderDiagnostics([diagnose("unknown-name", { name: "a\x1b]0;x\x07\nb" }, span(s, "bad"))]);
    expect(text).toContain("`a\\x1b]0;x\\x07\\nb` is not defined");
    expect(text).not.toContain("\x1b");
  });

  test("a long line is cut around the place", () => {
    const s = source(`${"1 + ".repeat(1000)}bad${" + 1".repeat(1000)}`);
    const [line, carets] = place(s, "bad", 3, { width: 60 });
    expect(line).toMatch(/^….*bad.*…$/);
    expect(line.length).toBeLessThanOrEqual(60);
    expect(line.slice(carets.indexOf("^"), carets.lastIndexOf("^") + 1)).toBe("bad");
    const [whole] = place(source(`bad${" + 1".repeat(1000)}`), "bad", 4003, { width: 60 });
    expect(whole).toMatch(/^bad.*…$/);
  });

  test("input data of one long line", () => {
    try {
      readInputs(new TextEncoder().encode(`{"σ": [${"0.5,".repeat(1_000_000)}nan]}`), "in.json");
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      expect(render([...error.diagnostics], { width: 60 })).toMatchInlineSnapshot(`
        "
        error: \`σ[1000000]\`: JSON has no number \`nan\`
         --> in.json:1:4000008
          |
        1 | ….5,0.5,0.5,0.5,0.5,0.5,0.5,nan]}
          |                             ^^^
          = hint: write it as a string: \`"NaN"\`
        "
      `);
    }
  });

  test("colour", () => {
    expect(renderDiagnostics([unknown(script, "yy")], { color: true })).toContain("\x1b[31m");
    expect(renderDiagnostics([unknown(script, "yy")])).not.toContain("\x1b[");
  });

  test("any text and any span can be rendered, in lines of bounded width", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", "\t", "\n", "\r", "変", "😀", "\u0304", "\x1b", "\ud800", " "),
      maxLength: 300,
    });
    fc.assert(
      fc.property(text, fc.nat(310), fc.nat(310), (t, start, length) => {
        const s = source(t);
        const rendered = renderDiagnostics(
          [diagnose("no-outputs", {}, { source: s, start, end: start + length })],
          { width: 60 },
        );
        expect([...rendered].every((c) => c >= " " || c === "\n")).toBe(true);
        for (const line of rendered.split("\n").slice(1, 5))
          expect(displayWidth(line)).toBeLessThanOrEqual(66);
      }),
    );
  });
});

describe("locate", () => {
  test("lines, columns in code points, excerpts", () => {
    const s = source("a\r\nb😀c\rd\n");
    expect(locate(s, 0)).toEqual({ line: 1, column: 1, text: "a", offset: 0 });
    expect(locate(s, 6)).toEqual({ line: 2, column: 3, text: "b😀c", offset: 3 });
    expect(locate(s, 8)).toEqual({ line: 3, column: 1, text: "d", offset: 0 });
    expect(locate(s, 10)).toEqual({ line: 4, column: 1, text: "", offset: 0 });
    expect(locate(s, 99)).toEqual({ line: 4, column: 1, text: "", offset: 0 });
    const excerpt = { ...s, start: { line: 7, column: 5 } };
    expect(locate(excerpt, 1)).toEqual({ line: 7, column: 6, text: "a", offset: 1 });
    expect(locate(excerpt, 3)).toEqual({ line: 8, column: 1, text: "b😀c", offset: 0 });
  });
});

describe("text", () => {
  test("shortened in the middle", () => {
    expect(shorten("abcdefghij", 10)).toBe("abcdefghij");
    expect(shorten("abcdefghijk", 10)).toBe("abcde…hijk");
    expect(displayWidth(shorten("変数変数変数変数", 7))).toBeLessThanOrEqual(7);
  });

  test("visible", () => {
    expect(visible("σ θ₁ 変 😀 e\u0301")).toBe("σ θ₁ 変 😀 e\u0301");
    expect(visible("\x00\t\x9b\u200b\ufeff\u2028")).toBe("\\x00\\t\\x9b\\u{200b}\\u{feff}\\u{2028}");
  });
});
