import type { Resolution } from "../lower/resolve.js";

/** What a name of the script is, where it is no input, and how it gets its value. */
export interface Kind {
  readonly what: string;
  readonly hint: string | undefined;
}

/** The names of a script that are not inputs. */
export function kindsOf({ order, functions, dimensions }: Resolution): ReadonlyMap<string, Kind> {
  const declare = (name: string) => `declare it with \`input ${name} = …\` to set it from outside`;
  const kinds = new Map<string, Kind>();
  for (const name of functions.keys()) kinds.set(name, { what: "a function", hint: undefined });
  for (const name of dimensions.keys()) {
    kinds.set(name, { what: "a dimension", hint: "its size follows from the shapes of the inputs" });
  }
  for (const statement of order) {
    if (statement.kind === "declaration") {
      const { name } = statement.name;
      kinds.set(name, { what: "a constant", hint: declare(name) });
    } else {
      for (const { name } of statement.targets)
        kinds.set(name, { what: "a definition", hint: declare(name) });
    }
  }
  return kinds;
}
