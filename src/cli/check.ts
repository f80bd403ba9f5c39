import { existsSync } from "node:fs";
import { Command, Option } from "commander";
import { type CheckOptions, type Reproduce, startCheck } from "../check/check.js";
import { seedOf } from "../check/directions.js";
import type { CheckEntry, CheckReport, FileReport } from "../check-results.js";
import { diagnose, Fault } from "../diagnostics.js";
import { compile, type Program } from "../index.js";
import { fileModules } from "../io/modules.js";
import { checkWritable, writeFileAtomically, writeStdout } from "../io/output.js";
import {
  type CheckFormat,
  type CheckOutput,
  checkFormats,
  formatReport,
  summaryFile,
} from "./check-formats.js";
import { checkInProcesses, handBack, packed } from "./check-jobs.js";
import { addPeerOptions, type PeerOptions, Peers } from "./check-peers.js";
import { codeOf, isFailing, type Strictness } from "./check-verdict.js";
import { exitCode } from "./exit-codes.js";
import { readInputValues } from "./inputs.js";
import { PiecewiseWork } from "./long-work.js";
import { lookOf, printDiagnostics } from "./messages.js";
import { nameList, outputFile, wholeNumber } from "./options.js";
import {
  addInputOptions,
  addRunOptions,
  limitsOf,
  readSource,
  type ScriptOptions,
  unset,
} from "./script-options.js";
import { commandFor } from "./shell-words.js";

declare const AUTOGRAD_VERSION: string;

interface CheckCommandOptions extends ScriptOptions, Strictness, PeerOptions {
  readonly samples: number;
  readonly seed?: number;
  readonly exhaustive: boolean;
  readonly onlyFailures: boolean;
  readonly verbose: boolean;
  readonly jobs: number;
  /** As a process among several: the reports go back to the one that started it. */
  readonly handBack: boolean;
}

const examples = `
Examples:
  autograd check model.ag
  autograd check model.ag --input data.json --samples 20
  autograd check examples/*.ag --only-failures
  autograd check model.ag --format junit --output report.xml --format table
  autograd check model.ag --against 'python3 gradient.py' --samples 20
  autograd check -e 'w = sin(x)*y' --set x=2 --set y=3
`;

const unsetHere = {
  handBack: false,
  ...unset,
  exhaustive: false,
  onlyFailures: false,
  verbose: false,
  allowInconclusive: false,
  update: false,
};

/** `autograd check`; `report` gets the exit code. */
export function checkCommand(report: (code: number) => void): Command {
  const outputs: CheckOutput[] = [];
  const command = new Command("check")
    .description("compare the derivatives of scripts with differences of their values, in 32 digits")
    .argument("[files...]", "scripts to check; - is standard input");
  addInputOptions(command, "check")
    .option("--of <names>", "check the derivatives of these names (default: the script's outputs)", nameList)
    .option("--wrt <names>", "check derivatives by these inputs (default: all)", nameList)
    .option(
      "--samples <n>",
      "check at n more points, drawn from the domains that inputs are declared in",
      wholeNumber(0, 1_000_000),
      0,
    )
    .option(
      "--seed <n>",
      "for samples and directions (default: from the text of the script)",
      wholeNumber(0, 2 ** 32 - 1),
    )
    .option("--exhaustive", "every element of large inputs, not two directions in which all move")
    .option(
      "--max-digits-lost <n>",
      "fail where a number has lost more than n of its 16 digits",
      wholeNumber(0, 16),
    )
    .option("--allow-inconclusive", "do not fail where nothing could be judged")
    .option("--format <format>", `how to report: ${checkFormats.join(", ")} (repeatable)`, (text: string) =>
      addFormat(command, outputs, text),
    )
    .option("--output <file>", "write the format named before to this file (repeatable)", (text: string) =>
      addFile(command, outputs, text),
    )
    .option(
      "--jobs <n>",
      "check so many files at a time, each in a process of its own",
      wholeNumber(1, 256),
      1,
    )
    .addOption(new Option(handBack).hideHelp())
    .option("--only-failures", "leave out what has passed")
    .option("--verbose", "also how the remainder shrinks with the step");
  return addRunOptions(addPeerOptions(command))
    .addHelpText("after", examples)
    .action(async (files: readonly string[], options: CheckCommandOptions) => {
      report(await runCheck(files, { ...unsetHere, ...options }, outputs));
    });
}

