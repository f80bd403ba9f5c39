import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compile, type Program, type Tensor } from "../../src/index.js";
import { randomSource } from "../support/graph.js";
import {
  publishedIdentities as file,
  type Identity,
  identities,
  sizesAt,
  valuesFor,
} from "../support/identities.js";

/** The identity as a script: its inputs, its conditions, the function and the assert of its gradient. */
function scriptOf({ inputs, where, wrt, f, gradient }: Identity): string {
  return [
    ...Object.entries(inputs).map(([name, shape]) => `input ${name}: [${shape}]`),
    ...(where === undefined ? [] : [where]),
    `f = ${f}`,
    `assert grad(f, ${wrt}) == (${gradient}) within 1e-10 rel 1e-10`,
  ].join("\n");
}

function programOf(identity: Identity): Program {
  const compiled = compile(scriptOf(identity));
  if (!compiled.ok) return expect.fail(compiled.diagnostics.map(({ message }) => message).join("\n"));
  return compiled.program;
}

function expectPassed(program: Program, values: ReadonlyMap<string, Tensor>, expected: boolean, at: string) {
  const result = program.run(values);
  if (!result.ok) return expect.fail(`${at}: ${result.diagnostics[0]!.message}`);
  const found = result.evaluation.asserts!.map(({ passed }) => passed);
  expect(found, at).toEqual([expected]);
}

/** How many choices of shapes each identity is checked on. */
const shapeCount = 8;

describe("identities of matrix calculus", () => {
  if (!existsSync(file)) {
    it("agree with what others published", ({ skip }) => {
      skip("the reference data, ../shared/data beside the checkout, is absent");
    });
    return;
  }
  const published = JSON.parse(readFileSync(file, "utf8")) as {
    id: string;
    f: string;
    grad: string;
    wrt: string;
  }[];

  it.each(published.map(({ id, f, grad, wrt }) => [id, f, grad, wrt] as const))(
    "%s: %s has the gradient %s",
    (id, _f, _gradient, wrt) => {
      const identity = identities[id];
      if (identity === undefined) return expect.fail(`the identity ${id} is not written in the language yet`);
      expect(identity.wrt).toBe(wrt);
      const program = programOf(identity);
      const off = `{ formula = ${identity.gradient}; formula + 1e-8 * (1 + max(abs(formula))) }`;
      const broken = programOf({ ...identity, gradient: off });
      const random = randomSource(1 + published.findIndex((one) => one.id === id));
      for (let shape = 0; shape < shapeCount; shape++) {
        const sizes = sizesAt(shape, random);
        const values = valuesFor(identity, sizes, random);
        expectPassed(program, values, true, JSON.stringify(sizes));
        expectPassed(broken, values, false, `${JSON.stringify(sizes)}, with a wrong formula`);
      }
    },
  );
});
