import { availableParallelism } from "node:os";
import type { Mode } from "../autodiff/jacobian.js";
import { type Diagnostic, diagnose, Fault, fault, type Source, type Span } from "../diagnostics.js";
import type { BlasChoice } from "../engine/native/open.js";
import { blasSource } from "../engine/native/source.js";
import { defaultLimits, type Limits } from "../limits.js";
import type { Journal } from "../lower/journal.js";
import { type Resolution, resolve } from "../lower/resolve.js";
import { suggest } from "../lower/suggest.js";
import type { Evaluation, Layout } from "../results.js";
import { formatShape, sameShape, sizeOf, type Tensor } from "../tensor.js";
import { bind, declaredShapes, requireInput } from "./bind.js";
import { domainsOf, type Interval } from "./domain.js";
import { type Modules, parseWithImports } from "./imports.js";
import { kindsOf } from "./kinds.js";
import { type Request, type Specialisation, specialise } from "./specialise.js";
import { type Traced, trace } from "./trace.js";
import { idleInputs, usageWarnings } from "./usage.js";
import { type InputValue, toTensor } from "./values.js";

export interface CompileOptions {
  /** What to call the source in messages. */
  readonly name?: string;
  /** Names to evaluate. Default: the script's `output`s, or every definition that no other definition reads. */
  readonly of?: readonly string[];
  /** What the script may import. Default: nothing. */
  readonly modules?: Modules;
  /**
   * Names to differentiate by: inputs, parameters or definitions. Default: every input and parameter, but of imported
   * files only those that the script uses.
   */
  readonly wrt?: readonly string[];
  /** Whether to differentiate at all. Default: true. */
  readonly gradients?: boolean;
  /** Also a row for every named node. Default: false. */
  readonly all?: boolean;
  /** How derivatives are accumulated. Default: `auto`, the cheaper way for each output. */
  readonly mode?: Mode;
  /** How derivatives are laid out. Default: `tensor`, of the shape `shape(output) + shape(input)`. */
  readonly layout?: Layout;
  /** Also the second derivatives, of outputs that are scalars. Default: false. */
  readonly hessian?: boolean;
  /** Derivatives by the elements that may be other than 0, with their coordinates. Default: false. */
  readonly sparse?: boolean;
  /** In place of derivatives, where they may be other than 0. Default: false. */
  readonly sparsity?: boolean;
  /**
   * Loops keep the carries of so many steps only and run the steps between again, in derivatives. Default: they keep those of
   * every step.
   */
  readonly checkpoint?: number;
  /** Whether to run the script's asserts. Default: true. */
  readonly asserts?: boolean;
  /** Also where each run spends its time and its memory. Default: false. */
  readonly profile?: boolean;
  /** Whether outputs must be scalars, as a loss is. Default: false. */
  readonly scalars?: boolean;
  /**
   * A native BLAS for large products and factorisations: `auto`, `none`, or the path of a library. Default: `auto`, the
   * first of the usual libraries that is there, if there is one.
   */
  readonly blas?: BlasChoice;
  /** How many threads share large work; the results do not depend on it. Default: as many as there are processors. */
  readonly threads?: number;
  readonly limits?: Partial<Limits>;
}

/** An input of a program. */
export interface ProgramInput {
  readonly name: string;
  /** `free`: a name that nothing defines. `default`: a definition such as `x = 2`. */
  readonly role: "free" | "default" | "input" | "param";
  /** The declared shape; a string is a dimension that unifies with others of its name. */
  readonly shape: readonly (number | string)[] | undefined;
  readonly hasDefault: boolean;
}

