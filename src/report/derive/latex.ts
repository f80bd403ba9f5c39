import type { Derivation, Derived, DerivedDefinition } from "../../derive-results.js";

/** The left side of a derivative, `\frac{\partial w}{\partial x}`. */
function derivativeLatex({ outputLatex, byLatex }: Derived): string {
  if (byLatex.length === 1) return `\\frac{\\partial ${outputLatex}}{\\partial ${byLatex[0]}}`;
  return `\\frac{\\partial^2 ${outputLatex}}{${byLatex.map((one) => `\\partial ${one}`).join(" \\, ")}}`;
}

/** Definitions and derivatives as one display, a line each. */
export function derivedLatex({ definitions, derivatives }: Derivation): string {
  const defined = definitions.map((one: DerivedDefinition) => `${one.nameLatex} &= ${one.latex}`);
  const found = derivatives.map((one) => `${derivativeLatex(one)} &= ${one.latex}`);
  return `\\[\n\\begin{aligned}\n${[...defined, ...found].join(" \\\\\n")}\n\\end{aligned}\n\\]\n`;
}
