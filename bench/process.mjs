import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** One Node process from its start to the last byte it prints; fails where it does not end with 0. */
export function runNode(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let length = 0;
    let messages = "";
    child.stdout.on("data", (data) => {
      length += data.length;
    });
    child.stderr.on("data", (data) => {
      messages += data;
    });
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0
        ? resolve(length)
        : reject(new Error(`node ${args.join(" ")} ended with ${code}:\n${messages}`)),
    );
  });
}
