import { Command, Option } from "commander";
import { Fault } from "../diagnostics.js";
import { compile, type Evaluation, type Layout, type Mode } from "../index.js";
import { fileModules } from "../io/modules.js";
import { writeStdout } from "../io/output.js";
import { exitCode } from "./exit-codes.js";
import { readInputValues } from "./inputs.js";
import { lookOf, printDiagnostics } from "./messages.js";
import { nameList } from "./options.js";
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
import { whyCommandFor } from "./shell-words.js";
import { failedAsserts, judgeNonFinite } from "./verdicts.js";

interface EvalOptions extends ScriptOptions, PrintOptions {
  readonly of?: readonly string[];
  readonly wrt?: readonly string[];
  readonly all: boolean;
  readonly grad: boolean;
  readonly mode: Mode;
  readonly layout: Layout;
  readonly hessian: boolean;
  readonly sparse: boolean;
  readonly sparsity: boolean;
  readonly profile: boolean;
}

/** Options that were not given; as defaults of theirs these would only clutter the help. */
const unsetHere = {
  ...unset,
  all: false,
  hessian: false,
  sparse: false,
  sparsity: false,
  profile: false,
};

const examples = `
Examples:
  autograd eval model.ag
  autograd eval -e 'w = sin(x*y)' -s x=2 -s y=3
  echo '{"x": [[1,2],[3,4]]}' | autograd eval -e 's = sum(x^2)' --json
  autograd eval model.ag --of w --wrt x,u --format csv
  autograd eval -e 'w = x^2 * y' -s x=3 -s y=2 --hessian
`;

/** `autograd eval`; `report` gets the exit code. */
export function evalCommand(report: (code: number) => void): Command {
  const command = new Command("eval").description("print the outputs of a script and their gradients");
  addScriptOptions(command, "evaluate")
    .option("--of <names>", "evaluate these names instead of the script's outputs", nameList)
    .option("--wrt <names>", "differentiate by these names: inputs, parameters or definitions", nameList)
    .option("--all", "a row for every named node: operation, shape, output, sum_grad")
    .option("--no-grad", "outputs only")
    .option("--hessian", "second derivatives of scalar outputs too")
    .option("--sparse", "derivatives as coordinates of the elements that may be other than 0")
    .addOption(
      new Option("--sparsity", "where derivatives may be other than 0, in place of their values").conflicts(
        "sparse",
      ),
    )
    .addOption(
      new Option("--mode <mode>", "how to accumulate derivatives; auto takes the cheaper way")
        .choices(["auto", "reverse", "forward"])
        .default("auto"),
    )
    .addOption(
      new Option(
        "--layout <layout>",
        "derivatives as tensors, or merged to matrices output × input or input × output",
      )
        .choices(["tensor", "numerator", "denominator"])
        .default("tensor"),
    )
    .option("--profile", "also the time and the memory that lines and operations take, and what is fused");
  return addCommonOptions(command)
    .addHelpText("after", examples)
    .action(async (file: string | undefined, options: EvalOptions) => {
      const chosen = { ...unsetHere, ...options };
      if (chosen.profile && formatOf(chosen) === "csv")
        command.error("error: option '--profile' cannot be used with option '--format csv'");
      report(await runEval(file, chosen));
    });
}

async function runEval(file: string | undefined, options: EvalOptions): Promise<number> {
  const limits = limitsOf(options);
  try {
    const source = await readSource(file, options.expression, limits, "autograd eval -e 'w = x*y'");
    const compiled = compile(source, {
      limits,
      blas: options.blas,
      ...(options.threads === undefined ? {} : { threads: options.threads }),
      modules: fileModules(source, file, limits),
      gradients: options.grad,
      all: options.all,
      mode: options.mode,
      layout: options.layout,
      hessian: options.hessian,
      sparse: options.sparse,
      sparsity: options.sparsity,
      profile: options.profile,
      ...(options.checkpoint === undefined ? {} : { checkpoint: options.checkpoint }),
      ...(options.of === undefined ? {} : { of: options.of }),
      ...(options.wrt === undefined ? {} : { wrt: options.wrt }),
    });
    await printDiagnostics(compiled.diagnostics, options);
    if (!compiled.ok) return exitCode.unusable;
    const values = await readInputValues(compiled.program, options, limits);
    const result = compiled.program.run(values);
    await printDiagnostics(result.diagnostics, options);
    if (!result.ok) return exitCode.unusable;
    return await printEvaluation(result.evaluation, options, file);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    await printDiagnostics(error.diagnostics, options);
    return exitCode.unusable;
  }
}

async function printEvaluation(
  evaluation: Evaluation,
  options: EvalOptions,
  file: string | undefined,
): Promise<number> {
  const infinite = nonFiniteNames(evaluation);
  const { isRefused, diagnostics } = judgeNonFinite(infinite, options, (name) =>
    whyCommandFor(name, file, options),
  );
  if (!isRefused) await writeStdout(await formatEvaluation(evaluation, options));
  const failed = await failedAsserts(evaluation);
  await printDiagnostics([...diagnostics, ...failed], options);
  // A failed assert says more than that something is not finite.
  if (failed.length > 0) return exitCode.failed;
  return infinite.length > 0 ? exitCode.inconclusive : exitCode.success;
}

/** Outputs, gradients and Hessians that hold a NaN or an infinity. */
function nonFiniteNames({ outputs, gradients, hessians = [] }: Evaluation): string[] {
  const isAllFinite = ({ data }: { readonly data: Float64Array }) => data.every(Number.isFinite);
  return [
    ...outputs.flatMap(({ name, tensor }) => (isAllFinite(tensor) ? [] : [name])),
    ...gradients.flatMap(({ output, input, tensor }) =>
      isAllFinite(tensor) ? [] : [`∂${output}/∂${input}`],
    ),
    ...hessians.flatMap(({ output, first, second, tensor }) =>
      isAllFinite(tensor) ? [] : [`∂²${output}/∂${first}∂${second}`],
    ),
  ];
}

/** Each format is loaded only where it is asked for: start-up time is a feature. */
const formats: Readonly<
  Record<Format, (evaluation: Evaluation, options: EvalOptions) => Promise<Iterable<string>>>
> = {
  json: async (evaluation, { nonfinite, grad }) => {
    const { writeEvaluation } = await import("../io/json-writer.js");
    return writeEvaluation(evaluation, { nonFinite: nonfinite, gradients: grad });
  },
  csv: async (evaluation, options) => {
    const { evaluationCsv } = await import("../report/evaluation-csv.js");
    return evaluationCsv(evaluation, { gradients: options.grad, ...precisionOf(options) });
  },
  markdown: async (evaluation, options) => {
    const { evaluationMarkdown } = await import("../report/evaluation-markdown.js");
    const results = evaluationMarkdown(evaluation, { gradients: options.grad, ...precisionOf(options) });
    if (evaluation.profile === undefined) return [results];
    const { profileMarkdown } = await import("../report/profile-markdown.js");
    return [results, "\n", profileMarkdown(evaluation.profile)];
  },
  table: async (evaluation, options) => {
    const { evaluationTable } = await import("../report/evaluation-table.js");
    const look = { ...lookOf("stdout", options.color), ...precisionOf(options) };
    const results = evaluationTable(evaluation, { gradients: options.grad, ...look });
    if (evaluation.profile === undefined) return [results];
    const { profileTable } = await import("../report/profile-table.js");
    return [results, profileTable(evaluation.profile, look)];
  },
};

const formatEvaluation = (evaluation: Evaluation, options: EvalOptions) =>
  formats[formatOf(options)](evaluation, options);
