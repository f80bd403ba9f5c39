import { Command } from "commander";
import { Fault } from "../diagnostics.js";
import type { Tensor } from "../index.js";
import type { FunctionEntry, FunctionExample } from "../results.js";
import { exitCode } from "./exit-codes.js";
import { lookOf, printDiagnostics } from "./messages.js";

interface OpsOptions {
  readonly json: boolean;
  readonly color: boolean;
}

const examples = `
Examples:
  autograd ops
  autograd ops logsumexp
  autograd ops --json
`;

/** `autograd ops`; `report` gets the exit code. */
export function opsCommand(report: (code: number) => void): Command {
  return new Command("ops")
    .description("list the built-in functions, or tell about one: meaning, derivative, conventions")
    .argument("[name]", "a function")
    .option("--json", "as JSON", false)
    .option("--no-color", "no colours (as does the environment variable NO_COLOR)")
    .addHelpText("after", examples)
    .action(async (name: string | undefined, options: OpsOptions) => {
      report(await runOps(name, options));
    });
}

/** Everything but the options is loaded when it is needed: other commands start without it. */
async function runOps(name: string | undefined, options: OpsOptions): Promise<number> {
  try {
    const { writeStdout } = await import("../io/output.js");
    await writeStdout([await (name === undefined ? list(options) : page(name, options))]);
    return exitCode.success;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    await printDiagnostics(error.diagnostics, { ...options, quiet: false });
    return exitCode.unusable;
  }
}

async function list({ json, color }: OpsOptions): Promise<string> {
  const { functionEntries } = await import("../program/reference.js");
  const entries = functionEntries();
  if (json) return toJson({ functions: entries.map(plainEntry) });
  const { functionList } = await import("../report/ops.js");
  return functionList(entries, lookOf("stdout", color));
}

async function page(name: string, { json, color }: OpsOptions): Promise<string> {
  const { functionEntry, runExample } = await import("../program/reference.js");
  const entry = functionEntry(name.normalize("NFC"));
  const example = runExample(entry);
  if (json) {
    const { toNested } = await import("../index.js");
    return toJson({ ...plainEntry(entry), result: plainResult(example, toNested) });
  }
  const { functionPage } = await import("../report/ops.js");
  return functionPage(entry, example, lookOf("stdout", color));
}

const toJson = (value: unknown) => `${JSON.stringify(value)}\n`;

/** Every key in every entry, so that readers need not ask which are there. */
const plainEntry = ({ conventions, defined, ...entry }: FunctionEntry) => ({
  ...entry,
  conventions: conventions ?? null,
  domain: defined ?? null,
});

const plainResult = ({ values }: FunctionExample, toNested: (tensor: Tensor) => unknown) =>
  Object.fromEntries(values.map(({ name, tensor }) => [name, toNested(tensor)]));
