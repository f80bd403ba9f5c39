import type { Identifier } from "../../grammar/index.js";
import { type Diagnostic, diagnose } from "../diagnostics.js";
import type { InputSpec, Resolution } from "../lower/resolve.js";
import { type Entity, introducedBy } from "../lower/symbols.js";

const kinds: Readonly<Record<Entity["kind"], string>> = {
  definition: "the definition",
  declaration: "the constant",
  function: "the function",
};

/** Warnings for what a script has and neither its outputs, its asserts nor the names asked for need, in source order. */
export function usageWarnings(resolution: Resolution, of: readonly string[]): Diagnostic[] {
  const wanted = new Set([...resolution.outputs.map(({ name }) => name), ...of]);
  return [...unconnectedInputs(resolution, wanted), ...unusedDefinitions(resolution, wanted)].sort(
    (a, b) => a.span!.start - b.span!.start,
  );
}

/** Inputs that no path of names leads to from an output or an assert. */
function unconnectedInputs(
  { entities, inputs, asserts }: Resolution,
  wanted: ReadonlySet<string>,
): Diagnostic[] {
  const byName = new Map(entities.flatMap((e) => introducedBy(e).map(({ name }) => [name, e] as const)));
  const reached = new Set([...wanted, ...namesRead(asserts)]);
  // A set is walked in the order of insertion, so what comes in on the way is walked too.
  for (const name of reached) for (const read of byName.get(name)?.reads ?? []) reached.add(read.name);
  // An input may be there for the dimensions that it brings.
  const isConnected = ({ name, shape }: InputSpec) =>
    reached.has(name) || shape?.some((size) => size.kind === "name" && reached.has(size.name)) === true;
  return [...inputs.values()].flatMap((input) => {
    const { name, span } = input;
    return isSilent(name) || isConnected(input) ? [] : [diagnose("unconnected-input", { name }, span)];
  });
}

/** Definitions, functions and constants that nothing reads. */
function unusedDefinitions(
  { entities, inputs, asserts }: Resolution,
  wanted: ReadonlySet<string>,
): Diagnostic[] {
  const read = new Set([...namesRead(entities), ...namesRead(asserts)]);
  const isUnused = ({ name }: Identifier) =>
    !read.has(name) && !wanted.has(name) && !inputs.has(name) && !isSilent(name);
  return entities.flatMap((entity) =>
    introducedBy(entity)
      .filter(isUnused)
      .map(({ name, span }) => diagnose("unused-definition", { name, what: kinds[entity.kind] }, span)),
  );
}

const namesRead = (readers: readonly Pick<Entity, "reads">[]) =>
  readers.flatMap(({ reads }) => reads.map(({ name }) => name));

/** Whether a name says itself that it may be unused. */
const isSilent = (name: string) => name.startsWith("_");
