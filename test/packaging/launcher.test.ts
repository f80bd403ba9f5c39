import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { root, run, temporaryFolder } from "./process.js";

/** An installation of the launcher with a bundle of its own. */
function installation(main: string, hash = "0123456789abcdef") {
  const folder = temporaryFolder();
  const home = path.join(folder, "home");
  const dist = path.join(folder, "dist");
  const cache = path.join(dist, "cache");
  cpSync(path.join(root, "bin"), path.join(folder, "bin"), { recursive: true });
  mkdirSync(dist);
  mkdirSync(home);
  const rewrite = (body: string, newHash: string) =>
    writeFileSync(path.join(dist, "cli.cjs"), `//${newHash}\nexports.main = async (argv) => {${body}};\n`);
  rewrite(main, hash);
  const env = { HOME: home, XDG_CACHE_HOME: "", NODE_OPTIONS: "", AUTOGRAD_DEBUG: "" };
  return {
    folder,
    home,
    cache,
    rewrite,
    cached: (at = cache) => (existsSync(at) ? readdirSync(at).map((name) => path.join(at, name)) : []),
    run: (args: string[] = [], extra: NodeJS.ProcessEnv = {}) =>
      run(process.execPath, [path.join(folder, "bin", "autograd.js"), ...args], {
        env: { ...env, ...extra },
      }),
  };
}

const greet = `const twice = (x) => 2 * x; process.stdout.write("hello " + argv.join(",") + twice(2) + "\\n"); return 0;`;
const greeting = { code: 0, stdout: "hello eval4\n", stderr: "" };

test("the exit code is what main returns, and the arguments are passed on", () => {
  const { run } = installation(`console.log(JSON.stringify(argv)); return argv.length;`);
  expect(run(["a b", "--json", "-"])).toEqual({ code: 3, stdout: '["a b","--json","-"]\n', stderr: "" });
});

test("the compiled form is stored once, in a folder closed to others, and used", () => {
  const { run, cache, cached } = installation(greet);
  expect(run(["eval"])).toEqual(greeting);
  expect(cached()).toHaveLength(1);
  expect(statSync(cache).mode & 0o777).toBe(0o700);
  const [file] = cached();
  const before = statSync(file).mtimeMs;
  expect(run(["eval"])).toEqual(greeting);
  expect(cached()).toEqual([file]);
  expect(statSync(file).mtimeMs).toBe(before);
});

test("each command has its own, and a bundle of other content as well", () => {
  const { run, rewrite, cached } = installation(greet);
  run(["eval"]);
  run(["check"]);
  expect(cached()).toHaveLength(2);
  rewrite(greet.replace("hello", "salve"), "fedcba9876543210");
  expect(run(["eval"]).stdout).toBe("salve eval4\n");
  expect(cached()).toHaveLength(3);
});

test("each use adds, once, what it has compiled", () => {
  const { run, cached } = installation(
    `if (argv.includes("--json")) { const f = (a) => a.map((x) => x * x); f([1, 2]); } return 0;`,
  );
  const size = (...args: string[]) => {
    expect(run(["eval", ...args]).code).toBe(0);
    expect(cached()).toHaveLength(1);
    return statSync(cached()[0]).size;
  };
  const plain = size();
  const both = size("--json", "-s", "x=1");
  expect(both).toBeGreaterThan(plain);
  const before = readFileSync(cached()[0]);
  expect([size(), size("-s=2", "--json"), size("model.ag")]).toEqual([both, both, both]);
  expect(readFileSync(cached()[0]).equals(before)).toBe(true);
  for (let i = 0; i < 26; i++) size(`--option-of-some-length-${String.fromCharCode(97 + i)}`);
  expect(run(["eval"]).code).toBe(0);
});

test("no more than a few files are kept", () => {
  const { run, rewrite, cached } = installation(greet);
  for (let i = 0; i < 26; i++) {
    rewrite(greet, i.toString(16).padStart(16, "0"));
    run(["eval"]);
  }
  expect(cached().length).toBeLessThanOrEqual(24);
});

