import { Command, Option } from "commander";
import type { Derivation } from "../derive-results.js";
import { diagnose, Fault } from "../diagnostics.js";
import { compile } from "../index.js";
import { fileModules } from "../io/modules.js";
import { writeStdout } from "../io/output.js";
import { exitCode } from "./exit-codes.js";
import { readInputValues } from "./inputs.js";
import { lookOf, printDiagnostics } from "./messages.js";
import { nameList } from "./options.js";
import {
  addRunOptions,
  addScriptOptions,
  limitsOf,
  readSource,
  type ScriptOptions,
  unset,
} from "./script-options.js";

type DeriveFormat = "ag" | "latex" | "table" | "json";

interface DeriveCommandOptions extends ScriptOptions {
  readonly of?: readonly string[];
  readonly wrt?: readonly string[];
  readonly order: "1" | "2";
  readonly json: boolean;
  readonly format: DeriveFormat;
}

const examples = `
Examples:
  autograd derive model.ag
  autograd derive -e 'input A: [n, n]' -e 'input x: [n]' -e 'w = x @ A @ x' --wrt x
  autograd derive model.ag --of w --wrt x --format latex
  autograd derive model.ag --of w --order 2
  autograd derive model.ag -i data.json > gradient.ag && autograd eval gradient.ag -i data.json
`;

/** `autograd derive`; `report` gets the exit code. */
export function deriveCommand(report: (code: number) => void): Command {
  const command = new Command("derive").description(
    "print derivatives as formulas: a script that eval takes",
  );
  addScriptOptions(command, "differentiate")
    .option("--of <names>", "derive these names instead of the script's outputs", nameList)
    .option("--wrt <names>", "differentiate by these names: inputs, parameters or definitions", nameList)
    .addOption(
      new Option("--order <n>", "1 for first, 2 for second derivatives (of scalars)")
        .choices(["1", "2"])
        .default("1"),
    )
    .addOption(new Option("--json", "same as --format json").conflicts("format"))
    .addOption(
      new Option("--format <format>", "a script, LaTeX, both side by side, or JSON")
        .choices(["ag", "latex", "table", "json"])
        .default("ag"),
    );
  return addRunOptions(command)
    .addHelpText("after", examples)
    .action(async (file: string | undefined, options: DeriveCommandOptions) => {
      report(await runDerive(file, { ...unset, ...options }));
    });
}

async function runDerive(file: string | undefined, options: DeriveCommandOptions): Promise<number> {
  const limits = limitsOf(options);
  try {
    const source = await readSource(
      file,
      options.expression,
      limits,
      "autograd derive -e 'w = x*y' -s x=2 -s y=3",
    );
    const compiled = compile(source, {
      limits,
      modules: fileModules(source, file, limits),
      ...(options.checkpoint === undefined ? {} : { checkpoint: options.checkpoint }),
      ...(options.of === undefined ? {} : { of: options.of }),
      ...(options.wrt === undefined ? {} : { wrt: options.wrt }),
    });
    await printDiagnostics(compiled.diagnostics, options);
    if (!compiled.ok) return exitCode.unusable;
    const { program } = compiled;
    const values = await readInputValues(program, options, limits);
    const { derive } = await import("../derive/derive.js");
    const derivation = derive(program, values, { order: options.order === "2" ? 2 : 1 });
    const format = options.json ? "json" : options.format;
    const isEmpty = derivation.derivatives.length === 0;
    if (isEmpty) {
      const lacking = program.outputs.length === 0 ? "output" : "input";
      await printDiagnostics([diagnose("derive-nothing", { lacking })], options);
    }
    if (!isEmpty || format === "json") await writeStdout([await formats[format](derivation, options)]);
    const { definitions } = derivation;
    if (definitions.length >= manyDefinitions)
      await printDiagnostics([diagnose("derive-long", { count: definitions.length })], options);
    return exitCode.success;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    await printDiagnostics(error.diagnostics, options);
    return exitCode.unusable;
  }
}

/** With so many definitions, a formula is no longer read by people. */
const manyDefinitions = 50;

const formats: Readonly<
  Record<DeriveFormat, (derivation: Derivation, options: DeriveCommandOptions) => Promise<string>>
> = {
  ag: async (derivation) => (await import("../report/derive/script.js")).derivedScript(derivation),
  latex: async (derivation) => (await import("../report/derive/latex.js")).derivedLatex(derivation),
  table: async (derivation, { color }) =>
    (await import("../report/derive/table.js")).derivedTable(derivation, lookOf("stdout", color)),
  json: async (derivation) => `${JSON.stringify(derivation)}\n`,
};
