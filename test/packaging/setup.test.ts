import { execFile } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fingerprint, isBuilt, isInstalled } from "../../scripts/setup.mjs";
import { run, temporaryFolder, root as thisProject } from "./process.js";

/** A project of two files, with this project's scripts and dependencies. */
function project(root = temporaryFolder()) {
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };
  cpSync(path.join(thisProject, "scripts"), path.join(root, "scripts"), { recursive: true });
  for (const file of ["package.json", "package-lock.json", "tsconfig.json", "tsconfig.build.json"])
    cpSync(path.join(thisProject, file), path.join(root, file));
  write("grammar/ast.ts", "export const kinds: string[] = [];\n");
  write("src/cli/main.ts", "export const main = async (): Promise<number> => 0;\n");
  write("src/index.ts", 'export { kinds } from "../grammar/ast.js";\n');
  symlinkSync(path.join(thisProject, "node_modules"), path.join(root, "node_modules"), "junction");
  return { root, write, setup: () => run(process.execPath, [path.join(root, "scripts", "setup.mjs")]) };
}

const built = { code: 0, stdout: "", stderr: "autograd: building…\n" };
const nothingToDo = { code: 0, stdout: "", stderr: "" };

/** What is built of it, for the tests of what comes then: a copy costs less than a build. */
let example: string;

beforeAll(() => {
  const { root, setup } = project(temporaryFolder(afterAll));
  expect(setup()).toEqual(built);
  example = path.join(root, "dist");
});

function builtProject() {
  const made = project();
  cpSync(example, path.join(made.root, "dist"), { recursive: true });
  expect(isBuilt(made.root)).toBe(true);
  return made;
}

test("the first call builds, the second has nothing to do and says nothing", () => {
  const { root, setup } = project();
  expect(setup()).toEqual(built);
  expect(readdirSync(path.join(root, "dist")).sort()).toEqual([
    ".stamp",
    "THIRD-PARTY-LICENSES.txt",
    "cli.cjs",
    "graphviz.cjs",
    "index.js",
  ]);
  expect(setup()).toEqual(nothingToDo);
});

test("a change of content rebuilds, a change of times does not", () => {
  const { root, write, setup } = builtProject();
  utimesSync(path.join(root, "src/index.ts"), new Date(), new Date());
  expect(setup()).toEqual(nothingToDo);
  write("grammar/ast.ts", 'export const kinds: string[] = ["number"];\n');
  expect(setup()).toEqual(built);
  expect(readFileSync(path.join(root, "dist/index.js"), "utf8")).toContain('"number"');
  write("src/new.ts", "export const unused = 1;\n");
  expect(setup()).toEqual(built);
});

test.each([["cli.cjs"], ["index.js"], [".stamp"], [""]])("dist/%s is made again when it is gone", (file) => {
  const { root, setup } = builtProject();
  rmSync(path.join(root, "dist", file), { recursive: true });
  expect(setup()).toEqual(built);
  expect(isBuilt(root)).toBe(true);
});

test("two calls at once do not hinder each other", async () => {
  const { root } = project();
  const call = promisify(execFile);
  const setup = () => call(process.execPath, [path.join(root, "scripts", "setup.mjs")]);
  await Promise.all([setup(), setup()]);
  expect(isBuilt(root)).toBe(true);
  const { stdout } = await call(process.execPath, [
    "-e",
    "import(process.argv[1]).then((m) => console.log(m.kinds))",
    path.join(root, "dist/index.js"),
  ]);
  expect(stdout).toBe("[]\n");
  expect(readdirSync(path.join(root, "dist")).filter((name) => /^\.(?!stamp$)/.test(name))).toEqual([]);
});

test("what interrupted calls have left is swept away, but not what others may be at", () => {
  const { root, setup } = project();
  mkdirSync(path.join(root, "dist/.install-old/node_modules"), { recursive: true });
  mkdirSync(path.join(root, "dist/.build-new"));
  utimesSync(path.join(root, "dist/.install-old"), 1e9, 1e9);
  expect(setup()).toEqual(built);
  expect(readdirSync(path.join(root, "dist")).filter((name) => name.includes("-"))).toEqual([
    ".build-new",
    "THIRD-PARTY-LICENSES.txt",
  ]);
});