function addFormat(command: Command, outputs: CheckOutput[], text: string): void {
  const format = checkFormats.find((name) => name === text);
  if (format === undefined)
    command.error(`error: option '--format <format>' knows ${checkFormats.join(", ")}; not '${text}'`);
  outputs.push({ format: format as CheckFormat });
}

function addFile(command: Command, outputs: CheckOutput[], text: string): void {
  const last = outputs.pop();
  if (last === undefined || last.file !== undefined)
    command.error("error: option '--output <file>' stands behind the --format that it is for");
  outputs.push({ format: last!.format, file: outputFile(text) });
}

async function runCheck(
  files: readonly string[],
  options: CheckCommandOptions,
  asked: readonly CheckOutput[],
): Promise<number> {
  const outputs = asked.length === 0 ? [{ format: "table" as const }] : asked;
  try {
    for (const { file } of outputs) if (file !== undefined) checkWritable(file);
    const checked = await checkAll(files, options);
    if (options.handBack) {
      await writeStdout([packed(checked)]);
      return exitCode.success;
    }
    const report: CheckReport = { version: AUTOGRAD_VERSION, files: checked };
    const isFailure = (entry: CheckEntry) => isFailing(entry, options);
    const { onlyFailures, verbose } = options;
    const look = { ...lookOf("stdout", options.color), onlyFailures, verbose, isFailure };
    for (const { format, file } of outputs) {
      const text = await formatReport(format, report, look);
      if (file === undefined) await writeStdout([text]);
      else writeFileAtomically(file, [text]);
    }
    if (process.env.GITHUB_ACTIONS === "true") await tellGitHub(report, outputs, look);
    return codeOf(report, options);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    await printDiagnostics(error.diagnostics, options);
    return exitCode.unusable;
  }
}

/** Each file, and the script on the command line if there is one. */
async function checkAll(files: readonly string[], options: CheckCommandOptions): Promise<FileReport[]> {
  // Without a script, the one that is missing is told of.
  const scripts = options.expression.length > 0 || files.length === 0 ? [...files, undefined] : files;
  const peers = new Peers(options, scripts.length, limitsOf(options));
  // A command that answers is started once, so its questions come from one process.
  const isParallel = options.jobs > 1 && options.against === undefined && !files.includes("-");
  const work = new PiecewiseWork(options);
  const told = (name: string | undefined, done: number) =>
    work.did(() => ({ done, total: scripts.length, note: name ?? "-e" }));
  try {
    const checked = isParallel
      ? await checkInProcesses(files, runWords(options), options.jobs, (name, done) => told(name, done))
      : [];
    for (const file of scripts.slice(checked.length)) {
      const looked = (done: number, all: number) =>
        told(all > 1 ? `${file ?? "-e"}, point ${done} of ${all}` : file, checked.length);
      checked.push(await checkFile(file, options, peers, looked));
    }
    return checked;
  } finally {
    await work.end();
    await peers.end();
  }
}