export type Compiled =
  | { readonly ok: true; readonly program: Program; readonly diagnostics: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export type RunResult =
  | { readonly ok: true; readonly evaluation: Evaluation; readonly diagnostics: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** A program whose inputs have values, for runs with other values of the same shapes. */
export interface Bound {
  /** Every input with its value: the given one, or its default. */
  readonly values: ReadonlyMap<string, Tensor>;
  /** Evaluates and differentiates with a value for every input, without looking at names, domains and defaults again. */
  run(values: ReadonlyMap<string, Tensor>): RunResult;
}

/** A program as a graph, for inputs of some shapes. */
export interface ProgramTrace extends Traced {
  /** Every input with its value: the given one, or its default. */
  readonly values: ReadonlyMap<string, Tensor>;
  /** About the values. */
  readonly warnings: readonly Diagnostic[];
  /** The domains that inputs are declared to have. */
  readonly domains: ReadonlyMap<string, Interval>;
  /** Where every name of the script comes from. */
  readonly resolution: Resolution;
  /** The rules of functions that state their own derivative. */
  readonly rules: ReadonlyMap<string, { readonly span: Span; readonly parameters: readonly string[] }>;
}

export type BindResult =
  | { readonly ok: true; readonly bound: Bound; readonly diagnostics: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Plans for other input shapes that a program keeps; each holds the memory of its values. */
const keptSpecialisations = 4;

/** A compiled script. Running it with new values of the same shapes neither parses nor plans again. */
export class Program {
  readonly #resolution: Resolution;
  readonly #request: Request;
  readonly #limits: Limits;
  readonly #specialisations = new Map<string, Specialisation>();

  /** @internal Made by `compile`. */
  constructor(resolution: Resolution, request: Request, limits: Limits) {
    this.#resolution = resolution;
    this.#request = request;
    this.#limits = limits;
  }

  /** In source order. */
  get inputs(): readonly ProgramInput[] {
    return [...this.#resolution.inputs.values()].map(({ name, role, shape, value }) => ({
      name,
      role,
      shape: shape?.map((size) => (size.kind === "number" ? size.value : size.name)),
      hasDefault: value !== undefined,
    }));
  }

  /** The names that a run evaluates. */
  get outputs(): readonly string[] {
    return this.#request.of;
  }

  /** The names that a run differentiates by. */
  get wrt(): readonly string[] {
    return this.#request.wrt;
  }

  /**
   * Evaluates and differentiates. Inputs that have a default may be left out; values for names that the script does not
   * have are ignored with a warning.
   */
  run(inputs: ReadonlyMap<string, InputValue> | Readonly<Record<string, InputValue>> = {}): RunResult {
    const result = this.bind(inputs);
    return result.ok ? result.bound.run(result.bound.values) : result;
  }

  /** Gives the inputs their values and plans the evaluation, once for many runs; as `run`, but for the run itself. */
  bind(inputs: ReadonlyMap<string, InputValue> | Readonly<Record<string, InputValue>> = {}): BindResult {
    return attempt(() => {
      const given = new Map<string, Tensor>();
      for (const [name, value] of inputs instanceof Map ? inputs : Object.entries(inputs)) {
        given.set(name.normalize("NFC"), toTensor(name, value));
      }
      const { values, dimensions, warnings } = bind(this.#resolution, given, this.#limits);
      const specialisation = this.#specialisation(values, dimensions);
      const diagnostics = [...warnings, ...specialisation.warnings];
      const run = (others: ReadonlyMap<string, Tensor>) =>
        attempt<RunResult>(() => {
          requireShapes(values, others);
          return { ok: true, evaluation: specialisation.run(others), diagnostics };
        });
      return { ok: true, bound: { values, run }, diagnostics };
    });
  }

  /** Throws a `Fault` where no input has this name: for values that the user names one by one. */
  requireInput(name: string): void {
    requireInput(this.#resolution, name);
  }

  /**
   * @internal The script as a graph for inputs of these shapes, and the domains that they are declared to have: what a
   * check looks into. Every input needs a value. Where `all` is set, every definition has a node of its own; `journal`
   * takes down how the graph comes about.
   */
  trace(
    inputs: ReadonlyMap<string, Tensor>,
    { all = false, journal }: { readonly all?: boolean; readonly journal?: Journal } = {},
  ): ProgramTrace {
    const { values, dimensions, warnings } = bind(this.#resolution, inputs, this.#limits);
    const domains = domainsOf(this.#resolution, dimensions, this.#limits);
    const shapes = new Map([...values].map(([name, { shape }]) => [name, shape]));
    const { wrt, checkpoint } = this.#request;
    const names = new Set(wrt);
    const kept = (name: string) => all || names.has(name);
    const traced = trace(this.#resolution, {
      shapes,
      dimensions,
      kept,
      checkpoint,
      limits: this.#limits,
      ...(journal === undefined ? {} : { journal }),
    });
    const rules = new Map(
      [...this.#resolution.rules].map(([name, { span, parameters }]) => [
        name,
        { span, parameters: parameters.map((parameter) => parameter.name) },
      ]),
    );
    return { ...traced, values, warnings, domains, rules, resolution: this.#resolution };
  }

  /** @internal Checks shapes before any value is given, where the script alone determines them. */
  check(): void {
    const shapes = declaredShapes(this.#resolution, this.#limits);
    if (shapes !== undefined) this.#specialise(shapes, new Map());
  }

  #specialisation(
    values: ReadonlyMap<string, Tensor>,
    dimensions: ReadonlyMap<string, number>,
  ): Specialisation {
    return this.#specialise(new Map([...values].map(([name, { shape }]) => [name, shape])), dimensions);
  }

  #specialise(
    shapes: ReadonlyMap<string, readonly number[]>,
    dimensions: ReadonlyMap<string, number>,
  ): Specialisation {
    // Always in the order of the inputs, so the shapes alone tell one choice from another.
    const key = [...this.#resolution.inputs.keys()].map((name) => shapes.get(name)!.join(",")).join(";");
    const known = this.#specialisations.get(key);
    const specialisation =
      known ?? specialise(this.#resolution, shapes, dimensions, this.#request, this.#limits);
    // Put last, so that the first is the one that has not been used for longest.
    this.#specialisations.delete(key);
    this.#specialisations.set(key, specialisation);
    if (this.#specialisations.size > keptSpecialisations) {
      const [oldest] = this.#specialisations.keys();
      this.#specialisations.delete(oldest!);
    }
    return specialisation;
  }
}

/** What an action gives, or the diagnostics of the `Fault` that it throws. */
function attempt<Result>(
  action: () => Result,
): Result | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] } {
  try {
    return action();
  } catch (error) {
    if (error instanceof Fault) return { ok: false, diagnostics: error.diagnostics };
    throw error;
  }
}

/** Values of other shapes would be written over each other. */
function requireShapes(values: ReadonlyMap<string, Tensor>, others: ReadonlyMap<string, Tensor>): void {
  for (const [name, { shape }] of values) {
    const other = others.get(name);
    if (other !== undefined && sameShape(shape, other.shape) && other.data.length === sizeOf(shape)) continue;
    const actual = other === undefined ? "is missing" : `has the shape ${formatShape(other.shape)}`;
    throw fault("input-value", { name, reason: `${actual}, but the plan is for ${formatShape(shape)}` });
  }
}

/**
 * Compiles a script: a program, or everything that is wrong with it.
 *
 * @example
 * const compiled = compile("w = x * y");
 * if (compiled.ok) {
 *   const result = compiled.program.run({ x: 2, y: [1, 2, 3] });
 *   if (result.ok) console.log(toPlain(result.evaluation));
 * }
 */
export function compile(script: string | Source, options: CompileOptions = {}): Compiled {
  const source = typeof script === "string" ? { name: options.name ?? "<script>", text: script } : script;
  const limits = { ...defaultLimits, ...options.limits };
  try {
    const parsed = parseWithImports(source, options.modules, { maxNesting: limits.nesting });
    if (parsed.script === undefined) return { ok: false, diagnostics: parsed.diagnostics };
    const { resolution: resolved, diagnostics } = resolve(parsed.script);
    if (diagnostics.some(({ severity }) => severity === "error")) return { ok: false, diagnostics };
    const resolution = options.asserts === false ? { ...resolved, asserts: [] } : resolved;
    const request = requestOf(resolution, options);
    const program = new Program(resolution, request, limits);
    program.check();
    return { ok: true, program, diagnostics: [...diagnostics, ...usageWarnings(resolution, request.of)] };
  } catch (error) {
    if (error instanceof Fault) return { ok: false, diagnostics: error.diagnostics };
    throw error;
  }
}

function requestOf(resolution: Resolution, options: CompileOptions): Request {
  const { main, entities, inputs, order, outputs, asserts } = resolution;
  const names = new Set(inputs.keys());
  for (const statement of order) {
    if (statement.kind === "definition") for (const { name } of statement.targets) names.add(name);
  }
  const chosen = (list: readonly string[]) => [...new Set(list.map((name) => name.normalize("NFC")))];
  const of = chosen(options.of ?? outputs.map(({ name }) => name));
  const idle = idleInputs(resolution, of);
  const used = [...inputs.keys()].filter((name) => !idle.has(name));
  const wrt = options.gradients === false ? [] : chosen(options.wrt ?? used);
  const kinds = kindsOf(resolution);
  const unknown = [...new Set([...of, ...wrt])].filter((name) => !names.has(name));
  if (unknown.length > 0) {
    throw new Fault(
      unknown.map((name) => {
        const kind = kinds.get(name);
        return kind === undefined
          ? diagnose("unknown-output", { name, suggestion: suggest(name, names) })
          : diagnose("not-a-node", { name, what: kind.what });
      }),
    );
  }
  if (of.length === 0 && asserts.length === 0) {
    const isImporting = entities.some(({ node }) => node.span.source !== main);
    throw new Fault([diagnose("no-outputs", { isImporting })]);
  }
  const { all = false, mode = "auto", layout = "tensor", hessian = false } = options;
  const { sparse = false, sparsity = false, scalars = false, profile = false, checkpoint } = options;
  const threads = () => options.threads ?? availableParallelism();
  const blas = blasSource(options.blas ?? "auto");
  const seconds = hessian && wrt.length > 0;
  return {
    of,
    wrt,
    all,
    mode,
    layout,
    hessian: seconds,
    sparse,
    sparsity,
    scalars,
    profile,
    checkpoint,
    blas,
    threads,
  };
}
