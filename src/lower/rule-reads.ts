import { type Diagnostic, diagnose } from "../diagnostics.js";
import { isBuiltin } from "../ops/builtins.js";
import type { Edge } from "./order.js";
import type { Read } from "./reads.js";
import type { Entity, Symbols } from "./symbols.js";

/** What an entity depends on, through the names that it reads. */
export function edgesOf(entity: Entity, symbols: Symbols): Edge<Entity>[] {
  const edges = edgesTo(entity.reads, symbols);
  if (entity.kind !== "function" || entity.rule === undefined) return edges;
  // Rules are expanded when something is differentiated, so they may call each other's functions in a circle; the
  // values that they read on the way must be there.
  return [...edges, ...edgesTo(reachedReads(entity, symbols), symbols)];
}

const edgesTo = (reads: readonly Read[], { byName }: Symbols): Edge<Entity>[] =>
  reads.flatMap(({ name, span }) => {
    const to = byName.get(name);
    return to === undefined ? [] : [{ to, name, span }];
  });

/** The names that an entity reads, in its rule too. */
export const allReads = (entity: Entity): readonly Read[] =>
  entity.kind === "function" ? [...entity.reads, ...entity.ruleReads] : entity.reads;

/** The names other than functions that a function reads, itself or through the functions and rules that it calls. */
function reachedReads(start: Entity, { byName, dimensions }: Symbols): Read[] {
  const reached = new Set([start]);
  const found: Read[] = [];
  // A set is walked in the order of insertion, so functions that come in on the way are walked too.
  for (const entity of reached) {
    for (const read of allReads(entity)) {
      const to = byName.get(read.name);
      if (to?.kind === "function") reached.add(to);
      else if (to !== undefined || !(isBuiltin(read.name) || dimensions.has(read.name))) found.push(read);
    }
  }
  return found;
}

/** A rule gives the derivative by the parameters, so nothing else may have an influence on the value. */
export function checkRuleReads(symbols: Symbols): Diagnostic[] {
  return symbols.entities.flatMap((entity) => {
    if (entity.kind !== "function" || entity.rule === undefined) return [];
    const { name } = entity.node.name;
    const seen = new Set<string>();
    return reachedReads(entity, symbols).flatMap((read) => {
      const to = symbols.byName.get(read.name);
      // Reported as unknown, or already.
      if ((to === undefined && symbols.declaresInputs) || seen.has(read.name)) return [];
      seen.add(read.name);
      if (read.call !== undefined || (to?.kind === "declaration" && to.node.role === "const")) return [];
      return [diagnose("derivative-reads", { name, on: read.name }, read.span)];
    });
  });
}