/** The options that a process for one file needs, as words of a command line. */
function runWords(options: CheckCommandOptions): string[] {
  const values: readonly [string, string | number | undefined][] = [
    ["--of", options.of?.join(",")],
    ["--wrt", options.wrt?.join(",")],
    ["--samples", options.samples],
    ["--seed", options.seed],
    ["--checkpoint", options.checkpoint],
    ["--blas", options.blas],
    ["--threads", options.threads],
    ["--max-memory", options.maxMemory],
    ["--max-nodes", options.maxNodes],
    ["--max-nesting", options.maxNesting],
    ["--max-script", options.maxScript],
    ["--max-input", options.maxInput],
    ["--expected", options.expected],
    ["--tolerance", options.tolerance],
    ...options.input.map((path): [string, string] => ["--input", path]),
    ...options.set.map((text): [string, string] => ["--set", text]),
  ];
  const flags = [
    options.exhaustive ? "--exhaustive" : "",
    options.verbose ? "--verbose" : "",
    options.update ? "--update" : "",
    options.baseline ? "" : "--no-baseline",
  ];
  return [
    ...values.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`])),
    ...flags.filter((flag) => flag !== ""),
  ];
}

/** Annotations and the summary of the step, as GitHub's runner reads them. */
async function tellGitHub(
  report: CheckReport,
  outputs: readonly CheckOutput[],
  look: Parameters<typeof formatReport>[2],
): Promise<void> {
  if (!outputs.some(({ format }) => format === "github"))
    await writeStdout([await formatReport("github", report, look)]);
  const path = process.env.GITHUB_STEP_SUMMARY;
  if (path !== undefined && path !== "") await summaryFile(path, report);
}

/** Where inputs lack values and none are named, `model.json` beside `model.ag` is looked into. */
function withNamesake(program: Program, file: string | undefined, options: CheckCommandOptions) {
  const lacks = program.inputs.some(({ hasDefault }) => !hasDefault);
  if (!lacks || options.input.length > 0 || file === undefined || !file.endsWith(".ag")) return options;
  const namesake = `${file.slice(0, -".ag".length)}.json`;
  return existsSync(namesake) ? { ...options, input: [namesake] } : options;
}

async function checkFile(
  file: string | undefined,
  options: CheckCommandOptions,
  peers: Peers,
  looked: (done: number, all: number) => Promise<void>,
): Promise<FileReport> {
  const begin = performance.now();
  const name = file ?? "-e";
  const failed = (diagnostics: FileReport["diagnostics"], seed = options.seed ?? 0): FileReport => ({
    file: name,
    entries: [],
    diagnostics,
    milliseconds: performance.now() - begin,
    seed,
  });
  try {
    peers.accept(file);
    const limits = limitsOf(options);
    const texts = file === undefined ? options.expression : [];
    const source = await readSource(file, texts, limits, "autograd check model.ag");
    const compiled = compile(source, {
      limits,
      blas: options.blas,
      ...(options.threads === undefined ? {} : { threads: options.threads }),
      modules: fileModules(source, file, limits),
      ...(options.checkpoint === undefined ? {} : { checkpoint: options.checkpoint }),
      ...(options.of === undefined ? {} : { of: options.of }),
      ...(options.wrt === undefined ? {} : { wrt: options.wrt }),
    });
    if (!compiled.ok) return failed(compiled.diagnostics);
    const { program } = compiled;
    const inputs = new Set(program.inputs.map((input) => input.name));
    const others = program.wrt.filter((one) => !inputs.has(one));
    if (others.length > 0) return failed([diagnose("check-by", { names: others })]);
    const values = await readInputValues(program, withNamesake(program, file, options), limits);
    const settings: CheckOptions = {
      samples: options.samples,
      seed: options.seed ?? seedOf(source.text),
      exhaustive: options.exhaustive,
      verbose: options.verbose,
    };
    const reproduce: Reproduce = (changed, claimed) =>
      commandFor(file, options, changed, peers.words(claimed));
    const check = startCheck(program, values, settings, reproduce);
    const all = check.count;
    const unlike = await peers.check(check, file, [...inputs], (done) => looked(done, all));
    const found = check.report();
    const diagnostics = [
      ...compiled.diagnostics,
      ...found.diagnostics,
      ...unlike,
      ...peers.remarks(found.entries, unlike),
    ];
    const isNothing = found.entries.length === 0;
    return {
      file: name,
      ...found,
      diagnostics: isNothing ? [...diagnostics, diagnose("check-nothing", {})] : diagnostics,
      milliseconds: performance.now() - begin,
    };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return failed(error.diagnostics);
  }
}
