import { type ImportStatement, type ParseOptions, parse, type Script } from "../../grammar/index.js";
import { type Diagnostic, diagnose, Fault, fault, type Source, type Span } from "../diagnostics.js";
import { mostImports } from "../limits.js";
import { dependencyOrder, type Edge } from "../lower/order.js";
import { importPath } from "./import-path.js";

/** A file that is imported. */
export interface Module {
  /** Where it is, as a path from the folder of the main script: what it imports itself is relative to this. */
  readonly path: string;
  /** Its name tells it from every other file; the same file has the same name, whatever path leads to it. */
  readonly source: Source;
}

/**
 * The files that a script may import, by their path from the folder of the main script, such as `nn/layers.ag`: texts,
 * or a function that finds them and returns `undefined` where there is none. A `Fault` that it throws is shown at the
 * import.
 */
export type Modules = ReadonlyMap<string, string> | ((path: string) => Module | undefined);

interface File {
  readonly path: string;
  /** Absent where it has errors of its own. */
  readonly script: Script | undefined;
}

/**
 * A script with what it imports, as one: the statements of each file once, those of imported files before those of the
 * files that import them. `script` is `undefined` exactly if something is wrong.
 *
 * @throws Fault if there are more files than may be
 */
export function parseWithImports(
  main: Source,
  modules: Modules | undefined,
  options: ParseOptions,
): ReturnType<typeof parse> {
  const parsed = parse(main, options);
  if (parsed.script === undefined || importsOf(parsed.script).length === 0) return parsed;
  const problems: Diagnostic[] = [];
  const start: File = { path: "", script: parsed.script };
  const files = new Map([[main.name, start]]);

  const fileOf = ({ path, source }: Module): File => {
    const known = files.get(source.name);
    if (known !== undefined) return known;
    const { script, diagnostics } = parse(source, options);
    problems.push(...diagnostics);
    const file = { path, script };
    files.set(source.name, file);
    return file;
  };
  const imported = (importer: File): Edge<File>[] =>
    importsOf(importer.script).flatMap(({ path: { value, span } }) => {
      const module = attempt(
        () => findModule(modules, value, importer.path),
        (diagnostic) => problems.push(placed(diagnostic, span)),
      );
      if (module === undefined) return [];
      const { name } = module.source;
      // Nothing further is read: there may be no end to it.
      if (!files.has(name) && files.size > mostImports)
        throw fault("import-count", { limit: mostImports }, span);
      return [{ to: fileOf(module), name, span }];
    });

  const { order, cycles } = dependencyOrder([start], imported);
  for (const cycle of cycles) {
    const names = cycle.map(({ name }) => name);
    problems.push(diagnose("import-cycle", { path: [names.at(-1)!, ...names] }, cycle.at(-1)!.span));
  }
  if (problems.length > 0) return { script: undefined, diagnostics: problems };
  const statements = order.flatMap(({ script }) =>
    script!.statements.filter(({ kind }) => kind !== "import"),
  );
  return { script: { ...parsed.script, statements }, diagnostics: [] };
}

const importsOf = (script: Script | undefined): readonly ImportStatement[] =>
  script?.statements.filter((statement) => statement.kind === "import") ?? [];

/** What an action gives; `undefined` where it throws a `Fault`, whose diagnostics are handed on. */
function attempt<Value>(action: () => Value, report: (diagnostic: Diagnostic) => void): Value | undefined {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    error.diagnostics.forEach(report);
    return undefined;
  }
}

function findModule(modules: Modules | undefined, written: string, importer: string): Module {
  if (modules === undefined) throw fault("import-unavailable", { path: written });
  const path = importPath(written, importer);
  const found = typeof modules === "function" ? modules(path) : inMemory(modules, path);
  if (found === undefined) throw fault("import-missing", { path });
  return found;
}

function inMemory(texts: ReadonlyMap<string, string>, path: string): Module | undefined {
  const text = texts.get(path);
  return text === undefined ? undefined : { path, source: { name: path, text } };
}

/** What is wrong with a file is shown in it where it can be, and where it is imported in any case. */
function placed(diagnostic: Diagnostic, span: Span): Diagnostic {
  if (diagnostic.span === undefined) return { ...diagnostic, span };
  if (diagnostic.span.source === span.source) return diagnostic;
  return { ...diagnostic, notes: [...diagnostic.notes, { message: "imported here", span }] };
}
