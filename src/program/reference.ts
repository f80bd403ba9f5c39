import { diagnose, Fault } from "../diagnostics.js";
import { suggest } from "../lower/suggest.js";
import { type Builtin, signature } from "../ops/builtin.js";
import { builtinFunctions, plannedFunctions } from "../ops/builtins.js";
import { documentationOf, families } from "../ops/documentation.js";
import type { FunctionEntry, FunctionExample } from "../results.js";
import { compile } from "./program.js";

function entryOf(builtin: Builtin): FunctionEntry {
  const { name, parameters } = builtin;
  const aliases = [...builtinFunctions].flatMap(([alias, other]) =>
    other.name === name && alias !== name ? [alias] : [],
  );
  return { name, aliases, signature: signature(name, parameters), ...documentationOf(builtin) };
}

/** Every function of the language, by family and in the order of their definitions. */
export function functionEntries(): FunctionEntry[] {
  const functions = [...builtinFunctions].flatMap(([name, f]) => (name === f.name ? [f] : []));
  return families.flatMap((family) => functions.filter((f) => f.family === family).map(entryOf));
}

/** A function by its name or one of its other names. Throws a `Fault` where there is none. */
export function functionEntry(name: string): FunctionEntry {
  const found = builtinFunctions.get(name);
  if (found !== undefined) return entryOf(found);
  throw new Fault([
    plannedFunctions.has(name)
      ? diagnose("not-supported-yet", { what: `\`${name}\`` })
      : diagnose("unknown-built-in", { name, suggestion: suggest(name, builtinFunctions.keys()) }),
  ]);
}

/** Runs the example of an entry. */
export function runExample({ example }: FunctionEntry): FunctionExample {
  const compiled = compile({ name: "example", text: example }, { gradients: false });
  const result = compiled.ok ? compiled.program.run({}) : compiled;
  if ("evaluation" in result) return { text: example, values: result.evaluation.outputs };
  throw new Fault(result.diagnostics);
}
