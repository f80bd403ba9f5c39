import type {
  CheckEntry,
  CheckFinding,
  CheckReport,
  FileReport,
  Verdict,
} from "../../../src/check-results.js";
import { diagnose, type Source, type Span } from "../../../src/diagnostics.js";

export const script: Source = {
  name: "models/net.ag",
  text: "input W : [2, 3]\ninput x\ny = W * x\nloss = sum(tanh(y))\n",
};

export const spanOf = (part: string, source = script): Span => {
  const start = source.text.indexOf(part);
  return { source, start, end: start + part.length };
};

export const finding = (changes: Partial<CheckFinding> = {}): CheckFinding => ({
  element: "W[1,2]",
  value: 0.75,
  reference: 0.5,
  bound: 1e-12,
  error: 1 / 3,
  message: "the derivative differs from differences",
  ...changes,
});

/** An entry that has passed, with changes. */
export const entry = (changes: Partial<CheckEntry> = {}): CheckEntry => ({
  kind: "gradient",
  name: "∂loss/∂W",
  verdict: "PASS",
  span: spanOf("loss = sum(tanh(y))"),
  checked: 6,
  total: 6,
  points: 3,
  error: 2.5e-11,
  digitsLost: 0.5,
  distance: undefined,
  worst: undefined,
  at: "given",
  reproduce: undefined,
  ...changes,
});

/** An entry that has not passed. */
export const bad = (verdict: Verdict, changes: Partial<CheckEntry> = {}): CheckEntry =>
  entry({ verdict, error: 1 / 3, worst: finding(), ...changes });

/** An entry with all that an entry can have. */
export const full = bad("WRONG", {
  name: "∂loss/∂x",
  at: 4,
  distance: 1e-9,
  reproduce: "autograd check models/net.ag --seed 7 --only loss,x",
  worst: finding({
    element: "x",
    hint: "look at the rule of `tanh`",
    digitsLost: 3.25,
    slopes: [-1, 1],
    node: {
      op: "tanh",
      span: spanOf("tanh(y)"),
      steps: [2, 3],
      operands: [{ name: "y", value: 2 }],
      operand: 0,
      derivative: 0.75,
      reference: 0.5,
    },
    taylor: [
      { step: 0.1, remainder: 0.01, order: undefined },
      { step: 0.01, remainder: 0.001, order: 1 },
    ],
  }),
});

export const file = (entries: readonly CheckEntry[], changes: Partial<FileReport> = {}): FileReport => ({
  file: "models/net.ag",
  entries,
  diagnostics: [],
  milliseconds: 12.5,
  seed: 7,
  ...changes,
});

export const report = (...files: readonly FileReport[]): CheckReport => ({ version: "1.2.3", files });

/** A file that could not be checked. */
export const broken = file([], {
  file: "broken.ag",
  diagnostics: [diagnose("unknown-name", { name: "yy", suggestion: "y" }, spanOf("tanh"))],
});

export const empty = report();

/** Names that end what they stand in, if they are not escaped. */
export const hostileNames: readonly (readonly [what: string, name: string])[] = [
  ["quotes", `"'\`"""`],
  ["the end of CDATA", "<![CDATA[ ]]> --> ?> </failure><b a='"],
  ["entities", "&lt;&amp;&#0;"],
  ["control characters", "\u0000\u0001\b\u000b\f\u001b[31m\u007f\u0085\u2028\u202e"],
  ["line ends", "one\ntwo\r\nthree\rfour\n\n::error::no\nnot ok 1\n1..9\n  ...\n"],
  ["emoji", "👩‍👩‍👧 🏳️‍🌈 e\u0301 漢字"],
  ["halves of emoji", "\ud83d x \ude00 \udc00"],
  ["not characters", "\ufffe\uffff\ufeff"],
  ["directives", "a # SKIP b \\# TODO c \\\\# SKIP"],
  ["properties", "a,line=3::b%0A%25,file=x:y"],
  ["Markdown", "| a | `b` **c** <details> ``` ~~~ \n```\n# d"],
  ["white space", "  \t "],
  ["nothing", ""],
  ["10,000 characters", "x🙂".repeat(3334)],
];

/** A report in which every text is the given one. */
export function hostile(text: string): CheckReport {
  const source: Source = { name: text, text: `${text}\n${text}` };
  const span: Span = { source, start: 0, end: Math.min(2, text.length) };
  const worst = finding({
    element: text,
    message: text,
    hint: text,
    node: {
      op: text,
      span,
      steps: [],
      operands: [{ name: text, value: 1 }],
      operand: 0,
      derivative: 1,
      reference: 2,
    },
  });
  const entries = (["PASS", "UNSTABLE", "NONFINITE", "WRONG"] as const).map((verdict) =>
    bad(verdict, { name: text, span, reproduce: text, worst: verdict === "PASS" ? undefined : worst }),
  );
  const diagnostics = [diagnose("unknown-name", { name: text }, span)];
  return report(file(entries, { file: text, diagnostics }));
}

/** NaN where a careless comparison would see no error. */
export const disguised: readonly (readonly [what: string, entry: CheckEntry])[] = [
  ["a NaN error that is called a pass", entry({ error: Number.NaN })],
  ["an infinite error that is called a pass", entry({ error: Number.POSITIVE_INFINITY })],
  ["a NaN derivative that is called a pass", entry({ worst: finding({ value: Number.NaN }) })],
  ["a NaN reference that is called a kink", bad("KINK", { worst: finding({ reference: Number.NaN }) })],
  ["a NaN finding that is called unstable", bad("UNSTABLE", { worst: finding({ error: Number.NaN }) })],
];
