import { fault } from "../diagnostics.js";

/** A way of naming a file that is refused before anything is looked for. */
interface Refusal {
  readonly pattern: RegExp;
  readonly reason: string;
  readonly hint: (path: string) => string;
}

/** The first that matches is given. Made when there is an import: most scripts have none. */
const refusals = (): readonly Refusal[] => [
  { pattern: /^$/, reason: "is empty", hint: () => 'name a file: `import "layers.ag"`' },
  {
    pattern: /\p{Cc}/u,
    reason: "holds a control character",
    hint: () => "rename the file",
  },
  {
    pattern: /^[a-z][a-z0-9+.-]+:/i,
    reason: "is a URL, but imports read files only",
    hint: () => "keep a copy of that file in the folder of the script",
  },
  {
    pattern: /^([\\/]|[a-z]:)/i,
    reason: "is an absolute path",
    hint: () => 'start from the folder of this file: `import "nn/layers.ag"`',
  },
  {
    pattern: /\\/,
    reason: "has a backslash",
    hint: (path) => `folders are parted by \`/\`: \`import "${path.replaceAll("\\", "/")}"\``,
  },
  {
    pattern: /(?<!\.ag)$/,
    reason: "does not end in `.ag`, as every script does",
    hint: (path) => `write \`import "${path.replace(/(\/|\.[^./]*)$/, "")}.ag"\` if that is its name`,
  },
];

/**
 * Where an imported file is, as a path from the folder of the main script without `.` and `..`.
 *
 * @param written the path in the import statement, relative to the file that it stands in
 * @param importer where that file is, as this function has given it; only its folder matters
 * @throws Fault if this is no path to a script in the folder of the main script or the folders in it
 */
export function importPath(written: string, importer: string): string {
  const refusal = refusals().find(({ pattern }) => pattern.test(written));
  if (refusal !== undefined) {
    throw fault("import-path", { path: written, reason: refusal.reason, hint: refusal.hint(written) });
  }
  const folders = importer.split("/").slice(0, -1);
  for (const step of written.split("/")) {
    if (step === "" || step === ".") continue;
    if (step !== "..") folders.push(step);
    else if (folders.pop() === undefined) throw fault("import-outside", { path: written });
  }
  return folders.join("/");
}
