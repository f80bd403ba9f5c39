/** A CommonJS module out of esbuild's output files, of which the one named `entry` is the program. */
export function link(
  files: readonly { readonly path: string; readonly text: string }[],
  entry: string,
): string;
