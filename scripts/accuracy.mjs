// Measures values and derivatives of the elementwise operations against 60-digit references and prints the table.
// `npm run accuracy -- [--points N] [operation…]`; ends with 1 where a bound is exceeded. It takes some minutes.
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { kernelsPlugin } from "./build-wasm.mjs";
import { lanesPlugin } from "./lanes-plugin.mjs";

const root = path.dirname(import.meta.dirname);

const { values, positionals } = parseArgs({
  options: { points: { type: "string", default: "2000" } },
  allowPositionals: true,
});

const folder = await mkdtemp(path.join(os.tmpdir(), "autograd-accuracy-"));
try {
  const outfile = path.join(folder, "table.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("../test/accuracy/table.ts", import.meta.url))],
    bundle: true,
    format: "esm",
    platform: "node",
    outfile,
    plugins: [lanesPlugin(root), kernelsPlugin(root)],
    logLevel: "error",
  });
  const { printTable } = await import(pathToFileURL(outfile).href);
  const points = Math.max(1, Number(values.points) || 1);
  if (!printTable(points, positionals, console.log)) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
