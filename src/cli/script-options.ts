import { totalmem } from "node:os";
import { type Command, Option } from "commander";
import { fault, type Source } from "../diagnostics.js";
import type { BlasChoice } from "../index.js";
import { decodeScript, readBytes } from "../io/files.js";
import type { NonFinitePolicy } from "../io/json-elements.js";
import { defaultLimits, formatBytes, type Limits, largestLimits, limitFlags } from "../limits.js";
import type { InputOptions } from "./inputs.js";
import type { MessageOptions } from "./messages.js";
import { blasChoice, byteSize, collect, wholeNumber } from "./options.js";

/** What every command takes that runs one script. */
export interface ScriptOptions extends InputOptions, MessageOptions {
  readonly expression: readonly string[];
  readonly checkpoint?: number;
  readonly blas: BlasChoice;
  readonly threads?: number;
  readonly maxMemory: number;
  readonly maxNodes: number;
  readonly maxNesting: number;
  readonly maxScript: number;
  readonly maxInput: number;
}

/** The formats in which results are printed. */
export type Format = "table" | "json" | "csv" | "markdown";

/** How results are printed. */
export interface PrintOptions {
  readonly json: boolean;
  readonly format: Format;
  readonly precision?: number;
  readonly nonfinite: NonFinitePolicy;
}

/** Shared options that were not given; as defaults of theirs these would only clutter the help. */
export const unset = { expression: [], input: [], set: [], json: false, quiet: false };

/** Where the script and the values of its inputs come from. */
export const addScriptOptions = (command: Command, verb: string): Command =>
  addInputOptions(command.argument("[file]", `script to ${verb}; - is standard input`), verb);

/** A script in place of a file, and the values of its inputs. */
export function addInputOptions(command: Command, verb: string): Command {
  return command
    .option("-e, --expression <text>", `${verb} this text instead of a file (repeatable)`, collect)
    .option(
      "-i, --input <file>",
      "read values of inputs from a JSON object; - is standard input (repeatable, later ones win)",
      collect,
    )
    .option(
      "-s, --set <name=value>",
      "set one input to a number, a list or an expression (repeatable)",
      collect,
    );
}

/** How results and messages look, and what a run may use. */
export const addCommonOptions = (command: Command): Command =>
  addPrintOptions(
    command,
    new Option("--format <format>", "how to print").choices(["table", "json", "csv", "markdown"]),
  );

/** The same with another choice of formats; the table is the usual one. */
export function addPrintOptions(command: Command, format: Option): Command {
  command
    .addOption(new Option("--json", "same as --format json").conflicts("format"))
    .addOption(format.default("table"))
    .option(
      "--precision <n>",
      "significant digits in tables, 1 to 17 (default: 6; JSON and CSV are exact)",
      wholeNumber(1, 17),
    )
    .addOption(
      new Option("--nonfinite <how>", "NaN and infinities in JSON")
        .choices(["string", "null", "error"])
        .default("string"),
    );
  return addRunOptions(command);
}

/** How messages look, and what a run may use. */
export function addRunOptions(command: Command): Command {
  return command
    .option(
      "--checkpoint <k>",
      "keep the carries of k steps of a loop and run the others again, for derivatives of long loops in less memory",
      wholeNumber(1, 2 ** 31 - 1),
    )
    .addOption(blasOption())
    .option("--threads <n>", "threads for large work (default: one for each processor)", wholeNumber(1, 256))
    .option("--quiet", "errors only: no warnings, no progress")
    .option("--no-color", "no colours (as does the environment variable NO_COLOR)")
    .addOption(limitOption("memory", "size", "memory for values"))
    .addOption(limitOption("nodes", "n", "nodes of the graph"))
    .addOption(limitOption("nesting", "n", "nesting of expressions"))
    .addOption(limitOption("script", "size", "size of the script"))
    .addOption(limitOption("input", "size", "size of one input file"));
}

/** Half of what the machine, or the container, has, and no more than the library would take. */
function defaultMemory(): number {
  const allowed = process.constrainedMemory?.() ?? 0;
  const total = allowed > 0 ? Math.min(allowed, totalmem()) : totalmem();
  return Math.min(defaultLimits.memory, Math.floor(total / 2));
}

/** The option that chooses a native BLAS. */
export const blasOption = () =>
  new Option("--blas <which>", "native BLAS for large matrices: auto, none, or the path of a library")
    .argParser(blasChoice)
    .default("auto");

/** An option that raises a limit: a number, or a size such as `500M`. */
function limitOption(limit: keyof Limits, unit: "n" | "size", what: string): Option {
  const [flag] = limitFlags[limit].split(" ");
  const byDefault = limit === "memory" ? defaultMemory() : defaultLimits[limit];
  const option = new Option(`${flag} <${unit}>`, unit === "n" ? what : `${what}, such as 500M or 2G`);
  return unit === "n"
    ? option.argParser(wholeNumber(1, largestLimits[limit])).default(byDefault)
    : option.argParser(byteSize(limit)).default(byDefault, formatBytes(byDefault));
}

export const limitsOf = (options: ScriptOptions): Limits => ({
  nesting: options.maxNesting,
  nodes: options.maxNodes,
  memory: options.maxMemory,
  script: options.maxScript,
  input: options.maxInput,
});

export const formatOf = ({ json, format }: Pick<PrintOptions, "json" | "format">): Format =>
  json ? "json" : format;

/** The precision that was asked for, as the reports take it. */
export const precisionOf = ({ precision }: Pick<PrintOptions, "precision">) =>
  precision === undefined ? {} : { precision };

/**
 * The script, from a file or from the command line. Throws a `Fault` where there is none, or two of them; `example` is a
 * command that gives one.
 */
export async function readSource(
  file: string | undefined,
  texts: readonly string[],
  limits: Limits,
  example: string,
): Promise<Source> {
  if (texts.length > 0) {
    if (file !== undefined) throw fault("two-scripts", { file });
    return { name: "-e", text: texts.join("\n") };
  }
  if (file === undefined) throw fault("no-script", { example });
  const { name, bytes } = await readBytes(file, { bytes: limits.script, flag: limitFlags.script });
  return decodeScript(bytes, name);
}
