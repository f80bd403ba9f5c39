// Makes the bundled libraries start quicker: what they load or compute at import time, but a typical run never uses,
// is put off until it is used.
import { readFile } from "node:fs/promises";
import { builtinModules } from "node:module";

/** Node has these in memory before a program starts; the others cost up to three milliseconds each. */
const loadedByNode = new Set(["events", "fs", "path", "process", "url"]);

/** Every run asks how much memory there is. */
const alwaysUsed = new Set(["os"]);

const bare = (specifier) => specifier.replace(/^node:/, "");

/** A module whose members fetch the built-in one when first touched. */
async function lazyBuiltin(name) {
  const members = Object.keys(await import(`node:${name}`)).filter((member) => member !== "default");
  return `
    let loaded;
    const load = () => (loaded ??= require("node:${name}"));
    for (const member of ${JSON.stringify(members)})
      Object.defineProperty(exports, member, { enumerable: true, get: () => load()[member] });`;
}

/** chalk asks at import time whether it writes to a terminal; a pipe or a file answers without node:tty. */
const lazyTty = `
  const { fstatSync } = require("node:fs");
  exports.isatty = (descriptor) => {
    try {
      return fstatSync(descriptor).isCharacterDevice() && require("node:tty").isatty(descriptor);
    } catch {
      return false;
    }
  };`;

/** Edits to a library's text. The build fails when the text is no longer there, so an update cannot undo them. */
const edits = [
  {
    // A table of 65,536 entries, filled at start-up, of the value that this expression gives.
    file: /chevrotain[\\/]lib[\\/]src[\\/]scan[\\/]lexer\.js$/,
    find: [/: charCodeToOptimizedIdxMap\[charCode\]/, /if \(isEmpty\(charCodeToOptimizedIdxMap\)\)/],
    replace: [": 255 + ~~(charCode / 255)", "if (false)"],
  },
  {
    // It gives the prototype of parsers 200 methods one by one, and V8 copies what it knows of a prototype for each.
    // A fresh object takes them all before it becomes one.
    file: /chevrotain[\\/]lib[\\/]src[\\/]parse[\\/]parser[\\/]utils[\\/]apply_mixins\.js$/,
    find: [
      /baseCtors\.forEach/,
      /derivedCtor\.prototype, propName/,
      /derivedCtor\.prototype\[propName\]/,
      /\}(?=\s*\/\/# sourceMappingURL)/,
    ],
    replace: [
      "const methods = {}; $&",
      "methods, propName",
      "methods[propName]",
      "Object.setPrototypeOf(derivedCtor.prototype, methods); $&",
    ],
  },
  {
    // Every token type is looked at for parents, of which ours have none.
    file: /chevrotain[\\/]lib[\\/]src[\\/]scan[\\/]tokens\.js$/,
    find: [/= expandCategories\(tokenTypes\);/],
    replace: [
      "= tokenTypes.some((type) => (type.CATEGORIES ?? []).length !== 0) ? expandCategories(tokenTypes) : tokenTypes;",
    ],
  },
  {
    // Takes `a.b` for a path and asks it a thousand times; Chevrotain has plain keys only.
    file: /lodash-es[\\/]has\.js$/,
    find: [/hasPath\(object, path, baseHas\)/],
    replace: ["Object.hasOwn(object, path)"],
  },
  {
    // A regular expression of all emoji, compiled to measure even text that has none. Each of these takes one column.
    file: /string-width[\\/]index\.js$/,
    find: [/string = stripAnsi\(string\);/],
    replace: [
      "if (/^[ -~\\u0391-\\u03c9\\u2200-\\u22ff\\u2500-\\u257f]*$/.test(string)) return string.length; $&",
    ],
  },
];

export const startup = {
  name: "startup",
  setup(build) {
    const builtins = new Set(builtinModules);
    build.onResolve({ filter: /^[a-z_:/]+$/ }, ({ path, namespace, kind }) => {
      const name = bare(path);
      if (!builtins.has(name) || kind === "entry-point") return undefined;
      // An import of the module as a whole copies it, with a getter for each of its 80 members.
      if (name === "process" && kind === "import-statement") return { path: name, namespace: "global" };
      const putOff =
        namespace !== "builtin" && !name.includes("/") && !loadedByNode.has(name) && !alwaysUsed.has(name);
      return putOff ? { path: name, namespace: "builtin" } : { path: `node:${name}`, external: true };
    });
    build.onLoad({ filter: /.*/, namespace: "builtin" }, async ({ path }) => {
      return { contents: path === "tty" ? lazyTty : await lazyBuiltin(path) };
    });
    build.onLoad({ filter: /.*/, namespace: "global" }, ({ path }) => ({
      contents: `export default globalThis.${path};`,
    }));
    // cli-table3 colours through it when it is there; the reports colour with chalk.
    build.onResolve({ filter: /^@colors\/colors/ }, ({ path }) => ({ path, namespace: "absent" }));
    build.onLoad({ filter: /.*/, namespace: "absent" }, () => ({ contents: "module.exports = {};" }));
    for (const { file, find, replace } of edits) {
      build.onLoad({ filter: file }, async ({ path }) => {
        let contents = await readFile(path, "utf8");
        for (const [i, pattern] of find.entries()) {
          if (!pattern.test(contents))
            throw new Error(`${path}: ${pattern} not found; see scripts/startup-plugin.mjs`);
          contents = contents.replace(pattern, replace[i]);
        }
        return { contents };
      });
    }
  },
};
