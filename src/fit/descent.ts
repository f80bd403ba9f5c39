import { type Diagnostic, diagnose, Fault } from "../diagnostics.js";
import type { Bound } from "../program/program.js";
import type { FitStop, Gradient, NamedTensor } from "../results.js";
import type { Tensor } from "../tensor.js";

/** Where a fit stands after some steps; 0 is the start. */
export interface Step {
  readonly step: number;
  readonly loss: number;
  /** By the parameters, in their order. */
  readonly gradients: readonly Gradient[];
  /** Their elements are overwritten by the next step but one. */
  readonly parameters: readonly NamedTensor[];
}

type Values = ReadonlyMap<string, Tensor>;

/**
 * Gradient descent: in each step every parameter p becomes p − rate · ∂loss/∂p, all at once. Yields the start and then
 * each step, without end, and returns where the loss, the gradient that the next step needs, or a parameter is not
 * finite, or where a kernel has no result. What was yielded last then stays as it was.
 *
 * `bound` belongs to a program with the loss as its one output, differentiated by `parameters`. Two copies of the
 * parameters take turns, so a step allocates no more than a run of the program.
 */
export function* gradientDescent(
  bound: Bound,
  parameters: readonly string[],
  rate: number,
): Generator<Step, FitStop, void> {
  let [current, next]: [Values, Values] = [
    copied(bound.values, parameters),
    copied(bound.values, parameters),
  ];
  for (let step = 0; ; step++) {
    const result = bound.run(current);
    if (!result.ok) return { kind: "fault", step, diagnostics: result.diagnostics };
    const { outputs, gradients } = result.evaluation;
    const { name, tensor } = outputs[0]!;
    const loss = tensor.data[0]!;
    if (!Number.isFinite(loss)) return { kind: "not-finite", step, names: [name] };
    yield { step, loss, gradients, parameters: named(current, parameters) };
    const infinite = gradients.filter(
      ({ input, connected, tensor: { data } }) =>
        connected && !descend(next.get(input)!.data, current.get(input)!.data, data, rate),
    );
    if (infinite.length > 0) return { kind: "not-finite", step: step + 1, names: infinite.map(culprit) };
    [current, next] = [next, current];
  }
}

/** Writes `from` − rate · `gradient` to `to`. False where an element is not finite. */
function descend(to: Float64Array, from: Float64Array, gradient: Float64Array, rate: number): boolean {
  // x − x is 0 for a finite x and NaN for any other.
  let check = 0;
  for (let i = 0; i < to.length; i++) {
    const x = from[i]! - rate * gradient[i]!;
    to[i] = x;
    check += x - x;
  }
  return check === 0;
}

/** What is to blame for a parameter that is no longer finite: its gradient, or the step itself. */
const culprit = ({ output, input, tensor: { data } }: Gradient): string =>
  data.every(Number.isFinite) ? input : `∂${output}/∂${input}`;

/** The same values, with elements of their own for the parameters. */
const copied = (values: Values, parameters: readonly string[]): Values =>
  new Map([
    ...values,
    ...parameters.map((name) => {
      const { shape, data } = values.get(name)!;
      return [name, { shape, data: data.slice() }] as const;
    }),
  ]);

const named = (values: Values, names: readonly string[]): NamedTensor[] =>
  names.map((name) => ({ name, tensor: values.get(name)! }));

/**
 * A warning for parameters on which the loss does not depend.
 *
 * @throws Fault if it depends on none
 */
export function checkConnections({ gradients }: Step): Diagnostic[] {
  const apart = gradients.filter(({ connected }) => !connected);
  if (apart.length === 0) return [];
  const facts = { loss: apart[0]!.output, names: apart.map(({ input }) => input) };
  if (apart.length === gradients.length) throw new Fault([diagnose("not-connected", facts)]);
  return [diagnose("partly-connected", facts)];
}
