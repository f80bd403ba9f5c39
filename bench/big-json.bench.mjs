// A large matrix as JSON, its sum and the gradient of that: whole processes, against reading the same file alone.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { compare } from "./measure.mjs";
import { peakOf, runNode } from "./process.mjs";
import { noise } from "./tensors.mjs";

/** About 20 bytes a number. */
const sizeOf = (quick) => (quick ? 700 : 2250);

async function write(file, size) {
  const { data } = noise([size, size], 1);
  const rows = Array.from({ length: size }, (_, i) =>
    Array.from(data.subarray(i * size, (i + 1) * size), (value) => Math.sin(value)),
  );
  const text = JSON.stringify({ x: rows });
  await writeFile(file, text);
  return text.length;
}

export default async function bigJson({ quick }) {
  const folder = await mkdtemp(path.join(os.tmpdir(), "autograd-bench-"));
  try {
    const file = path.join(folder, "x.json");
    const bytes = await write(file, sizeOf(quick));
    const command = ["bin/autograd.js", "eval", "-e", "s = sum(x)", "-i", file];
    const script = `JSON.parse(require("fs").readFileSync(${JSON.stringify(file)}, "utf8"))`;
    const { ratio, subject, reference } = await compare(
      () => runNode(command),
      () => runNode(["-e", script]),
      { pairs: quick ? 3 : 7, warmup: 1 },
    );
    const peak = await peakOf(command);
    const name = `JSON matrix of ${(bytes / 1e6).toFixed(0)} MB, sum and gradient`;
    return [
      {
        name: `${name} / JSON.parse alone`,
        ratio,
        limit: 1.5,
        detail: `${subject.median.toFixed(0)} ms against ${reference.median.toFixed(0)} ms`,
      },
      {
        name: `${name}: peak memory / file`,
        ratio: peak / bytes,
        // What an empty process takes would be most of it for a small file.
        limit: quick ? undefined : 4,
        detail: `${(peak / 1e6).toFixed(0)} MB`,
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
