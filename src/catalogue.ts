/**
 * Every error and warning that the program can give: what it says and what it advises.
 * All of them stand here, however long that makes the file, so that their wording can be kept alike.
 * An entry is a function of its parameters, so a message cannot be written without its facts.
 */
interface Wording {
  readonly message: string;
  readonly hint?: string;
  readonly warning?: true;
}

const quote = (name: string) => `\`${name}\``;
const didYouMean = (suggestion: string | undefined, otherwise?: string): { hint?: string } => {
  if (suggestion !== undefined) return { hint: `did you mean ${quote(suggestion)}?` };
  return otherwise === undefined ? {} : { hint: otherwise };
};
const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? "" : "s"}`;

export const catalogue = {
  // syntax
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
  // names
  "unknown-name": (p: { name: string; suggestion?: string | undefined }) => ({
    message: `${quote(p.name)} is not defined`,
    ...didYouMean(p.suggestion, `this script declares its inputs; add \`input ${p.name}\` if it is one`),
  }),
  "unknown-function": (p: {
    name: string;
    suggestion?: string | undefined;
    instead?: string | undefined;
    isInput?: boolean | undefined;
  }) => ({
    message: `there is no function ${quote(p.name)}`,
    ...(p.instead !== undefined
      ? { hint: `write ${p.instead}` }
      : p.isInput
        ? { hint: `${quote(p.name)} is an input; index it with brackets: \`${p.name}[0]\`` }
        : didYouMean(p.suggestion, `define it: \`${p.name}(x) = …\``)),
  }),
  "unknown-output": (p: { name: string; suggestion?: string | undefined }) => ({
    message: `${quote(p.name)} is not a name in this script`,
    ...didYouMean(p.suggestion),
  }),
  "unknown-input": (p: { name: string; suggestion?: string | undefined }) => ({
    message: `a value is given for ${quote(p.name)}, but the script has no such input`,
    ...didYouMean(p.suggestion),
  }),
  "not-an-input": (p: { name: string; what: string; hint?: string | undefined }) => ({
    message: `a value is given for ${quote(p.name)}, but ${quote(p.name)} is ${p.what}, not an input`,
    ...(p.hint === undefined ? {} : { hint: p.hint }),
  }),
  "not-a-node": (p: { name: string; what: string }) => ({
    message: `${quote(p.name)} is ${p.what}; only inputs and definitions can be asked for`,
  }),
  redefinition: (p: { name: string }) => ({
    message: `${quote(p.name)} is defined twice`,
    hint: "give one of them another name",
  }),
  "shadows-built-in": (p: { name: string }) => ({
    message: `${quote(p.name)} is a built-in and cannot be redefined`,
    hint: `choose another name, such as \`${p.name}_\``,
  }),
  cycle: (p: { path: readonly string[] }) => ({
    message: `the definitions form a cycle: ${p.path.join(" → ")}`,
    hint: "a definition cannot depend on itself; break the cycle at one of these names",
  }),
  recursion: (p: { path: readonly string[] }) => ({
    message: `the functions call each other without end: ${p.path.join(" → ")}`,
    hint: "functions are expanded where they are called, so they cannot be recursive",
  }),
  "closed-expression": (p: { name: string }) => ({
    message: `${quote(p.name)} has no meaning here: a value on the command line reads built-ins only`,
  }),
  "used-too-early": (p: { name: string }) => ({
    message: `${quote(p.name)} has no value here`,
    hint: "a name in a block is defined before it is used; a dimension is known once an input that has it is given",
  }),
  "not-a-value": (p: { name: string; what: string }) => ({
    message: `${quote(p.name)} is ${p.what}, but a value is needed here`,
    ...(p.what.includes("function") ? { hint: `call it: \`${p.name}(…)\`` } : {}),
  }),
  "not-a-function": (p: { what: string }) => ({
    message: `${p.what} cannot be called`,
    hint: "there is no implicit multiplication; write `*` between two factors",
  }),
  "not-supported-yet": (p: { what: string; instead?: string | undefined }) => ({
    message: `${p.what} is part of the language but not supported yet`,
    ...(p.instead === undefined ? {} : { hint: `write ${p.instead}` }),
  }),
  // calls
  "argument-count": (p: { name: string; expected: string; actual: number; signature: string }) => ({
    message: `${quote(p.name)} takes ${p.expected}, but ${p.actual} ${p.actual === 1 ? "is" : "are"} given`,
    hint: `its signature is \`${p.signature}\``,
  }),
  "unknown-keyword": (p: {
    name: string;
    keyword: string;
    signature: string;
    suggestion?: string | undefined;
  }) => ({
    message: `${quote(p.name)} has no argument named ${quote(p.keyword)}`,
    ...didYouMean(p.suggestion, `its signature is \`${p.signature}\``),
  }),
  "repeated-argument": (p: { name: string; keyword: string }) => ({
    message: `the argument ${quote(p.keyword)} of ${quote(p.name)} is given twice`,
  }),
  "missing-argument": (p: { name: string; argument: string; signature: string }) => ({
    message: `${quote(p.name)} needs the argument ${quote(p.argument)}`,
    hint: `its signature is \`${p.signature}\``,
  }),
  "positional-after-keyword": (p: { name: string }) => ({
    message: `a positional argument of ${quote(p.name)} follows a keyword argument`,
    hint: "put the positional arguments first",
  }),
  "argument-kind": (p: { name: string; argument: string; expected: string; actual: string }) => ({
    message: `the argument ${quote(p.argument)} of ${quote(p.name)} must be ${p.expected}, not ${p.actual}`,
  }),
  "not-constant": (p: { what: string }) => ({
    message: `${p.what} must be known before the script runs, but it depends on an input`,
    hint: "shapes, axes, indices and tolerances are fixed when the graph is built; use a number, `shape(x)[0]`, or declare the name with `const`",
  }),
  "tuple-size": (p: { expected: number; actual: number }) => ({
    message: `${count(p.expected, "name")} on the left, but the tuple on the right has ${count(p.actual, "element")}`,
  }),
  "not-a-tuple": (p: { actual: string }) => ({
    message: `the names on the left take a tuple apart, but the right side is ${p.actual}`,
  }),
  "value-needed": (p: { actual: string }) => ({
    message: `a tensor is needed here, but this is ${p.actual}`,
  }),
  // derivatives in the language
  "derivative-by": (p: { name: string; what: string }) => ({
    message: `${quote(p.name)} cannot differentiate by ${p.what}`,
    hint: "its second argument is the name of an input, a definition, a parameter or a local definition",
  }),
  "derivative-of": (p: { name: string; shape: string; hint: string }) => ({
    message: `${quote(p.name)} differentiates a scalar, but this has the shape ${p.shape}`,
    hint: p.hint,
  }),
  "derivative-vector": (p: { name: string; like: string; expected: string; actual: string }) => ({
    message: `the argument \`v\` of ${quote(p.name)} must have the shape of ${quote(p.like)}, ${p.expected}, but it has the shape ${p.actual}`,
  }),
  "derivative-function": (p: {
    name: string;
    what: string | undefined;
    suggestion?: string | undefined;
  }) => ({
    message:
      p.what === undefined
        ? `there is no function ${quote(p.name)} to which this derivative could belong`
        : `${quote(p.name)} is ${p.what}, not a function of this script, and cannot be given a derivative`,
    ...didYouMean(p.suggestion),
  }),
  "derivative-twice": (p: { name: string }) => ({
    message: `the derivative of ${quote(p.name)} is stated twice`,
    hint: "remove one of them",
  }),
  "derivative-parameters": (p: { name: string; what: string; expected: number; actual: number }) => ({
    message: `the derivative of ${quote(p.name)} has ${count(p.actual, p.what)}, but ${quote(p.name)} has ${count(p.expected, "parameter")}`,
    hint: "write one tangent for each parameter: `derivative f(x, y; dx, dy) = …`",
  }),
  "derivative-reads": (p: { name: string; on: string }) => ({
    message: `${quote(p.name)} states its own derivative, which knows its parameters only, but it reads ${quote(p.on)}`,
    hint: `make ${quote(p.on)} a parameter; a function with a derivative can read parameters, constants and functions only`,
  }),
  "derivative-shape": (p: { name: string; expected: string; actual: string }) => ({
    message: `the derivative of ${quote(p.name)} has the shape ${p.actual}, but the value of ${quote(p.name)} has the shape ${p.expected}`,
    hint: "the derivative along the tangents has the shape of the value",
  }),
  "derivative-circular": (p: { name: string }) => ({
    message: `the derivative of ${quote(p.name)} needs the derivative of ${quote(p.name)}`,
    hint: `it can read values of ${quote(p.name)}, but no tangent can pass through it`,
  }),
  "derivative-nesting": (p: { limit: number }) => ({
    message: `more than ${p.limit} functions that state their own derivative stand in each other's rules, one inside the other`,
    hint: "write the derivative of the outer ones without calling the inner ones on a tangent",
  }),
  "derivative-linear": (p: { name: string; tangents: readonly string[] }) => ({
    message: `the derivative of ${quote(p.name)} is not linear in ${p.tangents.map(quote).join(", ")}`,
    hint: "it is a sum of terms, each of them a tangent times something that no tangent stands in",
  }),
  // asserts
  "assert-not-comparison": () => ({
    message: "a tolerance belongs to one comparison, but this is none",
    hint: "write `assert a == b within 1e-9`, and an assert of its own for each comparison",
  }),
  "assert-shapes": (p: { left: string; right: string }) => ({
    message: `this assert compares the shapes ${p.left} and ${p.right}`,
    hint: "the two sides have one shape, or one of them is a scalar; `broadcast_to` repeats one on purpose",
  }),
  "assert-tolerance": (p: { word: string; actual: string }) => ({
    message: `the tolerance ${quote(p.word)} is ${p.actual}`,
    hint: "a tolerance is a finite number that is not negative",
  }),
  "assert-failed": (p: {
    left: string;
    /** Absent for a value, which is false where it is 0. */
    comparison: { operator: string; right: string } | undefined;
    /** Of a tensor: how many elements fail, and the index of the one that is shown. */
    elements: { failed: number; total: number; index: string } | undefined;
    /** `difference 0.1, tolerance 1e-9` */
    figures: string | undefined;
    hint: string | undefined;
  }) => ({
    message: [
      "assert failed",
      ...(p.elements === undefined
        ? []
        : [
            ` for ${p.elements.failed} of ${count(p.elements.total, "element")}`,
            `, ${p.comparison === undefined ? "first" : "worst"} at ${p.elements.index}`,
          ]),
      p.comparison === undefined
        ? `: the value is ${p.left}`
        : `: ${p.left} ${p.comparison.operator} ${p.comparison.right} is false`,
      ...(p.figures === undefined ? [] : [` (${p.figures})`]),
    ].join(""),
    ...(p.hint === undefined ? {} : { hint: p.hint }),
  }),
  // shapes
  broadcast: (p: { op: string; left: string; right: string }) => ({
    message: `${p.op} cannot combine the shapes ${p.left} and ${p.right}`,
    hint: "sizes, aligned from the last axis, must be equal or 1",
  }),
  matmul: (p: { left: string; right: string; inner: string }) => ({
    message: `\`@\` cannot multiply the shapes ${p.left} and ${p.right}: ${p.inner}`,
    hint: "the last axis of the left operand must equal the second-to-last (or only) axis of the right one; `.T` transposes",
  }),
  "shape-rule": (p: { op: string; reason: string; hint?: string | undefined }) => ({
    message: `${p.op}: ${p.reason}`,
    ...(p.hint === undefined ? {} : { hint: p.hint }),
  }),
  axis: (p: { op: string; axis: number; shape: string; rank: number }) => ({
    message: `${p.op}: axis ${p.axis} is out of range for the shape ${p.shape}`,
    hint:
      p.rank === 0
        ? "a scalar has no axes"
        : `axes run from 0 to ${p.rank - 1}, or from -${p.rank} to -1 counted from the end`,
  }),
  "index-range": (p: { index: number; axis: number; size: number }) => ({
    message: `the index ${p.index} is out of range for axis ${p.axis} of size ${p.size}`,
    hint:
      p.size === 0
        ? "the axis is empty"
        : `indices run from 0 to ${p.size - 1}, or from -${p.size} to -1 counted from the end`,
  }),
  "too-many-subscripts": (p: { given: number; shape: string }) => ({
    message: `${count(p.given, "subscript")} for the shape ${p.shape}`,
    hint: "give at most one subscript for each axis",
  }),
  subscript: (p: { reason: string }) => ({ message: `this subscript ${p.reason}` }),
  "ragged-list": (p: { first: string; other: string; index: number }) => ({
    message: `the elements of this list have different shapes: element 0 has ${p.first}, element ${p.index} has ${p.other}`,
    hint: "every row of a matrix needs the same length",
  }),
  "empty-list": () => ({
    message: "an empty list has no shape",
    hint: "write `zeros([0])` or `zeros([0, 3])` for an empty tensor",
  }),
  // values
  "no-result": (p: { reason: string; hint?: string | undefined }) => ({
    message: p.reason,
    ...(p.hint === undefined ? {} : { hint: p.hint }),
  }),
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
  "empty-domain": (p: { name: string; domain: string }) => ({
    message: `the domain ${p.domain} of ${quote(p.name)} holds no number`,
  }),
  "input-value": (p: { name: string; reason: string }) => ({
    message: `the value given for ${quote(p.name)} ${p.reason}`,
  }),
  "no-outputs": () => ({
    message: "the script defines nothing to evaluate",
    hint: "add a definition, such as `z = x * y`",
  }),
  "output-is-not-value": (p: { name: string; what: string }) => ({
    message: `${quote(p.name)} is ${p.what} and has no value to show`,
  }),
  "hessian-of-tensor": (p: { name: string; shape: string }) => ({
    message: `${quote(p.name)} has the shape ${p.shape}, but only a scalar has a Hessian`,
    hint: "choose scalar outputs with `--of`, or take the sum or one element",
  }),
  "out-of-memory": (p: { bytes: string }) => ({
    message: `this evaluation needs ${p.bytes} of memory, more than the machine gives`,
  }),
  "non-finite": (p: { names: readonly string[] }) => ({
    warning: true as const,
    message: `not finite: ${p.names.join(", ")}`,
  }),
  "non-finite-refused": (p: { names: readonly string[] }) => ({
    message: `not finite: ${p.names.join(", ")}`,
    hint: "nothing is printed because of `--nonfinite error`",
  }),
  // habits: what runs, but is seldom meant
  "both-expand": (p: { op: string; left: string; right: string; result: string }) => ({
    warning: true as const,
    message: `${quote(p.op)} repeats both of its operands: the shapes ${p.left} and ${p.right} give ${p.result}`,
    hint: "if this is meant, write `broadcast_to` around one of them; if not, `reshape` one to the other's shape",
  }),
  "unconnected-input": (p: { name: string }) => ({
    warning: true as const,
    message: `no output depends on the input ${quote(p.name)}`,
  }),
  "unused-definition": (p: { name: string; what: string }) => ({
    warning: true as const,
    message: `${p.what} ${quote(p.name)} is never used`,
    hint: `remove it, or call it \`_${p.name}\` to keep it`,
  }),
  // the command line
  "no-script": () => ({
    message: "there is no script to evaluate",
    hint: "name a file, or give the script itself: `autograd eval -e 'w = x*y'`",
  }),
  "two-scripts": (p: { file: string }) => ({
    message: `both the file ${quote(p.file)} and \`-e\` give a script`,
    hint: "give one of them",
  }),
  "unknown-built-in": (p: { name: string; suggestion?: string | undefined }) => ({
    message: `there is no built-in function ${quote(p.name)}`,
    ...didYouMean(p.suggestion, "`autograd ops` lists them"),
  }),
  assignment: (p: { text: string }) => ({
    message: `${quote(p.text)} is not an assignment`,
    hint: "write `--set NAME=VALUE`, such as `--set x=2` or `--set 'A=[[1,2],[3,4]]'`",
  }),
  // limits
  "memory-limit": (p: { bytes: string; limit: string; flag: string }) => ({
    message: `this evaluation needs ${p.bytes} of memory (limit: ${p.limit})`,
    hint: `raise the limit with \`${p.flag}\`; a tensor's derivative has the shapes of output and input together: \`--no-grad\`, \`--of\`, \`--wrt\` or a \`sum\` make it smaller`,
  }),
  limit: (p: { what: string; limit: string; flag: string }) => ({
    message: `${p.what} (limit: ${p.limit})`,
    hint: `raise the limit with \`${p.flag}\``,
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
  "json-value": (p: { path: string; found: string }) => ({
    message: `${quote(p.path)} is ${p.found}, but inputs are numbers and arrays of numbers`,
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
    hint: "`--nonfinite=string` writes it as a string, `--nonfinite=null` as null; `autograd why` tells where it comes from",
  }),
  // files
  "file-missing": (p: { path: string }) => ({ message: `there is no file ${quote(p.path)}` }),
  "folder-missing": (p: { path: string }) => ({ message: `there is no folder ${quote(p.path)}` }),
  "file-directory": (p: { path: string }) => ({ message: `${quote(p.path)} is a directory, not a file` }),
  "file-permission": (p: { path: string; action: string }) => ({
    message: `no permission to ${p.action} ${quote(p.path)}`,
  }),
  "file-read": (p: { path: string; reason: string }) => ({
    message: `cannot read ${quote(p.path)}: ${p.reason}`,
  }),
  "file-write": (p: { path: string; reason: string }) => ({
    message: `cannot write ${quote(p.path)}: ${p.reason}`,
  }),
} satisfies Record<string, (p: never) => Wording>;

export type Code = keyof typeof catalogue;
export type Parameters<C extends Code> = (typeof catalogue)[C] extends (p: infer P) => unknown
  ? unknown extends P
    ? Record<never, never>
    : P
  : never;
