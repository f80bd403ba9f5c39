import type { CallExpression, FunctionDefinition } from "../../grammar/index.js";
import { type Diagnostic, diagnose, Fault } from "../diagnostics.js";
import { openParameter, type Parameter, required, signature } from "../ops/builtin.js";
import { suggest } from "./suggest.js";

/** Which of a call's arguments, by position, each parameter gets. */
export type Matched = ReadonlyMap<string, readonly number[]>;

/** A user's function takes every parameter as it is. */
export function functionParameters({ parameters }: FunctionDefinition): ReadonlyMap<string, Parameter> {
  return new Map(parameters.map(({ name }): [string, Parameter] => [name, required("tensor")]));
}

/** Matches the arguments of a call with parameters: by position, then by keyword. Values play no part in it. */
export function matchArguments(
  name: string,
  parameters: ReadonlyMap<string, Parameter>,
  call: CallExpression,
): { readonly matched: Matched; readonly problem: Diagnostic | undefined } {
  const form = signature(name, parameters);
  const names = [...parameters.keys()];
  const positional = names.filter((parameter) => parameters.get(parameter)!.keywordOnly !== true);
  const open = openParameter(parameters);
  const matched = new Map<string, number[]>();
  const fail = (problem: Diagnostic) => ({ matched, problem });
  const wrongCount = () =>
    fail(
      diagnose(
        "argument-count",
        { name, expected: arity(parameters), actual: call.args.length, signature: form },
        call.span,
      ),
    );
  const keywords = new Set<string>();
  for (const [position, { keyword, value }] of call.args.entries()) {
    if (keyword !== undefined) {
      if (!parameters.has(keyword.name)) {
        const suggestion = suggest(keyword.name, names);
        return fail(
          diagnose(
            "unknown-keyword",
            { name, keyword: keyword.name, signature: form, suggestion },
            keyword.span,
          ),
        );
      }
      if (matched.has(keyword.name)) {
        return fail(diagnose("repeated-argument", { name, keyword: keyword.name }, keyword.span));
      }
      keywords.add(keyword.name);
      matched.set(keyword.name, [position]);
      continue;
    }
    if (keywords.size > 0) return fail(diagnose("positional-after-keyword", { name }, value.span));
    const next = positional[position];
    if (next !== undefined) matched.set(next, [position]);
    // `zeros(2, 3)`: sizes at the end take all that follow.
    else if (open !== undefined) matched.get(open)!.push(position);
    else return wrongCount();
  }
  const missing = names.find((parameter) => parameters.get(parameter)!.required && !matched.has(parameter));
  if (missing === undefined) return { matched, problem: undefined };
  if (keywords.size === 0) return wrongCount();
  return fail(diagnose("missing-argument", { name, argument: missing, signature: form }, call.span));
}

/** The same, where a mismatch is a fault. */
export function requireMatch(
  name: string,
  parameters: ReadonlyMap<string, Parameter>,
  call: CallExpression,
): Matched {
  const { matched, problem } = matchArguments(name, parameters, call);
  if (problem !== undefined) throw new Fault([problem]);
  return matched;
}

/** `1 argument`, `1 to 3 arguments`. */
function arity(parameters: ReadonlyMap<string, Parameter>): string {
  const least = [...parameters.values()].filter((parameter) => parameter.required).length;
  const most = parameters.size;
  if (openParameter(parameters) !== undefined) return `at least ${least} argument${least === 1 ? "" : "s"}`;
  const count = least === most ? `${most}` : `${least} to ${most}`;
  return `${count} argument${most === 1 ? "" : "s"}`;
}
