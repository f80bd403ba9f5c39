import { realpathSync, statSync } from "node:fs";
import path from "node:path";
import { fault, type Source } from "../diagnostics.js";
import { type Limits, limitFlags } from "../limits.js";
import { readFault, readScript } from "./files.js";
import { systemReason } from "./system-errors.js";

/** A file that a script imports: where it is in the tree, and its text. */
export interface ImportedFile {
  /** Its path from the folder of the main script, with `/` and through no link. */
  readonly path: string;
  readonly source: Source;
}

/** The folder in which a script may import, with the folders in it. */
interface Tree {
  /** The folder, without links in its path. */
  readonly root: string;
  /** How messages name the folder; empty for the current one. */
  readonly shown: string;
  /** What was read, by its path without links. */
  readonly files: Map<string, ImportedFile>;
}

/**
 * Finds the files that a script imports by their path from its folder, and reads each of them once. A script that is no
 * file in a folder (a text of the command line, standard input, a pipe) imports from the current folder.
 *
 * Nothing is looked at before the first import. What is found throws a `Fault` if it is not there, if a link leads to it
 * that leaves the folder, if it is no regular file, too large, or not UTF-8.
 *
 * @param file the path that the script was read from
 */
export function fileModules(
  main: Source,
  file: string | undefined,
  limits: Pick<Limits, "script">,
): (path: string) => ImportedFile {
  const limit = { bytes: limits.script, flag: limitFlags.script };
  let tree: Tree | undefined;
  return (asked) => {
    let shown = asked;
    try {
      tree ??= treeOf(main, file);
      shown = path.join(tree.shown, asked);
      const real = realpathSync.native(path.join(tree.root, asked));
      const place = placeIn(tree.root, real);
      if (place === undefined) throw fault("import-outside", { path: shown, target: real });
      const known = tree.files.get(real);
      if (known !== undefined) return known;
      const name = path.join(tree.shown, place);
      const what = notAFile(real);
      if (what !== undefined) throw fault("import-not-a-file", { path: name, what });
      const found = { path: place.split(path.sep).join("/"), source: readScript(name, limit) };
      tree.files.set(real, found);
      return found;
    } catch (error) {
      const { code } = systemReason(error);
      // A file stands where the path has a folder.
      if (code === "ENOENT" || code === "ENOTDIR") throw fault("import-missing", { path: shown });
      throw readFault(shown, error);
    }
  };
}

function treeOf(main: Source, file: string | undefined): Tree {
  const real = file === undefined || file === "-" ? undefined : realFile(file);
  if (real === undefined) return { root: realpathSync.native("."), shown: "", files: new Map() };
  const root = path.dirname(real);
  const given = path.dirname(file!);
  return {
    root,
    // A link to the script itself leads to another folder.
    shown: realpathSync.native(given) === root ? given : root,
    files: new Map([[real, { path: path.basename(real), source: main }]]),
  };
}

/** The path of a regular file without links; a pipe, for one, has no folder to import from. */
function realFile(file: string): string | undefined {
  try {
    const real = realpathSync.native(file);
    return statSync(real).isFile() ? real : undefined;
  } catch {
    return undefined;
  }
}

/** The path from a folder to what lies in it, or `undefined` for what lies elsewhere. */
export function placeIn(
  folder: string,
  target: string,
  { relative, isAbsolute, sep } = path,
): string | undefined {
  const place = relative(folder, target);
  return place === ".." || place.startsWith(`..${sep}`) || isAbsolute(place) ? undefined : place;
}

/** What a path leads to, if it is no regular file. Reading a pipe would wait for someone to write. */
function notAFile(real: string): string | undefined {
  const stat = statSync(real);
  if (stat.isFile()) return undefined;
  return stat.isDirectory() ? "a directory" : "a device or a pipe";
}
