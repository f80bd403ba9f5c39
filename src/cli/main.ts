import { Command, CommanderError } from "commander";
import { Fault } from "../diagnostics.js";
import { writeStderr, writeStdout } from "../io/output.js";
import { evalCommand } from "./eval.js";
import { exitCode } from "./exit-codes.js";
import { printDiagnostics } from "./messages.js";

declare const AUTOGRAD_VERSION: string;

type MakeCommand = (report: (code: number) => void) => Command;

/** In the order in which the help lists them. */
const commands: ReadonlyMap<string, () => Promise<MakeCommand>> = new Map([
  ["eval", async () => evalCommand],
  ["check", async () => (await import("./check.js")).checkCommand],
  ["trace", async () => (await import("./trace.js")).traceCommand],
  ["graph", async () => (await import("./graph.js")).graphCommand],
  ["derive", async () => (await import("./derive.js")).deriveCommand],
  ["why", async () => (await import("./why.js")).whyCommand],
  ["sensitivity", async () => (await import("./sensitivity.js")).sensitivityCommand],
  ["fit", async () => (await import("./fit.js")).fitCommand],
  ["ops", async () => (await import("./ops.js")).opsCommand],
  ["doctor", async () => (await import("./doctor.js")).doctorCommand],
]);

/** A line that begins with a command's name needs that one; setting up the others would only delay it. */
function commandsFor([name]: readonly string[]): (() => Promise<MakeCommand>)[] {
  const named = name === undefined ? undefined : commands.get(name);
  return named === undefined ? [...commands.values()] : [named];
}

/** Runs one command line and returns the exit code; everything printed has left the process by then. */
export async function main(argv: readonly string[]): Promise<number> {
  let code: number = exitCode.success;
  // Help, the version and what is wrong with the command line: commander gives it piece by piece.
  const said: { out: string[]; err: string[] } = { out: [], err: [] };
  const program = new Command("autograd")
    .description("Evaluates scripts of definitions and differentiates them.")
    .version(AUTOGRAD_VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => said.out.push(text),
      writeErr: (text) => said.err.push(text),
    })
    .exitOverride();
  const report = (result: number) => {
    code = result;
  };
  for (const load of commandsFor(argv)) {
    const command = await load();
    // Commands inherit how errors are handled.
    program.addCommand(command(report).copyInheritedSettings(program));
  }
  try {
    try {
      await program.parseAsync(argv, { from: "user" });
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      code = error.exitCode === 0 ? exitCode.success : exitCode.unusable;
    }
    await writeStderr(said.err);
    await writeStdout(said.out);
    return code;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    await printDiagnostics(error.diagnostics, { color: !argv.includes("--no-color"), quiet: false });
    return exitCode.unusable;
  }
}
