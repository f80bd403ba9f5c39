import type { Derivation } from "../../derive-results.js";
import { derivativeName } from "./names.js";

/** Derivatives as a script that gives them as its outputs. */
export function derivedScript({ declarations, definitions, derivatives }: Derivation): string {
  const defined = definitions.map(({ name, formula, isConstant }) =>
    isConstant ? `const ${name} = ${formula}` : `${name} = ${formula}`,
  );
  const found = derivatives.map((one) => {
    const line = `${one.name} = ${one.formula}`;
    return one.isStructuralZero ? `${line}  # ${derivativeName(one)}: not connected` : line;
  });
  const output = derivatives.length === 0 ? [] : [`output ${derivatives.map(({ name }) => name).join(", ")}`];
  const blocks = [declarations, defined, found, output].filter((block) => block.length > 0);
  return `${blocks.map((block) => block.join("\n")).join("\n\n")}\n`;
}
