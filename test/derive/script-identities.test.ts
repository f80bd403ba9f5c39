import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Expression, parse, printExpression, printStatement } from "../../grammar/index.js";
import { compareDerived } from "./support.js";

const file = new URL("../../examples/identities.ag", import.meta.url);
const text = readFileSync(file, "utf8");
const { script } = parse({ name: "identities.ag", text }, { maxNesting: 200 });

/** The derivatives that the asserts of a script name: of what, by what, and which. */
const claims = script!.statements.flatMap((statement) => {
  if (statement.kind !== "assert" || statement.condition.kind !== "binary") return [];
  const { left } = statement.condition;
  if (left.kind !== "call" || left.callee.kind !== "name") return [];
  const [value, by] = left.args.map((argument) => argument.value) as [Expression, Expression];
  const which = left.callee.name;
  if (!["grad", "jacobian", "hessian"].includes(which) || by.kind !== "name") return [];
  return [{ which, value: printExpression(value), by: by.name }];
});

const definitions = script!.statements
  .filter(({ kind }) => kind !== "assert" && kind !== "output")
  .map((statement) => printStatement(statement))
  .join("\n");

describe("the derivatives that examples/identities.ag tells, as scripts", () => {
  it("are many", () => expect(claims.length).toBeGreaterThan(50));

  it.each(claims)("$which($value, $by) gives the same numbers", ({ which, value, by }) => {
    const options = { wrt: [by], order: which === "hessian" ? (2 as const) : (1 as const) };
    const { distances, script: derived } = compareDerived(
      `${definitions}\n_f = ${value}\noutput _f`,
      new Map(),
      options,
    );
    if (process.env.SHOW) console.log(which, value, by, "\n", derived.slice(derived.indexOf("\n\n")));
    expect(distances[0], derived).toBeLessThan(1e-9);
  });
});
