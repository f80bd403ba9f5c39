import { type Diagnostic, diagnose } from "../../diagnostics.js";
import type { BlasReport, TriedLibrary } from "../../results.js";
import { type NativeBlas, nativeBlas } from "./blas.js";
import { type Candidate, candidatesOf } from "./candidates.js";
import { type Koffi, loadKoffi } from "./koffi.js";
import { openLibrary } from "./library.js";

/** `auto`: the first of the usual libraries that is there; `none`; or a library, by its path or its name. */
export type BlasChoice = "auto" | "none" | (string & {});

export interface OpenedBlas {
  readonly library: NativeBlas | undefined;
  readonly report: BlasReport;
  /** Why a library that was named cannot be used; `auto` and `none` have no such problem. */
  readonly problem: Diagnostic | undefined;
}

/** What the machine has; tests give other answers. */
export interface Machine {
  /** As Node names it. */
  readonly platform: string;
  readonly koffi: () => Koffi | { readonly missing: string };
}

const thisMachine = (): Machine => ({ platform: process.platform, koffi: loadKoffi });

/** Looks for a BLAS. This takes some tens of milliseconds where it loads a library, so it is done when one is needed. */
export function openBlas(choice: BlasChoice, machine: Machine = thisMachine()): OpenedBlas {
  if (choice === "none")
    return { library: undefined, report: { choice, koffi: undefined, tried: [] }, problem: undefined };
  const koffi = machine.koffi();
  if ("missing" in koffi) {
    const { missing } = koffi;
    const report: BlasReport = { choice, koffi: { missing }, tried: [] };
    const problem = choice === "auto" ? undefined : diagnose("blas-koffi", { path: choice, reason: missing });
    return { library: undefined, report, problem };
  }
  const isAuto = choice === "auto";
  const candidates: readonly Candidate[] = isAuto ? candidatesOf(machine.platform) : [[choice]];
  const tried: TriedLibrary[] = [];
  const report: BlasReport = { choice, koffi: { version: koffi.version }, tried };
  for (const files of candidates) {
    const { entry, library } = tryLibrary(koffi, files, isAuto);
    tried.push(entry);
    if (library !== undefined) return { library, report, problem: undefined };
  }
  return { library: undefined, report, problem: isAuto ? undefined : problemOf(choice, tried[0]!) };
}

function tryLibrary(
  koffi: Koffi,
  files: Candidate,
  isAuto: boolean,
): { readonly entry: TriedLibrary; readonly library?: NativeBlas } {
  const names = files.filter((file) => file !== undefined);
  const opened = openLibrary(koffi, files);
  if ("outcome" in opened) return { entry: { files: names, ...opened } };
  const library = nativeBlas(opened, koffi);
  const { identity, integer, kernels, threads } = library;
  const facts = {
    files: names,
    identity: identity ?? null,
    integer: integer === "int" ? (32 as const) : (64 as const),
    kernels: Object.keys(kernels),
    threads: threads?.get() ?? null,
  };
  // Most likely the reference implementation, which is slower than our own kernels.
  if (isAuto && identity === undefined) return { entry: { ...facts, outcome: "plain" } };
  return { entry: { ...facts, outcome: "used" }, library };
}

function problemOf(path: string, tried: TriedLibrary): Diagnostic | undefined {
  if (tried.outcome === "unloadable") return diagnose("blas-library", { path, reason: tried.reason });
  if (tried.outcome === "unfit") return diagnose("blas-symbol", { path, symbol: tried.symbol });
  return undefined;
}
