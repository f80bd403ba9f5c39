import { count, quote, type Wording } from "./wording.js";

/** What is wrong with the text of a script. */
export const syntax = {
  "syntax-expected": (p: { expected: string; found: string; hint?: string | undefined }) => ({
    message: `expected ${p.expected}, found ${p.found}`,
    ...(p.hint === undefined ? {} : { hint: p.hint }),
  }),
  "syntax-unclosed": (p: { open: string; close: string; line: number; found: string }) => ({
    message: `expected ${quote(p.close)} to close the ${quote(p.open)} at line ${p.line}, found ${p.found}`,
  }),
  "syntax-unopened": (p: { close: string }) => ({
    message: `this ${quote(p.close)} closes nothing`,
    hint: "remove it, or add the bracket that it closes",
  }),
  "syntax-adjacent": (p: { left: string; right: string; call: boolean; separates?: boolean }) => ({
    message: `there is no operator between ${quote(p.left)} and ${quote(p.right)}`,
    hint: `there is no implicit multiplication: write \`${p.left} * ${p.right}\`${p.call ? `, or \`${p.left}(${p.right})\` for a call` : ""}${p.separates ? ", or put a `,` between two elements" : ""}`,
  }),
  "syntax-reserved": (p: { word: string; expected: string }) => ({
    message: `expected ${p.expected}, found the reserved word ${quote(p.word)}`,
    hint: `a reserved word cannot be a name; choose another, such as \`${p.word}_\``,
  }),
  "syntax-equals": () => ({
    message: "`=` stands inside an expression",
    hint: "`==` compares two values; `=` only defines a name or gives a keyword argument",
  }),
  "syntax-target": (p: { target: string }) => ({
    message: `${quote(p.target)} cannot be defined`,
    hint: "the left side of `=` is a name `y`, a function `f(a, b)` or a tuple of names `(a, b)`",
  }),
  "syntax-default": (p: { name: string }) => ({
    message: `the parameter ${quote(p.name)} cannot have a default value`,
    hint: "give every argument where the function is called",
  }),
  "syntax-bare-expression": (p: { text: string; comparison: boolean }) => ({
    message: "this expression is not used",
    hint: `name its value: \`y = ${p.text}\`${p.comparison ? `, or check it: \`assert ${p.text}\`` : ""}`,
  }),
  "syntax-block-end": () => ({
    message: "this block ends without a value",
    hint: "the last line of a block is an expression, its value: `{ s = a + b; log(s) }`",
  }),
  "syntax-block-statement": (p: { word: string }) => ({
    message: `${quote(p.word)} cannot stand inside a block`,
    hint: "a block holds definitions and, last, its value",
  }),
  "syntax-empty-parentheses": () => ({
    message: "these parentheses are empty",
    hint: "there is no empty tuple",
  }),
  "syntax-nested-names": () => ({
    message: "expected a name, found a list of names in parentheses",
    hint: "give the tuple a name, and take it apart in a line of its own: `(a, b) = pair`",
  }),
  "syntax-no-parameters": () => ({
    message: "a function needs at least one parameter",
    hint: "for a value without parameters, write a definition: `y = …`",
  }),
  "syntax-chained-comparison": (p: { left: string; right: string }) => ({
    message: "comparisons cannot be chained",
    hint: `write \`${p.left} and ${p.right} …\``,
  }),
  "syntax-not": (p: { operator: string }) => ({
    message: `\`not\` binds looser than ${quote(p.operator)} before it`,
    hint: "put it in parentheses: `(not x)`",
  }),
  "syntax-parenthesise": (p: { what: string }) => ({
    message: `${p.what} cannot be an operand as it stands`,
    hint: "put it in parentheses",
  }),
  "syntax-const": (p: { name: string }) => ({
    message: `the constant ${quote(p.name)} has no value`,
    hint: `write \`const ${p.name} = …\`, or \`input ${p.name}\` if the value comes from outside`,
  }),
  "syntax-repeated-tolerance": () => ({
    message: "the tolerance is given twice",
    hint: "an assert takes one `within` (absolute) and one `rel` (relative)",
  }),
  "syntax-unterminated-string": (p: { quote: string }) => ({
    message: `this string has no closing ${p.quote}`,
    hint:
      p.quote === "'"
        ? "strings end on the line that they start on; a transpose `'` directly follows its operand"
        : "strings end on the line that they start on",
  }),
  "syntax-escape": (p: { text: string }) => ({
    message: `${quote(p.text)} is not an escape`,
    hint: "the escapes are \\n, \\t, \\\\, \\\", \\' and \\uXXXX; write \\\\ for a backslash",
  }),
  "syntax-number-range": (p: { text: string }) => ({
    message: `the number ${p.text} is too large`,
    hint: "the largest number is about 1.8e308; `inf` is infinity",
  }),
  "syntax-number": (p: { text: string }) => ({
    message: `${quote(p.text)} is not a number`,
    hint: "numbers are decimal, `1.5e-3`; a single `_` may stand between two digits, `1_000`",
  }),
  "syntax-foreign": (p: { message: string; hint: string }) => p,
  "syntax-character": (p: { shown: string }) => ({
    message: `the character ${p.shown} is not part of the language`,
  }),
  "syntax-reordering": (p: { code: string }) => ({
    message: `the invisible character ${p.code} changes the order in which text is shown`,
    hint: "remove it; such characters are refused in comments and strings too",
  }),
  "syntax-more": (p: { count: number }) => ({
    message: `${count(p.count, "more syntax error")} ${p.count === 1 ? "is" : "are"} not shown`,
  }),
} satisfies Record<string, (p: never) => Wording>;
