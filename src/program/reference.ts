import { diagnose, Fault } from "../diagnostics.js";
import { suggest } from "../lower/suggest.js";
import { type Builtin, signature } from "../ops/builtin.js";
import { builtinFunctions } from "../ops/builtins.js";
import { derivativeFunctions } from "../ops/derivative-functions.js";
import { type Documentation, documentationOf, families } from "../ops/documentation.js";
import { loopFunctions } from "../ops/loop-functions.js";
import type { FunctionEntry, FunctionExample } from "../results.js";
import { compile } from "./program.js";

/** What the reference needs to know of a function. */
type Documented = Documentation & Pick<Builtin, "parameters">;

/** By name; other names of a function come after its own. */
const functions: ReadonlyMap<string, readonly [name: string, Documented]> = new Map([
  ...[...builtinFunctions].map(([name, f]) => [name, [f.name, f]] as const),
  ...[...derivativeFunctions, ...loopFunctions].map(([name, f]) => [name, [name, f]] as const),
]);

function entryOf(name: string, documented: Documented): FunctionEntry {
  const aliases = [...functions].flatMap(([alias, [other]]) =>
    other === name && alias !== name ? [alias] : [],
  );
  return { name, aliases, signature: signature(name, documented.parameters), ...documentationOf(documented) };
}

/** Every function of the language, by family and in the order of their definitions. */
export function functionEntries(): FunctionEntry[] {
  const own = [...functions].flatMap(([alias, [name, f]]) => (alias === name ? [[name, f] as const] : []));
  return families.flatMap((family) =>
    own.filter(([, f]) => f.family === family).map(([name, f]) => entryOf(name, f)),
  );
}

/** A function by its name or one of its other names. Throws a `Fault` where there is none. */
export function functionEntry(name: string): FunctionEntry {
  const found = functions.get(name);
  if (found !== undefined) return entryOf(...found);
  throw new Fault([diagnose("unknown-built-in", { name, suggestion: suggest(name, functions.keys()) })]);
}

/** Runs the example of an entry. */
export function runExample({ example }: FunctionEntry): FunctionExample {
  const compiled = compile({ name: "example", text: example }, { gradients: false });
  const result = compiled.ok ? compiled.program.run({}) : compiled;
  if ("evaluation" in result) return { text: example, values: result.evaluation.outputs };
  throw new Fault(result.diagnostics);
}
