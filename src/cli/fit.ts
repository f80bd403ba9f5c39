import { Command } from "commander";
import { type Diagnostic, diagnose, Fault } from "../diagnostics.js";
import { checkConnections, gradientDescent } from "../fit/descent.js";
import { compileObjective, type Objective } from "../fit/objective.js";
import type { Bound, Program, Tensor } from "../index.js";
import { fileModules } from "../io/modules.js";
import { checkWritable, writeFileAtomically, writeStdout } from "../io/output.js";
import type { Fit, FitStop, NamedTensor } from "../results.js";
import { exitCode } from "./exit-codes.js";
import { readInputValues } from "./inputs.js";
import { workUntilInterrupted } from "./long-work.js";
import { lookOf, printDiagnostics } from "./messages.js";
import { nameList, oneName, outputFile, positiveNumber, wholeNumber } from "./options.js";
import {
  addCommonOptions,
  addScriptOptions,
  type Format,
  formatOf,
  limitsOf,
  type PrintOptions,
  precisionOf,
  readSource,
  type ScriptOptions,
  unset,
} from "./script-options.js";
import { failedAsserts, judgeNonFinite } from "./verdicts.js";

interface FitOptions extends ScriptOptions, PrintOptions {
  readonly of?: string;
  readonly wrt?: readonly string[];
  readonly steps: number;
  readonly rate: number;
  readonly output?: string;
}

/** The loss of every step is kept. */
const mostSteps = 100_000_000;

const examples = `
Examples:
  autograd fit model.ag --steps 1000 --rate 0.1
  autograd fit model.ag --of loss --output params.json
  autograd fit model.ag --input data.json --input params.json --output params.json
  autograd fit -e 'param x = 3; w = (x - 1)^2' --json
`;

/** `autograd fit`; `report` gets the exit code. */
export function fitCommand(report: (code: number) => void): Command {
  const command = new Command("fit").description(
    "make a loss small by gradient descent: each step changes every parameter by -rate times its gradient",
  );
  addScriptOptions(command, "fit")
    .option("--of <name>", "the loss, a scalar (default: the script's only output)", oneName)
    .option("--wrt <names>", "change these parameters or inputs (default: every `param`)", nameList)
    .option("--steps <n>", "how many steps", wholeNumber(0, mostSteps), 100)
    .option("--rate <r>", "how far a step goes along the gradient", positiveNumber, 0.01)
    .option("--output <file>", "write the parameters to a JSON file that --input reads", outputFile);
  return addCommonOptions(command)
    .addHelpText("after", examples)
    .action(async (file: string | undefined, options: FitOptions) => {
      report(await runFit(file, { ...unset, ...options }));
    });
}

async function runFit(file: string | undefined, options: FitOptions): Promise<number> {
  const limits = limitsOf(options);
  const { output } = options;
  try {
    if (output !== undefined) checkWritable(output);
    const example = "autograd fit -e 'param x = 3; w = (x - 1)^2'";
    const source = await readSource(file, options.expression, limits, example);
    const { of, wrt } = options;
    const compiled = compileObjective(source, {
      limits,
      blas: options.blas,
      ...(options.threads === undefined ? {} : { threads: options.threads }),
      modules: fileModules(source, file, limits),
      ...(of === undefined ? {} : { of }),
      ...(wrt === undefined ? {} : { wrt }),
      ...(options.checkpoint === undefined ? {} : { checkpoint: options.checkpoint }),
    });
    await printDiagnostics(compiled.diagnostics, options);
    if (!compiled.ok) return exitCode.unusable;
    const { objective } = compiled;
    const { program, final } = objective;
    const values = await readInputValues(program, options, limits);
    // The program of the end has all of the script, so it tells now what does not fit, and not after the last step.
    const ending = final.bind(values);
    await printDiagnostics(ending.diagnostics, options);
    if (!ending.ok) return exitCode.unusable;
    const beginning = program.bind(values);
    if (!beginning.ok) {
      await printDiagnostics(beginning.diagnostics, options);
      return exitCode.unusable;
    }
    const run = await descend(beginning.bound, objective, options);
    return await finish(run, () => evaluateEnd(final, beginning.bound, run.fit, ending.diagnostics), options);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    await printDiagnostics(error.diagnostics, options);
    return exitCode.unusable;
  }
}

/** How far a fit came, and why no further. */
interface Run {
  readonly fit: Fit;
  readonly stop: FitStop | undefined;
  readonly interrupted: boolean;
}

