import type {
  CallExpression,
  Declaration,
  Definition,
  DerivativeStatement,
  Expression,
  FunctionDefinition,
  Identifier,
  Script,
} from "../../grammar/index.js";
import { type Diagnostic, diagnose, type Note, type Source, type Span } from "../diagnostics.js";
import type { Parameter } from "../ops/builtin.js";
import { builtinConstants, builtinFunctions, isBuiltin } from "../ops/builtins.js";
import { derivativeFunctions } from "../ops/derivative-functions.js";
import { loopFunctions } from "../ops/loop-functions.js";
import { dependencyOrder } from "./order.js";
import type { Read } from "./reads.js";
import { allReads, checkRuleReads, edgesOf } from "./rule-reads.js";
import { functionParameters, matchArguments } from "./signature.js";
import { byPlace } from "./sources.js";
import { suggest } from "./suggest.js";
import { type Assert, collectSymbols, type Entity, introducedBy, type Symbols } from "./symbols.js";

/** A value that comes from outside. */
export interface InputSpec {
  readonly name: string;
  /** `free`: a name that nothing defines. `default`: a definition that reads no other name. */
  readonly role: "free" | "default" | "input" | "param";
  readonly span: Span;
  readonly shape: Declaration["shape"];
  readonly domain: Declaration["domain"];
  /** Its value where none is given. */
  readonly value: Expression | undefined;
}

/** A script with every name accounted for, before any shape is known. */
export interface Resolution {
  /** The script itself; what stands in another file is imported. */
  readonly main: Source;
  /** Every statement that gives names a meaning, in source order. */
  readonly entities: readonly Entity[];
  /** In source order. */
  readonly inputs: ReadonlyMap<string, InputSpec>;
  readonly functions: ReadonlyMap<string, FunctionDefinition>;
  /** `const` declarations and definitions, each after what it reads. */
  readonly order: readonly (Definition | Declaration)[];
  readonly outputs: readonly Identifier[];
  /** In source order. */
  readonly asserts: readonly Assert[];
  /** Names of dimensions, `n` of `[n, m]`, with their first place. */
  readonly dimensions: ReadonlyMap<string, Span>;
  /** Names of the script that `grad` and its like differentiate by. */
  readonly variables: ReadonlySet<string>;
  /** The functions that state their own derivative, with it. */
  readonly rules: ReadonlyMap<string, DerivativeStatement>;
}

/** Finds out what every name of a script is, together with what it imports. Reports every problem that needs no shapes. */
export function resolve(script: Script): {
  readonly resolution: Resolution;
  readonly diagnostics: readonly Diagnostic[];
} {
  const diagnostics: Diagnostic[] = [];
  const symbols = collectSymbols(script, diagnostics);
  diagnostics.push(...checkReads(symbols), ...checkRuleReads(symbols));
  const { order, cycles } = dependencyOrder(symbols.entities, (entity) => edgesOf(entity, symbols));
  for (const cycle of cycles) {
    const code = cycle.every(({ to }) => to.kind === "function") ? "recursion" : "cycle";
    const names = cycle.map(({ name }) => name);
    diagnostics.push(diagnose(code, { path: [names.at(-1)!, ...names] }, cycle[0]!.span));
  }
  const { defaults, ends } = classify(symbols);
  const inOrder = byPlace(script);
  const inputs = [
    ...symbols.entities.flatMap(declaredInput),
    ...[...defaults].flatMap(defaultInputs),
    ...freeInputs(symbols, inOrder),
  ].sort((a, b) => inOrder(a.span, b.span));
  const inputNames = new Set(inputs.map(({ name }) => name));
  const valid = symbols.requested.filter((identifier) => {
    const problem = outputProblem(identifier, symbols, inputNames);
    if (problem !== undefined) diagnostics.push(problem);
    return problem === undefined;
  });
  const isOwn = ({ span }: Identifier) => span.source === symbols.main;
  return {
    resolution: {
      main: symbols.main,
      entities: symbols.entities,
      inputs: new Map(inputs.map((input) => [input.name, input])),
      functions: new Map(
        symbols.entities.flatMap((e) => (e.kind === "function" ? [[e.node.name.name, e.node] as const] : [])),
      ),
      order: order.flatMap((e) => {
        const isValue =
          e.kind === "definition" ? !defaults.has(e) : e.kind === "declaration" && e.node.role === "const";
        return isValue ? [e.node as Definition | Declaration] : [];
      }),
      outputs: symbols.requested.some(isOwn) ? valid.filter(isOwn) : ends,
      asserts: symbols.asserts,
      dimensions: symbols.dimensions,
      rules: new Map(
        symbols.entities.flatMap((e) =>
          e.kind === "function" && e.rule !== undefined ? [[e.node.name.name, e.rule] as const] : [],
        ),
      ),
      variables: new Set(
        readers(symbols).flatMap(({ reads }) =>
          reads.flatMap(({ name, derivative }) => (derivative === undefined ? [] : [name])),
        ),
      ),
    },
    diagnostics,
  };
}

