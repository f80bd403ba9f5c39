import { measure, noRates } from "./measure.js";
import { subjectsOf } from "./subjects.js";

/**
 * Breaks the derivatives of these operations (all of them where none is named), each elementwise one at `count` points of
 * its domain and at special ones, and prints how often the check is mistaken; false where it ever is.
 */
export function printRates(count: number, names: readonly string[], print: (line: string) => void): boolean {
  const subjects = subjectsOf(count).filter(({ op }) => names.length === 0 || names.includes(op));
  const rates = noRates();
  for (const subject of subjects) measure(subject, rates);
  const { points, mutants, forward, unseen, falseAlarms, misses, wrongNames } = rates;
  const parts = [
    ["false alarms", falseAlarms, `${points} derivatives that are right`],
    ["misses", misses, `${mutants} that are wrong, ${forward} of them forward alone`],
    ["wrong names", wrongNames, `${mutants} that are wrong`],
  ] as const;
  for (const [what, found, among] of parts) {
    print(`${what}: ${found.length} among ${among}`);
    for (const line of found) print(`    ${line}`);
  }
  print(
    `${subjects.length} graphs; ${unseen} mistakes were smaller than what 32 digits of the value can show`,
  );
  return points > 0 && parts.every(([, found]) => found.length === 0);
}
