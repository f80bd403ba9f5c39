import { Chalk } from "chalk";
import { displayWidth, shorten } from "./text.js";

export interface ProgressLook {
  readonly color?: boolean;
  /** Columns of the terminal; 80 unless told otherwise. */
  readonly width?: number;
}

const WIDEST_BAR = 30;
const NARROWEST_BAR = 5;

/** How far long work is, on one line that fits the terminal: `━━━━──── 512/1000  loss 0.25`. */
export function progressLine(
  done: number,
  total: number,
  note: string,
  { color = false, width = 80 }: ProgressLook = {},
): string {
  const style = new Chalk({ level: color ? 1 : 0 });
  const facts = `${String(done).padStart(String(total).length)}/${total}  ${note}`;
  // A line as wide as the terminal would wrap in some of them.
  const room = width - displayWidth(facts) - 2;
  if (room < NARROWEST_BAR) return shorten(facts, Math.max(1, width - 1));
  const bar = Math.min(WIDEST_BAR, room);
  const filled = total === 0 ? bar : Math.floor((bar * done) / total);
  return `${style.green("━".repeat(filled))}${style.dim("─".repeat(bar - filled))} ${facts}`;
}
