/**
 * Writes what is derived from the grammar: its EBNF, its railroad diagrams, and the choices that the parser
 * starts from. Run it after every change to the grammar; a test compares the files with what it would write.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL("..", import.meta.url));

/** The TypeScript sources as one module, without a file in between. */
async function loadGrammar() {
  const contents = `
    export { StatementParser, internals } from "./grammar/parser.ts";
    export { readChoices } from "./grammar/lookahead.ts";
    export { levels } from "./grammar/precedence.ts";
    export * as tokens from "./grammar/tokens.ts";
    export * as chevrotain from "chevrotain";
  `;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root, loader: "ts" },
    bundle: true,
    format: "esm",
    platform: "node",
    write: false,
    logLevel: "error",
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}

const quote = (text) => (text.includes("'") ? `"${text}"` : `'${text}'`);

/** Tokens that have a rule of their own, in words that EBNF can say. */
const tokenRules = ({ levels, tokens }) => {
  const infix = levels
    .filter(({ associativity }) => associativity !== "prefix")
    .flatMap(({ operators }) => operators);
  const spellings = [...infix.filter((operator) => operator !== "-"), "**"];
  const words = [...tokens.reserved].filter(([, type]) => type === tokens.Role).map(([word]) => word);
  return {
    Newline: "a line end, or ';'",
    Name: "[\\p{L}\\p{Nl}_] [\\p{L}\\p{Nl}\\p{Mn}\\p{Mc}\\p{Nd}₀-₉_]*   /* but no reserved word */",
    Number: "(Digits ('.' Digits?)? | '.' Digits) ([eE] [+-]? Digits)?",
    Digits: "[0-9]+ ('_' [0-9]+)*",
    String: `'"' (Escape | [^"\\])* '"' | "'" (Escape | [^'\\])* "'"`,
    Escape: `'\\' ([nt\\"'] | 'u' Hex Hex Hex Hex)`,
    Hex: "[0-9a-fA-F]",
    Operator: spellings.map(quote).join(" | "),
    Role: words.map(quote).join(" | "),
    Transpose: `"'" | '.T'   /* "'" directly after a name, a number, ')', ']' or a transpose */`,
    Comment: "'#' [^#xA#xD]*",
  };
};

/** Token types that only tell the parser more about a name; to a reader they are one. */
const sameToReaders = { AssignedName: "Name", FunctionName: "Name", ParameterName: "Name" };

/** A production as plain data, without what only the implementation needs. */
function simplify(production, grammar) {
  const { chevrotain: c, tokens } = grammar;
  const rules = tokenRules(grammar);
  const terminal = (type) => {
    const name = sameToReaders[type.name] ?? type.name;
    return name in rules ? { kind: "token", name } : { kind: "literal", text: type.LABEL };
  };
  const sequence = (definition) => {
    const items = definition.map(visit);
    return items.length === 1 ? items[0] : { kind: "sequence", items };
  };
  const folded = ({ definition }) =>
    definition[0] instanceof c.Terminal && definition[0].terminalType === tokens.Folded;
  const kinds = [
    [c.NonTerminal, ({ nonTerminalName }) => ({ kind: "rule", name: nonTerminalName })],
    [c.Terminal, ({ terminalType }) => terminal(terminalType)],
    [
      c.Alternation,
      ({ definition }) => ({ kind: "choice", items: definition.filter((a) => !folded(a)).map(visit) }),
    ],
    [c.Option, ({ definition }) => ({ kind: "optional", item: sequence(definition) })],
    [c.Repetition, ({ definition }) => ({ kind: "repeat", item: sequence(definition), least: 0 })],
    [
      c.RepetitionWithSeparator,
      ({ definition, separator }) => ({
        kind: "repeat",
        item: sequence(definition),
        least: 0,
        separator: terminal(separator),
      }),
    ],
    [
      c.RepetitionMandatoryWithSeparator,
      ({ definition, separator }) => ({
        kind: "repeat",
        item: sequence(definition),
        least: 1,
        separator: terminal(separator),
      }),
    ],
    [c.Alternative, ({ definition }) => sequence(definition)],
    [c.Rule, ({ definition }) => sequence(definition)],
  ];
  function visit(node) {
    const found = kinds.find(([type]) => node instanceof type);
    if (found === undefined) throw new Error(`no notation for ${node.constructor.name}`);
    return found[1](node);
  }
  return visit(production);
}

/** The statements of a script are told apart by the layout, so the grammar proper starts at one statement. */
const script = {
  kind: "sequence",
  items: [
    {
      kind: "repeat",
      least: 0,
      item: {
        kind: "sequence",
        items: [
          { kind: "optional", item: { kind: "rule", name: "statement" } },
          { kind: "token", name: "Newline" },
        ],
      },
    },
    { kind: "optional", item: { kind: "rule", name: "statement" } },
  ],
};

