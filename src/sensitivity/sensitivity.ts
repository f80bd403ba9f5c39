import { diagnose, Fault } from "../diagnostics.js";
import type { Limits } from "../limits.js";
import type { Bound, Program, ProgramTrace } from "../program/program.js";
import type { Evaluation, NamedTensor } from "../results.js";
import type { Propagation, Sensitivity, StatedSpread } from "../sensitivity-results.js";
import { formatShape, sizeOf, type Tensor } from "../tensor.js";
import { elasticitiesOf } from "./elasticities.js";
import { propagate, type Row, rowsOf } from "./propagation.js";
import { roundingBounds } from "./rounding.js";
import { blocksOf } from "./spreads.js";

/** Outputs of more elements than this get no tables of elasticities. */
export const mostElasticities = 16;

/** An output of more elements than this is not taken element by element at all. */
export const mostElements = 1000;

export interface SensitivityOptions {
  /** Names to give elasticities for; none where they are not asked for. */
  readonly elasticities: readonly string[];
  readonly spreads: readonly StatedSpread[];
  /** Whether to bound rounding errors. */
  readonly rounding: boolean;
  /** How many sources of rounding are told one by one. */
  readonly top: number;
  readonly limits: Pick<Limits, "memory">;
}

/**
 * How the outputs of a program answer to changes of its inputs. The program differentiates by every name that is asked for
 * and by every input that is uncertain. Throws a `Fault` where something does not fit, or has no value.
 */
export function sensitivityOf(program: Program, bound: Bound, options: SensitivityOptions): Sensitivity {
  const { elasticities, spreads, rounding, top, limits } = options;
  const result = bound.run(bound.values);
  if (!result.ok) throw new Fault(result.diagnostics);
  const { evaluation } = result;
  const blocks = blocksOf(spreads, bound.values);
  const shown = elasticities.length > 0 ? evaluation.outputs.filter(isSmall) : [];
  const large = evaluation.outputs.filter((output) => !isSmall(output));
  if (large.length > 0 && elasticities.length > 0 && blocks.length === 0)
    throw tooLarge(large, program.trace(bound.values));
  const values = valuesOf(program, bound);
  const rows = (output: NamedTensor) => outputRows(output, evaluation, values);
  return {
    ...(elasticities.length > 0
      ? {
          elasticities: shown.flatMap((output) => {
            const own = evaluation.gradients.filter(
              ({ output: name, input }) => name === output.name && elasticities.includes(input),
            );
            return rows(output).map((row) => elasticitiesOf(row, own, values));
          }),
        }
      : {}),
    ...(blocks.length > 0 ? { propagation: propagated() } : {}),
    ...(rounding ? { rounding: bounds() } : {}),
    empty: evaluation.outputs.flatMap(({ name, tensor }) => (sizeOf(tensor.shape) === 0 ? [name] : [])),
    large: large.map(({ name, tensor }) => ({ name, shape: tensor.shape })),
  };

  function propagated(): Propagation {
    return propagate(evaluation.outputs.flatMap(rows), blocks, bound.values);
  }

  function bounds() {
    const { b, lowered } = program.trace(bound.values);
    return evaluation.outputs.flatMap(({ name, tensor }) =>
      roundingBounds(b, name, lowered.nodes.get(name)!, tensor, bound.values, limits, top),
    );
  }
}

const isSmall = ({ tensor }: NamedTensor) => sizeOf(tensor.shape) <= mostElasticities;

/** Says of each output where it is defined. */
function tooLarge(outputs: readonly NamedTensor[], { lowered }: Pick<ProgramTrace, "lowered">): Fault {
  return new Fault(
    outputs.map(({ name, tensor: { shape } }) =>
      diagnose(
        "sensitivity-of-tensor",
        { name, shape: formatShape(shape), limit: mostElasticities },
        lowered.nodes.get(name)!.span,
      ),
    ),
  );
}

function outputRows(
  { name, tensor }: NamedTensor,
  { gradients }: Evaluation,
  values: ReadonlyMap<string, Tensor>,
): Row[] {
  const own = gradients.filter(({ output }) => output === name);
  return rowsOf(name, tensor, own, values);
}

/** Of the inputs, and of the definitions that are differentiated by. */
function valuesOf(program: Program, bound: Bound): ReadonlyMap<string, Tensor> {
  const others = program.wrt.filter((name) => !bound.values.has(name));
  if (others.length === 0) return bound.values;
  const { lowered, evaluate } = program.trace(bound.values);
  return new Map([
    ...bound.values,
    ...others.map((name) => [name, evaluate(lowered.nodes.get(name)!, bound.values)] as const),
  ]);
}
