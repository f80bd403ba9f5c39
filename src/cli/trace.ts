import { Command, InvalidArgumentError, Option } from "commander";
import { type Diagnostic, diagnose, Fault } from "../diagnostics.js";
import { type IterationChoice, traceIteration } from "../explain/iteration.js";
import { tracePaths } from "../explain/paths.js";
import { traceProgram } from "../explain/trace.js";
import { compile, type Program } from "../index.js";
import { fileModules } from "../io/modules.js";
import { writeStdout } from "../io/output.js";
import type { Limits } from "../limits.js";
import type { Tensor } from "../tensor.js";
import type { PathGroup, Trace } from "../trace-results.js";
import { exitCode } from "./exit-codes.js";
import { readInputValues } from "./inputs.js";
import { printDiagnostics } from "./messages.js";
import { nameList, wholeNumber } from "./options.js";
import {
  addCommonOptions,
  addScriptOptions,
  formatOf,
  limitsOf,
  type PrintOptions,
  readSource,
  type ScriptOptions,
  unset,
} from "./script-options.js";
import { pathFormats, traceFormats } from "./trace-formats.js";
import { judgeNonFinite } from "./verdicts.js";

interface TraceCommandOptions extends ScriptOptions, PrintOptions {
  readonly of?: readonly string[];
  readonly wrt?: readonly string[];
  readonly node?: readonly string[];
  readonly iteration?: readonly IterationChoice[];
  readonly all: boolean;
  readonly paths: boolean;
  readonly top: number;
}

/** Steps that a table shows unless all are asked for. */
const mostSteps = 200;
/** Paths that are listed for each output and input. */
const defaultTop = 20;

/** `3`, `-1`, `memories:3`, `memories:3,inner:0`; a loop of several results is called by all, `last, all:3`. */
function iterationChoices(text: string): IterationChoice[] {
  const choices: IterationChoice[] = [];
  const choice = /\s*(?:(.+?):)??\s*(-?\d{1,10})\s*(?:,|$)/suy;
  do {
    const [, loop, digits] = choice.exec(text) ?? [];
    if (digits === undefined)
      throw new InvalidArgumentError(
        "Give a whole number, such as 3, -1, or memories:3 for one of several loops.",
      );
    choices.push({ loop, index: Number(digits) });
  } while (choice.lastIndex < text.length || text.endsWith(","));
  return choices;
}

/** Options that were not given. */
const unsetHere = { ...unset, all: false, paths: false, top: defaultTop };

const examples = `
Examples:
  autograd trace model.ag
  autograd trace -e 'z = x*y; w = sin(z) + z^2' -s x=2 -s y=3
  autograd trace model.ag --of loss --node hidden
  autograd trace rnn.ag --iteration -1
  autograd trace model.ag --paths --top 5
`;

/** `autograd trace`; `report` gets the exit code. */
export function traceCommand(report: (code: number) => void): Command {
  const command = new Command("trace").description(
    "show the forward and the backward pass of a script, step by step",
  );
  addScriptOptions(command, "trace")
    .option("--of <names>", "trace these names instead of the script's outputs", nameList)
    .option("--wrt <names>", "go back to these names only: inputs, parameters or definitions", nameList)
    .option("--node <names>", "only these nodes, what they read, and what passes between them", nameList)
    .option(
      "--iteration <k>",
      "one step of a loop: 3, -1 for the last, memories:3 where there are several loops, memories:3,inner:0 inside",
      iterationChoices,
    )
    .option("--all", `every step and contribution, even where there are more than ${mostSteps}`)
    .addOption(
      new Option("--paths", "how much each path from an input adds to the gradient, largest first").conflicts(
        ["node", "iteration"],
      ),
    )
    .option("--top <n>", `how many paths to list (default: ${defaultTop})`, wholeNumber(1, 100_000));
  return addCommonOptions(command)
    .addHelpText("after", examples)
    .action(async (file: string | undefined, options: TraceCommandOptions) => {
      report(await runTrace(file, { ...unsetHere, ...options }));
    });
}

async function runTrace(file: string | undefined, options: TraceCommandOptions): Promise<number> {
  const limits = limitsOf(options);
  try {
    const source = await readSource(file, options.expression, limits, "autograd trace -e 'w = x*y'");
    const compiled = compile(source, {
      limits,
      blas: options.blas,
      modules: fileModules(source, file, limits),
      ...(options.of === undefined ? {} : { of: options.of }),
      ...(options.wrt === undefined ? {} : { wrt: options.wrt }),
    });
    await printDiagnostics(compiled.diagnostics, options);
    if (!compiled.ok) return exitCode.unusable;
    const values = await readInputValues(compiled.program, options, limits);
    if (options.paths)
      return await printPaths(tracePaths(compiled.program, values, { top: options.top, limits }), options);
    return await printTrace(traced(compiled.program, values, options, limits), options);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    await printDiagnostics(error.diagnostics, options);
    return exitCode.unusable;
  }
}

function traced(
  program: Program,
  values: ReadonlyMap<string, Tensor>,
  options: TraceCommandOptions,
  limits: Limits,
): Trace {
  // Programs read whole traces.
  const isTable = formatOf(options) === "table" || formatOf(options) === "markdown";
  const chosen = {
    limits,
    ...(isTable && !options.all ? { most: mostSteps } : {}),
    ...(options.node === undefined ? {} : { nodes: options.node }),
  };
  return options.iteration === undefined
    ? traceProgram(program, values, chosen)
    : traceIteration(program, values, options.iteration, chosen);
}

async function printTrace(trace: Trace, options: TraceCommandOptions): Promise<number> {
  const infinite = nonFiniteNames(trace);
  const { isRefused, diagnostics } = judgeNonFinite(infinite, options);
  if (!isRefused) await writeStdout(await traceFormats[formatOf(options)](trace, options));
  const { warnings, abridged } = trace;
  const notes: Diagnostic[] = abridged === undefined ? [] : [diagnose("trace-abridged", abridged)];
  await printDiagnostics([...warnings, ...diagnostics, ...notes], options);
  return infinite.length > 0 ? exitCode.inconclusive : exitCode.success;
}

async function printPaths(groups: readonly PathGroup[], options: TraceCommandOptions): Promise<number> {
  const infinite = groups.flatMap(({ output, input, gradient }) =>
    gradient.data.every(Number.isFinite) ? [] : [`∂${output}/∂${input}`],
  );
  const { isRefused, diagnostics } = judgeNonFinite(infinite, options);
  if (!isRefused) await writeStdout(await pathFormats[formatOf(options)](groups, options));
  await printDiagnostics(diagnostics, options);
  return infinite.length > 0 ? exitCode.inconclusive : exitCode.success;
}

/** Outputs that hold a NaN or an infinity, and derivatives by inputs that do: what is between may be left out of both. */
function nonFiniteNames({ forward, backward }: Trace): string[] {
  const asked = new Set(backward.map(({ output }) => output));
  const leaves = new Set(forward.flatMap(({ node, inputs }) => (inputs.length === 0 ? [node] : [])));
  const isAllFinite = ({ data }: Tensor) => data.every(Number.isFinite);
  return [
    ...forward.flatMap(({ outputs }) =>
      outputs.flatMap(({ name, value }) => (isAllFinite(value) || !asked.has(name) ? [] : [name])),
    ),
    ...backward.flatMap(({ output, steps }) =>
      steps.flatMap(({ node, sumGrad }) =>
        isAllFinite(sumGrad) || !leaves.has(node) ? [] : [`∂${output}/∂${node}`],
      ),
    ),
  ];
}
