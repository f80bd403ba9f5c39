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

/** The numbers that elementwise kernels are made of, by name; V8 would read each of them from the heap. */
async function readConstants(root) {
  const folder = path.join(root, kernels);
  const files = (await readdir(folder)).filter((name) => name.endsWith(".ts"));
  const texts = await Promise.all(files.map((name) => withoutTypes(path.join(folder, name))));
  return new Map(
    texts.flatMap((text) => [...text.matchAll(numberConstant)].map(([, name, value]) => [name, value])),
  );
}

/** The text with the constants that it imports, or has itself, in their places. */
function placeConstants(text, constants) {
  const imports = [...text.matchAll(/^import \{([^}]*)\}.*$/gm)];
  const own = new Map([...text.matchAll(numberConstant)].map(([, name, value]) => [name, value]));
  for (const name of imports.flatMap(([, names]) => names.match(/\w+/g) ?? []))
    if (constants.has(name)) own.set(name, constants.get(name));
  const end = imports.length > 0 ? imports.at(-1).index + imports.at(-1)[0].length : 0;
  const body = text
    .slice(end)
    .replace(/^(?:export )?const \w+ = -?[\d.e+-]+;$|(?<![\w.$])[a-zA-Z]\w*/gm, (word) =>
      own.has(word) ? `(${own.get(word)})` : word,
    );
  return text.slice(0, end) + body;
}

/** For esbuild. */
export const lanesPlugin = (root) => ({
  name: "lanes",
  setup(build) {
    let definitions;
    let constants;
    build.onLoad({ filter: /kernels[\\/]elementwise[\\/][\w-]+\.ts$/ }, async ({ path: file }) => {
      definitions ??= readDefinitions(root);
      constants ??= readConstants(root);
      const text = placeConstants(await withoutTypes(file), await constants);
      return { contents: ownImports + expand(text, await definitions), loader: "js" };
    });
  },
});
