// A generated script of 100,000 definitions: parse, build, differentiate, plan, run and print in one process.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { median } from "./measure.mjs";
import { peakOf } from "./process.mjs";

const definitions = 100_000;
const rounds = 3;

/** One output at the end of a chain that reads further back, too; about eight nodes a definition with the gradient. */
function chainScript(count) {
  const lines = ["x0 = 0.5", "p = 1.25"];
  for (let i = 1; i <= count; i++) {
    const previous = `x${i - 1}`;
    lines.push(
      i % 3 === 0
        ? `x${i} = sin(${previous}) * p + 0.25`
        : i % 3 === 1
          ? `x${i} = ${previous} / (1 + ${previous}^2)`
          : `x${i} = tanh(${previous} - p) + x${Math.max(0, i - 2)}`,
    );
  }
  return `${lines.join("\n")}\n`;
}

/** Seconds and peak bytes of one whole run. */
async function measure(file) {
  const start = process.hrtime.bigint();
  const bytes = await peakOf(["bin/autograd.js", "eval", file, "--json"]);
  return { seconds: Number(process.hrtime.bigint() - start) / 1e9, bytes };
}

export default async function scale() {
  const folder = await mkdtemp(path.join(os.tmpdir(), "autograd-bench-"));
  try {
    const [small, large] = [path.join(folder, "small.ag"), path.join(folder, "large.ag")];
    await writeFile(small, chainScript(definitions / 10));
    await writeFile(large, chainScript(definitions));
    await measure(small);
    const runs = [];
    for (let round = 0; round < rounds; round++)
      runs.push({ small: await measure(small), large: await measure(large) });
    const seconds = median(runs.map((run) => run.large.seconds));
    const gigabytes = Math.max(...runs.map((run) => run.large.bytes)) / 1e9;
    const growth = median(runs.map((run) => run.large.seconds / run.small.seconds));
    const name = `${definitions.toLocaleString("en")} definitions`;
    return [
      { name: `${name}: seconds / 6`, ratio: seconds / 6, limit: 1, detail: `${seconds.toFixed(2)} s` },
      {
        name: `${name}: memory / 2 GB`,
        ratio: gigabytes / 2,
        limit: 1,
        detail: `${gigabytes.toFixed(2)} GB`,
      },
      { name: `${name} / a tenth of them`, ratio: growth, limit: 12, detail: "10 would be linear" },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
