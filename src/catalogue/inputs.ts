import { didYouMean, quote, type Wording } from "./wording.js";

/** What is wrong with the values that come from outside. */
export const inputs = {
  // inputs
  "missing-value": (p: { names: readonly string[] }) => ({
    message: `${p.names.length === 1 ? "the input" : "the inputs"} ${p.names.map(quote).join(", ")} ${p.names.length === 1 ? "has" : "have"} no value`,
    hint: `give ${p.names.length === 1 ? "it" : "them"} with \`--set ${p.names[0]}=…\`, \`--input FILE\` or JSON on standard input`,
  }),
  "declared-shape": (p: { name: string; declared: string; actual: string }) => ({
    message: `the input ${quote(p.name)} is declared with the shape ${p.declared}, but its value has the shape ${p.actual}`,
  }),
  "dimension-conflict": (p: {
    dimension: string;
    first: string;
    size: number;
    name: string;
    actual: number;
  }) => ({
    message: `the dimension ${quote(p.dimension)} is ${p.size} in ${quote(p.first)} but ${p.actual} in ${quote(p.name)}`,
  }),
  "dimension-size": (p: { actual: string }) => ({
    message: `a dimension must be a whole number that is not negative, not ${p.actual}`,
  }),
  "default-depends": (p: { name: string; on: string }) => ({
    message: `the value of ${quote(p.name)} must be known before the script runs, but it reads ${quote(p.on)}`,
    hint: "a default or a `const` can read other constants, functions, dimensions and built-ins only",
  }),
  "unused-value": (p: { name: string; suggestion?: string | undefined }) => ({
    warning: true as const,
    message: `a value is given for ${quote(p.name)}, but the script has no such name; it is ignored`,
    ...didYouMean(p.suggestion),
  }),
  "outside-domain": (p: { name: string; domain: string; index: string; value: number; count: number }) => ({
    warning: true as const,
    message: `${quote(p.name)} is declared in ${p.domain}, but ${p.count === 1 ? `${quote(p.index)} is ${p.value}` : `${p.count} elements lie outside; the first is ${quote(p.index)} = ${p.value}`}`,
  }),
  "check-process": (p: { file: string; reason: string }) => ({
    message: `the process that was to check ${quote(p.file)} gave no report: ${p.reason}`,
    hint: "check the file alone, without `--jobs`, to see why",
  }),
  "check-nothing": () => ({
    message: "there is nothing to check: no output depends on an input, and there is no assert",
    hint: "free names and `input x` are inputs; `--of` and `--wrt` choose among them",
  }),
  "check-by": (p: { names: readonly string[] }) => ({
    message: `a check moves inputs, and ${p.names.map(quote).join(", ")} ${p.names.length === 1 ? "is none" : "are none"}`,
    hint: "leave the name out of `--wrt`; to check the derivative by a definition, make an `input` of it",
  }),
  "no-domains": () => ({
    warning: true as const,
    message: "no input is declared in a domain, so there is nothing to draw samples from",
    hint: "declare one, as in `input x: [3] in (0, 1)`",
  }),
  "empty-domain": (p: { name: string; domain: string }) => ({
    message: `the domain ${p.domain} of ${quote(p.name)} holds no number`,
  }),
  "input-value": (p: { name: string; reason: string }) => ({
    message: `the value given for ${quote(p.name)} ${p.reason}`,
  }),
  "no-outputs": (p: { isImporting?: boolean }) => ({
    message: "the script defines nothing to evaluate",
    hint: p.isImporting
      ? "what an imported file defines is shown where `output` or `--of` names it"
      : "add a definition, such as `z = x * y`",
  }),
  "output-is-not-value": (p: { name: string; what: string }) => ({
    message: `${quote(p.name)} is ${p.what} and has no value to show`,
    ...(p.what === "a tuple"
      ? { hint: "take it apart, `(a, b) = …`, or keep one of its parts, `…[0]`" }
      : {}),
  }),
  "hessian-of-tensor": (p: { name: string; shape: string }) => ({
    message: `${quote(p.name)} has the shape ${p.shape}, but only a scalar has a Hessian`,
    hint: "choose scalar outputs with `--of`, or take the sum or one element",
  }),
  "out-of-memory": (p: { bytes: string }) => ({
    message: `this evaluation needs ${p.bytes} of memory, more than the machine gives`,
  }),
  "thread-lost": () => ({
    message: "a thread has ended in the middle of its work",
    hint: "the machine may be short of memory or of processes; `--threads 1` needs the least",
  }),
  "non-finite": (p: { names: readonly string[]; command?: string | undefined }) => ({
    warning: true as const,
    message: `not finite: ${p.names.join(", ")}`,
    ...(p.command === undefined ? {} : { hint: `${quote(p.command)} finds out why` }),
  }),
  "non-finite-refused": (p: { names: readonly string[]; command?: string | undefined }) => ({
    message: `not finite: ${p.names.join(", ")}`,
    hint: `nothing is printed because of \`--nonfinite error\`${p.command === undefined ? "" : `; ${quote(p.command)} finds out why`}`,
  }),
  // input data
  "json-syntax": (p: { path: string; expected: string; found: string; hint?: string | undefined }) => ({
    message: `malformed JSON${p.path === "" ? "" : ` in ${quote(p.path)}`}: expected ${p.expected}, found ${p.found}`,
    ...(p.hint === undefined ? {} : { hint: p.hint }),
  }),
  "json-empty": () => ({
    message: "the input is empty",
    hint: 'input data is one JSON object, such as `{"x": [1, 2], "y": 3}`',
  }),
  "json-top-level": (p: { found: string }) => ({
    message: `input data must be one JSON object, not ${p.found}`,
    hint: 'name each value: `{"x": [1, 2], "y": 3}`',
  }),
  "json-value": (p: { path: string; found: string; contents: string }) => ({
    message: `${quote(p.path)} is ${p.found}, but ${p.contents} are numbers and arrays of numbers`,
    hint: 'write 1 or 0 for a truth value, and "NaN", "Infinity" or "-Infinity" for a number that is not finite',
  }),
  "json-number": (p: { path: string; text: string; reason: string }) => ({
    message: `${quote(p.path)}: ${quote(p.text)} is not a JSON number: ${p.reason}`,
  }),
  "json-not-finite": (p: { path: string; text: string; quoted: string }) => ({
    message: `${quote(p.path)}: JSON has no number ${quote(p.text)}`,
    hint: `write it as a string: \`${p.quoted}\``,
  }),
  "json-overflow": (p: { path: string; text: string }) => ({
    message: `${quote(p.path)}: ${p.text} is too large for a 64-bit floating-point number`,
    hint: 'the largest is about 1.8e308; write "Infinity" if that is meant',
  }),
  "json-integer": (p: { path: string; text: string; nearest: string }) => ({
    message: `${quote(p.path)}: the integer ${p.text} cannot be held exactly`,
    hint: `integers above 2^53 = 9007199254740992 lose digits in 64-bit floating point; write \`${p.nearest}\` if the nearest number will do`,
  }),
  "json-long-number": (p: { path: string; length: number; limit: number }) => ({
    message: `${quote(p.path)} is a number of ${p.length} characters; at most ${p.limit} are read`,
  }),
  "json-long-string": (p: { path: string; length: number; limit: number }) => ({
    message: `${p.path === "" ? "a name" : quote(p.path)} is a string of ${p.length} bytes; at most ${p.limit} are read`,
  }),
  "json-ragged": (p: { path: string; length: string; otherPath: string; otherLength: string }) => ({
    message: `ragged array: ${quote(p.path)} has length ${p.length}, but ${quote(p.otherPath)} has length ${p.otherLength}`,
    hint: "every row of a tensor needs the same length",
  }),
  "json-mixed": (p: { path: string; what: string; otherPath: string; otherWhat: string }) => ({
    message: `ragged array: ${quote(p.path)} is ${p.what}, but ${quote(p.otherPath)} is ${p.otherWhat}`,
    hint: "the elements of an array must be all numbers, or all arrays of the same shape",
  }),
  "json-duplicate": (p: { name: string }) => ({
    message: `the name ${quote(p.name)} is given twice`,
  }),
  "json-surrogate": () => ({
    message: "this name holds half of a surrogate pair, which is no character",
  }),
  "json-depth": (p: { name: string; limit: number }) => ({
    message: `${quote(p.name)} nests arrays more than ${p.limit} deep`,
    hint: `a tensor has at most ${p.limit} axes`,
  }),
  "not-utf8": (p: { byte: number; position: number; utf16?: boolean | undefined }) => ({
    message: `not UTF-8 text: unexpected byte 0x${p.byte.toString(16).padStart(2, "0")} at position ${p.position}`,
    hint: p.utf16 ? "the text looks like UTF-16; save it as UTF-8" : "save the text as UTF-8",
  }),
  "not-finite": (p: { what: string; value: string }) => ({
    message: `${p.what} is ${p.value}, which JSON has no number for`,
    hint: "`--nonfinite=string` writes it as a string, `--nonfinite=null` as null",
  }),
} satisfies Record<string, (p: never) => Wording>;
