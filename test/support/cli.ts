import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built program. `stdin` is a pipe with this text; without it, nothing. */
export function autograd(args: readonly string[], stdin?: string, cwd = root): Outcome {
  const program = path.join(root, "bin", "autograd.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "" },
    maxBuffer: 1 << 28,
    ...(stdin === undefined ? { stdio: ["ignore", "pipe", "pipe"] } : { input: stdin }),
  });
  return { code: status, stdout, stderr };
}

/** A file with this content in a folder that goes when the test ends. */
export function temporaryFile(name: string, content: string | Uint8Array): string {
  return path.join(temporaryFolder(new Map([[name, content]])), name);
}

/** A folder with these files, by their paths in it, that goes when the test ends. */
export function temporaryFolder(files: ReadonlyMap<string, string | Uint8Array>): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "autograd-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of files) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return folder;
}
