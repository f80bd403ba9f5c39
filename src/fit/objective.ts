import { type Diagnostic, diagnose, type Source } from "../diagnostics.js";
import type { Limits } from "../limits.js";
import { type Compiled, type CompileOptions, compile, type Program } from "../program/program.js";

/** A script as fitting sees it: a loss to make small by its parameters. */
export interface Objective {
  /** The name of the loss, a scalar. */
  readonly loss: string;
  /** The names of what is changed: parameters or other inputs. */
  readonly parameters: readonly string[];
  /** The loss and its gradient, nothing else: what every step runs. */
  readonly program: Program;
  /** The loss and the script's asserts: what is run at the end. */
  readonly final: Program;
}

export interface ObjectiveOptions {
  /** Default: the script's only output. */
  readonly of?: string;
  /** Default: every `param`. */
  readonly wrt?: readonly string[];
  /** As for `compile`: in how many segments loops are run again. */
  readonly checkpoint?: number;
  readonly limits?: Partial<Limits>;
  /** As for `compile`: where imported files come from. */
  readonly modules?: CompileOptions["modules"];
  readonly blas?: CompileOptions["blas"];
}

export type CompiledObjective =
  | { readonly ok: true; readonly objective: Objective; readonly diagnostics: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Compiles a script for fitting: its loss with the gradient by the parameters, or everything that is wrong with it. */
export function compileObjective(
  script: string | Source,
  { of, wrt, checkpoint, limits = {}, modules, blas }: ObjectiveOptions = {},
): CompiledObjective {
  const shared = {
    limits,
    ...(modules === undefined ? {} : { modules }),
    ...(blas === undefined ? {} : { blas }),
  };
  const final = compile(script, { ...shared, gradients: false, ...(of === undefined ? {} : { of: [of] }) });
  if (!final.ok) return final;
  const { outputs, inputs } = final.program;
  const [loss] = outputs;
  if (loss === undefined) return refused(diagnose("loss-none", {}));
  if (outputs.length > 1) return refused(diagnose("loss-choice", { names: outputs }));
  const params = inputs.filter(({ role }) => role === "param").map(({ name }) => name);
  if (wrt === undefined && params.length === 0) {
    return refused(diagnose("no-parameters", { inputs: inputs.map(({ name }) => name) }));
  }
  const options = {
    ...shared,
    of: [loss],
    wrt: wrt ?? params,
    asserts: false,
    scalars: true,
    ...(checkpoint === undefined ? {} : { checkpoint }),
  };
  return withGradient(final.program, final.diagnostics, compile(script, options));
}

function withGradient(
  final: Program,
  diagnostics: readonly Diagnostic[],
  compiled: Compiled,
): CompiledObjective {
  if (!compiled.ok) return compiled;
  const { program } = compiled;
  const inputs = new Set(program.inputs.map(({ name }) => name));
  // Only what has a value of its own can be changed: a definition would be computed anew in every step.
  const definitions = program.wrt.filter((name) => !inputs.has(name));
  if (definitions.length > 0) {
    return refused(...definitions.map((name) => diagnose("not-fittable", { name, what: "a definition" })));
  }
  const objective = { loss: program.outputs[0]!, parameters: program.wrt, program, final };
  return { ok: true, objective, diagnostics };
}

const refused = (...diagnostics: readonly Diagnostic[]) => ({ ok: false, diagnostics }) as const;
