import { type Diagnostic, diagnose } from "../diagnostics.js";
import type { Fit, FitStop } from "../results.js";
import { formatNumber } from "./numbers.js";

/** A table of the loss has about this many intervals: all steps, if they are so few. */
const mostIntervals = 8;

/** The steps that a table of the loss shows: multiples of 1, 2 or 5 times a power of ten, and the last one. */
export function shownSteps(steps: number): number[] {
  let interval = 1;
  while (steps / interval > mostIntervals) {
    // 1, 2, 5, 10, 20, 50, …
    interval = /^2/.test(String(interval)) ? interval * 2.5 : interval * 2;
  }
  const shown = Array.from({ length: Math.floor(steps / interval) + 1 }, (_, i) => i * interval);
  return shown.at(-1) === steps ? shown : [...shown, steps];
}

/** The steps that are shown, each with its loss. */
export const shownLosses = ({ losses }: Fit): (readonly [step: number, loss: number])[] =>
  shownSteps(losses.length - 1).map((step) => [step, losses[step]!]);

/** A warning where the loss at the end is greater than at the start: finite, but no fit. */
export function growthDiagnostics({ of, losses }: Fit): Diagnostic[] {
  const [from, to] = [losses[0] ?? Number.NaN, losses.at(-1) ?? Number.NaN];
  if (!(to > from)) return [];
  return [diagnose("loss-grew", { loss: of, from: formatNumber(from), to: formatNumber(to) })];
}

/** Errors that say why a fit ended early, and where it stood before. */
export function stopDiagnostics(stop: FitStop, { of, losses }: Fit): Diagnostic[] {
  const { step } = stop;
  const before = `the loss \`${of}\` of step ${step - 1} was ${formatNumber(losses[step - 1] ?? Number.NaN)}`;
  if (stop.kind === "not-finite") {
    const what = stop.names;
    return [
      step === 0 ? diagnose("start-not-finite", { what }) : diagnose("diverged", { step, what, before }),
    ];
  }
  return [...stop.diagnostics, ...(step === 0 ? [] : [diagnose("no-step", { step, before })])];
}