/** Every statement that reads names. */
const readers = ({ entities, asserts }: Symbols): readonly Pick<Entity, "reads">[] => [
  ...entities,
  ...asserts,
];

/** Reads that have no meaning: unknown names, values that are called, functions that are not. */
function checkReads(symbols: Symbols): Diagnostic[] {
  const { entities, asserts, byName, dimensions, declaresInputs } = symbols;
  const problemOf = (read: Read): Diagnostic | undefined => {
    const { name, span } = read;
    const found = byName.get(name);
    if (read.call !== undefined) return mismatch(read, read.call, found, symbols);
    const constant = read.derivative === undefined ? undefined : constantKind(name, found, symbols);
    if (constant !== undefined) {
      const derivative = (read.derivative!.callee as Identifier).name;
      return diagnose("derivative-by", { name: derivative, what: `${constant} \`${name}\`` }, span);
    }
    if (
      read.isArgument &&
      read.derivative === undefined &&
      (found?.kind === "function" || (found === undefined && builtinFunctions.has(name)))
    )
      return undefined;
    if (found?.kind === "function") return diagnose("not-a-value", { name, what: "a function" }, span);
    if (found !== undefined || builtinConstants.has(name) || dimensions.has(name)) return undefined;
    if (isBuiltin(name)) return diagnose("not-a-value", { name, what: "a built-in function" }, span);
    if (!declaresInputs) return undefined;
    const suggestion = suggest(name, valueNames(symbols));
    return diagnose("unknown-name", { name, suggestion }, span, declaredElsewhere(span, symbols));
  };
  return [
    ...entities.flatMap((entity) =>
      allReads(entity).flatMap(
        (read) => problemOf(read) ?? dependingDeclaration(entity, read, symbols) ?? [],
      ),
    ),
    ...asserts.flatMap(({ reads }) => reads.flatMap((read) => problemOf(read) ?? [])),
  ];
}

/** Where inputs are declared, if it is another file than that of an unknown name. */
function declaredElsewhere({ source }: Span, { entities }: Symbols): Note[] {
  const places = entities.flatMap(({ kind, node }) =>
    kind === "declaration" && node.role === "input" ? [node.name.span] : [],
  );
  if (places.some((place) => place.source === source)) return [];
  return places.slice(0, 1).map((span) => ({ message: "inputs are declared here", span }));
}

/** What a name is that has a value but no derivative by it, if it is one. */
function constantKind(name: string, found: Entity | undefined, { dimensions }: Symbols): string | undefined {
  if (found?.kind === "declaration" && found.node.role === "const") return "the constant";
  if (found !== undefined) return undefined;
  if (dimensions.has(name)) return "the dimension";
  return builtinConstants.has(name) ? "the constant" : undefined;
}

/** Defaults and constants are evaluated before the script runs: they cannot read what is computed in it. */
function dependingDeclaration(
  { kind, node }: Entity,
  read: Read,
  { byName, dimensions }: Symbols,
): Diagnostic | undefined {
  const found = byName.get(read.name);
  if (kind !== "declaration" || read.call !== undefined || dimensions.has(read.name)) return undefined;
  if (
    found === undefined ? isBuiltin(read.name) : found.kind === "declaration" && found.node.role === "const"
  )
    return undefined;
  return diagnose("default-depends", { name: node.name.name, on: read.name }, read.span);
}

/** What a name takes when it is called, if it can be. */
function parametersOf(name: string, found: Entity | undefined): ReadonlyMap<string, Parameter> | undefined {
  if (found === undefined) {
    return (builtinFunctions.get(name) ?? derivativeFunctions.get(name) ?? loopFunctions.get(name))
      ?.parameters;
  }
  return found.kind === "function" ? functionParameters(found.node) : undefined;
}

/** How a call does not fit its function. A function that is itself reported for a repeated parameter fits anything. */
function mismatch(
  read: Read,
  call: CallExpression,
  found: Entity | undefined,
  symbols: Symbols,
): Diagnostic | undefined {
  const parameters = parametersOf(read.name, found);
  if (parameters === undefined) return calledProblem(read, found, symbols);
  if (found?.kind === "function" && found.node.parameters.length !== parameters.size) return undefined;
  return matchArguments(read.name, parameters, call).problem;
}

function calledProblem({ name, span }: Read, found: Entity | undefined, symbols: Symbols): Diagnostic {
  if (found !== undefined || builtinConstants.has(name)) {
    return diagnose("not-a-function", { what: `the value \`${name}\`` }, span);
  }
  const { byName } = symbols;
  const functions = [...byName].flatMap(([known, { kind }]) => (kind === "function" ? [known] : []));
  const suggestion = suggest(name, [
    ...builtinFunctions.keys(),
    ...derivativeFunctions.keys(),
    ...loopFunctions.keys(),
    ...functions,
  ]);
  const isInput = readers(symbols).some(({ reads }) =>
    reads.some((read) => read.name === name && !read.call),
  );
  return diagnose("unknown-function", { name, suggestion, isInput, instead: namesElsewhere.get(name) }, span);
}

