import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { kernelsPlugin } from "../scripts/build-wasm.mjs";
import { lanesPlugin } from "../scripts/lanes-plugin.mjs";

const root = path.dirname(import.meta.dirname);

/** A module in TypeScript, by its path from this folder, bundled and imported. */
export async function importTypeScript(file) {
  const folder = await mkdtemp(path.join(os.tmpdir(), "autograd-bench-"));
  try {
    const outfile = path.join(folder, "module.mjs");
    await build({
      entryPoints: [path.join(import.meta.dirname, file)],
      bundle: true,
      format: "esm",
      platform: "node",
      outfile,
      // As in the program.
      plugins: [lanesPlugin(root), kernelsPlugin(root)],
      logLevel: "error",
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
