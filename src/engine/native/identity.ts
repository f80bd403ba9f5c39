import type { BlasLibrary } from "./library.js";

/** Fills a buffer with a text that ends with 0, as MKL tells its version. */
function versionInto(find: BlasLibrary["find"], name: string): string | undefined {
  const write = find(name, "void", ["void *", "int"]);
  if (write === undefined) return undefined;
  const text = new Uint8Array(200);
  write(text, text.length);
  return new TextDecoder().decode(text.subarray(0, text.indexOf(0)));
}

/** A function without parameters that returns a text. */
const returned = (find: BlasLibrary["find"], name: string) => {
  const read = find(name, "str", []);
  return read === undefined ? undefined : String(read());
};

/** How libraries that are made for speed say what they are. */
const introductions: readonly ((library: BlasLibrary) => string | undefined)[] = [
  ({ find }) => returned(find, "openblas_get_config"),
  ({ find }) => versionInto(find, "MKL_Get_Version_String"),
  ({ find }) => {
    const version = returned(find, "bli_info_get_version_str");
    return version === undefined ? undefined : `BLIS ${version}`;
  },
  ({ files: [file] }) => (file.includes("Accelerate.framework") ? "Apple Accelerate" : undefined),
];

/** What the library says of itself: its name, version and configuration; undefined where it says nothing. */
export function identityOf(library: BlasLibrary): string | undefined {
  for (const introduce of introductions) {
    const identity = introduce(library);
    if (identity !== undefined) return identity.trim();
  }
  return undefined;
}
