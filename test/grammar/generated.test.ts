import { readFileSync } from "node:fs";
import { EOF } from "chevrotain";
import { expect, test } from "vitest";
import { readChoices } from "../../grammar/lookahead.js";
import { internals, StatementParser } from "../../grammar/parser.js";
import { buildLexer, vocabulary } from "../../grammar/tokens.js";
import { generate } from "../../scripts/generate.mjs";

test("the generated files are those that the grammar gives", async () => {
  for (const [name, text] of Object.entries(await generate())) {
    const file = new URL(`../../grammar/generated/${name}`, import.meta.url);
    expect(readFileSync(file, "utf8"), `${name}: run \`npm run generate\``).toBe(text);
  }
});

test("the lexer and the grammar have no mistakes that Chevrotain can find", () => {
  expect(() => new StatementParser("validated")).not.toThrow();
  const lexer = buildLexer(true);
  expect(lexer.lexerDefinitionErrors).toEqual([]);
});

test("the quick parser chooses as the analysed one does", () => {
  const [quick, thorough] = (["quick", "thorough"] as const).map((setup) =>
    internals(new StatementParser(setup)),
  );
  expect(readChoices(quick)).toEqual(readChoices(thorough));
  expect(vocabulary).not.toContain(EOF);
});
