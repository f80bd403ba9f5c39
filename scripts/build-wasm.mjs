// Compiles the kernels to WebAssembly: the portable ones, which the JavaScript engine runs as well, and the interpreter
// around them, which is AssemblyScript only.
import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";
import { build } from "esbuild";
import { dispatch, instructions } from "./wasm-dispatch.mjs";
import { expand, listTwice, placeConstants, translate } from "./wasm-text.mjs";

const wasm = "src/engine/wasm";
const elementwise = "src/engine/kernels/elementwise";

/** Modules that have one text for JavaScript and another for WebAssembly, which stands in their place. */
const twins = {
  "src/engine/kernels/portable/lane.ts": `${wasm}/lane`,
  "src/engine/kernels/portable/number.ts": `${wasm}/number`,
  "src/engine/kernels/portable/memory.ts": `${wasm}/memory`,
  "src/engine/kernels/portable/rows.ts": `${wasm}/rows`,
  "src/engine/kernels/matmul.ts": `${wasm}/matmul`,
  "src/engine/kernels/exponential-sums.ts": `${wasm}/exponential-sums`,
  "src/engine/interpreter/calls.ts": `${wasm}/calls`,
};

/** Names and numbers of kernels and instructions, from the tables that the planner itself uses. */
async function engineTables(root) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ["src/engine/dispatch-table.ts"],
    bundle: true,
    format: "esm",
    platform: "node",
    write: false,
    logLevel: "error",
  });
  const [{ text }] = outputFiles;
  return await import(`data:text/javascript,${encodeURIComponent(text)}`);
}

/** The compiled kernels and, with `text`, their readable form. Throws what the compiler says is wrong. */
async function compile(root, text) {
  // A compiler of 15 MB, needed here only.
  const { main } = await import("assemblyscript/asc");
  const tables = await engineTables(root);
  const generated = {
    "src/engine/instructions.ts": instructions(tables),
    [`${wasm}/dispatch.ts`]: dispatch(tables),
  };
  const kernelNames = new Set(tables.dispatchTable.scalars.map(({ name }) => name));
  const outputs = new Map();
  const read = async (name) => {
    const file = path.posix.normalize(name.replaceAll("\\", "/"));
    if (file in generated) return generated[file];
    if (file in twins) return `export * from "${path.posix.relative(path.dirname(file), twins[file])}";`;
    try {
      const text = translate(await readFile(path.join(root, file), "utf8"));
      if (file === `${elementwise}/index.ts`) return listTwice(text);
      const isLane = file === `${wasm}/lane.ts`;
      const hasLanes = isLane || file.startsWith(elementwise);
      return placeConstants(hasLanes ? expand(text, isLane ? new Set() : kernelNames) : text);
    } catch (error) {
      if (error.code === "ENOENT") return null;
      throw error;
    }
  };
  const messages = [];
  const { error } = await main(
    [
      `${wasm}/main.ts`,
      ...["--outFile", "kernels.wasm"],
      ...(text ? ["--textFile", "kernels.wat"] : []),
      ...["-O3", "--converge", "--noAssert", "--runtime", "stub", "--use", "abort="],
      ...["--importMemory", "--sharedMemory", "--initialMemory", "16", "--maximumMemory", "65536"],
      ...["--enable", "simd", "--enable", "threads", "--enable", "bulk-memory"],
      // A v128 in a signature is no concern where only numbers are exported.
      ...["--disableWarning", "112"],
    ],
    {
      readFile: read,
      writeFile: (name, contents) => outputs.set(name, contents),
      listFiles: () => [],
      stderr: { write: (chunk) => messages.push(chunk) },
    },
  );
  if (error) throw new Error(`the kernels cannot be compiled\n${messages.join("")}`);
  return outputs.get(text ? "kernels.wat" : "kernels.wasm");
}

/** A hash of all that the kernels are compiled from. */
async function fingerprint(root) {
  const hash = createHash("sha256");
  for (const folder of ["scripts", "src/engine", "src/ops"]) {
    const files = (await readdir(path.join(root, folder), { recursive: true })).sort();
    for (const file of files.filter((name) => /\.m?ts$|\.mjs$/.test(name)))
      hash.update(`\0${file}\0`).update(await readFile(path.join(root, folder, file)));
  }
  return hash.digest("hex").slice(0, 16);
}

/** By root: what this process has asked for. */
const asked = new Map();

/** The compiled kernels: from dist/ where they have been compiled from the same sources before. */
export function kernels(root) {
  if (!asked.has(root)) asked.set(root, find(root));
  return asked.get(root);
}

async function find(root) {
  const dist = path.join(root, "dist");
  const file = `kernels-${await fingerprint(root)}.wasm`;
  try {
    return await readFile(path.join(dist, file));
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  const compiled = Buffer.from(await compile(root, false));
  await mkdir(dist, { recursive: true });
  const aside = path.join(dist, `.${file}.${process.pid}`);
  await writeFile(aside, compiled);
  await rename(aside, path.join(dist, file));
  for (const old of await readdir(dist))
    if (/^kernels-.*\.wasm$/.test(old) && old !== file) await rm(path.join(dist, old), { force: true });
  return compiled;
}

/**
 * The module `kernels.wasm`: a function that gives the compiled kernels in base 64. What stands in a function is no part
 * of the program's compiled form until it is called, and most runs never call it.
 */
export const kernelsModule = async (root) =>
  `export default () => "${(await kernels(root)).toString("base64")}";`;

/** The same for Node, where they can be compressed: every byte of the program is read at each start. */
async function compressedModule(root) {
  const compressed = deflateRawSync(await kernels(root), { level: 9 }).toString("base64");
  return `export default () =>
    require("node:zlib").inflateRawSync(Buffer.from("${compressed}", "base64")).toString("base64");`;
}

/** For esbuild: `kernels.wasm`, wherever it is imported. */
export const kernelsPlugin = (root, { isCompressed = false } = {}) => ({
  name: "kernels",
  setup(build) {
    build.onResolve({ filter: /\/kernels\.wasm$/ }, () => ({ path: "kernels.wasm", namespace: "kernels" }));
    build.onLoad({ filter: /.*/, namespace: "kernels" }, async () => ({
      contents: await (isCompressed ? compressedModule : kernelsModule)(root),
      loader: "js",
      resolveDir: root,
    }));
  },
});

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  process.stdout.write(await compile(path.dirname(import.meta.dirname), true));
