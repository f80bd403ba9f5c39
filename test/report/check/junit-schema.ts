import { elementsOf, textOf, type XmlElement } from "../../support/xml.js";

/** What an element may have; what is not named is not allowed. */
interface Rule {
  readonly required: Readonly<Record<string, RegExp>>;
  readonly optional?: Readonly<Record<string, RegExp>>;
  /** The names of the children in their order, each with a space behind it. */
  readonly children: RegExp;
  readonly text?: true;
}

const any = /^[\s\S]*$/;
/** Of a token, white space at the edges does not count. */
const named = /^\s*\S[\s\S]*$/;
const int = /^[-+]?\d{1,9}$/;
const decimal = /^[-+]?(\d+(\.\d*)?|\.\d+)$/;
const none = /^$/;

/** What the schema of Ant's reports (windyroad's JUnit.xsd) demands. */
export const antSchema: Readonly<Record<string, Rule>> = {
  testsuites: { required: {}, children: /^(testsuite )*$/ },
  testsuite: {
    required: {
      ...{ name: named, hostname: named, package: any, id: int },
      ...{ tests: int, failures: int, errors: int, time: decimal },
      timestamp: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/,
    },
    optional: { skipped: int },
    children: /^properties (testcase )*system-out system-err $/,
  },
  properties: { required: {}, children: /^(property )*$/ },
  property: { required: { name: named, value: any }, children: none },
  testcase: {
    required: { name: any, classname: any, time: decimal },
    children: /^((skipped|error|failure) )?$/,
  },
  error: { required: { type: any }, optional: { message: any }, children: none, text: true },
  failure: { required: { type: any }, optional: { message: any }, children: none, text: true },
  // Of any type.
  skipped: { required: {}, optional: { message: any }, children: any, text: true },
  "system-out": { required: {}, children: none, text: true },
  "system-err": { required: {}, children: none, text: true },
};

const surefireTime = /^(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?$/;
const result: Rule = { required: {}, optional: { type: any, message: any }, children: none, text: true };

/** What the schema of Jenkins (junit-10.xsd) demands, as far as we use it. */
export const jenkinsSchema: Readonly<Record<string, Rule>> = {
  testsuites: {
    required: {},
    optional: { name: any, time: surefireTime, tests: any, failures: any, errors: any },
    children: /^(testsuite )*$/,
  },
  testsuite: {
    required: { name: any, tests: any, failures: any, errors: any },
    optional: {
      ...{ group: any, time: surefireTime, skipped: any, timestamp: any, hostname: any },
      ...{ id: any, package: any, file: any, log: any, url: any },
    },
    children: /^((testsuite|properties|testcase|system-out|system-err) )*$/,
  },
  properties: { required: {}, children: /^(property )*$/ },
  property: { required: { name: any, value: any }, children: none },
  testcase: {
    required: { name: any },
    optional: { time: any, classname: any, group: any },
    children: /^((skipped|error|failure|system-out|system-err) )*$/,
  },
  error: result,
  failure: result,
  skipped: result,
  "system-out": { required: {}, children: none, text: true },
  "system-err": { required: {}, children: none, text: true },
};

/** What a schema has against an element and what it holds. */
export function complaints(element: XmlElement, schema: Readonly<Record<string, Rule>>): string[] {
  const { name, attributes } = element;
  const rule = schema[name];
  if (rule === undefined) return [`no element ${name}`];
  const { required, optional = {}, children, text } = rule;
  const inner = elementsOf(element);
  return [
    ...Object.keys(required)
      .filter((key) => !(key in attributes))
      .map((key) => `${name} has no ${key}`),
    ...Object.entries(attributes)
      .filter(([key, value]) => !(required[key] ?? optional[key])?.test(value))
      .map(([key, value]) => `${name} has ${key}=${value}`),
    ...(children.test(inner.map((child) => `${child.name} `).join(""))
      ? []
      : [`${name} has ${inner.map((child) => child.name)}`]),
    ...(text || textOf(element).trim() === "" ? [] : [`${name} has a text`]),
    ...inner.flatMap((child) => complaints(child, schema)),
  ];
}
