import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type AssertStatement, parse } from "../../grammar/index.js";
import { compile, type InputValue } from "../../src/index.js";
import { autograd, temporaryFile } from "../support/cli.js";
import { randomSource, sample } from "../support/graph.js";

const path = "examples/identities.ag";
const script = readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

const statements = parse({ name: path, text: script }, { maxNesting: 100 }).script!.statements;
const asserts = statements.filter((s): s is AssertStatement => s.kind === "assert");
const text = ({ span }: AssertStatement) => script.slice(span.start, span.end);

/** Whether each assert passes. */
function outcomes(changed: string, inputs: Readonly<Record<string, InputValue>> = {}): boolean[] {
  const compiled = compile(changed);
  const result = compiled.ok ? compiled.program.run(inputs) : compiled;
  if (!("evaluation" in result)) return expect.fail(result.diagnostics.map((d) => d.message).join("\n"));
  return result.evaluation.asserts!.map(({ passed }) => passed);
}

type Change = (formula: string) => string;

/** The script with another right-hand side in one of its asserts. */
function withFormula({ condition }: AssertStatement, change: Change): string {
  if (condition.kind !== "binary" || condition.operator !== "==")
    return expect.fail("an assert is an equation");
  const { start, end } = condition.right.span;
  return `${script.slice(0, start)}${change(script.slice(start, end))}${script.slice(end)}`;
}

const changes: readonly (readonly [string, Change])[] = [
  ["a factor", (formula) => `(${formula}) * 1.0001`],
  ["a term", (formula) => `(${formula}) + 1e-6`],
];

describe(path, () => {
  it("holds more than thirty identities of several orders, no two alike", () => {
    expect(asserts.length).toBeGreaterThan(30);
    expect(new Set(asserts.map(text)).size).toBe(asserts.length);
    for (const name of ["grad", "jacobian", "hessian", "jvp", "vjp", "hvp"])
      expect(script).toContain(`${name}(`);
  });

  it("passes, says nothing on standard error, and prints a short table", () => {
    const { code, stdout, stderr } = autograd(["eval", path]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.split("\n").length).toBeLessThan(25);
  });

  it.each([1, 2, 4, 5])("passes for other values, of size %i", (n) => {
    const random = randomSource(n);
    const X = sample(random, [n, n], [-1, 1]);
    for (let i = 0; i < n; i++) X.data[i * (n + 1)]! += 3;
    const inputs = { x: sample(random, [n], [0.2, 2]), y: sample(random, [n], [-2, -0.1]), X, t: 1.3 };
    const passed = outcomes(script, inputs);
    expect(asserts.filter((_, i) => !passed[i]).map(text)).toEqual([]);
  });

  it.each(asserts.map((statement, i) => [text(statement).replace(/\s+/g, " "), statement, i] as const))(
    "notices an error in: %s",
    (_text, statement, position) => {
      for (const [what, change] of changes) {
        const failed = outcomes(withFormula(statement, change)).flatMap((passed, i) => (passed ? [] : [i]));
        expect(failed, what).toEqual([position]);
      }
    },
  );

  it("exits with 1 where one of them does not hold", () => {
    const last = asserts.at(-1)!;
    const file = temporaryFile(
      "broken.ag",
      withFormula(last, (formula) => `(${formula}) + 1e-6`),
    );
    const { code, stderr } = autograd(["eval", file]);
    expect(code).toBe(1);
    expect(stderr.match(/^error: /gm)).toHaveLength(1);
  });
});
