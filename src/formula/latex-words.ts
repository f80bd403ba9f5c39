const greek = [
  "alpha",
  "beta",
  "gamma",
  "delta",
  "epsilon",
  "zeta",
  "eta",
  "theta",
  "iota",
  "kappa",
  "lambda",
  "mu",
  "nu",
  "xi",
  "pi",
  "rho",
  "sigma",
  "tau",
  "upsilon",
  "phi",
  "chi",
  "psi",
  "omega",
] as const;
const letters = "αβγδεζηθικλμνξπρστυφχψω";

const commands: ReadonlyMap<string, string> = new Map([
  ...greek.map((word): [string, string] => [word, `\\${word}`]),
  ...greek.map((word, i): [string, string] => [[...letters][i]!, `\\${word}`]),
  ["inf", "\\infty"],
]);

/** Characters that mean something to LaTeX, as text. */
export const stringLatex = (text: string): string =>
  text.replace(/[\\{}$&#^_~%]/g, (c) =>
    c === "\\" ? "\\backslash{}" : c === "^" || c === "~" ? `\\${c}{}` : `\\${c}`,
  );

/** One word of a name: a letter, a Greek letter by its name, or several letters set as one word. */
function word(text: string): string {
  const command = commands.get(text);
  if (command !== undefined) return command;
  return [...text].length === 1 ? text : `\\mathit{${stringLatex(text)}}`;
}

/** A name: digits at its end, and what stands behind a `_`, become a subscript. */
export function nameLatex(name: string): string {
  const [, stem, rest] = /^(.+?)(?:_(.+))?$/u.exec(name)!;
  const [, letter, digits] = /^(.*?)(\d*)$/u.exec(stem!)!;
  const subscript = [digits, rest]
    .filter((one) => one !== undefined && one !== "")
    .map((one) => stringLatex(one!));
  if (letter === "") return word(name);
  const written = subscript.map((one) =>
    [...one].length === 1 || /^\d+$/.test(one) ? one : `\\mathit{${one}}`,
  );
  return written.length === 0 ? word(letter!) : `${word(letter!)}_{${written.join(",")}}`;
}

/** A number; powers of ten as such. */
export function numberLatex(value: number): string {
  if (Number.isNaN(value)) return "\\mathrm{NaN}";
  const size = Math.abs(value);
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  if (size === Number.POSITIVE_INFINITY) return `${sign}\\infty`;
  const [digits, exponent] = String(size).split("e");
  return exponent === undefined ? `${sign}${digits}` : `${sign}${digits} \\cdot 10^{${Number(exponent)}}`;
}
