import { printStatement, type Statement } from "../../grammar/index.js";
import type { Resolution } from "../lower/resolve.js";
import { introducedBy } from "../lower/symbols.js";

/** The statements that inputs come from, with the constants and functions that their defaults read. */
export interface Declarations {
  readonly lines: readonly string[];
  /** Constants that are among them. */
  readonly constants: ReadonlySet<string>;
}

export function declarationsOf({ entities, inputs, rules }: Resolution): Declarations {
  const byName = new Map(
    entities.flatMap((entity) => introducedBy(entity).map(({ name }) => [name, entity] as const)),
  );
  const needed = new Set(
    [...inputs.values()].flatMap(({ name, role }) => (role === "free" ? [] : [byName.get(name)!])),
  );
  // A set is walked in the order of insertion, so what comes in on the way is walked too.
  for (const entity of needed) {
    for (const { name } of entity.reads) {
      const read = byName.get(name);
      if (read !== undefined) needed.add(read);
    }
  }
  const constants = new Set<string>();
  const lines = entities.flatMap((entity) => {
    if (!needed.has(entity)) return [];
    if (entity.kind === "declaration" && entity.node.role === "const") constants.add(entity.node.name.name);
    const rule = entity.kind === "function" ? rules.get(entity.node.name.name) : undefined;
    const statements: readonly Statement[] = rule === undefined ? [entity.node] : [entity.node, rule];
    return statements.map((statement) => printStatement(statement));
  });
  return { lines, constants };
}

/** Every name that a script gives a meaning. */
export const namesOf = ({ entities, inputs, dimensions }: Resolution): string[] => [
  ...inputs.keys(),
  ...dimensions.keys(),
  ...entities.flatMap((entity) => introducedBy(entity).map(({ name }) => name)),
];
