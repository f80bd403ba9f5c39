import type { Derivation, Derived } from "../../derive-results.js";

const nameOfDerivative = ({ output, by }: Derived) =>
  by.length === 1 ? `∂${output}/∂${by[0]}` : `∂²${output}/${by.map((one) => `∂${one}`).join("")}`;

/** Derivatives as a script that gives them as its outputs. */
export function derivedScript({ declarations, definitions, derivatives }: Derivation): string {
  const defined = definitions.map(({ name, formula, isConstant }) =>
    isConstant ? `const ${name} = ${formula}` : `${name} = ${formula}`,
  );
  const found = derivatives.map((one) => {
    const line = `${one.name} = ${one.formula}`;
    return one.isStructuralZero ? `${line}  # ${nameOfDerivative(one)}: not connected` : line;
  });
  const output = derivatives.length === 0 ? [] : [`output ${derivatives.map(({ name }) => name).join(", ")}`];
  const blocks = [declarations, defined, found, output].filter((block) => block.length > 0);
  return `${blocks.map((block) => block.join("\n")).join("\n\n")}\n`;
}