async function descend(bound: Bound, { loss: of, parameters }: Objective, options: FitOptions): Promise<Run> {
  const losses = new Float64Array(options.steps + 1);
  let reached: readonly NamedTensor[] = parameters.map((name) => ({ name, tensor: bound.values.get(name)! }));
  let count = 0;
  let stop: FitStop | undefined;
  let warnings: readonly Diagnostic[] = [];
  const steps = gradientDescent(bound, parameters, options.rate);
  const step = () => {
    const next = steps.next();
    if (next.done) {
      stop = next.value;
      return false;
    }
    if (count === 0) warnings = checkConnections(next.value);
    losses[count++] = next.value.loss;
    reached = next.value.parameters;
    return count < losses.length;
  };
  const more = step();
  await printDiagnostics(warnings, options);
  const progress = () => ({
    done: count - 1,
    total: options.steps,
    note: `${of} ${losses[count - 1]!.toPrecision(6)}`,
  });
  const interrupted = more && (await workUntilInterrupted(step, progress, options));
  return { fit: { of, losses: losses.slice(0, count), parameters: reached }, stop, interrupted };
}

/** Writes and prints what was reached, says what went wrong, and gives the exit code. */
async function finish(
  { fit, stop, interrupted }: Run,
  end: () => Promise<End>,
  options: FitOptions,
): Promise<number> {
  if (stop?.step === 0) {
    await printStop(stop, fit, options);
    return stop.kind === "fault" ? exitCode.unusable : exitCode.inconclusive;
  }
  // The file comes first: it is what somebody has waited for, and printing may fail, too.
  const unwritten = stop === undefined ? await writeOutput(fit, options) : [];
  const infinite = fit.parameters.flatMap(({ name, tensor }) =>
    tensor.data.every(Number.isFinite) ? [] : [name],
  );
  const { isRefused, diagnostics } = judgeNonFinite(infinite, options);
  if (!isRefused) await writeStdout(await formats[formatOf(options)](fit, options));
  await printDiagnostics(unwritten, options);
  if (stop !== undefined) {
    await printStop(stop, fit, options);
    return exitCode.inconclusive;
  }
  const isWritten = unwritten.length === 0;
  if (interrupted) {
    const facts = { step: fit.losses.length - 1, steps: options.steps };
    await printDiagnostics(
      [diagnose("interrupted", { ...facts, output: isWritten ? options.output : undefined })],
      options,
    );
    return isWritten ? exitCode.interrupted : exitCode.unusable;
  }
  const verdict = await end();
  const { growthDiagnostics } = await import("../report/fit.js");
  await printDiagnostics([...growthDiagnostics(fit), ...diagnostics, ...verdict.diagnostics], options);
  if (!isWritten) return exitCode.unusable;
  if (verdict.exit !== exitCode.success) return verdict.exit;
  return infinite.length > 0 ? exitCode.inconclusive : exitCode.success;
}

async function printStop(stop: FitStop, fit: Fit, options: FitOptions): Promise<void> {
  const { stopDiagnostics } = await import("../report/fit.js");
  await printDiagnostics(stopDiagnostics(stop, fit), options);
}

/** Writes the parameters where they are to go; what is wrong, if they cannot be written. */
async function writeOutput({ parameters }: Fit, { output }: FitOptions): Promise<readonly Diagnostic[]> {
  if (output === undefined) return [];
  const { writeParameters } = await import("../io/fit-writer.js");
  try {
    writeFileAtomically(output, writeParameters(parameters));
    return [];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return error.diagnostics;
  }
}

/** What the script says of the fitted parameters. */
interface End {
  readonly diagnostics: readonly Diagnostic[];
  readonly exit: number;
}

/** Runs the asserts, and looks whether a parameter has left its domain; warnings that were given are not repeated. */
async function evaluateEnd(
  final: Program,
  { values }: Bound,
  { parameters }: Fit,
  given: readonly Diagnostic[],
): Promise<End> {
  const fitted = parameters.map(({ name, tensor }) => [name, tensor] as const);
  const result = final.run(new Map<string, Tensor>([...values, ...fitted]));
  if (!result.ok) return { diagnostics: result.diagnostics, exit: exitCode.inconclusive };
  const known = new Set(given.map(({ message }) => message));
  const warnings = result.diagnostics.filter(({ message }) => !known.has(message));
  const failed = await failedAsserts(result.evaluation);
  return {
    diagnostics: [...warnings, ...failed],
    exit: failed.length > 0 ? exitCode.failed : exitCode.success,
  };
}

/** Each format is loaded only where it is asked for. */
const formats: Readonly<Record<Format, (fit: Fit, options: FitOptions) => Promise<Iterable<string>>>> = {
  json: async (fit, { nonfinite }) => {
    const { writeFit } = await import("../io/fit-writer.js");
    return writeFit(fit, nonfinite === "null" ? "null" : "string");
  },
  csv: async (fit, options) => {
    const { fitCsv } = await import("../report/fit-csv.js");
    return fitCsv(fit, precisionOf(options));
  },
  markdown: async (fit, options) => {
    const { fitMarkdown } = await import("../report/fit-markdown.js");
    return [fitMarkdown(fit, precisionOf(options))];
  },
  table: async (fit, options) => {
    const { fitTable } = await import("../report/fit-table.js");
    return [fitTable(fit, { ...lookOf("stdout", options.color), ...precisionOf(options) })];
  },
};
