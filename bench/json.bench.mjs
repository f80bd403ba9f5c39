// Reading a matrix from JSON and writing it again, against the runtime's own parser and printer on the same text.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { compare } from "./measure.mjs";
import { runNode } from "./process.mjs";

const size = 1000;

/** The readers and writers as the program has them, bundled for this run. */
async function loadIo(folder) {
  const file = path.join(folder, "io.mjs");
  await build({
    stdin: {
      contents: `export { readInputs } from "./src/io/json-reader.js"; export { writeEvaluation } from "./src/io/json-writer.js";`,
      resolveDir: path.join(import.meta.dirname, ".."),
    },
    bundle: true,
    format: "esm",
    platform: "node",
    outfile: file,
    logLevel: "error",
  });
  return import(pathToFileURL(file).href);
}

export default async function json() {
  const folder = await mkdtemp(path.join(os.tmpdir(), "autograd-bench-"));
  try {
    const { readInputs, writeEvaluation } = await loadIo(folder);
    const rows = Array.from({ length: size }, () =>
      Array.from({ length: size }, () => Math.random() * 2 - 1),
    );
    const text = JSON.stringify({ x: rows });
    const bytes = Buffer.from(text);
    const ours = () => {
      const tensor = readInputs(bytes, "bench").get("x");
      let length = 0;
      for (const chunk of writeEvaluation({ outputs: [{ name: "x", tensor }], gradients: [] }))
        length += chunk.length;
      if (length < text.length) throw new Error("the output is too short");
    };
    const theirs = () => JSON.stringify(JSON.parse(text)).length;
    const inProcess = await compare(ours, theirs, { pairs: 9, warmup: 2 });

    const file = path.join(folder, "x.json");
    await writeFile(file, text);
    const script = `const fs = require("fs"); fs.writeSync(1, JSON.stringify(JSON.parse(fs.readFileSync(${JSON.stringify(file)}, "utf8"))))`;
    const whole = await compare(
      () => runNode(["bin/autograd.js", "eval", "-e", "y = x + 0", "--no-grad", "--json", "-i", file]),
      () => runNode(["-e", script]),
      { pairs: 7, warmup: 1 },
    );
    const detail = ({ subject, reference }) =>
      `${subject.median.toFixed(0)} ms against ${reference.median.toFixed(0)} ms, ${(text.length / 1e6).toFixed(0)} MB`;
    return [
      {
        name: `JSON in and out, ${size}×${size}, in process`,
        ratio: inProcess.ratio,
        limit: 3,
        detail: detail(inProcess),
      },
      {
        name: `JSON in and out, ${size}×${size}, whole process`,
        ratio: whole.ratio,
        limit: 3,
        detail: detail(whole),
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
