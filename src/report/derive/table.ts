import { Chalk } from "chalk";
import type { Derivation } from "../../derive-results.js";
import { derivativeName } from "./names.js";

export interface DeriveLook {
  readonly color?: boolean;
}

/**
 * Each derivative with its formula in the language and in LaTeX, and before them what they read. Formulas are not cut: they
 * stand on lines of their own.
 */
export function derivedTable({ definitions, derivatives }: Derivation, look: DeriveLook = {}): string {
  const style = new Chalk({ level: look.color ? 1 : 0 });
  const blocks = [
    ...definitions.map((one) => ({ heading: one.name, formula: one.formula, latex: one.latex })),
    ...derivatives.map((one) => ({
      heading: one.isStructuralZero ? `${derivativeName(one)} (not connected)` : derivativeName(one),
      formula: one.formula,
      latex: one.latex,
    })),
  ];
  return blocks
    .map(
      ({ heading, formula, latex }) =>
        `${style.cyan(heading)}\n  ag     ${formula.replaceAll("\n", "\n         ")}\n  latex  ${latex}\n`,
    )
    .join("\n");
}
