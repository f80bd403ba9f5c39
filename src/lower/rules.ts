import type { DerivativeStatement, FunctionDefinition, Identifier, Script } from "../../grammar/index.js";
import { type Diagnostic, diagnose } from "../diagnostics.js";
import { builtinFunctions } from "../ops/builtins.js";
import { suggest } from "./suggest.js";

/** What a name of the script is, as far as rules need to know it. */
interface Named {
  readonly kind: "definition" | "declaration" | "function";
  readonly node: unknown;
}

const statements = (script: Script): DerivativeStatement[] =>
  script.statements.filter((statement) => statement.kind === "derivative");

/** The `derivative` statements by the function that they belong to; the first where there are several. */
export function derivativeRules(script: Script): ReadonlyMap<string, DerivativeStatement> {
  return new Map(
    statements(script)
      .reverse()
      .map((rule) => [rule.name.name, rule]),
  );
}

/** The names that a rule gives to the arguments and to their tangents. */
export const ruleNames = ({ parameters, tangents }: DerivativeStatement): readonly Identifier[] => [
  ...parameters,
  ...tangents,
];

/** Rules without a function, rules that do not fit their function, and second rules. */
export function checkRules(script: Script, byName: ReadonlyMap<string, Named>): Diagnostic[] {
  const first = derivativeRules(script);
  const functions = [...byName].flatMap(([name, { kind }]) => (kind === "function" ? [name] : []));
  return statements(script).flatMap((rule): Diagnostic[] => {
    const { name, span } = rule.name;
    const found = byName.get(name);
    if (found?.kind !== "function") {
      const what = found !== undefined ? "a value" : builtinFunctions.has(name) ? "a built-in" : undefined;
      return [diagnose("derivative-function", { name, what, suggestion: suggest(name, functions) }, span)];
    }
    const earlier = first.get(name)!;
    if (earlier !== rule) {
      const note = { message: "first stated here", span: earlier.name.span };
      return [diagnose("derivative-twice", { name }, span, [note])];
    }
    const expected = (found.node as FunctionDefinition).parameters.length;
    return [rule.parameters, rule.tangents].flatMap((given, i) => {
      if (given.length === expected) return [];
      const what = i === 0 ? "parameter" : "tangent";
      return [diagnose("derivative-parameters", { name, what, expected, actual: given.length }, span)];
    });
  });
}
