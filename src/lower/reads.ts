import type { CallExpression, Expression, Statement } from "../../grammar/index.js";
import type { Span } from "../diagnostics.js";

/** A name that an expression takes from outside itself. */
export interface Read {
  readonly name: string;
  readonly span: Span;
  /** The call whose function it is. */
  readonly call: CallExpression | undefined;
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
  }[] = [{ node: expression, scope, call: undefined }];
  while (stack.length > 0) {
    const { node, scope: around, call } = stack.pop()!;
    if (node.kind === "name") {
      if (!isLocal(node.name, around)) reads.push({ name: node.name, span: node.span, call });
      continue;
    }
    const parts = partsOf(node);
    for (let i = parts.length - 1; i >= 0; i--) {
      const { part, binds } = parts[i]!;
      const inner = binds.length === 0 ? around : { names: new Set(binds), outer: around };
      const isCallee = node.kind === "call" && part === node.callee;
      stack.push({ node: part, scope: inner, call: isCallee ? node : undefined });
    }
  }
  return reads;
}

/** Names that a statement of a block makes. */
export function namesOf(
  statement: Extract<Statement, { kind: "definition" | "function" }>,
): readonly string[] {
  return statement.kind === "function" ? [statement.name.name] : statement.targets.map(({ name }) => name);
}

interface Part {
  readonly part: Expression;
  /** Names that the part sees and its surroundings do not. */
  readonly binds: readonly string[];
}

const plain = (part: Expression): Part => ({ part, binds: [] });
const present = (parts: readonly (Expression | undefined)[]): Part[] =>
  parts.flatMap((part) => (part === undefined ? [] : [plain(part)]));

/** The expressions directly inside another one. */
export function partsOf(node: Expression): readonly Part[] {
  switch (node.kind) {
    case "number":
    case "string":
    case "name":
      return [];
    case "unary":
    case "transpose":
      return [plain(node.operand)];
    case "binary":
      return [plain(node.left), plain(node.right)];
    case "index":
      return [
        plain(node.operand),
        ...node.subscripts.flatMap((s) =>
          s.kind === "at" ? [plain(s.index)] : s.kind === "slice" ? present([s.start, s.stop, s.step]) : [],
        ),
      ];
    case "call":
      return [plain(node.callee), ...node.args.map(({ value }) => plain(value))];
    case "list":
    case "tuple":
      return node.elements.map(plain);
    case "lambda":
      return [{ part: node.body, binds: node.parameters.map(({ name }) => name) }];
    case "if":
      return [plain(node.condition), plain(node.consequent), plain(node.alternate)];
    case "block": {
      const binds = node.statements.flatMap(namesOf);
      return [
        ...node.statements.map(
          (statement): Part =>
            statement.kind === "function"
              ? {
                  part: statement.body,
                  binds: [...binds, ...statement.parameters.map(({ name }) => name)],
                }
              : { part: statement.value, binds },
        ),
        { part: node.value, binds },
      ];
    }
  }
}
