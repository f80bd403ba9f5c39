import type { DerivativeStatement, FunctionDefinition } from "../../grammar/index.js";
import type { Diagnostic } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import { formatShape } from "../tensor.js";

/** What an expression stands for while the graph is built. */
export type Value =
  | { readonly kind: "tensor"; readonly node: OperatorNode }
  | { readonly kind: "tuple"; readonly elements: readonly Value[] }
  | { readonly kind: "string"; readonly text: string }
  | Callable;

/** What can be called: a function or a lambda of the script, or a built-in function under its name. */
export type Callable = FunctionValue | { readonly kind: "builtin"; readonly name: string };

/** A function together with the scope in which its body is read. */
export interface FunctionValue {
  readonly kind: "function";
  readonly definition: FunctionDefinition;
  readonly scope: Scope;
  /** Its own derivative, where the script states one. */
  readonly rule: DerivativeStatement | undefined;
}

/** A name without a value; whoever reads it fails with these diagnostics, or none where they are reported already. */
export interface Broken {
  readonly kind: "broken";
  readonly diagnostics: readonly Diagnostic[];
}

type Binding = Value | Broken;

/** Names and what they stand for, innermost first. */
export class Scope {
  readonly #names = new Map<string, Binding>();
  readonly #outer: Scope | undefined;

  constructor(outer?: Scope) {
    this.#outer = outer;
  }

  define(name: string, value: Binding): void {
    this.#names.set(name, value);
  }

  find(name: string): Binding | undefined {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.#outer) {
      const found = scope.#names.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

export const tensor = (node: OperatorNode): Value => ({ kind: "tensor", node });

/** For messages: `a tuple`, `a function`. */
export function describeKind({ kind }: Value): string {
  return kind === "builtin" ? "a function" : `a ${kind}`;
}

/** For messages: `a tensor of shape (2, 3)`, `a tuple of 2 elements`. */
export function describeValue(value: Value): string {
  if (value.kind !== "tensor" && value.kind !== "tuple") return describeKind(value);
  if (value.kind === "tuple")
    return `a tuple of ${value.elements.length} element${value.elements.length === 1 ? "" : "s"}`;
  return value.node.shape.length === 0 ? "a scalar" : `a tensor of shape ${formatShape(value.node.shape)}`;
}
