// Elementwise kernels are written with functions of lanes, which in JavaScript are one operator each. Calls of them cost
// until the code is optimized, and too many keep a kernel from being optimized as a whole: bundles have the operators.
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { transform } from "esbuild";

const lanes = "src/engine/kernels/portable/lane.ts";
const kernels = "src/engine/kernels/elementwise";

const withoutTypes = async (file) => (await transform(await readFile(file, "utf8"), { loader: "ts" })).code;

/** Parameters and body of each function of lanes that is a single expression. */
async function readDefinitions(root) {
  const text = await withoutTypes(path.join(root, lanes));
  const functions = text.matchAll(/^(?:export )?const (\w+) = \(([\w, ]*)\) => (.*);$/gm);
  return new Map(
    [...functions].map(([, name, parameters, body]) => [name, { parameters: parameters.split(", "), body }]),
  );
}

/** Where the parenthesis that opens before `start` closes, and the arguments up to there. */
function readArguments(text, start) {
  const args = [];
  let depth = 0;
  let from = start;
  for (let at = start; ; at++) {
    const character = text[at];
    if (character === undefined)
      throw new Error(`a parenthesis is not closed in ${text.slice(start - 20, start + 60)}`);
    if (depth === 0 && (character === "," || character === ")")) {
      args.push(text.slice(from, at).trim());
      from = at + 1;
      if (character === ")") return { args, end: at + 1 };
    } else if ("([{".includes(character)) depth++;
    else if (")]}".includes(character)) depth--;
  }
}

/** What the bodies need from the file that they come from, under names that no kernel has. */
const ownImports =
  'import { powersOfTwo as $powersOfTwo, wholeShift as $wholeShift } from "../portable/lane.js";\n';

/** The text with every call of one of these functions replaced by its body. */
function expand(text, definitions) {
  let result = "";
  let rest = 0;
  for (const { 0: call, 1: name, index } of text.matchAll(/(?<![\w.]|function )(\w+)\(/g)) {
    const definition = definitions.get(name);
    if (index < rest || definition === undefined) continue;
    const { args, end } = readArguments(text, index + call.length);
    const values = new Map(
      definition.parameters.map((parameter, i) => [parameter, `(${expand(args[i], definitions)})`]),
    );
    const body = definition.body.replace(/\b(powersOfTwo|wholeShift)\b/g, "$$$1");
    result += text.slice(rest, index);
    result += `(${body.replace(/(?<![\w.$])[a-zA-Z]\w*/g, (word) => values.get(word) ?? word)})`;
    rest = end;
  }
  return result + text.slice(rest);
}

const numberConstant = /^(?:export )?const (\w+) = (-?[\d.]+(?:e[-+]?\d+)?);$/gm;

const numbersOf = (text) => [...text.matchAll(numberConstant)].map(([, name, value]) => [name, value]);

/** The numbers that elementwise kernels are made of, by file and name. */
async function readConstants(root) {
  const folder = path.join(root, kernels);
  const files = (await readdir(folder)).filter((name) => name.endsWith(".ts"));
  const read = async (name) => [
    name.replace(/ts$/, "js"),
    new Map(numbersOf(await withoutTypes(path.join(folder, name)))),
  ];
  return new Map(await Promise.all(files.map(read)));
}

/** The text with the numbers that it imports, or has itself, in their places: V8 would read them from the heap. */
function placeConstants(text, constants) {
  const known = new Map(numbersOf(text));
  const imports = [...text.matchAll(/^import \{([^}]*)\} from "\.\/([^"]*)";$/gm)];
  for (const [, names, file] of imports)
    for (const name of names.match(/\w+/g) ?? []) {
      const value = constants.get(file)?.get(name);
      if (value !== undefined) known.set(name, value);
    }
  return text.replace(
    /^import \{[^}]*\}.*$|^(?:export )?const \w+ = -?[\d.e+-]+;$|(?<![\w.$])[a-zA-Z]\w*/gm,
    (word) => (known.has(word) ? `(${known.get(word)})` : word),
  );
}

export const isElementwise = (file) => /kernels[\\/]elementwise[\\/][\w-]+\.ts$/.test(file);

/** Reads files of elementwise kernels as bundles have them, in JavaScript. */
export function elementwiseReader(root) {
  let shared;
  return async (file) => {
    shared ??= Promise.all([readDefinitions(root), readConstants(root)]);
    const [definitions, constants] = await shared;
    return ownImports + expand(placeConstants(await withoutTypes(file), constants), definitions);
  };
}

/** For esbuild. */
export const lanesPlugin = (root) => ({
  name: "lanes",
  setup(build) {
    const read = elementwiseReader(root);
    build.onLoad({ filter: /elementwise/ }, async ({ path: file }) =>
      isElementwise(file) ? { contents: await read(file), loader: "js" } : undefined,
    );
  },
});
