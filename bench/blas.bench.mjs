// Products through our hook for a native BLAS against calling the same function of the same library through koffi, with
// typed arrays made beforehand, as somebody would who needs nothing else. The engine's own kernel is there for information.
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { compare } from "./measure.mjs";

const sides = [64, 128, 256, 512, 1024, 2048];
/** So many multiplications in each timed turn at least, so that a turn is long beside the clock's steps. */
const turn = 2 ** 24;
/** Beyond this, our own kernel in JavaScript takes seconds. */
const mostForOwn = 512;

const require = createRequire(import.meta.url);

async function loadEngine(folder) {
  const outfile = path.join(folder, "engine.mjs");
  const source = path.join(import.meta.dirname, "../src/engine");
  await build({
    stdin: {
      contents: 'export { openBlas } from "./native/open.js"; export { matmul } from "./kernels/matmul.js";',
      resolveDir: source,
    },
    bundle: true,
    format: "esm",
    platform: "node",
    // koffi is looked for where the sources are, not beside the temporary file.
    define: { "import.meta.url": JSON.stringify(pathToFileURL(path.join(source, "engine.ts")).href) },
    outfile,
    logLevel: "error",
  });
  return import(pathToFileURL(outfile).href);
}

/** The function that multiplies, as koffi gives it. */
function directProduct(file, integer) {
  const i = integer;
  return require("koffi")
    .load(file)
    .func("cblas_dgemm", "void", [
      i,
      i,
      i,
      i,
      i,
      i,
      "double",
      "double *",
      i,
      "double *",
      i,
      "double",
      "double *",
      i,
    ]);
}

const repeated = (times, action) => () => {
  for (let time = 0; time < times; time++) action();
};

export default async function blasBench() {
  const folder = await mkdtemp(path.join(os.tmpdir(), "autograd-bench-"));
  try {
    const { openBlas, matmul } = await loadEngine(folder);
    const { library } = openBlas("auto");
    if (library === undefined) return [{ name: "native BLAS", absent: "autograd doctor says why" }];
    const dgemm = directProduct(library.files[0], library.integer);
    const rows = [];
    // What a call costs does not depend on it, and threads that wait for each other on a busy machine hide it.
    library.threads?.set(1);
    for (const n of sides) {
      const count = n * n;
      const mem = new Float64Array(new SharedArrayBuffer(3 * 8 * count));
      for (let i = 0; i < mem.length; i++) mem[i] = Math.random() - 0.5;
      const [x, y, z] = [0, 1, 2].map((part) => mem.subarray(part * count, (part + 1) * count));
      const times = Math.max(1, Math.round(turn / n ** 3));
      const hook = repeated(times, () => library.gemm(mem, n, n, n, 2 * count, 0, n, 1, count, n, 1));
      const direct = repeated(times, () => dgemm(101, 111, 111, n, n, n, 1, x, n, y, n, 0, z, n));
      // Other processes only ever add to a time: the shortest tell what the call itself costs.
      const { bestRatio, subject, reference } = await compare(hook, direct, { pairs: n > 1000 ? 10 : 100 });
      const time = ({ best }) => `${((1000 * best) / times).toFixed(1)} µs`;
      const speed = ((2 * n ** 3 * times) / reference.best / 1e6).toFixed(1);
      rows.push({
        name: `product of ${n}×${n}, by our hook against BLAS itself`,
        ratio: bestRatio,
        limit: 1.11,
        detail: `${time(subject)} against ${time(reference)}, ${speed} Gflop/s`,
      });
      if (n > mostForOwn) continue;
      const own = () => matmul(mem, n, n, n, 2 * count, 0, n, 1, count, n, 1);
      const against = await compare(() => library.gemm(mem, n, n, n, 2 * count, 0, n, 1, count, n, 1), own, {
        pairs: 5,
      });
      rows.push({
        name: `product of ${n}×${n}, by our hook against our own kernel`,
        ratio: against.ratio,
        detail: `${(1000 * against.reference.median).toFixed(1)} µs by our own`,
      });
    }
    return rows;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
