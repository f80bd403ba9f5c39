import type { Expression, Statement } from "../../grammar/index.js";

/** Names that a statement of a block makes. */
export function namesOf(
  statement: Extract<Statement, { kind: "definition" | "function" }>,
): readonly string[] {
  return statement.kind === "function" ? [statement.name.name] : statement.targets.map(({ name }) => name);
}

export interface Part {
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
