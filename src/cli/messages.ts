import { isatty } from "node:tty";
import type { Diagnostic } from "../diagnostics.js";
import { writeStderr } from "../io/output.js";

export interface MessageOptions {
  /** False for `--no-color`. */
  readonly color: boolean;
  /** Errors only. */
  readonly quiet: boolean;
}

/** How a text may look on a standard stream: setting up the stream itself costs more than most runs. */
export interface Look {
  readonly color: boolean;
  /** Columns of the terminal, where it is one. */
  readonly width?: number;
}

/** A terminal shows colours unless somebody asked to do without (https://no-color.org). */
export function lookOf(stream: "stdout" | "stderr", wantsColor: boolean): Look {
  if (!isatty(stream === "stdout" ? 1 : 2)) return { color: false };
  const { columns } = process[stream];
  return { color: wantsColor && !process.env.NO_COLOR, ...(columns ? { width: columns } : {}) };
}

/** Whether standard error is a terminal on which a line can be written again. */
export const showsProgress = ({ quiet }: MessageOptions): boolean =>
  !quiet && isatty(2) && process.env.TERM !== "dumb";

/** Prints errors and warnings on standard error. */
export async function printDiagnostics(
  diagnostics: readonly Diagnostic[],
  options: MessageOptions,
): Promise<void> {
  const shown = options.quiet ? diagnostics.filter(({ severity }) => severity === "error") : diagnostics;
  if (shown.length === 0) return;
  const { renderDiagnostics } = await import("../report/diagnostics.js");
  await writeStderr([renderDiagnostics(shown, lookOf("stderr", options.color))]);
}
