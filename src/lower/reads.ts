import type { CallExpression, Expression } from "../../grammar/index.js";
import type { Span } from "../diagnostics.js";
import { partsOf } from "./parts.js";
import { variableOf } from "./variables.js";

/** A name that an expression takes from outside itself. */
export interface Read {
  readonly name: string;
  readonly span: Span;
  /** The call whose function it is. */
  readonly call: CallExpression | undefined;
  /** The call that differentiates by this name. */
  readonly derivative: CallExpression | undefined;
  /** Whether it is an argument of a call, where functions can be passed. */
  readonly isArgument: boolean;
}

interface Scope {
  readonly names: ReadonlySet<string>;
  readonly outer: Scope | undefined;
}

const isLocal = (name: string, scope: Scope | undefined): boolean => {
  for (let s = scope; s !== undefined; s = s.outer) if (s.names.has(name)) return true;
  return false;
};

/** The names that an expression reads from outside, in source order. Iterative: expressions may be very deep. */
export function readsOf(expression: Expression, parameters: readonly string[] = []): Read[] {
  const reads: Read[] = [];
  const scope = parameters.length === 0 ? undefined : { names: new Set(parameters), outer: undefined };
  const stack: {
    readonly node: Expression;
    readonly scope: Scope | undefined;
    readonly call: Read["call"];
    readonly derivative: Read["derivative"];
    readonly isArgument: boolean;
  }[] = [{ node: expression, scope, call: undefined, derivative: undefined, isArgument: false }];
  while (stack.length > 0) {
    const { node, scope: around, call, derivative, isArgument } = stack.pop()!;
    if (node.kind === "name") {
      if (!isLocal(node.name, around))
        reads.push({ name: node.name, span: node.span, call, derivative, isArgument });
      continue;
    }
    const parts = partsOf(node);
    const variable = node.kind === "call" ? variableOf(node) : undefined;
    for (let i = parts.length - 1; i >= 0; i--) {
      const { part, binds } = parts[i]!;
      const inner = binds.length === 0 ? around : { names: new Set(binds), outer: around };
      const isCallee = node.kind === "call" && part === node.callee;
      const isVariable = node.kind === "call" && part === variable;
      stack.push({
        node: part,
        scope: inner,
        call: isCallee ? node : undefined,
        derivative: isVariable ? node : undefined,
        isArgument: node.kind === "call" && !isCallee,
      });
    }
  }
  return reads;
}
