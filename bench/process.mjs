import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** One process from its start to the last byte it prints, and all that it prints; fails where it does not end with 0. */
export function run(command, args, { env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
    const printed = [];
    let messages = "";
    child.stdout.on("data", (data) => printed.push(data));
    child.stderr.on("data", (data) => {
      messages += data;
    });
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0
        ? resolve({ output: Buffer.concat(printed), messages })
        : reject(new Error(`${command} ${args.join(" ")} ended with ${code}:\n${messages}`)),
    );
  });
}

export const runNode = (args) => run(process.execPath, args);

/** Loaded into the measured process: says on standard error, at its end, what it used at most. */
const reporter = `data:text/javascript,import { writeSync } from "node:fs";
process.on("exit", () => writeSync(2, "peak " + process.resourceUsage().maxRSS));`;

/** The most bytes of memory that a Node process holds at any time. */
export async function peakOf(args) {
  const { messages } = await runNode(["--import", reporter, ...args]);
  return Number(/peak (\d+)/.exec(messages)[1]) * 1024;
}
