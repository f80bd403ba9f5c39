import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root, run, temporaryFolder } from "./process.js";

interface Manifest {
  name: string;
  version: string;
  dependencies?: object;
}
interface Lock {
  packages: Record<string, { version?: string; integrity?: string; optionalDependencies?: object }>;
}
const read = <T>(file: string) => JSON.parse(readFileSync(path.join(root, file), "utf8")) as T;
const manifest = read<Manifest>("package.json");

describe("package-lock.json", () => {
  const { packages } = read<Lock>("package-lock.json");

  test("names no server, so that everyone installs from their own registry", () => {
    expect(readFileSync(path.join(root, "package-lock.json"), "utf8")).not.toMatch(
      /"resolved"|https?:\/\/registry/,
    );
  });

  test("has the hash of every package", () => {
    const without = Object.entries(packages).filter(([where, { integrity }]) => where !== "" && !integrity);
    expect(without.map(([where]) => where)).toEqual([]);
  });

  test("has the binaries of every platform, without which `npm ci` refuses it", () => {
    const missing = Object.entries(packages).flatMap(([where, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !packages[`node_modules/${name}`] && !packages[`${where}/node_modules/${name}`])
        .map((name) => `${where} → ${name}`),
    );
    expect(missing).toEqual([]);
  });
});

describe("the packed package", () => {
  let tarball: string;
  let files: string[];
  let folder: string;
  const npm = (...args: string[]) => {
    const { code, stdout, stderr } = run("npm", args, {
      cwd: folder,
      env: { npm_config_cache: path.join(folder, "npm") },
    });
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    return stdout;
  };

  beforeAll(() => {
    folder = temporaryFolder(afterAll);
    const [packed] = JSON.parse(npm("pack", root, "--json", "--pack-destination", folder)) as {
      filename: string;
      files: { path: string }[];
    }[];
    tarball = path.join(folder, packed.filename);
    files = packed.files.map((file) => file.path).sort();
  });

  test("holds the program and its papers, and nothing else", () => {
    expect(path.basename(tarball)).toBe(`autograd-${manifest.version}.tgz`);
    const expected = [
      "LICENSE",
      "bin/autograd.js",
      "bin/code-cache.js",
      "bin/package.json",
      "dist/THIRD-PARTY-LICENSES.txt",
    ];
    expected.push(
      "dist/cli.cjs",
      "dist/graphviz.cjs",
      "dist/index.js",
      "dist/types/src/index.d.ts",
      "package.json",
    );
    expect(expected.filter((file) => !files.includes(file))).toEqual([]);
    const others = files.filter((file) => !/^(bin|dist\/types|examples|docs)\/|^README\.md$/.test(file));
    expect(others.filter((file) => !expected.includes(file))).toEqual([]);
    expect(files.filter((file) => /test|bench|node_modules|cache\/|\.map$|(?<!\.d)\.ts$/.test(file))).toEqual(
      [],
    );
  });

  test("needs no other package", () => {
    expect(manifest.dependencies).toBeUndefined();
  });

  test("installed globally, `autograd` works, in a folder that cannot be written too", () => {
    const prefix = path.join(folder, "prefix");
    npm("install", "--global", "--offline", "--no-audit", "--no-fund", "--prefix", prefix, tarball);
    const windows = process.platform === "win32";
    const command = path.join(prefix, ...(windows ? ["autograd.cmd"] : ["bin", "autograd"]));
    const env = { HOME: folder, XDG_CACHE_HOME: "" };
    const version = { code: 0, stdout: `${manifest.version}\n`, stderr: "" };
    const dist = path.join(prefix, ...(windows ? [] : ["lib"]), "node_modules", "autograd", "dist");
    // Also true for an administrator, whom permissions do not stop.
    writeFileSync(path.join(dist, "cache"), "");
    chmodSync(dist, 0o555);
    expect(run(command, ["--version"], { cwd: folder, env })).toEqual(version);
    expect(run(command, ["--version"], { cwd: folder, env })).toEqual(version);
    writeFileSync(path.join(folder, "product.ag"), "x = 2\ny = 3\nz = x*y\n");
    const { code, stdout, stderr } = run(command, ["eval", "product.ag", "--json"], { cwd: folder, env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({ outputs: { z: 6 }, gradients: { z: { x: 3, y: 2 } } });
    chmodSync(dist, 0o755);
    if (!windows) expect(readdirSync(path.join(folder, ".cache", "autograd")).length).toBeGreaterThan(0);
  });

  test("imported as a library, it works and has its types", () => {
    const consumer = path.join(folder, "consumer");
    mkdirSync(consumer);
    writeFileSync(
      path.join(consumer, "package.json"),
      '{ "name": "consumer", "version": "1.0.0", "type": "module" }',
    );
    npm("install", "--offline", "--no-audit", "--no-fund", "--prefix", consumer, tarball);
    expect(existsSync(path.join(consumer, "node_modules", "autograd", "dist", "index.js"))).toBe(true);
    const script = 'import { compile } from "autograd"; console.log(typeof compile);';
    const node = run(process.execPath, ["--input-type=module", "--eval", script], { cwd: consumer });
    expect(node).toEqual({ code: 0, stdout: "function\n", stderr: "" });
    writeFileSync(
      path.join(consumer, "main.ts"),
      'import { compile } from "autograd";\nexport const c: typeof compile = compile;\n// @ts-expect-error: it is typed\ncompile(Symbol());\n',
    );
    // No other types are at hand, and declarations are checked.
    const flags = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "main.ts"];
    const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc");
    expect(run(process.execPath, [tsc, ...flags], { cwd: consumer })).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
  });

  test("carries the licences of what is bundled", () => {
    const notices = readFileSync(path.join(root, "dist", "THIRD-PARTY-LICENSES.txt"), "utf8");
    for (const name of ["chalk", "chevrotain", "cli-table3", "commander", "lodash-es", "@viz-js/viz"])
      expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\((MIT|Apache-2\\.0)\\)$`, "m"));
    expect(notices).toContain("Apache License");
  });
});
