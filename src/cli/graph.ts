import path from "node:path";
import { Command, Option } from "commander";
import { type Diagnostic, diagnose, Fault, fault } from "../diagnostics.js";
import type { Picture } from "../graph-results.js";
import { compile, type Program, type Tensor } from "../index.js";
import { fileModules } from "../io/modules.js";
import { writeStdout } from "../io/output.js";
import type { Limits } from "../limits.js";
import { exitCode } from "./exit-codes.js";
import { readInputValues } from "./inputs.js";
import { lookOf, printDiagnostics } from "./messages.js";
import { nameList, outputTarget, wholeNumber } from "./options.js";
import {
  addRunOptions,
  addScriptOptions,
  limitsOf,
  readSource,
  type ScriptOptions,
  unset,
} from "./script-options.js";

type GraphFormat = "svg" | "html" | "dot" | "mermaid" | "text" | "json";

interface GraphOptions extends ScriptOptions {
  readonly of?: readonly string[];
  readonly wrt?: readonly string[];
  readonly grad: boolean;
  readonly backward: boolean;
  readonly depth?: number;
  readonly format: GraphFormat;
  readonly json: boolean;
  readonly output?: string;
  readonly open: boolean;
  readonly precision?: number;
}

/** More boxes are laid out too slowly, and nobody finds anything among them. */
const mostLaidOut = 2000;

/** Options that were not given; as defaults of theirs these would only clutter the help. */
const unsetHere = { ...unset, backward: false, open: false };

const examples = `
Examples:
  autograd graph model.ag                        writes model.svg
  autograd graph model.ag --format html --open   a page with both passes, step by step
  autograd graph model.ag --format text
  autograd graph model.ag --depth 1 --output - | display
  autograd graph model.ag --backward --wrt x
`;

/** `autograd graph`; `report` gets the exit code. */
export function graphCommand(report: (code: number) => void): Command {
  const command = new Command("graph").description("draw the graph of a script, with values and sum_grads");
  addScriptOptions(command, "draw")
    .addOption(
      new Option("--format <format>", "a picture, an interactive page, a text for other programs, or a tree")
        .choices(["svg", "html", "dot", "mermaid", "text", "json"])
        .default("svg"),
    )
    .addOption(new Option("--json", "same as --format json").conflicts("format"))
    .option(
      "-o, --output <file>",
      "where to write it; - is standard output (default for SVG and HTML: a file here)",
      outputTarget,
    )
    .option("--open", "show the file")
    .option(
      "--depth <n>",
      "open calls and loops so deep; 0 leaves definitions, 1 their operations",
      wholeNumber(0, 1000),
    )
    .option("--backward", "the graph of the derivatives")
    .option("--of <names>", "draw what these names depend on instead of the script's outputs", nameList)
    .option("--wrt <names>", "differentiate by these names: inputs, parameters or definitions", nameList)
    .option("--no-grad", "no backward pass")
    .option("--precision <n>", "significant digits, 1 to 17 (default: 5; JSON is exact)", wholeNumber(1, 17));
  return addRunOptions(command)
    .addHelpText("after", examples)
    .action(async (file: string | undefined, options: GraphOptions) => {
      report(await runGraph(file, { ...unsetHere, ...options }));
    });
}

async function runGraph(file: string | undefined, options: GraphOptions): Promise<number> {
  const limits = limitsOf(options);
  try {
    const target = targetOf(file, options);
    if (options.open && target === undefined) throw fault("open-needs-file", {});
    const source = await readSource(file, options.expression, limits, "autograd graph -e 'w = x*y'");
    const compiled = compile(source, {
      limits,
      blas: options.blas,
      modules: fileModules(source, file, limits),
      gradients: options.grad || options.backward,
      ...(options.checkpoint === undefined ? {} : { checkpoint: options.checkpoint }),
      ...(options.of === undefined ? {} : { of: options.of }),
      ...(options.wrt === undefined ? {} : { wrt: options.wrt }),
    });
    await printDiagnostics(compiled.diagnostics, options);
    if (!compiled.ok) return exitCode.unusable;
    const values = await readInputValues(compiled.program, options, limits);
    const title = path.basename(source.name);
    const { picture, diagnostics } = await pictureFor(compiled.program, values, title, options, limits);
    const text = await textOf(picture, options);
    await printDiagnostics(diagnostics, options);
    if (target === undefined) await writeStdout([text]);
    else {
      const { writeFileAtomically } = await import("../io/output.js");
      writeFileAtomically(target, [text]);
      await said(target, options);
    }
    return exitCode.success;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    await printDiagnostics(error.diagnostics, options);
    return exitCode.unusable;
  }
}

