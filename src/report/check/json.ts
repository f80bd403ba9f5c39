import {
  type CheckEntry,
  type CheckFinding,
  type CheckReport,
  type FileReport,
  failsByDefault,
  type WrongNode,
  worstOf,
} from "../../check-results.js";
import { type Diagnostic, locate, type Span } from "../../diagnostics.js";
import { type CheckReportOptions, countVerdicts, errorsOf, sound } from "./entries.js";

/**
 * A check as one line of JSON. Names of fields stay; new ones may come. Every field is always there, null where there is
 * nothing to say. Numbers have the fewest digits that read back as the same double; those that JSON lacks are "NaN",
 * "Infinity" and "-Infinity".
 *
 * - the whole: `version` of the program; `failed`: whether a file has failed; `verdict`: the worst, null where nothing was
 *   checked; `counts`: entries by verdict, with all verdicts; `files`
 * - a file: `file`, `failed` (by an entry or an error), `verdict`, `counts`, `seed`, `milliseconds`,
 *   `diagnostics` (`code`, `severity`, `message`, `hint`, `lines` of another program, `span`, `notes` of `message` and `span`), `entries`
 * - an entry: `kind` (gradient, assert, rule, expected, against), `name`, `verdict`, `failed`, `span`, `checked` of `total`
 *   elements, `points`, `error` (relative), `digits_lost`, `distance` (to a kink that is near), `worst`, `at` ("given", or the number of a sample),
 *   `reproduce` (a command)
 * - the `worst` finding: `element`, `value`, `reference`, `bound` (of the reference), `error`, `message`, `hint`,
 *   `digits_lost`, `slopes` (`below`, `above`), `node`, `taylor` (`step`, `remainder`, `order`)
 * - the wrong `node`: `op`, `span`, `steps` (of the loops that it is in, from the outermost one, from 1), `operands` (`name`, `value`), `operand` (from 0: the one whose derivative is wrong),
 *   `derivative`, `reference`
 * - a `span`: `file`, `line`, `column`, `end_line`, `end_column`, from 1 and in code points; the end is the place behind
 *   the last character
 */
export function checkJson(report: CheckReport, options: CheckReportOptions = {}): string {
  const { version, files } = sound(report);
  const shown = files.map((file) => fileJson(file, options));
  const entries = files.flatMap((file) => file.entries);
  return `${jsonText({ version, failed: shown.some(({ failed }) => failed), ...judged(entries), files: shown })}\n`;
}

const judged = (entries: readonly CheckEntry[]) => ({
  verdict: entries.length === 0 ? null : worstOf(entries.map(({ verdict }) => verdict)),
  counts: countVerdicts(entries),
});

function fileJson(file: FileReport, { isFailure = failsByDefault }: CheckReportOptions) {
  const { seed, milliseconds, diagnostics } = file;
  const entries = file.entries.map((entry) => entryJson(entry, isFailure(entry)));
  return {
    file: file.file,
    failed: errorsOf(file).length > 0 || entries.some(({ failed }) => failed),
    ...judged(file.entries),
    seed,
    milliseconds,
    diagnostics: diagnostics.map(diagnosticJson),
    entries,
  };
}

const diagnosticJson = ({ code, severity, message, hint, lines, span, notes }: Diagnostic) => ({
  code,
  severity,
  message,
  hint,
  lines,
  span: span && spanJson(span),
  notes: notes.map((note) => ({ message: note.message, span: spanJson(note.span) })),
});

const entryJson = (entry: CheckEntry, failed: boolean) => {
  const { kind, name, verdict, span, checked, total, points, error, digitsLost, distance } = entry;
  const { worst, at, reproduce } = entry;
  return {
    kind,
    name,
    verdict,
    failed,
    span: span && spanJson(span),
    checked,
    total,
    points,
    error,
    digits_lost: digitsLost,
    distance,
    worst: worst && findingJson(worst),
    at,
    reproduce,
  };
};

const findingJson = (finding: CheckFinding) => {
  const { element, value, reference, bound, error, message, hint } = finding;
  const { digitsLost, slopes, node, taylor } = finding;
  return {
    element,
    value,
    reference,
    bound,
    error,
    message,
    hint,
    digits_lost: digitsLost,
    slopes: slopes && { below: slopes[0], above: slopes[1] },
    node: node && nodeJson(node),
    taylor: taylor?.map(({ step, remainder, order }) => ({ step, remainder, order })),
  };
};

const nodeJson = ({ op, span, steps, operands, operand, derivative, reference }: WrongNode) => ({
  op,
  span: span && spanJson(span),
  steps,
  operands: operands.map(({ name, value }) => ({ name, value })),
  operand,
  derivative,
  reference,
});

function spanJson({ source, start, end }: Span) {
  const from = locate(source, start);
  const to = locate(source, end);
  return {
    file: source.name,
    line: from.line,
    column: from.column,
    end_line: to.line,
    end_column: to.column,
  };
}

type Json =
  | string
  | number
  | boolean
  | undefined
  | null
  | readonly Json[]
  | { readonly [name: string]: Json };

/** `JSON.stringify` writes NaN as null, −0 as 0, and leaves out what is undefined. */
function jsonText(value: Json): string {
  if (typeof value === "number") return numberText(value);
  if (value === undefined || value === null) return "null";
  if (typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(jsonText).join(",")}]`;
  return `{${Object.entries(value)
    .map(([name, member]) => `${JSON.stringify(name)}:${jsonText(member)}`)
    .join(",")}}`;
}

function numberText(x: number): string {
  if (!Number.isFinite(x)) return JSON.stringify(String(x));
  if (Object.is(x, -0)) return "-0";
  // Beyond the safe integers, the plain form shows digits that are not those of the number.
  return Number.isInteger(x) && !Number.isSafeInteger(x) ? x.toExponential() : String(x);
}
