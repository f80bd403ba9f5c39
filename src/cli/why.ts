import { Command, Option } from "commander";
import { Fault, fault } from "../diagnostics.js";
import { parseTarget, type Target } from "../explain/why/target.js";
import { whyDerivative, whyValue } from "../explain/why/why.js";
import { type CompileOptions, compile, type Program } from "../index.js";
import { fileModules } from "../io/modules.js";
import { writeStdout } from "../io/output.js";
import type { Why } from "../why-results.js";
import { exitCode } from "./exit-codes.js";
import { readInputValues } from "./inputs.js";
import { lookOf, printDiagnostics } from "./messages.js";
import { nameList, wholeNumber } from "./options.js";
import {
  addInputOptions,
  addRunOptions,
  limitsOf,
  precisionOf,
  readSource,
  type ScriptOptions,
  unset,
} from "./script-options.js";

interface WhyOptions extends ScriptOptions {
  readonly of?: readonly string[];
  readonly json: boolean;
  readonly precision?: number;
}

const examples = `
NAME is one of
  w        a definition: why its value is NaN, infinite or 0
  x        an input: why the derivative of the output by it is
  w/x      the derivative of w by x; ∂w/∂x, as eval prints it, does as well
each with an index where one element is meant: w[2], 'w[0]/x[2,1]'.

Examples:
  autograd why w model.ag
  autograd why w/x model.ag --input data.json
  autograd why w -e 'w = sum(log(x))' -s 'x=[1,-2,3]'
`;

/** `autograd why`; `report` gets the exit code. */
export function whyCommand(report: (code: number) => void): Command {
  const command = new Command("why")
    .description("find where a NaN, an infinity or a zero derivative comes from")
    .argument("<name>", "what to explain: w, x, w/x, with an index or without")
    .argument("[file]", "script; - is standard input");
  addInputOptions(command, "explain");
  command
    .option(
      "--of <names>",
      "the outputs to look at the derivatives of (default: those of the script)",
      nameList,
    )
    .addOption(new Option("--json", "print JSON"))
    .option("--precision <n>", "significant digits, 1 to 17 (default: 6)", wholeNumber(1, 17));
  return addRunOptions(command)
    .addHelpText("after", examples)
    .action(async (name: string, file: string | undefined, options: WhyOptions) => {
      report(await runWhy(name, file, { ...unset, ...options }));
    });
}

async function runWhy(name: string, file: string | undefined, options: WhyOptions): Promise<number> {
  try {
    const why = await findWhy(name, file, options);
    if (why === undefined) return exitCode.unusable;
    await writeStdout(await formatWhy(why, options));
    return exitCode.success;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    await printDiagnostics(error.diagnostics, options);
    return exitCode.unusable;
  }
}

async function findWhy(
  name: string,
  file: string | undefined,
  options: WhyOptions,
): Promise<Why | undefined> {
  const limits = limitsOf(options);
  if (file === undefined && options.expression.length === 0 && /\.ag$/.test(name))
    throw fault("why-file", { text: name });
  const target = parseTarget(name);
  const source = await readSource(file, options.expression, limits, "autograd why w -e 'w = log(x)' -s x=0");
  const modules = fileModules(source, file, limits);
  const compiled = async (
    chosen: Pick<CompileOptions, "of" | "wrt" | "gradients">,
  ): Promise<Program | undefined> => {
    const { blas, threads, checkpoint } = options;
    const result = compile(source, {
      limits,
      blas,
      modules,
      asserts: false,
      ...(threads === undefined ? {} : { threads }),
      ...(checkpoint === undefined ? {} : { checkpoint }),
      ...chosen,
    });
    // What is to be warned of, `eval` says.
    if (!result.ok) await printDiagnostics(result.diagnostics, options);
    return result.ok ? result.program : undefined;
  };
  const base = await compiled({ gradients: false, ...(options.of === undefined ? {} : { of: options.of }) });
  if (base === undefined) return undefined;
  const { of, by } = derivativeOf(target, base);
  const chosen = of === undefined ? base.outputs : [of.name];
  const program = await compiled(
    by === undefined ? { of: chosen, gradients: false } : { of: chosen, wrt: [by.name] },
  );
  if (program === undefined) return undefined;
  const values = await readInputValues(program, options, limits);
  if (by !== undefined) return whyDerivative(program, values, of, by, { limits });
  return whyValue(program, values, of!, { limits });
}

/** The name of an input asks for the derivatives of the outputs by it. */
function derivativeOf(
  { of, by }: Target,
  program: Program,
): { readonly of: Target["of"] | undefined; readonly by: Target["by"] } {
  const isInput = program.inputs.some(({ name }) => name === of.name);
  return by === undefined && isInput ? { of: undefined, by: of } : { of, by };
}

async function formatWhy(why: Why, options: WhyOptions): Promise<Iterable<string>> {
  if (options.json) {
    const { whyJson } = await import("../report/why-json.js");
    return [whyJson(why)];
  }
  const { whyText } = await import("../report/why.js");
  return [whyText(why, { ...lookOf("stdout", options.color), ...precisionOf(options) })];
}
