// Turns the portable kernels, which are TypeScript, into AssemblyScript: the same functions, with hints for the compiler.

/** TypeScript's way of importing, in AssemblyScript's words. */
export const translate = (text) =>
  text
    .replace(/\bimport type\b/g, "import")
    .replace(/\bimport \{([^}]*)\}/g, (_, names) => `import {${names.replace(/\btype /g, "")}}`)
    .replace(/(from "[^"]*)\.js"/g, '$1"');

const laneFunction = /^(export )?function (\w+)\([^)]*\): (?:Lane|Mask|Index) \{\n(?:.*\n)*?\}\n/gm;

/**
 * Has the compiler expand what lanes go through. Kernels are there twice: to be called, and under a name with `inline_`
 * for the loop over a strip.
 */
export const expand = (text, kernelNames) =>
  text.replace(laneFunction, (definition, exported, name) =>
    exported !== undefined && kernelNames.has(name)
      ? `${definition}@inline ${definition.replace(`function ${name}(`, `function inline_${name}(`)}`
      : `@inline ${definition}`,
  );

/** The list of kernels with both names of each; functions of lanes are expanded in any case. */
export const listTwice = (text) =>
  text.replace(/export \{([^}]*)\} from ("[^"]*")/g, (_, names, from) => {
    const items = names.split(",").flatMap((item) => item.trim() || []);
    const expanded = items.map((item) => {
      const [inner, outer = inner] = item.split(" as ");
      return `${from.includes("portable") ? inner : `inline_${inner}`} as inline_${outer}`;
    });
    return `export { ${[...items, ...expanded].join(", ")} } from ${from}`;
  });

const globalNames = (text) =>
  new Set([
    "Math",
    ...[...text.matchAll(/^import \{([^}]*)\}/gm)].flatMap(([, names]) => names.match(/\w+/g) ?? []),
    ...[...text.matchAll(/^(?:export )?const (\w+)/gm)].map(([, name]) => name),
  ]);

/**
 * Puts tables and constants for lanes into memory, where loading one is a single instruction. In the code V8 puts each
 * constant together again, of three, wherever it is used.
 */
export function placeConstants(text) {
  const globals = globalNames(text);
  const isConstant = (expression) =>
    /^[-+*/~ .\w]+$/.test(expression) &&
    (expression.match(/(?<![\w.])[A-Za-z_]\w*/g) ?? []).every((name) => globals.has(name));
  const placed = { f64: [], i64: [] };
  const body = text
    .replace(/\b(?:[fi]64x2\.)?splat\(([^()]*)\)/g, (whole, expression) => {
      // Zero is cheap.
      if (expression === "0" || !isConstant(expression)) return whole;
      const type = whole.startsWith("i64x2") ? "i64" : "f64";
      if (!placed[type].includes(expression)) placed[type].push(expression);
      return `v128.load_splat<${type}>(${type}Constants, ${8 * placed[type].indexOf(expression)})`;
    })
    .replace(/\btable\((\[[^\]]*\])\)/g, "memory.data<f64>($1)")
    .replace(/\bnumbers\((\[[^\]]*\])\)/g, "changetype<Numbers>(memory.data<f64>($1))")
    .replace(/^import \{ numbers \}/m, "import { Numbers }")
    .replace(/^import \{ table \} from .*$/m, "");
  const constants = Object.entries(placed)
    .filter(([, expressions]) => expressions.length > 0)
    .map(([type, all]) => `const ${type}Constants: usize = memory.data<${type}>([${all.join(", ")}]);\n`);
  // Behind the constants that they are made of.
  return body.replace(/^(?:@inline )?(?:export )?function /m, (first) => constants.join("") + first);
}
