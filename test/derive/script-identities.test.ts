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
  return [{ order: which === "hessian" ? 2 : 1, value: printExpression(value), by: by.name } as const];
});

/** Those by one name and of one order are derived together. */
const groups = [...new Set(claims.map(({ order, by }) => `${order} ${by}`))].map((group) => ({
  group,
  values: claims.filter(({ order, by }) => `${order} ${by}` === group).map(({ value }) => value),
}));

const definitions = script!.statements
  .filter(({ kind }) => kind !== "assert" && kind !== "output")
  .map((statement) => printStatement(statement))
  .join("\n");

describe("the derivatives that examples/identities.ag tells, as scripts", () => {
  it("are many", () => expect(claims.length).toBeGreaterThan(50));

  it.each(groups)("of order and by $group give the same numbers", ({ group, values }) => {
    const [order, by] = group.split(" ") as ["1" | "2", string];
    const outputs = values.map((value, i) => `_f${i} = ${value}`);
    const text = [definitions, ...outputs, `output ${values.map((_, i) => `_f${i}`).join(", ")}`].join("\n");
    const { distances, script: derived } = compareDerived(text, new Map(), {
      wrt: [by],
      order: order === "1" ? 1 : 2,
    });
    if (process.env.SHOW) console.log(group, values, derived.slice(derived.indexOf("\n\n")));
    const wrong = values.filter((_, i) => !(distances[i]! < 1e-9));
    expect(wrong, derived).toEqual([]);
  });
});
