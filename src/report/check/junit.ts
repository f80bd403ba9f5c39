import type { CheckEntry, CheckReport, FileReport } from "../../check-results.js";
import { renderDiagnostics } from "../diagnostics.js";
import { visible } from "../text.js";
import {
  type CheckReportOptions,
  errorsOf,
  hasNotPassed,
  type Outcome,
  outcomeOf,
  sound,
  warningsOf,
} from "./entries.js";
import { findingText } from "./finding.js";

export interface JUnitOptions extends CheckReportOptions {
  /** When the check began. */
  readonly timestamp: Date;
  /** `localhost` unless told otherwise, which is what the schema wants where the name is not known. */
  readonly hostname?: string;
}

/**
 * JUnit XML, a suite for each file and a case for each entry. It keeps to what the schemas of Ant (windyroad's JUnit.xsd)
 * and of Jenkins (junit-10.xsd) both allow. What is no failure but has not passed either, such as `UNSTABLE`, is told in
 * the output of its suite, since a case that passes has no body. Only files are timed, so cases take no time.
 */
export function checkJUnit(report: CheckReport, options: JUnitOptions): string {
  const checked = sound(report);
  const suites = checked.files.map((file, id) => suite(file, id, checked.version, options));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element("testsuites", {}, suites)}\n`;
}

function suite(file: FileReport, id: number, version: string, options: JUnitOptions): string {
  const judged = file.entries.map((entry) => ({ entry, outcome: outcomeOf(entry, options) }));
  const errors = errorsOf(file);
  const count = (outcome: Outcome) => judged.filter((one) => one.outcome === outcome).length;
  const remarks = judged.filter(({ entry, outcome }) => outcome === "passed" && hasNotPassed(entry));
  const { fromRoot = (path) => path } = options;
  const path = fromRoot(file.file);
  const className = token(path.replace(/\.ag$/, ""));
  const attributes = {
    name: token(path),
    // Cut, since the schema allows neither fractions of a second nor a time zone.
    timestamp: options.timestamp.toISOString().slice(0, 19),
    hostname: token(options.hostname ?? "localhost"),
    tests: String(judged.length + Number(errors.length > 0)),
    failures: String(count("failure")),
    errors: String(count("error") + Number(errors.length > 0)),
    skipped: String(count("skipped")),
    time: (file.milliseconds / 1000).toFixed(3),
    package: "autograd",
    id: String(id),
  };
  return element("testsuite", attributes, [
    element("properties", {}, [
      element("property", { name: "version", value: version }),
      element("property", { name: "seed", value: String(file.seed) }),
    ]),
    ...(errors.length > 0 ? [uncheckable(file, className)] : []),
    ...judged.map(({ entry, outcome }) => testCase(entry, outcome, className)),
    textElement("system-out", {}, remarks.map(({ entry }) => text(entry)).join("\n")),
    textElement("system-err", {}, diagnosticsText(warningsOf(file))),
  ]);
}

/** A file that could not be checked, as a case of its own. */
function uncheckable(file: FileReport, classname: string): string {
  const errors = errorsOf(file);
  const [{ code, message }] = errors;
  const error = textElement("error", { message: visible(message), type: code }, diagnosticsText(errors));
  return element("testcase", { name: "can be checked", classname, time: "0" }, [error]);
}

function testCase(entry: CheckEntry, outcome: Outcome, classname: string): string {
  const { name, verdict, worst } = entry;
  const message = worst === undefined ? verdict : `${verdict}: ${visible(worst.message)}`;
  const results = {
    passed: [],
    skipped: [textElement("skipped", { message }, text(entry))],
    failure: [textElement("failure", { message, type: verdict }, text(entry))],
    error: [textElement("error", { message, type: verdict }, text(entry))],
  };
  return element("testcase", { name: token(name), classname, time: "0" }, results[outcome]);
}

const text = (entry: CheckEntry) => findingText(entry, { verbose: true });

const diagnosticsText = (diagnostics: FileReport["diagnostics"]) =>
  renderDiagnostics(diagnostics, { limit: Number.POSITIVE_INFINITY });

/** A name in one line; the schema wants at least one character that is no white space. */
const token = (name: string) => {
  const shown = clean(visible(name)).trim();
  return shown === "" ? "(no name)" : shown;
};

type Attributes = Readonly<Record<string, string>>;

const element = (name: string, attributes: Attributes, children: readonly string[] = []): string =>
  children.length === 0
    ? `<${name}${attributeText(attributes)}/>`
    : `<${name}${attributeText(attributes)}>\n${children.join("\n")}\n</${name}>`;

const textElement = (name: string, attributes: Attributes, content: string): string =>
  `<${name}${attributeText(attributes)}>${escapeText(content)}</${name}>`;

const attributeText = (attributes: Attributes) =>
  Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeText(value)}"`)
    .join("");

/** No escape can stand for what XML 1.0 does not allow, such as control characters and halves of surrogate pairs. */
const clean = (content: string) =>
  content.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "");

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/**
 * Readers change carriage returns, and line ends in attributes, but what comes here has none: `visible` has made them
 * escapes of its own.
 */
const escapeText = (content: string) =>
  clean(content).replace(/[&<>"]/g, (character) => entities[character]!);
