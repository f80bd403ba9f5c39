import { Command, Option } from "commander";
import { diagnose, Fault } from "../diagnostics.js";
import { type CompileOptions, compile, type Program } from "../index.js";
import { fileModules } from "../io/modules.js";
import { checkWritable, writeFileAtomically, writeStdout } from "../io/output.js";
import { mostElements, sensitivityOf } from "../sensitivity/sensitivity.js";
import type { Sensitivity, StatedSpread } from "../sensitivity-results.js";
import { exitCode } from "./exit-codes.js";
import { readInputValues } from "./inputs.js";
import { lookOf, printDiagnostics } from "./messages.js";
import { collect, nameList, outputFile, wholeNumber } from "./options.js";
import {
  addPrintOptions,
  addScriptOptions,
  limitsOf,
  type PrintOptions,
  precisionOf,
  readSource,
  type ScriptOptions,
  unset,
} from "./script-options.js";
import { readSpreads, splitAssignments, type UncertaintyOptions } from "./uncertainties.js";
import { judgeNonFinite } from "./verdicts.js";

const formats = ["table", "json", "csv", "markdown", "svg"] as const;
type SensitivityFormat = (typeof formats)[number];

interface SensitivityOptions extends ScriptOptions, Omit<PrintOptions, "format">, UncertaintyOptions {
  readonly set: readonly string[];
  readonly of?: readonly string[];
  readonly wrt?: readonly string[];
  readonly format: SensitivityFormat;
  readonly top: number;
  readonly rounding: boolean;
  readonly output?: string;
}

const unsetHere = { ...unset, sigma: [], covariance: [], rounding: false };

const examples = `
Examples:
  autograd sensitivity model.ag
  autograd sensitivity -e 'z = x^2 * y' -s x=2 -s y=3
  autograd sensitivity -e 'z = x^2 * y' -s 'x=2±0.1' -s y=3 --sigma y=0.2
  autograd sensitivity model.ag --covariance covariance.json --json
  autograd sensitivity model.ag --format svg --output chart.svg
  autograd sensitivity model.ag --rounding
`;

/** `autograd sensitivity`; `report` gets the exit code. */
export function sensitivityCommand(report: (code: number) => void): Command {
  const command = new Command("sensitivity").description(
    "how much outputs change with each input; how uncertain inputs, and rounding, make them",
  );
  addScriptOptions(command, "look at")
    .option("--of <names>", "look at these names instead of the script's outputs", nameList)
    .option("--wrt <names>", "elasticities by these names: inputs, parameters or definitions", nameList)
    .option(
      "--sigma <name=sigma>",
      "the standard deviation of an input: one for all elements, or one for each (repeatable)",
      collect,
    )
    .option(
      "--covariance <file>",
      'read covariances from a JSON object, {"x": matrix, "a,b": matrix} (repeatable)',
      collect,
    )
    .option("--rounding", "bound the rounding errors of the outputs, and where they come from")
    .option(
      "--top <n>",
      "show the n largest of many; the others are summed up",
      wholeNumber(1, 1_000_000),
      20,
    )
    .option("--output <file>", "write to this file instead of standard output", outputFile);
  return addPrintOptions(command, new Option("--format <format>", "how to print").choices([...formats]))
    .addHelpText("after", examples)
    .action(async (file: string | undefined, options: SensitivityOptions) => {
      report(await runSensitivity(file, { ...unsetHere, ...options }));
    });
}

