import { expect } from "vitest";
import { type CheckOptions, checkProgram } from "../../src/check/check.js";
import type { CheckEntry, Verdict } from "../../src/check-results.js";
import { compile, type InputValue } from "../../src/index.js";
import { toTensor } from "../../src/program/values.js";

const usual: CheckOptions = { samples: 0, seed: 1, exhaustive: false, verbose: false };

export type Inputs = Readonly<Record<string, InputValue>>;

/** What a check of a script says, entry by entry. */
export function checked(
  script: string,
  inputs: Inputs = {},
  options: Partial<CheckOptions> = {},
): readonly CheckEntry[] {
  const compiled = compile(script);
  if (!compiled.ok) return expect.fail(compiled.diagnostics.map(({ message }) => message).join("\n"));
  const values = new Map(Object.entries(inputs).map(([name, value]) => [name, toTensor(name, value)]));
  const { entries } = checkProgram(compiled.program, values, { ...usual, ...options }, () => undefined);
  // Those of rules, which a test of the command looks at, come on top.
  return entries.filter(({ kind }) => kind !== "rule");
}

/** The verdicts by name: `∂y/∂x`. */
export const verdictsOf = (
  script: string,
  inputs: Inputs = {},
  options: Partial<CheckOptions> = {},
): Record<string, Verdict> =>
  Object.fromEntries(checked(script, inputs, options).map(({ name, verdict }) => [name, verdict]));
