import { Chalk } from "chalk";
import { formatBytes, limitFlags } from "../limits.js";
import type { BlasReport, Examination, ProductCheck, TriedLibrary } from "../results.js";
import { padEnd, visible } from "./text.js";

/** What `autograd doctor --json` prints. Every key is always there. */
export function examinationJson({ check, blas, ...machine }: Examination): string {
  const { choice, koffi = null, tried } = blas;
  return `${JSON.stringify({ ...machine, blas: { choice, koffi, tried, check: check ?? null } })}\n`;
}

/** What `autograd doctor` prints: a label and what belongs to it, a line each. */
export function examinationText(examination: Examination, look: { readonly color?: boolean } = {}): string {
  const style = new Chalk({ level: look.color ? 1 : 0 });
  const { version, node, platform, processor, memory, webAssembly, blas, check } = examination;
  const { count, model, threads } = processor;
  const entries: readonly (readonly [label: string, lines: readonly string[]])[] = [
    ["autograd", [version]],
    ["Node", [`${node}, ${platform}`]],
    ["processor", [`${count} × ${model}, of which ${threads} can be used`]],
    [
      "memory",
      [`${formatBytes(memory.machine)}; values may take ${formatBytes(memory.limit)} (${limitFlags.memory})`],
    ],
    [
      "WebAssembly",
      [`vectors: ${yesNo(webAssembly.simd)}, shared memory: ${yesNo(webAssembly.sharedMemory)}`],
    ],
    ["koffi", koffiLines(blas)],
    ["BLAS", blasLines(blas, check)],
  ];
  const width = Math.max(...entries.map(([label]) => label.length)) + 2;
  return entries
    .flatMap(([label, lines]) =>
      lines.map((line, i) => `${style.bold(padEnd(i === 0 ? label : "", width))}${visible(line)}\n`),
    )
    .join("");
}

const yesNo = (is: boolean) => (is ? "yes" : "no");

function koffiLines({ koffi }: BlasReport): string[] {
  if (koffi === undefined) return ["not needed"];
  if ("version" in koffi) return [koffi.version];
  return [
    `cannot be used: ${koffi.missing}`,
    "a native BLAS needs it: `npm install koffi`, where `autograd` is",
  ];
}

function blasLines({ choice, tried }: BlasReport, check: ProductCheck | undefined): string[] {
  const lines = tried.flatMap((library) => libraryLines(library, check));
  if (tried.some(({ outcome }) => outcome === "used")) return lines;
  // The message about a library that was named has a remedy of its own.
  const isSearched = choice === "auto" && tried.length > 0;
  return [
    ...lines,
    isSearched ? "none to use; a package such as OpenBLAS brings one (Debian: `libopenblas0`)" : "none",
  ];
}

function libraryLines(library: TriedLibrary, check: ProductCheck | undefined): string[] {
  const name = library.files.join(" + ");
  if (library.outcome === "unloadable") return [`${name}: ${library.reason}`];
  if (library.outcome === "unfit") return [`${name}: has no function \`${library.symbol}\``];
  const { identity, integer, threads, kernels } = library;
  const facts = [
    identity ?? "does not say what it is",
    `${integer}-bit integers`,
    ...(threads === null ? [] : [`${threads} ${threads === 1 ? "thread" : "threads"}`]),
  ].join(", ");
  const beside = kernels.length === 0 ? "products only" : `products, ${kernels.join(", ")}`;
  if (library.outcome === "plain") {
    const reason = "not used unless `--blas` names it, since it may be slower than our own products";
    return [`${name}: ${reason}`, `  ${facts}`];
  }
  return [
    `${name}: used`,
    `  ${facts}`,
    `  ${beside}`,
    ...(check === undefined ? [] : [`  ${verdict(check)}`]),
  ];
}

const verdict = ({ side, units, agrees }: ProductCheck) =>
  `a product of ${side}×${side} matrices ${agrees ? "agrees with" : "DIFFERS from"} ours: ${units.toPrecision(2)} units of rounding apart at most`;
