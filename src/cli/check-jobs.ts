import { spawn } from "node:child_process";
import { deserialize, serialize } from "node:v8";
import type { FileReport } from "../check-results.js";
import { diagnose } from "../diagnostics.js";

/** The hidden option under which a process of its own hands its reports back. */
export const handBack = "--hand-back";

/** Reports in a form that keeps everything, texts of sources that spans share among it. */
export const packed = (reports: readonly FileReport[]): Uint8Array => serialize(reports);

/**
 * Checks each file in a process of its own, `jobs` at a time; reports come in the order of the files. `words` is the
 * command line without the files; `told` hears of each that is done. A signal that ends this process ends those too.
 */
export async function checkInProcesses(
  files: readonly string[],
  words: readonly string[],
  jobs: number,
  told: (file: string, done: number) => Promise<void>,
): Promise<FileReport[]> {
  const reports: FileReport[] = new Array(files.length);
  let next = 0;
  let done = 0;
  const worker = async () => {
    while (next < files.length) {
      const at = next++;
      reports[at] = await checkInProcess(files[at]!, words);
      done += 1;
      await told(files[at]!, done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, files.length) }, worker));
  return reports;
}

function checkInProcess(file: string, words: readonly string[]): Promise<FileReport> {
  return new Promise((resolve) => {
    const [program] = process.argv.slice(1);
    const child = spawn(process.execPath, [program!, "check", handBack, ...words, "--", file], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const pieces: Buffer[] = [];
    child.stdout.on("data", (piece: Buffer) => pieces.push(piece));
    const fail = (reason: string) => resolve(internalError(file, reason));
    child.on("error", (error) => fail(error.message));
    child.on("close", (code, signal) => {
      try {
        const [report] = deserialize(Buffer.concat(pieces)) as FileReport[];
        if (report === undefined) throw new Error("no report");
        resolve(report);
      } catch {
        fail(signal === null ? `it ended with the exit code ${code}` : `it was ended by ${signal}`);
      }
    });
  });
}

/** The report of a file whose process gave none. */
const internalError = (file: string, reason: string): FileReport => ({
  file,
  entries: [],
  diagnostics: [diagnose("check-process", { file, reason })],
  milliseconds: 0,
  seed: 0,
});
