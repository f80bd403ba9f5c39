import type { Expression } from "../../grammar/index.js";
import { type Diagnostic, diagnose, Fault, fault } from "../diagnostics.js";
import type { Limits } from "../limits.js";
import { readsOf } from "../lower/reads.js";
import type { InputSpec, Resolution } from "../lower/resolve.js";
import { suggest } from "../lower/suggest.js";
import type { Shape, Tensor } from "../tensor.js";
import { evaluateClosed } from "./closed.js";
import { Dimensions } from "./dimensions.js";
import { outsideDomains } from "./domain.js";
import { kindsOf } from "./kinds.js";

/** Every input with its value, and the sizes that the dimensions turn out to have. */
export interface Binding {
  readonly values: ReadonlyMap<string, Tensor>;
  readonly dimensions: ReadonlyMap<string, number>;
  readonly warnings: readonly Diagnostic[];
}

/** Values for the inputs: the given ones first, defaults for the rest. Throws a `Fault` with every problem. */
export function bind(resolution: Resolution, given: ReadonlyMap<string, Tensor>, limits: Limits): Binding {
  const problems: Diagnostic[] = [];
  const warnings = strangers(resolution, given, problems);
  const sizes = new Dimensions(problems);
  const values = new Map<string, Tensor>();
  const missing: InputSpec[] = [];
  const defaulted: InputSpec[] = [];
  for (const input of resolution.inputs.values()) {
    const value = given.get(input.name);
    if (value !== undefined) {
      values.set(input.name, value);
      sizes.unify(input, value.shape);
    } else if (input.value === undefined) missing.push(input);
    else defaulted.push(input);
  }
  if (missing.length > 0) {
    problems.push(diagnose("missing-value", { names: missing.map(({ name }) => name) }, missing[0]!.span));
  }
  // A value under a misspelt name is often the one that is missing, so the warnings belong here, too.
  if (problems.length > 0) throw new Fault([...problems, ...warnings]);
  let waiting = defaulted;
  while (waiting.length > 0) {
    // The shape of one default may settle the dimensions that another one reads.
    const ready = waiting.filter(({ value }) => isKnown(resolution, value!, sizes.known));
    const next = ready.length > 0 ? ready : waiting;
    for (const [name, value] of defaultValues(resolution, next, sizes.known, limits)) {
      values.set(name, value);
      sizes.unify(resolution.inputs.get(name)!, value.shape);
    }
    waiting = next === waiting ? [] : waiting.filter(({ name }) => !values.has(name));
  }
  if (problems.length > 0) throw new Fault(problems);
  const outside = outsideDomains(resolution, values, sizes.known, limits);
  return { values, dimensions: sizes.known, warnings: [...warnings, ...outside] };
}

/**
 * Shapes of the inputs as far as the script alone tells them, or `undefined` where it leaves one open: what can be
 * checked before any value is given.
 */
export function declaredShapes(resolution: Resolution, limits: Limits): Map<string, Shape> | undefined {
  const shapes = new Map<string, Shape>();
  const defaulted: InputSpec[] = [];
  for (const input of resolution.inputs.values()) {
    const sizes = input.shape?.flatMap((size) => (size.kind === "number" ? [size.value] : []));
    if (sizes !== undefined && sizes.length === input.shape!.length) shapes.set(input.name, sizes);
    else if (input.value !== undefined && resolution.dimensions.size === 0) defaulted.push(input);
    else return undefined;
  }
  for (const [name, { shape }] of defaultValues(resolution, defaulted, new Map(), limits))
    shapes.set(name, shape);
  return shapes;
}

/** Whether every dimension that a default reads, itself or through constants and functions, has a size already. */
function isKnown(
  { dimensions, order, functions }: Resolution,
  value: Expression,
  known: ReadonlyMap<string, number>,
): boolean {
  if (dimensions.size === known.size) return true;
  const constants = new Map(
    order.flatMap((s) => (s.kind === "declaration" ? [[s.name.name, s.value] as const] : [])),
  );
  const reached = new Set<Expression>([value]);
  // A set is walked in the order of insertion, so what comes in on the way is walked too.
  for (const expression of reached) {
    for (const { name } of readsOf(expression)) {
      if (dimensions.has(name) && !known.has(name)) return false;
      const further = constants.get(name) ?? functions.get(name)?.body;
      if (further !== undefined) reached.add(further);
    }
  }
  return true;
}

/** Values that belong to no input: an error where the name is something else, a warning where it is unknown. */
function strangers(
  resolution: Resolution,
  given: ReadonlyMap<string, Tensor>,
  problems: Diagnostic[],
): Diagnostic[] {
  const { inputs } = resolution;
  const unknown = [...given.keys()].filter((name) => !inputs.has(name));
  if (unknown.length === 0) return [];
  const kinds = kindsOf(resolution);
  return unknown.flatMap((name) => {
    const kind = kinds.get(name);
    if (kind === undefined) {
      return [diagnose("unused-value", { name, suggestion: suggest(name, inputs.keys()) })];
    }
    problems.push(diagnose("not-an-input", { name, ...kind }));
    return [];
  });
}

function defaultValues(
  resolution: Resolution,
  inputs: readonly InputSpec[],
  dimensions: ReadonlyMap<string, number>,
  limits: Limits,
): (readonly [name: string, value: Tensor])[] {
  const expressions = inputs.map(({ value }) => value!);
  const values = evaluateClosed(resolution, expressions, dimensions, limits);
  return inputs.map(({ name }, i) => [name, values[i]!]);
}

/** Throws where a value is given that no input takes: for values that the user names one by one. */
export function requireInput(resolution: Resolution, name: string, given: "value" | "spread"): void {
  if (resolution.inputs.has(name)) return;
  const kind = kindsOf(resolution).get(name);
  if (kind !== undefined)
    throw fault(given === "value" ? "not-an-input" : "spread-not-an-input", { name, ...kind });
  const suggestion = suggest(name, resolution.inputs.keys());
  throw fault(given === "value" ? "unknown-input" : "spread-input", { name, suggestion });
}
