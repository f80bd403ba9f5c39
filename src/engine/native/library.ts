import type { Candidate } from "./candidates.js";
import { firstLine, type Koffi, type NativeFunction, type SharedLibrary } from "./koffi.js";

/** How a library writes integers, by the type that koffi calls it. */
export type Integer = "int" | "int64_t";

/** A library with the one form of names and integers that it has. */
export interface BlasLibrary {
  readonly files: Candidate;
  readonly integer: Integer;
  /** A function by its name in C, or in Fortran with its `_`; undefined where the library lacks it. */
  find(name: string, result: string, parameters: readonly string[]): NativeFunction | undefined;
}

/** A library that cannot be used: the loader does not know it, or it lacks a symbol. */
export type Unusable =
  | { readonly outcome: "unloadable"; readonly reason: string }
  | { readonly outcome: "unfit"; readonly symbol: string };

/** What is appended to every name; builds with 64-bit integers may do so to stand beside others in one program. */
const suffixes = ["", "64_"];

/** Without these, nothing can be multiplied, and the size of integers cannot be told. */
const required = ["cblas_dgemm", "idamax_"];

export function openLibrary(koffi: Koffi, files: Candidate): BlasLibrary | Unusable {
  const opened: SharedLibrary[] = [];
  for (const file of files) {
    try {
      opened.push(koffi.load(file!));
    } catch (error) {
      // A BLAS alone is good for products.
      if (opened.length === 0) return { outcome: "unloadable", reason: reasonOf(error) };
    }
  }
  const has = (suffix: string) => (name: string) => lookUp(opened, name + suffix, "void", []) !== undefined;
  const suffix = suffixes.find((ending) => required.every(has(ending)));
  if (suffix === undefined) return { outcome: "unfit", symbol: required.find((name) => !has("")(name))! };
  const find: BlasLibrary["find"] = (name, result, parameters) =>
    lookUp(opened, name + suffix, result, parameters);
  return { files, integer: integerOf(find), find };
}

/** What the loader says, without koffi's introduction. */
const reasonOf = (error: unknown) => firstLine(error).replace(/^Failed to load shared library: /, "");

function lookUp(
  libraries: readonly SharedLibrary[],
  symbol: string,
  result: string,
  parameters: readonly string[],
): NativeFunction | undefined {
  for (const library of libraries) {
    try {
      return library.func(symbol, result, parameters);
    } catch {
      // Not in this one.
    }
  }
  return undefined;
}

/**
 * Names do not always tell the size of integers, but the place of the largest of three elements does: this count of them
 * is 3 in its lower half, and negative as a whole, which makes the place 0.
 */
function integerOf(find: BlasLibrary["find"]): Integer {
  const largest = find("idamax_", "int", ["void *", "void *", "void *"])!;
  const count = new Int32Array([3, -1]);
  const place = largest(count, new Float64Array([1, 2, 3]), new Int32Array([1, 0]));
  return place === 3 ? "int" : "int64_t";
}
