// How much longer a whole run of a small script takes than starting Node alone.
import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { compare } from "./measure.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** One process from its start to the last byte it prints. */
function run(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`node ${args.join(" ")} ended with ${code}:\n${output}`)),
    );
  });
}

export default async function coldStart() {
  const { ratio, bestRatio, subject, reference } = await compare(
    () => run(["bin/autograd.js", "eval", "examples/chain.ag"]),
    () => run(["-e", "0"]),
    { pairs: 30, warmup: 4 },
  );
  const times = `${subject.median.toFixed(1)} ms against ${reference.median.toFixed(1)} ms`;
  return [
    { name: "cold start / node -e 0", ratio, limit: 1.6, detail: `${times}; best ${bestRatio.toFixed(2)}` },
  ];
}
