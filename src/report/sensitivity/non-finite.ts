import type { Sensitivity } from "../../sensitivity-results.js";
import type { Tensor } from "../../tensor.js";

/** What is not finite among the results, by name. */
export function nonFiniteOf({ elasticities = [], propagation, rounding = [] }: Sensitivity): string[] {
  const isAllFinite = ({ data }: Tensor) => data.every(Number.isFinite);
  const all = [
    ...elasticities.flatMap(({ output, value, inputs }) => [
      ...(Number.isFinite(value) ? [] : [output]),
      ...inputs.flatMap(({ name, gradient, elasticity }) => {
        if (!isAllFinite(gradient)) return [`∂${output}/∂${name}`];
        return elasticity === undefined || isAllFinite(elasticity)
          ? []
          : [`the elasticity of ${output} by ${name}`];
      }),
    ]),
    ...(propagation?.uncertainties ?? []).flatMap(({ output, value, sigma }) => [
      ...(Number.isFinite(value) ? [] : [output]),
      ...(Number.isFinite(sigma) ? [] : [`the standard deviation of ${output}`]),
    ]),
    ...rounding.flatMap(({ output, value, bound }) => [
      ...(Number.isFinite(value) ? [] : [output]),
      ...(Number.isFinite(bound) ? [] : [`the rounding error of ${output}`]),
    ]),
  ];
  return [...new Set(all)];
}
