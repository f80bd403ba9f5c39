import { type DistributionName, randomKernels } from "../../engine/kernels/random.js";
import type { TensorOpName } from "../../ops/registry.js";
import { scalar, sizeOf, type Tensor } from "../../tensor.js";
import type { PreciseKernel } from "../kernel.js";
import { fromTensor } from "../tensor.js";

const unchanged: PreciseKernel = (_node, [x]) => x!;

export const leafKernels = {
  input: ({ attributes }, _inputs, { inputs }) => {
    const name = attributes.name as string;
    const value = inputs.get(name);
    if (value === undefined) throw new Error(`the input ${name} has no value`);
    return value;
  },
  constant: ({ attributes: { value } }) =>
    fromTensor(typeof value === "number" ? scalar(value) : (value as Tensor)),
  iota: ({ shape }) => fromTensor({ shape, data: Float64Array.from({ length: shape[0]! }, (_, i) => i) }),
  // The numbers are doubles by their definition, so the engine's are exact.
  random: ({ shape, attributes: { distribution, seed } }) => {
    const data = new Float64Array(sizeOf(shape));
    const high = Math.floor((seed as number) / 2 ** 32);
    randomKernels[distribution as DistributionName](data, data.length, 0, (seed as number) | 0, high | 0);
    return fromTensor({ shape, data });
  },
  named: unchanged,
  stop_gradient: unchanged,
  custom: unchanged,
} satisfies Partial<Record<TensorOpName, PreciseKernel>>;