test.each([
  ["garbage", (bytes: Buffer) => Buffer.alloc(bytes.length, 0x5a)],
  ["random bytes", (bytes: Buffer) => Buffer.from(bytes.map((_, i) => (i * 2654435761) >>> 13))],
  ["nothing", () => Buffer.alloc(0)],
  ["one byte", () => Buffer.alloc(1)],
  ["zeros", (bytes: Buffer) => Buffer.alloc(bytes.length)],
  ["its first half", (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
  ["all but the last byte", (bytes: Buffer) => bytes.subarray(0, -1)],
  ["one flipped bit", (bytes: Buffer) => bytes.map((byte, i) => (i === bytes.length >> 2 ? byte ^ 4 : byte))],
])("a cache file that holds %s is replaced", (_, damage) => {
  const { run, cached } = installation(greet);
  run(["eval"]);
  const [file] = cached();
  const sound = readFileSync(file);
  writeFileSync(file, damage(sound));
  expect(run(["eval"])).toEqual(greeting);
  const mended = readFileSync(file);
  expect(mended.length).toBeGreaterThan(1000);
  expect(mended.equals(damage(sound))).toBe(false);
  expect(run(["eval"])).toEqual(greeting);
});

test("data of other V8 flags are refused and replaced", () => {
  const { run, cached } = installation(greet);
  run(["eval"], { NODE_OPTIONS: "--jitless" });
  const [other] = cached();
  run(["eval"]);
  const own = cached().find((file) => file !== other)!;
  cpSync(other, own);
  expect(run(["eval"])).toEqual(greeting);
  expect(readFileSync(own).equals(readFileSync(other))).toBe(false);
});

test("where the installation cannot be written, the user's cache folder serves", () => {
  const { run, home, cache, cached } = installation(greet);
  writeFileSync(cache, "a file, so that no folder can be made here");
  expect(run(["eval"])).toEqual(greeting);
  const folder = path.join(home, ".cache", "autograd");
  expect(cached(folder)).toHaveLength(1);
  expect(run(["eval"])).toEqual(greeting);
  const xdg = path.join(home, "elsewhere");
  expect(run(["eval"], { XDG_CACHE_HOME: xdg })).toEqual(greeting);
  expect(cached(path.join(xdg, "autograd"))).toHaveLength(1);
});

test("where nothing can be written, it runs all the same", () => {
  const { run, home, cache } = installation(greet);
  writeFileSync(cache, "");
  writeFileSync(path.join(home, ".cache"), "");
  expect(run(["eval"])).toEqual(greeting);
  expect(run(["eval"], { HOME: "", USERPROFILE: "" })).toEqual(greeting);
  expect(run(["eval"], { XDG_CACHE_HOME: "relative" })).toEqual(greeting);
  expect(existsSync(path.join(home, "relative"))).toBe(false);
});

test.skipIf(process.platform === "win32")(
  "a folder that others can write is neither read nor written",
  () => {
    const { run, cache, cached } = installation(greet);
    run(["eval"]);
    const [file] = cached();
    truncateSync(file, 10);
    chmodSync(cache, 0o777);
    expect(run(["eval"])).toEqual(greeting);
    expect(statSync(file).size).toBe(10);
  },
);

test("a run that fails stores nothing", () => {
  const { run, cached } = installation(`return 2;`);
  expect(run(["eval"]).code).toBe(2);
  expect(cached()).toEqual([]);
});

test.each([
  ["a rejection", `throw new TypeError("x is not a function\\nmore");`],
  [
    "an error thrown later",
    `setTimeout(() => { throw new TypeError("x is not a function") }, 1); await new Promise(() => {});`,
  ],
  [
    "a rejection of nobody's",
    `Promise.reject(new TypeError("x is not a function")); await new Promise(() => {});`,
  ],
])("%s is reported in one line, with exit code 70", (_, main) => {
  const { run, cached } = installation(main);
  const { code, stdout, stderr } = run(["eval"]);
  expect(code).toBe(70);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^internal error: x is not a function, please report .*\n$/);
  expect(cached()).toEqual([]);
  const debug = run(["eval"], { AUTOGRAD_DEBUG: "1" }).stderr;
  expect(debug).toMatch(/\n\s+at .*dist.cli\.cjs:2:/);
});

test("a bundle that is missing is named", () => {
  const { run, folder } = installation(greet);
  rmSync(path.join(folder, "dist"), { recursive: true });
  const { code, stderr } = run();
  expect(code).toBe(70);
  expect(stderr).toMatch(/not built yet.*npm run build/);
});

test("all output that main waits for arrives, and nothing else keeps the process", () => {
  const { run } = installation(
    `await new Promise((done) => process.stdout.write("x".repeat(5e6), done)); return 1;`,
  );
  const { code, stdout } = run(["eval"]);
  expect(code).toBe(1);
  expect(stdout.length).toBe(5e6);
  const waiting = installation(`setTimeout(() => process.stdout.write("late"), 60_000); return 3;`);
  expect(waiting.run(["eval"])).toEqual({ code: 3, stdout: "", stderr: "" });
});

test.skipIf(process.platform === "win32")("a reader that leaves early is no error", () => {
  const { folder } = installation(
    `for (let i = 0; i < 1e4; i++) { process.stdout.write("x".repeat(99) + "\\n"); await new Promise(setImmediate); } return 0;`,
  );
  const launcher = path.join(folder, "bin", "autograd.js");
  const { status, stderr } = spawnSync(
    "bash",
    ["-c", 'set -o pipefail; "$0" "$1" eval | head -n 1', process.execPath, launcher],
    {
      encoding: "utf8",
    },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

test.skipIf(process.platform === "win32")("it runs through a symbolic link", () => {
  const { folder } = installation(greet);
  const link = path.join(folder, "autograd");
  symlinkSync(path.join(folder, "bin", "autograd.js"), link);
  expect(run(link, ["eval"], { env: { HOME: folder } })).toEqual(greeting);
});

test.skipIf(process.platform === "win32")("an interruption ends it at once, as 130 in a shell", () => {
  const { folder } = installation(`process.kill(process.pid, "SIGINT"); for (;;);`);
  const launcher = path.join(folder, "bin", "autograd.js");
  const { stdout } = spawnSync("bash", ["-c", '"$0" "$1" eval; echo $?', process.execPath, launcher], {
    encoding: "utf8",
  });
  expect(stdout).toBe("130\n");
});
