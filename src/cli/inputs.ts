import { Fault, fault } from "../diagnostics.js";
import { evaluateExpression, type Program, type Tensor } from "../index.js";
import { readBytes, stdinIsDataSource } from "../io/files.js";
import { type Limits, limitFlags } from "../limits.js";
import type { StatedSpread } from "../sensitivity-results.js";

export interface InputOptions {
  /** Files of JSON; `-` is standard input. */
  readonly input: readonly string[];
  /** `NAME=VALUE`. */
  readonly set: readonly string[];
}

/** `--set` assignments. Throws a `Fault` with the problems of all of them. */
export function readAssignments(assignments: readonly string[], limits: Limits): Map<string, Tensor> {
  const values = new Map<string, Tensor>();
  const problems = assignments.flatMap((assignment) => {
    const equals = assignment.indexOf("=");
    const name = assignment.slice(0, equals).trim().normalize("NFC");
    if (equals < 0 || name === "") return fault("assignment", { text: assignment }).diagnostics;
    const source = { name: `--set ${name}`, text: assignment.slice(equals + 1) };
    const sign = /±|\+\/-/.exec(source.text);
    if (sign !== null) {
      const span = { source, start: sign.index, end: sign.index + sign[0].length };
      return fault("uncertain-value", { name, sign: sign[0] }, span).diagnostics;
    }
    const result = evaluateExpression(source, limits);
    if (!result.ok) return result.diagnostics;
    values.set(name, result.tensor);
    return [];
  });
  if (problems.length > 0) throw new Fault(problems);
  return values;
}

/**
 * The values of the inputs: from files in order (later ones win), then from assignments. Standard input is read where
 * `-` stands among the files, or where an input has no value otherwise and data waits there. `spreads` gets what files say
 * of how far inputs may be off, by name.
 */
export async function readInputValues(
  program: Program,
  options: InputOptions,
  limits: Limits,
  spreads?: Map<string, StatedSpread>,
): Promise<Map<string, Tensor>> {
  const assigned = readAssignments(options.set, limits);
  for (const name of assigned.keys()) program.requireInput(name);
  const values = new Map<string, Tensor>();
  const add = async (path: string, isAsked: boolean) => {
    const { name, bytes } = await readBytes(path, { bytes: limits.input, flag: limitFlags.input });
    if (!isAsked && bytes.every((byte) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09))
      return;
    const { readInputs } = await import("../io/json-reader.js");
    for (const [input, tensor] of readInputs(bytes, name, spreads)) values.set(input, tensor);
  };
  for (const path of options.input) await add(path, true);
  const lacks = program.inputs.some(
    ({ name, hasDefault }) => !hasDefault && !values.has(name) && !assigned.has(name),
  );
  if (lacks && !options.input.includes("-") && stdinIsDataSource()) await add("-", false);
  for (const [name, tensor] of assigned) values.set(name, tensor);
  return values;
}
