import { quote, type Wording } from "./wording.js";

/** Why a file is not imported. */
export const imports = {
  "import-path": (p: { path: string; reason: string; hint: string }) => ({
    message: `${p.path === "" ? "the path" : quote(p.path)} ${p.reason}`,
    hint: p.hint,
  }),
  "import-outside": (p: { path: string; target?: string | undefined }) => ({
    message: `${quote(p.path)} ${p.target === undefined ? "lies" : `is a link to ${quote(p.target)},`} outside of the folder of the script`,
    hint: "imports stay in the folder of the script that is run and the folders in it; put the file there",
  }),
  "import-missing": (p: { path: string }) => ({
    message: `there is no file ${quote(p.path)} to import`,
    hint: "a path starts from the folder of the file that imports it",
  }),
  "import-not-a-file": (p: { path: string; what: string }) => ({
    message: `${quote(p.path)} is ${p.what}, not a file to import`,
    hint: 'name one script: `import "layers.ag"`',
  }),
  "import-cycle": (p: { path: readonly string[] }) => ({
    message: `the imports form a cycle: ${p.path.join(" → ")}`,
    hint: "put what these files share into a file of its own, which all of them import",
  }),
  "import-count": (p: { limit: number }) => ({
    message: `the script imports more than ${p.limit} files`,
    hint: "put several of them into one file",
  }),
  "import-unavailable": (p: { path: string }) => ({
    message: `${quote(p.path)} cannot be imported: nothing was said of where files are`,
    hint: "give `compile` the files with its option `modules`",
  }),
} satisfies Record<string, (p: never) => Wording>;
