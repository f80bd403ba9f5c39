import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { link } from "../../scripts/chunks.mjs";
import { temporaryFolder } from "./process.js";

/** What a program of these files exports, once it is bundled, split and linked; `log` has what was evaluated. */
async function program(files: Record<string, string>) {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: ["main.js"],
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    write: false,
    logLevel: "silent",
  });
  const log: string[] = [];
  const module = { exports: {} as Record<string, unknown> };
  const wrapped = new Function("module", "require", "log", link(outputFiles, "main.js"));
  wrapped(module, createRequire(import.meta.url), log);
  return { exports: module.exports, log };
}

const counter = `log.push("counter"); const state = { count: 0 }; export const next = () => ++state.count;`;

test("what is loaded on demand is evaluated then, and once, and shares its modules with the program", async () => {
  const { exports, log } = await program({
    "counter.js": counter,
    "late.js": `import { next } from "./counter.js"; log.push("late"); export { next as following };`,
    "main.js": `import { next } from "./counter.js";
      export { next };
      export const late = async (chunk, loaded) => [(await import("./late.js")).following(), chunk, loaded];`,
  });
  const { next, late } = exports as {
    next: () => number;
    late: (...rest: string[]) => Promise<unknown>;
  };
  expect(log).toEqual(["counter"]);
  expect(next()).toBe(1);
  expect(await late("a", "b")).toEqual([2, "a", "b"]);
  expect(await late()).toEqual([3, undefined, undefined]);
  expect(log).toEqual(["counter", "late"]);
});

test("modules of Node are had as a whole and by member", async () => {
  const { exports } = await program({
    "main.js": `import path from "node:path"; import { sep as slash } from "node:path";
      export const same = path.sep === slash; export const late = () => import("node:path");`,
  });
  expect(exports.same).toBe(true);
  expect(await (exports.late as () => Promise<unknown>)()).toBe(path);
});

test.each([
  ["=", "count = count + 1"],
  ["++", "count++"],
  ["a pattern", "({ value: [count] } = { value: [1] })"],
  ["a loop", "for (count of [1, 2]) log.push(count)"],
])("a variable that changes by %s is no export of a chunk", async (_, change) => {
  const files = {
    "counter.js": `export let count = 0; export const next = () => { ${change}; };`,
    "late.js": `export { count } from "./counter.js";`,
    "main.js": `export * from "./counter.js"; export const late = () => import("./late.js");`,
  };
  await expect(program(files)).rejects.toThrow("something is assigned");
});

test("a file that stands beside the program is had from there", () => {
  const text = `const late = () => import("./beside.cjs"); export { late };`;
  expect(link([{ path: "/main.js", text }], "main.js")).toContain('require(__dirname + "/beside.cjs")');
});

test("an import of anything else is refused", () => {
  const text = `import { a } from "elsewhere"; export { a };`;
  expect(() => link([{ path: "/main.js", text }], "main.js")).toThrow("nothing is known of elsewhere");
});
