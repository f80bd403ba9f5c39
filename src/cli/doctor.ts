import { Command } from "commander";
import { Fault } from "../diagnostics.js";
import type { BlasChoice } from "../index.js";
import { exitCode } from "./exit-codes.js";
import { lookOf, printDiagnostics } from "./messages.js";
import { blasOption } from "./script-options.js";

interface DoctorOptions {
  readonly blas: BlasChoice;
  readonly json: boolean;
  readonly color: boolean;
}

const examples = `
Examples:
  autograd doctor
  autograd doctor --blas libopenblas.so.0
  autograd doctor --json
`;

/** `autograd doctor`; `report` gets the exit code. */
export function doctorCommand(report: (code: number) => void): Command {
  return new Command("doctor")
    .description("tell what this machine has for computing: processor, WebAssembly, native BLAS")
    .addOption(blasOption())
    .option("--json", "as JSON", false)
    .option("--no-color", "no colours (as does the environment variable NO_COLOR)")
    .addHelpText("after", examples)
    .action(async (options: DoctorOptions) => {
      report(await runDoctor(options));
    });
}

async function runDoctor(options: DoctorOptions): Promise<number> {
  const { color, json, blas } = options;
  try {
    const { examineMachine } = await import("./machine.js");
    const { examineBlas } = await import("../program/native.js");
    const { report, problem, check } = examineBlas(blas);
    const examination = { ...examineMachine(), blas: report, check };
    const { examinationJson, examinationText } = await import("../report/doctor.js");
    const text = json ? examinationJson(examination) : examinationText(examination, lookOf("stdout", color));
    const { writeStdout } = await import("../io/output.js");
    await writeStdout([text]);
    if (problem === undefined) return exitCode.success;
    await printDiagnostics([problem], { color, quiet: false });
    return exitCode.unusable;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    await printDiagnostics(error.diagnostics, { color, quiet: false });
    return exitCode.unusable;
  }
}
