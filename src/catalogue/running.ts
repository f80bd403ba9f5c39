import { didYouMean, quote, type Wording } from "./wording.js";

/** What is wrong with the command line, with files, and with the size of it all. */
export const running = {
  // the command line
  "no-script": (p: { example: string }) => ({
    message: "there is no script",
    hint: `name a file, or give the script itself: ${quote(p.example)}`,
  }),
  "two-scripts": (p: { file: string }) => ({
    message: `both the file ${quote(p.file)} and \`-e\` give a script`,
    hint: "give one of them",
  }),
  "unknown-built-in": (p: { name: string; suggestion?: string | undefined }) => ({
    message: `there is no built-in function ${quote(p.name)}`,
    ...didYouMean(p.suggestion, "`autograd ops` lists them"),
  }),
  assignment: (p: { text: string }) => ({
    message: `${quote(p.text)} is not an assignment`,
    hint: "write `--set NAME=VALUE`, such as `--set x=2` or `--set 'A=[[1,2],[3,4]]'`",
  }),
  // a native BLAS
  "blas-koffi": (p: { path: string; reason: string }) => ({
    message: `the BLAS library ${quote(p.path)} needs the package \`koffi\`, which cannot be loaded: ${p.reason}`,
    hint: "install it where `autograd` is, `npm install koffi`, or leave `--blas` out",
  }),
  "blas-library": (p: { path: string; reason: string }) => ({
    message: `the BLAS library ${quote(p.path)} cannot be loaded: ${p.reason}`,
    hint: "give the path of a shared library that is made for this machine, or `--blas auto`; `autograd doctor` tells what that finds",
  }),
  "blas-symbol": (p: { path: string; symbol: string }) => ({
    message: `the library ${quote(p.path)} has no function ${quote(p.symbol)}, so it is no BLAS that can be used`,
    hint: "give a library with the interface CBLAS, such as OpenBLAS, or `--blas auto`",
  }),
  "blas-wrong": (p: { path: string; side: number; units: number }) => ({
    message: `a product of ${p.side}×${p.side} matrices by the BLAS library ${quote(p.path)} differs from ours by ${p.units.toPrecision(2)} units of rounding`,
    hint: "`--blas none` does without it; `--blas PATH` takes another library",
  }),
  // limits
  "memory-limit": (p: { bytes: string; limit: string; flag: string }) => ({
    message: `this evaluation needs ${p.bytes} of memory (limit: ${p.limit})`,
    hint: `raise the limit with \`${p.flag}\`; a tensor's derivative has the shapes of output and input together: \`--no-grad\`, \`--of\`, \`--wrt\` or a \`sum\` make it smaller`,
  }),
  limit: (p: { what: string; limit: string; flag: string }) => ({
    message: `${p.what} (limit: ${p.limit})`,
    hint: `raise the limit with \`${p.flag}\``,
  }),
  // files
  "file-missing": (p: { path: string }) => ({ message: `there is no file ${quote(p.path)}` }),
  "folder-missing": (p: { path: string }) => ({ message: `there is no folder ${quote(p.path)}` }),
  "file-directory": (p: { path: string }) => ({ message: `${quote(p.path)} is a directory, not a file` }),
  "file-permission": (p: { path: string; action: string }) => ({
    message: `no permission to ${p.action} ${quote(p.path)}`,
  }),
  "file-read": (p: { path: string; reason: string }) => ({
    message: `cannot read ${quote(p.path)}: ${p.reason}`,
  }),
  "file-write": (p: { path: string; reason: string }) => ({
    message: `cannot write ${quote(p.path)}: ${p.reason}`,
  }),
} satisfies Record<string, (p: never) => Wording>;
