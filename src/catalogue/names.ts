import { count, didYouMean, quote, type Wording } from "./wording.js";

/** What is wrong with the meaning of a script: names, calls, derivatives, asserts. */
export const names = {
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
    hint: "functions are expanded where they are called, so they cannot be recursive; `iterate(f, x0, n)` and `while(cond, f, x0)` repeat a step",
  }),
  "recursion-passed": (p: { name: string; limit: number }) => ({
    message: `${quote(p.name)} calls itself through a function that it is given, without end (limit: ${p.limit} calls inside each other)`,
    hint: "functions are expanded where they are called, so they cannot be recursive; `iterate(f, x0, n)` and `while(cond, f, x0)` repeat a step",
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
    hint: "call a function with its arguments, `f(x)`; take a part of a tuple, `t[0]`",
  }),
  // loops and branches
  "function-needed": (p: { name: string; actual: string }) => ({
    message: `${quote(p.name)} needs a function here, not ${p.actual}`,
    hint: "give the name of a function, or a lambda such as `x -> x^2`",
  }),
  "lambda-arguments": (p: { expected: string; actual: number }) => ({
    message: `this function takes ${p.expected}, but ${p.actual} ${p.actual === 1 ? "is" : "are"} given`,
    hint: "a function that is passed gets the carry, if there is one, and a slice of each sequence",
  }),
  "loop-value": (p: { actual: string }) => ({
    message: `this is ${p.actual}, but loops and branches carry tensors and tuples of tensors`,
    hint: "call it, or leave it out of the tuple",
  }),
  "loop-condition": (p: { what: string; shape: string }) => ({
    message: `the condition of ${p.what} is a tensor of shape ${p.shape}, but it must be one number`,
    hint: "`where(condition, a, b)` chooses element by element; `max(…)` or `min(…)` of a condition asks for any or all",
  }),
  "scan-result": (p: { actual: string }) => ({
    message: `the function of \`scan\` gives ${p.actual}, but it must give a pair: the next carry and what is stacked`,
    hint: "such as `(h, x) -> (h + x, h * x)`; `fold` takes a function that gives the carry alone",
  }),
  "sequence-scalar": (p: { name: string }) => ({
    message: `${quote(p.name)} cannot go through a scalar`,
    hint: "a sequence has at least one axis, and its slices along the first are taken one by one",
  }),
  "sequence-lengths": (p: { name: string; first: number; other: number }) => ({
    message: `the sequences of ${quote(p.name)} have different lengths, ${p.first} and ${p.other}`,
    hint: "their first axes must be of one size",
  }),
  "sequence-missing": (p: { name: string }) => ({
    message: `${quote(p.name)} has no sequence to go through`,
    hint: "`iterate(f, x0, n)` runs a function n times without one",
  }),
  "carry-size": (p: { before: number; after: number }) => ({
    message: `the carry has ${count(p.before, "part")} at the beginning, but the function gives ${p.after}`,
    hint: "a step hands on what it was given: the same number of parts in the same shapes",
  }),
  "carry-shape": (p: { before: string; after: string; index: number | undefined }) => ({
    message: `${p.index === undefined ? "the carry" : `part ${p.index} of the carry`} has the shape ${p.before} at the beginning, but the function gives the shape ${p.after}`,
    hint: "a step hands on what it was given, in the same shape; `broadcast_to` brings the beginning into it",
  }),
  "branch-parts": (p: { first: number; second: number }) => ({
    message: `\`then\` gives ${count(p.first, "part")}, \`else\` gives ${p.second}`,
    hint: "both branches give the same number of tensors",
  }),
  "branch-shapes": (p: { first: string; second: string }) => ({
    message: `\`then\` has the shape ${p.first}, \`else\` has the shape ${p.second}`,
    hint: "both branches have one shape; `broadcast_to` or `zeros(shape(x))` brings one into the other's",
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
  "derivative-through-loop": (p: { name: string; variable: string; part: string }) => ({
    message: `\`${p.name}\` by ${quote(p.variable)} stands inside a loop, whose ${p.part} may depend on ${quote(p.variable)}, too`,
    hint: `take the derivative outside of the loop, or by the parameter; \`stop_gradient\` around the parameter says that it counts as a constant`,
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
    hint: "it is a sum of terms, each of them a tangent times something that no tangent stands in; a tangent cannot pass through a loop or a branch: `where` chooses",
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
} satisfies Record<string, (p: never) => Wording>;
