import type {
  AssertStatement,
  Declaration,
  Definition,
  DerivativeStatement,
  FunctionDefinition,
  Identifier,
  Script,
  Statement,
} from "../../grammar/index.js";
import { type Diagnostic, diagnose, type Source, type Span } from "../diagnostics.js";
import { isBuiltin } from "../ops/builtins.js";
import { checkExpression } from "./check-expression.js";
import { type Read, readsOf } from "./reads.js";
import { checkRules, derivativeRules, ruleNames } from "./rules.js";

/** A statement that gives names a meaning, with the names that it reads. */
export type Entity =
  | { readonly kind: "definition"; readonly node: Definition; readonly reads: readonly Read[] }
  | { readonly kind: "declaration"; readonly node: Declaration; readonly reads: readonly Read[] }
  | {
      readonly kind: "function";
      readonly node: FunctionDefinition;
      readonly reads: readonly Read[];
      /** Its own derivative, and the names that this reads. */
      readonly rule: DerivativeStatement | undefined;
      readonly ruleReads: readonly Read[];
    };

/** A check, with the names that it reads. It gives no name a meaning. */
export interface Assert {
  readonly node: AssertStatement;
  readonly reads: readonly Read[];
}

/** What the statements of a script name, before anything is known of what the names read. */
export interface Symbols {
  /** The script itself; what stands in another file is imported. */
  readonly main: Source;
  readonly entities: readonly Entity[];
  readonly asserts: readonly Assert[];
  readonly byName: ReadonlyMap<string, Entity>;
  /** Where each name is introduced. */
  readonly places: ReadonlyMap<string, Span>;
  /** Names of dimensions, `n` of `[n, m]`, with their first place. */
  readonly dimensions: ReadonlyMap<string, Span>;
  /** The names of `output` statements, of imported files too. */
  readonly requested: readonly Identifier[];
  /** Whether the script declares its inputs, so that every other unknown name is a mistake. */
  readonly declaresInputs: boolean;
}

/** The names that an entity introduces. */
export function introducedBy({ kind, node }: Entity): readonly Identifier[] {
  return kind === "definition" ? node.targets : [node.name];
}

/** `f = x -> x^2` is `f(x) = x^2`. */
function asFunction(statement: Statement): Statement {
  if (statement.kind !== "definition" || statement.tuple || statement.value.kind !== "lambda")
    return statement;
  const { targets, value, span } = statement;
  return { kind: "function", name: targets[0]!, parameters: value.parameters, body: value.body, span };
}

/** Gathers the names of a script and reports those that are taken. */
export function collectSymbols(script: Script, diagnostics: Diagnostic[]): Symbols {
  const entities: Entity[] = [];
  const asserts: Assert[] = [];
  const requested: Identifier[] = [];
  const rules = derivativeRules(script);
  for (const written of script.statements) {
    const statement = asFunction(written);
    switch (statement.kind) {
      case "definition":
        entities.push({ kind: "definition", node: statement, reads: readsOf(statement.value) });
        diagnostics.push(...checkExpression(statement.value, []));
        break;
      case "function": {
        const parameters = statement.parameters.map(({ name }) => name);
        const rule = rules.get(statement.name.name);
        entities.push({
          kind: "function",
          node: statement,
          reads: readsOf(statement.body, parameters),
          rule,
          ruleReads:
            rule === undefined
              ? []
              : readsOf(
                  rule.body,
                  ruleNames(rule).map(({ name }) => name),
                ),
        });
        diagnostics.push(...checkExpression(statement.body, statement.parameters));
        break;
      }
      case "declaration": {
        const { value, domain } = statement;
        const parts = [value, domain?.low, domain?.high].filter((part) => part !== undefined);
        entities.push({
          kind: "declaration",
          node: statement,
          reads: parts.flatMap((part) => readsOf(part)),
        });
        diagnostics.push(...parts.flatMap((part) => checkExpression(part, [])));
        break;
      }
      case "derivative":
        diagnostics.push(...checkExpression(statement.body, ruleNames(statement)));
        break;
      case "output":
        requested.push(...statement.names);
        break;
      case "assert": {
        const { condition, within, relative } = statement;
        const parts = [condition, within, relative].filter((part) => part !== undefined);
        asserts.push({ node: statement, reads: parts.flatMap((part) => readsOf(part)) });
        diagnostics.push(...parts.flatMap((part) => checkExpression(part, [])));
        break;
      }
      case "import":
        // The statements of the file stand in the script already.
        break;
    }
  }

  const byName = new Map<string, Entity>();
  const places = new Map<string, Span>();
  const isFree = ({ name, span }: Identifier): boolean => {
    const first = places.get(name);
    if (isBuiltin(name)) diagnostics.push(diagnose("shadows-built-in", { name }, span));
    else if (first !== undefined) {
      diagnostics.push(
        diagnose("redefinition", { name }, span, [{ message: "first defined here", span: first }]),
      );
    }
    return !isBuiltin(name) && first === undefined;
  };
  for (const entity of entities) {
    for (const identifier of introducedBy(entity)) {
      if (!isFree(identifier)) continue;
      places.set(identifier.name, identifier.span);
      byName.set(identifier.name, entity);
    }
  }
  diagnostics.push(...checkRules(script, byName));
  const dimensions = new Map<string, Span>();
  for (const { kind, node } of entities) {
    if (kind !== "declaration") continue;
    for (const size of node.shape ?? []) {
      if (size.kind === "number" && !Number.isSafeInteger(size.value)) {
        diagnostics.push(diagnose("dimension-size", { actual: `${size.value}` }, size.span));
      }
      if (size.kind === "name" && !dimensions.has(size.name) && isFree(size))
        dimensions.set(size.name, size.span);
    }
  }
  return {
    main: script.source,
    entities,
    asserts,
    byName,
    places,
    dimensions,
    requested,
    declaresInputs: entities.some(({ kind, node }) => kind === "declaration" && node.role === "input"),
  };
}
