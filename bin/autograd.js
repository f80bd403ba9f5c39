#!/usr/bin/env node
"use strict";
// The launcher. Compiling the bundle is most of a cold start, so V8's compiled form of it is kept from one run to
// the next. This folder is CommonJS (its own package.json) because Node's ESM loader alone costs milliseconds.
const fs = require("node:fs");
const path = require("node:path");
const { Script } = require("node:vm");

/** EX_SOFTWARE of sysexits.h, so that a bug here is never taken for one of the documented exit codes. */
const internalError = 70;

function fail(error) {
  // The reader of our output has left, as in `autograd … | head`.
  if (error?.code === "EPIPE") process.exit();
  const message = String(error?.message ?? error).split("\n", 1)[0];
  fs.writeSync(2, `internal error: ${message}, please report (AUTOGRAD_DEBUG=1 shows where)\n`);
  if (process.env.AUTOGRAD_DEBUG) fs.writeSync(2, `${error?.stack}\n`);
  process.exit(internalError);
}

/** A cache file begins with the uses that have gone into it; the rest is V8's. */
const headerSize = 256;

/** V8 trusts what it is given, and one damaged byte can crash it: a sound file holds the same bytes twice. */
function parse(stored) {
  const half = (stored.length - headerSize) >> 1;
  if (half <= 0) return undefined;
  const data = stored.subarray(headerSize, headerSize + half);
  if (data.compare(stored, headerSize + half) !== 0) return undefined;
  return { data, uses: stored.latin1Slice(0, headerSize).split("\n").slice(0, -1) };
}

function read(file) {
  try {
    const folder = fs.statSync(path.dirname(file), { throwIfNoEntry: false });
    // What others can write, others can make us execute.
    if (!folder || (process.getuid && (folder.uid !== process.getuid() || folder.mode & 0o022)))
      return undefined;
    return fs.existsSync(file) ? parse(fs.readFileSync(file)) : undefined;
  } catch {
    return undefined;
  }
}

/** Where the compiled form may lie: beside the bundle, or in the user's cache where that cannot be written. */
function places(bundle, source) {
  const { env, argv, execArgv, version, arch } = process;
  // The first line of the bundle is a comment with the hash of the rest. V8 itself refuses the data of another
  // version or of other flags; they are in the name only to let the variants stand side by side. So is the command,
  // for each has functions of its own to compile.
  const hash = /^\/\/(\w+)\n/.exec(source)?.[1];
  if (!hash) return [];
  const command = /^[a-z]{1,12}$/.test(argv[2]) ? argv[2] : "";
  const flags = [...execArgv, env.NODE_OPTIONS ?? ""]
    .join(" ")
    .replace(/[^\w=-]+/g, "_")
    .slice(0, 80);
  const name = `${hash}-${version}-${arch}${flags}-${command}.bin`;
  const home = env.HOME || env.USERPROFILE;
  const caches = env.XDG_CACHE_HOME || (home && path.join(home, ".cache"));
  const folders = [path.join(path.dirname(bundle), "cache")];
  if (caches && path.isAbsolute(caches)) folders.push(path.join(caches, "autograd"));
  return folders.map((folder) => path.join(folder, name));
}

/** What tells one use of a command from another: `--json` runs other functions than a table does. */
function optionsOf(argv) {
  const names = argv.slice(2).flatMap((argument) => /^--?[a-z][a-z-]*/i.exec(argument)?.[0] ?? []);
  return [...new Set(names)].sort().join(" ").slice(0, 60);
}

function readBundle(bundle) {
  try {
    return fs.readFileSync(bundle, "latin1");
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    fs.writeSync(2, "autograd is not built yet: run `npm install`, then `npm run build`\n");
    return process.exit(internalError);
  }
}

function run() {
  const bundle = path.join(__dirname, "..", "dist", "cli.cjs");
  // The bundle is ASCII; latin1 spares the decoder and gives V8 one byte per character.
  const source = readBundle(bundle);
  const files = places(bundle, source);
  let cached;
  for (const file of files) {
    cached = read(file);
    if (cached) break;
  }
  const wrapped = `(function(exports,require,module,__filename,__dirname){${source}\n})`;
  const script = new Script(wrapped, { filename: bundle, cachedData: cached?.data });
  const uses = cached && !script.cachedDataRejected ? cached.uses : [];
  const use = optionsOf(process.argv);
  if (!uses.includes(use)) {
    // On exit everything is printed, and every function that this use needs is compiled. A long run is no model: by
    // its end V8 has dropped what only its beginning needed.
    process.once("exit", (code) => {
      if ((code === 0 || code === 1 || code === 3) && process.uptime() < 5)
        require("./code-cache.js").store(script, files, [...uses, use], headerSize);
    });
  }
  const main = { exports: {} };
  script.runInThisContext().call(main.exports, main.exports, require, main, bundle, path.dirname(bundle));
  return main.exports.main(process.argv.slice(2));
}

process.on("uncaughtException", fail);
// Whatever was printed has left the process by then: `main` waits for it. Node by itself would first collect garbage and
// take apart what ends with the process anyway.
run().then((code) => process.exit(code), fail);
