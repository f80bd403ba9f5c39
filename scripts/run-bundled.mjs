// Runs a TypeScript module of the tests that measures something and prints it: `npm run accuracy`, `npm run mutation`.
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { kernelsPlugin } from "./build-wasm.mjs";
import { lanesPlugin } from "./lanes-plugin.mjs";

const root = path.dirname(import.meta.dirname);

/**
 * Bundles the module, and calls its function `name` with the number of points, the operations named, and a way to print.
 * The command line is `[--points N] [operation…]`; the process ends with 1 where the function returns false.
 */
export async function runBundled(module, name, usualPoints) {
  const { values, positionals } = parseArgs({
    options: { points: { type: "string", default: String(usualPoints) } },
    allowPositionals: true,
  });
  const folder = await mkdtemp(path.join(os.tmpdir(), "autograd-measure-"));
  try {
    const outfile = path.join(folder, "table.mjs");
    await build({
      entryPoints: [path.join(root, module)],
      bundle: true,
      format: "esm",
      platform: "node",
      outfile,
      plugins: [lanesPlugin(root), kernelsPlugin(root)],
      logLevel: "error",
    });
    const { [name]: print } = await import(pathToFileURL(outfile).href);
    const points = Math.max(1, Number(values.points) || 1);
    if (!print(points, positionals, console.log)) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
