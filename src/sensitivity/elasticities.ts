import type { Gradient } from "../results.js";
import type { Elasticities, InputElasticities } from "../sensitivity-results.js";
import type { Tensor } from "../tensor.js";
import type { Row } from "./propagation.js";

/** (∂y/∂x)·(x/y) of one number by every element of the inputs. */
export function elasticitiesOf(
  { output, value, slopes }: Row,
  gradients: readonly Gradient[],
  values: ReadonlyMap<string, Tensor>,
): Elasticities {
  const isDefined = value !== 0 && Number.isFinite(value);
  const inputs = gradients.map(({ input, connected }): InputElasticities => {
    const own = values.get(input)!;
    const data = slopes.get(input)!;
    const found = { name: input, connected, value: own, gradient: { shape: own.shape, data } };
    if (!isDefined) return found;
    return {
      ...found,
      elasticity: { shape: own.shape, data: data.map((g, i) => elasticity(g, own.data[i]!, value)) },
    };
  });
  return { output, value, inputs };
}

/** Scaled by the output first where the product with the input would overflow. */
function elasticity(slope: number, x: number, y: number): number {
  const product = slope * x;
  const isUsual = Number.isFinite(product) && Math.abs(product) > 1e-290;
  // No answer has no sign.
  return (isUsual ? product / y : slope * (x / y)) + 0;
}