async function runSensitivity(file: string | undefined, options: SensitivityOptions): Promise<number> {
  const limits = limitsOf(options);
  try {
    if (options.output !== undefined) checkWritable(options.output);
    const { set, spreads: given } = splitAssignments(options, limits);
    const example = "autograd sensitivity -e 'w = x*y' -s x=2 -s y=3";
    const source = await readSource(file, options.expression, limits, example);
    const common: CompileOptions = {
      limits,
      blas: options.blas,
      ...(options.threads === undefined ? {} : { threads: options.threads }),
      modules: fileModules(source, file, limits),
      asserts: false,
      mostElements,
      ...(options.checkpoint === undefined ? {} : { checkpoint: options.checkpoint }),
      ...(options.of === undefined ? {} : { of: options.of }),
    };
    const isBound = options.rounding && options.wrt === undefined;
    const first = compile(source, {
      ...common,
      ...(options.wrt === undefined ? {} : { wrt: options.wrt }),
      gradients: !isBound,
    });
    await printDiagnostics(first.diagnostics, options);
    if (!first.ok) return exitCode.unusable;
    const fromInputs = new Map<string, StatedSpread>();
    const values = await readInputValues(first.program, { ...options, set }, limits, fromInputs);
    const spreads = await readSpreads(first.program, given, options.covariance, fromInputs, limits);
    const elasticities = isBound ? [] : first.program.wrt;
    if (elasticities.length === 0 && spreads.length === 0 && !options.rounding)
      throw new Fault([diagnose("sensitivity-nothing", {})]);
    const program = withInputs(first.program, spreads, (wrt) => compile(source, { ...common, wrt }));
    const binding = program.bind(values);
    await printDiagnostics(binding.diagnostics, options);
    if (!binding.ok) return exitCode.unusable;
    const { rounding, top } = options;
    const result = sensitivityOf(program, binding.bound, { elasticities, spreads, rounding, top, limits });
    return await print(result, options);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    await printDiagnostics(error.diagnostics, options);
    return exitCode.unusable;
  }
}

/** The same program, if it differentiates by every uncertain input, or one that does. */
function withInputs(
  program: Program,
  spreads: readonly StatedSpread[],
  again: (wrt: readonly string[]) => ReturnType<typeof compile>,
): Program {
  const wrt = new Set([...program.wrt, ...spreads.flatMap(({ names }) => names)]);
  if (wrt.size === program.wrt.length) return program;
  const compiled = again([...wrt]);
  if (!compiled.ok) throw new Fault(compiled.diagnostics);
  return compiled.program;
}

async function print(result: Sensitivity, options: SensitivityOptions): Promise<number> {
  const { nonFiniteOf } = await import("../report/sensitivity/non-finite.js");
  const infinite = nonFiniteOf(result);
  const { isRefused, diagnostics } = judgeNonFinite(infinite, options);
  if (!isRefused) {
    const text = await write[options.json ? "json" : options.format](result, options);
    if (options.output === undefined) await writeStdout(text);
    else writeFileAtomically(options.output, text);
  }
  await printDiagnostics(diagnostics, options);
  return infinite.length > 0 ? exitCode.inconclusive : exitCode.success;
}

/** Each format is loaded only where it is asked for. */
const write: Readonly<
  Record<SensitivityFormat, (result: Sensitivity, options: SensitivityOptions) => Promise<Iterable<string>>>
> = {
  json: async (result, { nonfinite }) => {
    const { writeSensitivity } = await import("../io/sensitivity-writer.js");
    return writeSensitivity(result, nonfinite === "null" ? "null" : "string");
  },
  csv: async (result) => {
    const { sensitivityCsv } = await import("../report/sensitivity/csv.js");
    return sensitivityCsv(result);
  },
  markdown: async (result, options) => {
    const { sensitivityMarkdown } = await import("../report/sensitivity/markdown.js");
    return [sensitivityMarkdown(result, { top: options.top, ...precisionOf(options) })];
  },
  svg: async (result, options) => {
    const { sensitivitySvg } = await import("../report/sensitivity/svg.js");
    return [sensitivitySvg(result, { top: options.top, ...precisionOf(options) })];
  },
  table: async (result, options) => {
    const { sensitivityTable } = await import("../report/sensitivity/table.js");
    const look = lookOf("stdout", options.output === undefined && options.color);
    return [sensitivityTable(result, { ...look, top: options.top, ...precisionOf(options) })];
  },
};
