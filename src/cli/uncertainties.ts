import { type Diagnostic, diagnose, Fault } from "../diagnostics.js";
import { evaluateExpression, type Program } from "../index.js";
import { readBytes } from "../io/files.js";
import { type Limits, limitFlags } from "../limits.js";
import type { StatedSpread } from "../sensitivity-results.js";

export interface UncertaintyOptions {
  /** `NAME=VALUE`, where the value may be `2±0.1`. */
  readonly set: readonly string[];
  /** `NAME=SIGMA`. */
  readonly sigma: readonly string[];
  /** Files of JSON. */
  readonly covariance: readonly string[];
}

/** Assignments of values alone, and what the command line says of how far they may be off. */
export interface SplitAssignments {
  readonly set: readonly string[];
  readonly spreads: readonly StatedSpread[];
}

const sign = /±|\+\/-|\+-/;

/** Takes `x=2±0.1` apart, and reads `--sigma`. Throws a `Fault` with the problems of all of them. */
export function splitAssignments(
  { set, sigma }: Pick<UncertaintyOptions, "set" | "sigma">,
  limits: Limits,
): SplitAssignments {
  const problems: Diagnostic[] = [];
  const spreads: StatedSpread[] = [];
  const state = (option: string, name: string, text: string) => {
    const source = { name: `${option} ${name}`, text };
    const result = evaluateExpression(source, limits);
    if (!result.ok) problems.push(...result.diagnostics);
    else
      spreads.push({
        kind: "sigma",
        names: [name],
        tensor: result.tensor,
        span: { source, start: 0, end: text.length },
      });
  };
  const values = set.map((assignment) => {
    const [name, text] = parts(assignment);
    const found = sign.exec(text ?? "");
    if (name === undefined || text === undefined || found === null) return assignment;
    const [value, spread] = [text.slice(0, found.index), text.slice(found.index + found[0].length)];
    const at = {
      source: { name: `--set ${name}`, text },
      start: found.index,
      end: found.index + found[0].length,
    };
    const problem = problemOf(value, spread, found[0]);
    if (problem !== undefined) problems.push(diagnose("plus-minus", { reason: problem }, at));
    else state("--set", name, spread);
    return `${name}=${value}`;
  });
  for (const assignment of sigma) {
    const [name, text] = parts(assignment);
    if (name === undefined || text === undefined)
      problems.push(diagnose("sigma-assignment", { text: assignment }));
    else state("--sigma", name, text);
  }
  if (problems.length > 0) throw new Fault(problems);
  return { set: values, spreads };
}

function parts(assignment: string): [name: string | undefined, text: string | undefined] {
  const equals = assignment.indexOf("=");
  const name = assignment.slice(0, Math.max(0, equals)).trim().normalize("NFC");
  return equals < 0 || name === "" ? [undefined, undefined] : [name, assignment.slice(equals + 1)];
}

/** Why a value and what stands behind its sign are none. */
function problemOf(value: string, spread: string, found: string): string | undefined {
  if (value.trim() === "") return `there is no value before \`${found}\``;
  if (spread.trim() === "") return `there is no standard deviation behind \`${found}\``;
  if (sign.test(spread)) return "a value has one standard deviation, but there are two signs";
  const isInside = (value.match(/[[(]/g)?.length ?? 0) > (value.match(/[\])]/g)?.length ?? 0);
  return isInside
    ? `\`${found}\` stands between a whole value and its standard deviation, not within brackets`
    : undefined;
}

/**
 * All that is said of how far inputs may be off. What stands on the command line takes the place of what input files say of
 * the same inputs. Throws a `Fault` where the script has no such input.
 */
export async function readSpreads(
  program: Program,
  fromSigmas: readonly StatedSpread[],
  files: readonly string[],
  fromInputs: ReadonlyMap<string, StatedSpread>,
  limits: Limits,
): Promise<StatedSpread[]> {
  const own = [...fromSigmas];
  for (const path of files) {
    const { name, bytes } = await readBytes(path, { bytes: limits.input, flag: limitFlags.input });
    const { readCovariances } = await import("../io/json-reader.js");
    own.push(...readCovariances(bytes, name));
  }
  const problems: Diagnostic[] = [];
  for (const { names, span } of own) {
    for (const name of names) {
      try {
        program.requireInput(name, "spread");
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        problems.push(...error.diagnostics.map((one) => (span === undefined ? one : { ...one, span })));
      }
    }
  }
  if (problems.length > 0) throw new Fault(problems);
  const known = new Set(own.flatMap(({ names }) => names));
  const inputs = new Set(program.inputs.map(({ name }) => name));
  // That a file has values for other names is told with the values.
  const others = [...fromInputs].filter(([name]) => inputs.has(name) && !known.has(name));
  return [...others.map(([, spread]) => spread), ...own];
}