/** What other languages call what this one has under another name. */
const namesElsewhere: ReadonlyMap<string, string> = new Map([
  ["ln", "`log(x)`"],
  ["pow", "`x^y`"],
  ["power", "`x^y`"],
  ["absolute", "`abs(x)`"],
  ["fabs", "`abs(x)`"],
  ["sigm", "`sigmoid(x)`"],
  ["logistic", "`sigmoid(x)`"],
  ["len", "`shape(x)[0]`"],
  ["size", "`shape(x)`, the sizes of all axes"],
  ["average", "`mean(x)`"],
  ["amax", "`max(x)`"],
  ["amin", "`min(x)`"],
  ["identity", "`eye(n)`"],
  ["hstack", "`concatenate((x, y), axis=1)`"],
  ["vstack", "`concatenate((x, y))`"],
]);

function* valueNames({ byName, dimensions }: Symbols): Iterable<string> {
  for (const [name, { kind }] of byName) if (kind !== "function") yield name;
  yield* dimensions.keys();
}

/**
 * Tells inputs with a default (definitions that read no name of the script, unless it declares its inputs) from
 * definitions, and finds the names of the script itself that no definition reads: the outputs of one that asks for
 * none. Asserts play no part in it: adding one changes none of the outputs.
 */
function classify({ main, entities, declaresInputs }: Symbols): {
  readonly defaults: ReadonlySet<Entity>;
  readonly ends: readonly Identifier[];
} {
  const read = new Set(entities.flatMap(({ reads }) => reads.map(({ name }) => name)));
  const unread = (list: readonly Entity[]) =>
    list.flatMap((e) => introducedBy(e).filter(({ name }) => !read.has(name)));
  const definitions = entities.filter(({ kind }) => kind === "definition");
  const closed = declaresInputs ? [] : definitions.filter(isClosed);
  const isDefault = new Set(closed);
  const isOwn = ({ node }: Entity) => node.span.source === main;
  const ends = unread(definitions.filter((e) => isOwn(e) && !isDefault.has(e)));
  // A name that says that it may be unused is shown only where there is nothing else.
  const shownEnds = ends.filter(({ name }) => !name.startsWith("_"));
  if (ends.length > 0) return { defaults: isDefault, ends: shownEnds.length > 0 ? shownEnds : ends };
  // Nothing is computed from the closed definitions, so those that nothing reads are what there is to show.
  const shown = closed.filter((e) => isOwn(e) && introducedBy(e).every(({ name }) => !read.has(name)));
  for (const entity of shown) isDefault.delete(entity);
  return { defaults: isDefault, ends: unread(shown) };
}

function isClosed(entity: Entity): boolean {
  if (entity.kind !== "definition" || entity.reads.some(({ name }) => !isBuiltin(name))) return false;
  const { tuple, value, targets } = entity.node;
  return !tuple || (value.kind === "tuple" && value.elements.length === targets.length);
}

function declaredInput(entity: Entity): InputSpec[] {
  if (entity.kind !== "declaration" || entity.node.role === "const") return [];
  const { name, role, shape, domain, value } = entity.node;
  return [{ name: name.name, role, span: name.span, shape, domain, value }];
}

function defaultInputs(entity: Entity): InputSpec[] {
  const { targets, tuple, value } = entity.node as Definition;
  return targets.map(({ name, span }, i) => ({
    name,
    role: "default",
    span,
    shape: undefined,
    domain: undefined,
    value: tuple && value.kind === "tuple" ? value.elements[i]! : value,
  }));
}

/** Names that nothing defines, read by a value, by an assert or by a function that one of them calls. */
function freeInputs(
  { entities, asserts, byName, dimensions, declaresInputs }: Symbols,
  inOrder: (a: Span, b: Span) => number,
): InputSpec[] {
  if (declaresInputs) return [];
  const readers: Pick<Entity, "reads">[] = [
    ...entities.filter(({ kind }) => kind !== "function"),
    ...asserts,
  ];
  const called = new Set<Entity>();
  const found = new Map<string, Span>();
  // Functions that come in on the way are walked too.
  for (const { reads } of readers) {
    for (const { name, span, call } of reads) {
      const entity = byName.get(name);
      if (entity?.kind === "function") {
        if (!called.has(entity)) readers.push(entity);
        called.add(entity);
      } else if (entity === undefined && call === undefined && !isBuiltin(name) && !dimensions.has(name)) {
        const earlier = found.get(name);
        if (earlier === undefined || inOrder(span, earlier) < 0) found.set(name, span);
      }
    }
  }
  return [...found].map(([name, span]) => ({
    name,
    role: "free",
    span,
    shape: undefined,
    domain: undefined,
    value: undefined,
  }));
}

function outputProblem(
  { name, span }: Identifier,
  symbols: Symbols,
  inputNames: ReadonlySet<string>,
): Diagnostic | undefined {
  const entity = symbols.byName.get(name);
  if (entity?.kind === "function") return diagnose("output-is-not-value", { name, what: "a function" }, span);
  if (entity !== undefined || inputNames.has(name)) return undefined;
  return diagnose("unknown-output", { name, suggestion: suggest(name, valueNames(symbols)) }, span);
}
