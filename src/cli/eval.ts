import { Command, Option } from "commander";
import { type Diagnostic, diagnose, Fault, fault, type Source } from "../diagnostics.js";
import { compile, type Evaluation, type Layout, type Mode } from "../index.js";
import { decodeScript, readBytes } from "../io/files.js";
import type { NonFinitePolicy } from "../io/json-elements.js";
import { writeStdout } from "../io/output.js";
import { defaultLimits, formatBytes, type Limits, largestLimits, limitFlags } from "../limits.js";
import { exitCode } from "./exit-codes.js";
import { type InputOptions, readInputValues } from "./inputs.js";
import { lookOf, printDiagnostics } from "./messages.js";
import { byteSize, collect, nameList, wholeNumber } from "./options.js";

type Format = "table" | "json" | "csv" | "markdown";

interface EvalOptions extends InputOptions {
  readonly expression: readonly string[];
  readonly of?: readonly string[];
  readonly wrt?: readonly string[];
  readonly all: boolean;
  readonly grad: boolean;
  readonly mode: Mode;
  readonly layout: Layout;
  readonly hessian: boolean;
  readonly sparse: boolean;
  readonly sparsity: boolean;
  readonly checkpoint?: number;
  readonly json: boolean;
  readonly format: Format;
  readonly precision?: number;
  readonly nonfinite: NonFinitePolicy;
  readonly quiet: boolean;
  readonly color: boolean;
  readonly maxMemory: number;
  readonly maxNodes: number;
  readonly maxNesting: number;
  readonly maxScript: number;
  readonly maxInput: number;
}

/** Options that were not given; as defaults of theirs these would only clutter the help. */
const unset = {
  expression: [],
  input: [],
  set: [],
  all: false,
  json: false,
  hessian: false,
  sparse: false,
  sparsity: false,
  quiet: false,
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
  return new Command("eval")
    .description("print the outputs of a script and their gradients")
    .argument("[file]", "script to evaluate; - is standard input")
    .option("-e, --expression <text>", "evaluate this text instead of a file (repeatable)", collect)
    .option(
      "-i, --input <file>",
      "read values of inputs from a JSON object; - is standard input (repeatable, later ones win)",
      collect,
    )
    .option(
      "-s, --set <name=value>",
      "set one input to a number, a list or an expression (repeatable)",
      collect,
    )
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
    .option(
      "--checkpoint <k>",
      "keep the carries of k steps of a loop and run the others again, for derivatives of long loops in less memory",
      wholeNumber(1, 2 ** 31 - 1),
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
    .addOption(new Option("--json", "same as --format json").conflicts("format"))
    .addOption(
      new Option("--format <format>", "how to print")
        .choices(["table", "json", "csv", "markdown"])
        .default("table"),
    )
    .option(
      "--precision <n>",
      "significant digits in tables, 1 to 17 (default: 6; JSON and CSV are exact)",
      wholeNumber(1, 17),
    )
    .addOption(
      new Option("--nonfinite <how>", "NaN and infinities in JSON")
        .choices(["string", "null", "error"])
        .default("string"),
    )
    .option("--quiet", "no warnings")
    .option("--no-color", "no colours (as does the environment variable NO_COLOR)")
    .addOption(limitOption("memory", "size", "memory for values"))
    .addOption(limitOption("nodes", "n", "nodes of the graph"))
    .addOption(limitOption("nesting", "n", "nesting of expressions"))
    .addOption(limitOption("script", "size", "size of the script"))
    .addOption(limitOption("input", "size", "size of one input file"))
    .addHelpText("after", examples)
    .action(async (file: string | undefined, options: EvalOptions) => {
      report(await runEval(file, { ...unset, ...options }));
    });
}

/** An option that raises a limit: a number, or a size such as `500M`. */
function limitOption(limit: keyof Limits, unit: "n" | "size", what: string): Option {
  const [flag] = limitFlags[limit].split(" ");
  const byDefault = defaultLimits[limit];
  const option = new Option(`${flag} <${unit}>`, unit === "n" ? what : `${what}, such as 500M or 2G`);
  return unit === "n"
    ? option.argParser(wholeNumber(1, largestLimits[limit])).default(byDefault)
    : option.argParser(byteSize(limit)).default(byDefault, formatBytes(byDefault));
}

async function runEval(file: string | undefined, options: EvalOptions): Promise<number> {
  const limits: Limits = {
    nesting: options.maxNesting,
    nodes: options.maxNodes,
    memory: options.maxMemory,
    script: options.maxScript,
    input: options.maxInput,
  };
  try {
    const source = await readSource(file, options.expression, limits);
    const compiled = compile(source, {
      limits,
      gradients: options.grad,
      all: options.all,
      mode: options.mode,
      layout: options.layout,
      hessian: options.hessian,
      sparse: options.sparse,
      sparsity: options.sparsity,
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
    return await printEvaluation(result.evaluation, options);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    await printDiagnostics(error.diagnostics, options);
    return exitCode.unusable;
  }
}

async function readSource(
  file: string | undefined,
  texts: readonly string[],
  limits: Limits,
): Promise<Source> {
  if (texts.length > 0) {
    if (file !== undefined) throw fault("two-scripts", { file });
    return { name: "-e", text: texts.join("\n") };
  }
  if (file === undefined) throw fault("no-script", {});
  const { name, bytes } = await readBytes(file, { bytes: limits.script, flag: limitFlags.script });
  return decodeScript(bytes, name);
}

async function printEvaluation(evaluation: Evaluation, options: EvalOptions): Promise<number> {
  const infinite = nonFiniteNames(evaluation);
  const isRefused = infinite.length > 0 && options.nonfinite === "error";
  if (!isRefused) await writeStdout(await formatEvaluation(evaluation, options));
  const failed = await failedAsserts(evaluation);
  const code = isRefused ? "non-finite-refused" : "non-finite";
  const notFinite = infinite.length === 0 ? [] : [diagnose(code, { names: infinite })];
  await printDiagnostics([...notFinite, ...failed], options);
  // A failed assert says more than that something is not finite.
  if (failed.length > 0) return exitCode.failed;
  return infinite.length > 0 ? exitCode.inconclusive : exitCode.success;
}

async function failedAsserts({ asserts = [] }: Evaluation): Promise<Diagnostic[]> {
  if (asserts.every(({ passed }) => passed)) return [];
  const { assertDiagnostics } = await import("../report/asserts.js");
  return assertDiagnostics(asserts);
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
  csv: async (evaluation, { precision, grad }) => {
    const { evaluationCsv } = await import("../report/evaluation-csv.js");
    return evaluationCsv(evaluation, { gradients: grad, ...(precision === undefined ? {} : { precision }) });
  },
  markdown: async (evaluation, { precision, grad }) => {
    const { evaluationMarkdown } = await import("../report/evaluation-markdown.js");
    return [
      evaluationMarkdown(evaluation, { gradients: grad, ...(precision === undefined ? {} : { precision }) }),
    ];
  },
  table: async (evaluation, { precision, grad, color }) => {
    const { evaluationTable } = await import("../report/evaluation-table.js");
    return [
      evaluationTable(evaluation, {
        gradients: grad,
        ...lookOf("stdout", color),
        ...(precision === undefined ? {} : { precision }),
      }),
    ];
  },
};

const formatEvaluation = (evaluation: Evaluation, options: EvalOptions) =>
  formats[options.json ? "json" : options.format](evaluation, options);
