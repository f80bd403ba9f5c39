// Breaks the derivative of every operation in several ways and looks whether `autograd check` notices, and names the place.
// `npm run mutation -- [--points N] [operation…]`; ends with 1 where it is mistaken, one way or the other.
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
  options: { points: { type: "string", default: "12" } },
  allowPositionals: true,
});

const folder = await mkdtemp(path.join(os.tmpdir(), "autograd-mutation-"));
try {
  const outfile = path.join(folder, "table.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("../test/check/mutation/table.ts", import.meta.url))],
    bundle: true,
    format: "esm",
    platform: "node",
    outfile,
    plugins: [lanesPlugin(root), kernelsPlugin(root)],
    logLevel: "error",
  });
  const { printRates } = await import(pathToFileURL(outfile).href);
  const points = Math.max(1, Number(values.points) || 1);
  if (!printRates(points, positionals, console.log)) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
