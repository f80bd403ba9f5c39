import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";

const { version } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")) as {
  version: string;
};
/** `.ci/run` names a file here, to count the results from. */
const results = process.env.AUTOGRAD_TEST_RESULTS;

export default defineConfig({
  // As scripts/build.mjs defines it in the bundle.
  define: { AUTOGRAD_VERSION: JSON.stringify(version) },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    // Packing in a hook compiles the types, which takes long on a busy machine.
    hookTimeout: 60_000,
    reporters: results ? ["default", ["json", { outputFile: results }]] : ["default"],
  },
});
