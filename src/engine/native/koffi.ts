/** A function of a library. Pointers are numbers: addresses lie far below 2⁵³. */
export type NativeFunction = (...values: readonly (number | ArrayBufferView)[]) => number | string;

export interface SharedLibrary {
  /** Throws where the library has no such symbol. */
  func(symbol: string, result: string, parameters: readonly string[]): NativeFunction;
}

/**
 * What is used of koffi. Its own types are not, since it may not be installed; nor is it imported, so that it is neither
 * bundled nor needed.
 */
export interface Koffi {
  readonly version: string;
  /** Throws with what the loader of the operating system says. */
  load(file: string): SharedLibrary;
  address(memory: ArrayBufferView): bigint;
  /** Changes settings, which it refuses once a library has been loaded, and tells what they are. */
  config(changes?: { readonly sync_stack_size: number }): { readonly sync_stack_size: number };
}

/**
 * The stack on which koffi runs native code. OpenBLAS puts tables of its threads there, half a MiB and more for each call
 * inside a call, and the process dies where they do not fit: programs have 8 MiB, koffi takes 2 unless told.
 */
const stackSize = 16 * 2 ** 20;
const leastStackSize = 8 * 2 ** 20;

/** Loads koffi, or tells why it cannot be used: it is not installed, or has no binary for this machine. */
export function loadKoffi(): Koffi | { readonly missing: string } {
  const load = loaderHere();
  if (load === undefined) return { missing: "that takes Node 20.16 or later" };
  let koffi: Koffi;
  try {
    koffi = load("koffi") as Koffi;
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND";
    return { missing: isAbsent ? "it is not installed" : firstLine(error) };
  }
  return growStack(koffi)
    ? koffi
    : { missing: "this program has used it before, with a `sync_stack_size` below 8 MiB" };
}

/** Asks for Node's loader at run time: an import of it would keep the library out of browsers. */
function loaderHere(): NodeJS.Require | undefined {
  const { process } = globalThis as { readonly process?: NodeJS.Process };
  return process?.getBuiltinModule?.("node:module").createRequire(import.meta.url);
}

/** Whether native code has enough of a stack now. */
function growStack(koffi: Koffi): boolean {
  if (koffi.config().sync_stack_size >= leastStackSize) return true;
  try {
    koffi.config({ sync_stack_size: stackSize });
    return true;
  } catch {
    return false;
  }
}

/** An error's message without the list of places where a module was looked for. */
export const firstLine = (error: unknown): string => String((error as Error).message).split("\n", 1)[0]!;