test("a build of other sources in between is noticed", () => {
  const { root, write, setup } = builtProject();
  const before = readFileSync(path.join(root, "src/index.ts"), "utf8");
  write("src/index.ts", "export const other = 1;\n");
  expect(run(process.execPath, [path.join(root, "scripts", "build.mjs")])).toEqual(nothingToDo);
  write("src/index.ts", before);
  expect(setup()).toEqual(built);
  expect(readFileSync(path.join(root, "dist/index.js"), "utf8")).toContain("kinds");
});

test("an error in the sources fails, and leaves what was built before", () => {
  const { root, write, setup } = builtProject();
  const before = readFileSync(path.join(root, "dist/cli.cjs"), "utf8");
  write("src/cli/main.ts", "export const main = (;\n");
  const { code, stderr } = setup();
  expect(code).toBe(1);
  expect(stderr).toMatch(/src\/cli\/main\.ts:1:\d+/);
  expect(stderr).not.toMatch(/node_modules/);
  expect(readFileSync(path.join(root, "dist/cli.cjs"), "utf8")).toBe(before);
  expect(isBuilt(root)).toBe(false);
});

test("the fingerprint sees every file that goes into the build", () => {
  const { root } = project();
  const seen = new Set([fingerprint(root)]);
  for (const file of [
    "src/cli/main.ts",
    "grammar/ast.ts",
    "scripts/build.mjs",
    "package.json",
    "package-lock.json",
  ]) {
    appendFileSync(path.join(root, file), "\n");
    seen.add(fingerprint(root));
  }
  expect(seen.size).toBe(6);
});

test("an installation counts when npm has noted all that the lock file asks for", () => {
  const root = temporaryFolder();
  const lock = {
    packages: {
      "": {},
      "node_modules/a": { version: "1.0.0" },
      "node_modules/b": { version: "2.0.0", optional: true },
    },
  };
  const noted = (packages: object) =>
    writeFileSync(path.join(root, "node_modules/.package-lock.json"), JSON.stringify({ packages }));
  writeFileSync(path.join(root, "package-lock.json"), JSON.stringify(lock));
  expect(isInstalled(root)).toBe(false);
  mkdirSync(path.join(root, "node_modules/a"), { recursive: true });
  expect(isInstalled(root)).toBe(false);
  noted({ "node_modules/a": { version: "0.9.0" } });
  expect(isInstalled(root)).toBe(false);
  noted({ "node_modules/a": { version: "1.0.0" } });
  expect(isInstalled(root)).toBe(true);
  rmSync(path.join(root, "node_modules/a"), { recursive: true });
  expect(isInstalled(root)).toBe(false);
});

/** Asks for one package, which comes from a file: no network is needed. There is nothing to build with. */
function needsTiny(root: string) {
  const tiny = path.join(root, "tiny");
  mkdirSync(tiny);
  writeFileSync(path.join(tiny, "package.json"), '{ "name": "tiny", "version": "1.0.0" }');
  expect(run("npm", ["pack", "--pack-destination", root], { cwd: tiny }).code).toBe(0);
  const resolved = `file:${path.join(root, "tiny-1.0.0.tgz")}`;
  const itself = { name: "needs-tiny", version: "1.0.0", dependencies: { tiny: resolved } };
  const packages = { "": itself, "node_modules/tiny": { version: "1.0.0", resolved } };
  writeFileSync(path.join(root, "package.json"), JSON.stringify(itself));
  writeFileSync(
    path.join(root, "package-lock.json"),
    JSON.stringify({ name: "needs-tiny", version: "1.0.0", lockfileVersion: 3, requires: true, packages }),
  );
  rmSync(path.join(root, "node_modules"));
  mkdirSync(path.join(root, "node_modules", "old"), { recursive: true });
}

test("what is missing is installed, in place of what was there", () => {
  const { root, setup } = project();
  needsTiny(root);
  expect(setup().stderr).toContain("autograd: installing dependencies…");
  expect(isInstalled(root)).toBe(true);
  expect(existsSync(path.join(root, "node_modules", "tiny", "package.json"))).toBe(true);
  expect(existsSync(path.join(root, "node_modules", "old"))).toBe(false);
  expect(readdirSync(path.join(root, "dist"))).toEqual([]);
  expect(setup().stderr).not.toContain("installing");
});

test("an installation that fails changes nothing", () => {
  const { root, setup } = project();
  needsTiny(root);
  rmSync(path.join(root, "tiny-1.0.0.tgz"));
  const { code, stdout, stderr } = setup();
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/autograd: npm could not install the dependencies\n$/);
  expect(readdirSync(path.join(root, "node_modules"))).toEqual(["old"]);
  expect(readdirSync(path.join(root, "dist"))).toEqual([]);
});
