// Makes a fresh clone ready: installs the dependencies and builds, each only when it has to. Runs before anything is
// installed, so it uses nothing but Node.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const projectRoot = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** What dist/ is made of. */
const sources = [
  "src",
  "grammar",
  "scripts",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "tsconfig.build.json",
];
const results = ["cli.cjs", "graphviz.cjs", "index.js", "THIRD-PARTY-LICENSES.txt"];

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** npm ends every installation by noting in node_modules what is there; all that the lock file asks for has to be. */
export function isInstalled(root) {
  const wanted = readJson(path.join(root, "package-lock.json"))?.packages ?? {};
  const present = readJson(path.join(root, "node_modules", ".package-lock.json"))?.packages ?? {};
  return Object.entries(wanted).every(
    ([where, { version, optional }]) =>
      where === "" || optional || (present[where]?.version === version && existsSync(path.join(root, where))),
  );
}

/** Folders that interrupted calls have left. */
function sweep(root) {
  const dist = path.join(root, "dist");
  const hour = 3_600_000;
  for (const name of existsSync(dist) ? readdirSync(dist) : []) {
    if (!/^\.(build|install)-/.test(name)) continue;
    const { mtimeMs } = statSync(path.join(dist, name), { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
    if (Date.now() - mtimeMs > hour) rmSync(path.join(dist, name), { recursive: true, force: true });
  }
}

/** Installs into a folder aside and moves the result into place: `npm ci` begins by deleting what others may use. */
function install(root) {
  const dist = path.join(root, "dist");
  mkdirSync(dist, { recursive: true });
  const aside = mkdtempSync(path.join(dist, ".install-"));
  try {
    for (const file of ["package.json", "package-lock.json", ".npmrc"])
      if (existsSync(path.join(root, file))) copyFileSync(path.join(root, file), path.join(aside, file));
    // All of them are development dependencies, which NODE_ENV=production would leave out.
    npm(["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"], aside);
    try {
      const target = path.join(root, "node_modules");
      if (existsSync(target)) renameSync(target, path.join(aside, "replaced"));
      renameSync(path.join(aside, "node_modules"), target);
    } catch (error) {
      // Another call may have been quicker by a moment.
      if (!isInstalled(root)) throw error;
    }
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function npm(args, cwd) {
  // What npm itself hands on names the outer project.
  const outer = /^npm_(?!config_)|^npm_config_(local_prefix|global)$/i;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !outer.test(name)));
  const script = process.env.npm_execpath;
  const known = script !== undefined && /npm-cli\.[cm]?js$/.test(script);
  const { status, error } = known
    ? spawnSync(process.execPath, [script, ...args], { cwd, env, stdio: ["ignore", 2, 2] })
    : spawnSync("npm", args, { cwd, env, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
  if (error) throw new Error(`npm could not be started: ${error.message}`);
  if (status !== 0) throw new Error("npm could not install the dependencies");
}

/** A hash of all files that go into dist/. Times are no guide: a checkout changes them, a restored cache does not. */
export function fingerprint(root) {
  const hash = createHash("sha256");
  for (const file of sources.flatMap((name) => filesUnder(root, name)))
    hash.update(`\0${file}\0`).update(readFileSync(path.join(root, file)));
  return hash.digest("hex");
}

function filesUnder(root, name) {
  if (path.extname(name) !== "") return existsSync(path.join(root, name)) ? [name] : [];
  return readdirSync(path.join(root, name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

export function isBuilt(root) {
  const dist = path.join(root, "dist");
  return (
    results.every((file) => existsSync(path.join(dist, file))) &&
    existsSync(stampOf(root)) &&
    readFileSync(stampOf(root), "utf8") === fingerprint(root)
  );
}

const stampOf = (root) => path.join(root, "dist", ".stamp");

async function build(root, types) {
  const before = fingerprint(root);
  const { build } = await import(pathToFileURL(path.join(root, "scripts", "build.mjs")).href);
  await build({ root, types });
  const aside = `${stampOf(root)}.${process.pid}`;
  writeFileSync(aside, before);
  renameSync(aside, stampOf(root));
}

export async function setup({ root = projectRoot, types = false } = {}) {
  const say = (message) => process.stderr.write(`autograd: ${message}\n`);
  const installed = isInstalled(root);
  if (installed && !types && isBuilt(root)) return;
  sweep(root);
  if (!installed) {
    say("installing dependencies…");
    install(root);
  }
  if (types || !isBuilt(root)) {
    say("building…");
    await build(root, types);
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    await setup({ types: process.argv.includes("--types") });
  } catch (error) {
    // esbuild has already shown what is wrong in the sources.
    if (!Array.isArray(error?.errors)) process.stderr.write(`autograd: ${error?.message ?? error}\n`);
    process.exitCode = 1;
  }
}
