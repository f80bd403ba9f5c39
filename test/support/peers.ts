import { temporaryFile } from "./cli.js";

/** A word as a shell reads it. */
const quoted = (text: string) =>
  process.platform === "win32" ? `"${text}"` : `'${text.replaceAll("'", "'\\''")}'`;

/** The command that runs a program of Node in place of somebody else's gradient; it lies in a file. */
export const nodeCommand = (program: string, ...args: readonly string[]): string =>
  [process.execPath, temporaryFile("peer.cjs", program), ...args].map(quoted).join(" ");

/** The command that runs a program of Python. */
export const pythonCommand = (program: string, ...args: readonly string[]): string =>
  ["python3", temporaryFile("peer.py", program), ...args].map(quoted).join(" ");

/** A program that answers each question by what `answer`, an expression of `inputs`, `file` and `n` (from 0), makes of it. */
export const answering = (answer: string, before = ""): string => `
${before}
let n = 0;
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { file, inputs } = JSON.parse(line);
  const number = (x) => (Array.isArray(x) ? x.map(number) : Number(x));
  for (const name in inputs) inputs[name] = number(inputs[name]);
  const text = (value) => typeof value === "string" ? value : JSON.stringify(value, (_, x) =>
    typeof x === "number" && !Number.isFinite(x) ? String(x) : x);
  const answer = text(${answer});
  n += 1;
  process.stdout.write(answer + "\\n");
});
`;
