import type { Declaration, Definition, Expression } from "../../grammar/index.js";
import { type Diagnostic, Fault, fault, placeKey, type Span } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import type { Calculus } from "../ops/vocabulary.js";
import type { Shape } from "../tensor.js";
import { type LoweredAssert, lowerAssert } from "./asserts.js";
import { Conditional, type Context, type Differentiation, type Evaluate, nodeOf } from "./context.js";
import { lowerExpression, takeApart } from "./expression.js";
import type { Journal } from "./journal.js";
import type { Resolution } from "./resolve.js";
import { run } from "./trampoline.js";
import { describeKind, Scope, tensor, type Value } from "./value.js";

/** What a script's names stand for in the graph, for one choice of input shapes. */
export interface Lowered {
  /** Every input and every definition that is a tensor, in evaluation order. */
  readonly nodes: ReadonlyMap<string, OperatorNode>;
  /** Every `const` that is a tensor. */
  readonly constants: ReadonlyMap<string, OperatorNode>;
  /** Definitions that are tuples or strings, with the reason why they have no node, and their places. */
  readonly others: ReadonlyMap<string, { readonly what: string; readonly span: Span }>;
  /** In source order. */
  readonly asserts: readonly LoweredAssert[];
  /** What the shapes give reason to warn of, once for each place. */
  readonly warnings: readonly Diagnostic[];
}

export interface LoweringOptions {
  /** Shapes of the inputs. */
  readonly shapes: ReadonlyMap<string, Shape>;
  /** Sizes of the named dimensions. */
  readonly dimensions: ReadonlyMap<string, number>;
  /** Definitions by which derivatives are asked for: each gets a node of its own, even where another is equal. */
  readonly kept: (name: string) => boolean;
  readonly evaluate: Evaluate;
  readonly differentiation: Differentiation;
  /** In how many segments loops are run again for derivatives; without it, they keep every step's carries. */
  readonly checkpoint?: number;
  readonly journal?: Journal;
}

/** Builds the graph of a script. Throws a `Fault` with the problems of every definition and every assert that has one of its own. */
export function lower(b: Calculus, resolution: Resolution, options: LoweringOptions): Lowered {
  const warnings = new Map<string, Diagnostic>();
  const context = newContext(b, options, (warning) => {
    const place = `${warning.code} ${placeKey(warning.span)}`;
    if (!warnings.has(place)) warnings.set(place, warning);
  });
  const scope = baseScope(b, resolution, options.dimensions);
  const nodes = new Map<string, OperatorNode>();
  const constants = new Map<string, OperatorNode>();
  const others = new Map<string, { what: string; span: Span }>();
  const diagnostics: Diagnostic[] = [];

  for (const { name, span } of resolution.inputs.values()) {
    b.builder.span = span;
    const node = b.apply("input", [], { name, shape: options.shapes.get(name)! });
    nodes.set(name, node);
    scope.define(name, tensor(node));
  }
  for (const statement of resolution.order) {
    try {
      for (const [name, value] of lowerStatement(context, scope, statement)) {
        if (value.kind !== "tensor") {
          others.set(name, { what: describeKind(value), span: statement.span });
          scope.define(name, value);
          continue;
        }
        if (statement.kind === "declaration") context.journal?.local(name, value);
        const isKept = options.kept(name) || resolution.variables.has(name);
        const node =
          isKept && statement.kind === "definition" ? b.apply("named", [value.node], { name }) : value.node;
        scope.define(name, tensor(node));
        (statement.kind === "definition" ? nodes : constants).set(name, node);
      }
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      diagnostics.push(...error.diagnostics);
      for (const name of namesOf(statement)) scope.define(name, { kind: "broken", diagnostics: [] });
    }
  }
  const asserts = resolution.asserts.flatMap(({ node }) => {
    try {
      return [lowerAssert(context, scope, node)];
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      diagnostics.push(...error.diagnostics);
      return [];
    }
  });
  if (diagnostics.length > 0) throw new Fault(diagnostics);
  return { nodes, constants, others, asserts, warnings: [...warnings.values()] };
}

/** The nodes of expressions that read constants, functions, dimensions and built-ins only: defaults of inputs. */
export function lowerClosed(
  b: Calculus,
  resolution: Resolution,
  expressions: readonly Expression[],
  options: Pick<LoweringOptions, "dimensions" | "evaluate" | "differentiation">,
): OperatorNode[] {
  // A default that is wrong in its shape is found where it is used.
  const context = newContext(b, options, () => {});
  const scope = baseScope(b, resolution, options.dimensions);
  for (const statement of resolution.order) {
    if (statement.kind !== "declaration") continue;
    try {
      for (const [name, value] of lowerStatement(context, scope, statement)) scope.define(name, value);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      // A constant of a dimension that is not known yet matters only to those who read it.
      for (const name of namesOf(statement))
        scope.define(name, { kind: "broken", diagnostics: error.diagnostics });
    }
  }
  return expressions.map((expression) =>
    nodeOf(run(lowerExpression(context, scope, expression)), expression.span),
  );
}

const newContext = (
  b: Calculus,
  {
    evaluate,
    differentiation,
    checkpoint,
    journal,
  }: Pick<LoweringOptions, "evaluate" | "differentiation" | "checkpoint" | "journal">,
  warn: Context["warn"],
): Context => ({
  b,
  warn,
  evaluate,
  differentiation,
  checkpoint,
  calls: new Map(),
  custom: new Map(),
  conditional: new Conditional(),
  openCalls: new Map(),
  loopSources: new Map(),
  openLoops: { count: 0 },
  functionNumbers: new Map(),
  openRules: new Set(),
  journal,
});

function baseScope(
  b: Calculus,
  { functions, rules }: Resolution,
  dimensions: ReadonlyMap<string, number>,
): Scope {
  const scope = new Scope();
  for (const [name, definition] of functions)
    scope.define(name, { kind: "function", definition, scope, rule: rules.get(name) });
  for (const [name, size] of dimensions) scope.define(name, tensor(b.node(size)));
  return scope;
}

function namesOf(statement: Definition | Declaration): string[] {
  return statement.kind === "declaration" ? [statement.name.name] : statement.targets.map(({ name }) => name);
}

function lowerStatement(
  context: Context,
  scope: Scope,
  statement: Definition | Declaration,
): (readonly [name: string, value: Value])[] {
  const expression = statement.value;
  if (expression === undefined) throw fault("missing-value", { names: namesOf(statement) }, statement.span);
  const value = run(lowerExpression(context, scope, expression));
  const isTuple = statement.kind === "definition" && statement.tuple;
  const names = namesOf(statement);
  const parts = takeApart(value, names.length, isTuple, statement.span);
  return names.map((name, i) => [name, parts[i]!]);
}