/** Tells what was written, which nobody has named, and shows it where that is asked for. */
async function said(target: string, options: GraphOptions): Promise<void> {
  if (!options.quiet && options.output === undefined) {
    const { writeStderr } = await import("../io/output.js");
    await writeStderr([`wrote ${target}\n`]);
  }
  if (!options.open) return;
  const { openFile } = await import("../io/opener.js");
  await openFile(target);
}

const formatOf = ({ json, format }: GraphOptions): GraphFormat => (json ? "json" : format);

/** The file to write; none for standard output. Pictures are no text for a terminal. */
function targetOf(file: string | undefined, options: GraphOptions): string | undefined {
  const format = formatOf(options);
  if (options.output !== undefined) return options.output === "-" ? undefined : options.output;
  if (format !== "svg" && format !== "html") return undefined;
  const isNamed = file !== undefined && file !== "-";
  return `${isNamed ? path.basename(file, path.extname(file)) : "graph"}.${format}`;
}

/** The picture of what has values, or of shapes alone where some are missing. */
async function pictureFor(
  program: Program,
  given: ReadonlyMap<string, Tensor>,
  title: string,
  options: GraphOptions,
  limits: Limits,
): Promise<{ readonly picture: Picture; readonly diagnostics: readonly Diagnostic[] }> {
  const { standIns } = await import("../explain/picture/stand-ins.js");
  const { pictureOf } = await import("../explain/picture/pictures.js");
  const { depth, backward } = options;
  const draw = (values: ReadonlyMap<string, Tensor>, isComputed: boolean) =>
    pictureOf(program, values, { title, depth, isBackward: backward, isComputed, limits });
  const lacks = program.inputs.some(({ name, hasDefault }) => !hasDefault && !given.has(name));
  if (!lacks) return draw(given, true);
  const shapes = standIns(program, given);
  // Says what is missing.
  if (shapes === undefined) return draw(given, true);
  const { missing, assumed } = shapes;
  const without = diagnose("picture-without-values", { names: missing, assumed });
  try {
    const { picture, diagnostics } = draw(shapes.values, false);
    return { picture, diagnostics: [without, ...diagnostics] };
  } catch (error) {
    // What was assumed does not fit: the values are needed.
    if (error instanceof Fault && assumed.length > 0) return draw(given, true);
    throw error;
  }
}

async function textOf(picture: Picture, options: GraphOptions): Promise<string> {
  const look = options.precision === undefined ? {} : { precision: options.precision };
  const format = formatOf(options);
  if (format === "json") return (await import("../report/picture/json.js")).pictureJson(picture);
  if (format === "dot") return (await import("../report/picture/dot.js")).dotOf(picture, look);
  if (format === "mermaid") return (await import("../report/picture/mermaid.js")).mermaidOf(picture, look);
  if (format === "text") {
    const { treeOf } = await import("../report/picture/text.js");
    return treeOf(picture, {
      ...look,
      ...(options.output === undefined ? lookOf("stdout", options.color) : {}),
    });
  }
  const boxes = picture.boxes.length;
  if (boxes > mostLaidOut)
    throw fault("picture-too-large", { boxes, most: mostLaidOut, depth: options.depth ?? 1 });
  const { layOut } = await import("../report/picture/layout.js");
  const layout = await layOut(picture, look);
  if (format === "svg") return (await import("../report/picture/svg.js")).svgOf(picture, layout, look);
  return (await import("../report/picture/html.js")).htmlOf(picture, layout, look);
}
