import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { expect, test } from "vitest";
import { root, run, temporaryFolder } from "./process.js";

const config = path.join(root, ".dependency-cruiser.cjs");
const { forbidden } = createRequire(import.meta.url)(config) as {
  forbidden: { name: string; comment: string; from: object }[];
};

const depcruise = path.join(root, "node_modules", "dependency-cruiser", "bin", "dependency-cruise.mjs");

/** The names of the rules that a tree of files breaks, each with the files that break it. */
function broken(files: Record<string, string>): Map<string, string[]> {
  const folder = temporaryFolder();
  const all = { "tsconfig.json": '{ "compilerOptions": { "module": "NodeNext" } }', ...files };
  for (const [file, text] of Object.entries(all)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"), "junction");
  const args = [depcruise, "--config", config, "--output-type", "json", "src", "grammar"];
  const { stdout } = run(process.execPath, args, { cwd: folder });
  const { summary } = JSON.parse(stdout) as {
    summary: { violations: { rule: { name: string }; from: string }[] };
  };
  const found = new Map<string, string[]>();
  for (const { rule, from } of summary.violations)
    found.set(rule.name, [...(found.get(rule.name) ?? []), from]);
  return found;
}

const empty = "export {};\n";
const imports = (...what: string[]) => what.map((from) => `import "${from}";\n`).join("");
const type = (from: string) => `import type { T } from "${from}";\nexport type U = T;\n`;

test("this project's imports keep the arrows", () => {
  const { code, stdout } = run("npm", ["run", "--silent", "arrows"]);
  expect(stdout).toMatch(/no dependency violations found/);
  expect(code).toBe(0);
});

test("every rule says why", () => {
  for (const { name, comment } of forbidden) expect(comment, name).toMatch(/\S{4}/);
});

test("every rule bites", () => {
  const found = broken({
    "grammar/ast.ts": type("../src/tensor.js"),
    "src/tensor.ts": imports("./graph/node.js"),
    "src/graph/node.ts": imports("../ops/op.js"),
    "src/ops/op.ts": type("../engine/plan.js"),
    "src/lower/lower.ts": imports("../autodiff/reverse.js"),
    "src/autodiff/reverse.ts": imports("../engine/plan.js"),
    "src/rewrite/simplify.ts": imports("../engine/plan.js"),
    "src/engine/plan.ts": imports("../precise/run.js"),
    "src/precise/run.ts": imports("../autodiff/reverse.js"),
    "src/io/files.ts": imports("../report/table.js"),
    "src/report/table.ts": imports("../io/files.js", "commander", "node:fs"),
    "src/program/compile.ts": imports("../io/files.js"),
    "src/index.ts": imports("./cli/main.js"),
    "src/check/check.ts": imports("../report/table.js"),
    "src/formula/expression.ts": imports("../report/table.js"),
    "src/derive/derive.ts": imports("../report/table.js"),
    "src/explain/flow.ts": imports("../report/table.js"),
    "src/cli/main.ts": imports("../engine/plan.js", "chalk", "cli-table3", "chevrotain"),
    "src/cli/other.ts": imports("fastest-levenshtein", "esbuild", "../../test/helper.js", "./missing.js"),
    "src/cli/forgotten.ts": empty,
    "test/helper.ts": empty,
  });
  const silent = forbidden.map(({ name }) => name).filter((name) => !found.has(name));
  expect(silent).toEqual([]);
  expect(found.get("room-program")?.sort()).toEqual(["src/index.ts", "src/program/compile.ts"]);
  expect(found.get("files-in-io-and-cli")).toEqual(["src/report/table.ts"]);
  expect(found.get("no-orphans")).toEqual(["src/cli/forgotten.ts"]);
});

test("the intended arrows pass", () => {
  const found = broken({
    "grammar/ast.ts": type("../src/diagnostics.js"),
    "grammar/parser.ts": imports("chevrotain", "./ast.js", "../src/catalogue.js"),
    "src/catalogue.ts": empty,
    "src/diagnostics.ts": `${imports("./catalogue.js")}export type T = string;\n`,
    "src/tensor.ts": "export type T = number;\n",
    "src/graph/node.ts": type("../tensor.js"),
    "src/ops/op.ts": imports("../graph/node.js"),
    "src/lower/lower.ts": imports("../../grammar/ast.js", "../ops/op.js", "fastest-levenshtein"),
    "src/autodiff/reverse.ts": imports("../ops/op.js"),
    "src/engine/plan.ts": imports("../ops/op.js", "../graph/node.js"),
    "src/program/run.ts": imports(
      "../../grammar/parser.js",
      "../lower/lower.js",
      "../autodiff/reverse.js",
      "../engine/plan.js",
    ),
    "src/index.ts": imports("./program/run.js"),
    "src/io/files.ts": imports("node:fs", "../diagnostics.js"),
    "src/report/table.ts": imports("chalk", "cli-table3", "../tensor.js"),
    "src/cli/main.ts": imports("commander", "node:fs", "../index.js", "../io/files.js", "../report/table.js"),
  });
  expect([...found]).toEqual([]);
});
