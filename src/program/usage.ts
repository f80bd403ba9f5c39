import type { Identifier } from "../../grammar/index.js";
import { type Diagnostic, diagnose } from "../diagnostics.js";
import type { InputSpec, Resolution } from "../lower/resolve.js";
import { type Assert, type Entity, introducedBy } from "../lower/symbols.js";

const kinds: Readonly<Record<Entity["kind"], string>> = {
  definition: "the definition",
  declaration: "the constant",
  function: "the function",
};

/**
 * Warnings for what a script has and neither its outputs, its asserts nor the names asked for need, in source order. An
 * imported file may well have more than is needed.
 */
export function usageWarnings(resolution: Resolution, of: readonly string[]): Diagnostic[] {
  const wanted = new Set([...resolution.outputs.map(({ name }) => name), ...of]);
  return [...unconnectedInputs(resolution, wanted), ...unusedDefinitions(resolution, wanted)]
    .filter(({ span }) => span!.source === resolution.main)
    .sort((a, b) => a.span!.start - b.span!.start);
}

/**
 * Inputs of imported files that no path of names leads to from the statements of the script itself or from the names
 * asked for.
 */
export function idleInputs(resolution: Resolution, of: readonly string[]): ReadonlySet<string> {
  const { main, entities, inputs, asserts } = resolution;
  const imported = [...inputs.values()].filter(({ span }) => span.source !== main);
  if (imported.length === 0) return new Set();
  const isOwn = ({ node }: Entity | Assert) => node.span.source === main;
  const start = [...of, ...namesRead(entities.filter(isOwn)), ...namesRead(asserts.filter(isOwn))];
  const reached = reachedFrom(start, resolution);
  return new Set(imported.flatMap(({ name }) => (reached.has(name) ? [] : [name])));
}

/** The names that these need, themselves among them. */
function reachedFrom(names: Iterable<string>, { entities }: Resolution): ReadonlySet<string> {
  const byName = new Map<string, Entity>();
  for (const entity of entities) for (const { name } of introducedBy(entity)) byName.set(name, entity);
  const reached = new Set(names);
  // A set is walked in the order of insertion, so what comes in on the way is walked too.
  for (const name of reached) for (const read of byName.get(name)?.reads ?? []) reached.add(read.name);
  return reached;
}

/** Inputs that no path of names leads to from an output or an assert. */
function unconnectedInputs(resolution: Resolution, wanted: ReadonlySet<string>): Diagnostic[] {
  if (resolution.inputs.size === 0) return [];
  const reached = reachedFrom([...wanted, ...namesRead(resolution.asserts)], resolution);
  // An input may be there for the dimensions that it brings.
  const isConnected = ({ name, shape }: InputSpec) =>
    reached.has(name) || shape?.some((size) => size.kind === "name" && reached.has(size.name)) === true;
  return [...resolution.inputs.values()].flatMap((input) => {
    const { name, span } = input;
    return isSilent(name) || isConnected(input) ? [] : [diagnose("unconnected-input", { name }, span)];
  });
}

/** Definitions, functions and constants that nothing reads. */
function unusedDefinitions(
  { entities, inputs, asserts }: Resolution,
  wanted: ReadonlySet<string>,
): Diagnostic[] {
  const read = namesRead([...entities, ...asserts]);
  const isUnused = ({ name }: Identifier) =>
    !read.has(name) && !wanted.has(name) && !inputs.has(name) && !isSilent(name);
  const warnings: Diagnostic[] = [];
  for (const entity of entities) {
    for (const identifier of introducedBy(entity)) {
      if (!isUnused(identifier)) continue;
      const { name, span } = identifier;
      warnings.push(diagnose("unused-definition", { name, what: kinds[entity.kind] }, span));
    }
  }
  return warnings;
}

function namesRead(readers: readonly Pick<Entity, "reads">[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { reads } of readers) for (const { name } of reads) names.add(name);
  return names;
}

/** Whether a name says itself that it may be unused. */
const isSilent = (name: string) => name.startsWith("_");
