import type { Diagnostic } from "../diagnostics.js";
import { writeStdout } from "../io/output.js";

export interface MessageOptions {
  /** False for `--no-color`. */
  readonly color: boolean;
  /** Errors only. */
  readonly quiet: boolean;
}

/** Whether a stream shows colours: a terminal that nobody asked to do without (https://no-color.org). */
export function showsColor(stream: { readonly isTTY?: boolean }, wanted: boolean): boolean {
  return wanted && stream.isTTY === true && !process.env.NO_COLOR;
}

/** Prints errors and warnings on standard error. */
export async function printDiagnostics(
  diagnostics: readonly Diagnostic[],
  options: MessageOptions,
): Promise<void> {
  const shown = options.quiet ? diagnostics.filter(({ severity }) => severity === "error") : diagnostics;
  if (shown.length === 0) return;
  const { renderDiagnostics } = await import("../report/diagnostics.js");
  const color = showsColor(process.stderr, options.color);
  const { columns } = process.stderr;
  await writeStdout(
    [renderDiagnostics(shown, { color, ...(columns ? { width: columns } : {}) })],
    process.stderr,
  );
}
