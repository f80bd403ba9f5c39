import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

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
      logLevel: "error",
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
