import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { defineConfig, type Plugin } from "vitest/config";
import { kernelsModule } from "./scripts/build-wasm.mjs";
import { elementwiseReader, isElementwise } from "./scripts/lanes-plugin.mjs";
import { pageModule } from "./scripts/page-plugin.mjs";

const { version } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")) as {
  version: string;
};
/** `.ci/run` names a file here, to count the results from. */
const results = process.env.AUTOGRAD_TEST_RESULTS;

/** As scripts/build.mjs has it in the bundle. */
const compiledKernels: Plugin = {
  name: "kernels",
  enforce: "pre",
  resolveId: (id) => (id.endsWith("/kernels.wasm") ? "\0kernels.wasm" : undefined),
  load: (id) => (id === "\0kernels.wasm" ? kernelsModule(import.meta.dirname) : undefined),
};

const page: Plugin = {
  name: "page",
  enforce: "pre",
  resolveId: (id) => (id.endsWith("/page.bundle") ? "\0page.bundle" : undefined),
  load: (id) => (id === "\0page.bundle" ? pageModule(import.meta.dirname) : undefined),
};

const readElementwise = elementwiseReader(import.meta.dirname);

/** Likewise: what is tested is what is run. */
const elementwiseKernels: Plugin = {
  name: "lanes",
  enforce: "pre",
  load: (id) => (isElementwise(id) ? readElementwise(id) : undefined),
};

/**
 * These start programs and threads, replace modules of Node, or change the folder that the process is in: each file has
 * a process of its own. The others call functions whose modules keep nothing that another file could notice, so files
 * share a process and what it has loaded and compiled, which else would take as long as many of them run.
 */
const ofProcesses = [
  ...["cli", "docs", "engine", "examples", "io", "packaging"].map((folder) => `test/${folder}/**/*.test.ts`),
  "test/report/picture/page.test.ts",
];

export default defineConfig({
  plugins: [compiledKernels, elementwiseKernels, page],
  // As scripts/build.mjs defines it in the bundle.
  define: { AUTOGRAD_VERSION: JSON.stringify(version) },
  test: {
    // By itself vitest leaves one core free, which is half of a machine of two.
    maxWorkers: availableParallelism(),
    testTimeout: 60_000,
    // Packing in a hook compiles the types, which takes long on a busy machine.
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: { name: "processes", include: ofProcesses },
      },
      {
        extends: true,
        test: { name: "functions", include: ["test/**/*.test.ts"], exclude: ofProcesses, isolate: false },
      },
    ],
    reporters: results ? ["default", ["json", { outputFile: results }]] : ["default"],
  },
});