const tight = (node) => (node.kind === "sequence" || node.kind === "choice" ? `(${ebnf(node)})` : ebnf(node));
const notations = {
  rule: ({ name }) => name,
  token: ({ name }) => name,
  literal: ({ text }) => quote(text),
  sequence: ({ items }) =>
    items.map((item) => (item.kind === "choice" ? `(${ebnf(item)})` : ebnf(item))).join(" "),
  choice: ({ items }) => items.map(ebnf).join(" | "),
  optional: ({ item }) => `${tight(item)}?`,
  repeat: ({ item, least, separator }) => {
    if (separator === undefined) return `${tight(item)}${least === 0 ? "*" : "+"}`;
    const list = `${tight(item)} (${ebnf(separator)} ${tight(item)})*`;
    return least === 0 ? `(${list})?` : list;
  },
};
const ebnf = (node) => notations[node.kind](node);

const writeRule = (name, node) => {
  const items = node.kind === "choice" ? node.items.map(ebnf) : [ebnf(node)];
  const indent = " ".repeat(name.length + 1);
  return `${name} ::= ${items.join(`\n${indent}  | `)}\n`;
};

function writeEbnf(rules, grammar) {
  const precedence = grammar.levels.map(
    ({ operators, associativity }) => `    ${associativity.padEnd(7)} ${operators.join(" ")}`,
  );
  const reserved = [...grammar.tokens.reserved.keys()].join(" ");
  return `/*
 * The grammar of .ag scripts, in the EBNF of the W3C. Generated by scripts/generate.mjs; do not edit.
 *
 * Line ends inside ( ) and [ ] mean nothing; inside { } they separate again. Nor does a line end count after an
 * infix or prefix operator, '=', '->', ',', 'if', 'then' or 'else', or before 'then' or 'else'.
 * Comments and blanks may stand between any two tokens.
 *
 * An expression is a flat row of operands and operators. These levels fold it, loosest first:
 *
${precedence.map((line) => ` *${line}`).join("\n")}
 *
 * '**' is another spelling of '^'. 'none': such operators do not chain. 'not' stands only where 'and', 'or' or
 * nothing precedes it.
 *
 * Reserved words: ${reserved}
 * Words with a meaning in one place, names elsewhere: in within rel
 */

${[...rules].map(([name, node]) => writeRule(name, node)).join("\n")}
/* tokens */

${Object.entries(tokenRules(grammar))
  .map(([name, text]) => `${name} ::= ${text}\n`)
  .join("\n")}`;
}

/** Draws rules with the diagrams library, whose functions are also its types. */
function writeRailroad(rules) {
  const d = require("railroad-diagrams");
  const shapes = {
    rule: ({ name }) => d.NonTerminal(name, `#${name}`),
    token: ({ name }) => d.NonTerminal(name),
    literal: ({ text }) => d.Terminal(text),
    sequence: ({ items }) => d.Sequence(...items.map(draw)),
    choice: ({ items }) => d.Choice(0, ...items.map(draw)),
    optional: ({ item }) => d.Optional(draw(item)),
    repeat: ({ item, least, separator }) => {
      const between = separator === undefined ? undefined : draw(separator);
      return least === 0 ? d.ZeroOrMore(draw(item), between) : d.OneOrMore(draw(item), between);
    },
  };
  const draw = (node) => shapes[node.kind](node);
  const sections = [...rules].map(
    ([name, node]) => `<h2 id="${name}">${name}</h2>\n${d.Diagram(draw(node)).format(20).toString()}`,
  );
  const css = readFileSync(require.resolve("railroad-diagrams/railroad-diagrams.css"), "utf8");
  return `<!doctype html>
<!-- Generated by scripts/generate.mjs; do not edit. -->
<html lang="en">
<meta charset="utf-8">
<title>The grammar of .ag scripts</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 0.25rem; }
svg.railroad-diagram { max-width: 100%; height: auto; }
${css.trim()}
</style>
<h1>The grammar of .ag scripts</h1>
<p>Rounded boxes are literal text, square boxes are rules and tokens. The same grammar as text, with its tokens and
the precedence of the operators, is in <code>grammar.ebnf</code>.</p>
${sections.join("\n")}
</html>
`;
}

const writeChoices = (choices) => `import type { Choice } from "../lookahead.js";

/** Generated by scripts/generate.mjs; do not edit. Which token leads where, at every choice of the grammar. */
export const choices: readonly Choice[] = [
${choices.map((choice) => `  ${JSON.stringify(choice)},\n`).join("")}];
`;

/** The generated texts, by file name. */
export async function generate() {
  const grammar = await loadGrammar();
  const parser = new grammar.StatementParser("validated");
  const productions = Object.values(parser.getGAstProductions());
  const order = [
    "statement",
    "definition",
    "declaration",
    "shape",
    "interval",
    "output",
    "assertion",
    "tolerance",
  ];
  const rank = ({ name }) => (order.includes(name) ? order.indexOf(name) : order.length);
  const sorted = productions.toSorted((a, b) => rank(a) - rank(b));
  const rules = new Map([["script", script], ...sorted.map((rule) => [rule.name, simplify(rule, grammar)])]);
  return {
    "grammar.ebnf": writeEbnf(rules, grammar),
    "railroad.html": writeRailroad(rules),
    "lookahead.ts": writeChoices(grammar.readChoices(grammar.internals(parser))),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const [name, text] of Object.entries(await generate())) {
    writeFileSync(new URL(`../grammar/generated/${name}`, import.meta.url), text);
  }
}
