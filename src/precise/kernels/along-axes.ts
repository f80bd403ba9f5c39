import type { TensorOpName } from "../../ops/registry.js";
import { Accumulator } from "../accumulator.js";
import { add, sub } from "../double-double.js";
import { type PreciseKernel, scalarOf } from "../kernel.js";
import { divideRow } from "../rows.js";
import { broadcastTo } from "../strided.js";
import { elementOf, setElement } from "../tensor.js";
import { type Runner, running } from "./along.js";
import { extremumAt, sumExponentials } from "./reductions.js";

const softmax: Runner = (d, at, [x], count, scalars) => {
  const most = elementOf(x!, extremumAt(1, x!, at, count));
  const total = sumExponentials(x!, at, count, most, scalars, d);
  divideRow(count, d, at, total);
};

/** The largest element apart from the others, so that its own logarithm keeps its digits. */
const logSoftmax: Runner = (d, at, [x], count, scalars) => {
  const top = extremumAt(1, x!, at, count);
  const most = elementOf(x!, top);
  const before = sumExponentials(x!, at, top - at, most, scalars);
  const behind = sumExponentials(x!, top + 1, at + count - top - 1, most, scalars);
  const others = add(before, behind);
  const rest = scalarOf(scalars, "log1p")(others, others, others);
  for (let i = at; i < at + count; i++) setElement(d, i, sub(sub(elementOf(x!, i), most), rest));
};

const cumsum: Runner = (d, at, [x], count) => {
  const total = new Accumulator();
  total.set(x!.hi[at]!, x!.lo[at]!);
  setElement(d, at, total);
  for (let i = at + 1; i < at + count; i++) {
    total.add(x!.hi[i]!, x!.lo[i]!);
    setElement(d, i, total);
  }
};

const cumprod: Runner = (d, at, [x], count) => {
  const total = new Accumulator();
  total.set(x!.hi[at]!, x!.lo[at]!);
  setElement(d, at, total);
  for (let i = at + 1; i < at + count; i++) {
    total.multiply(x!.hi[i]!, x!.lo[i]!);
    setElement(d, i, total);
  }
};

/** h₀ = c₀, hᵢ = aᵢ·hᵢ₋₁ + cᵢ; a₀ is not read. */
const recurrence: Runner = (d, at, [a, c], count) => {
  const h = new Accumulator();
  h.set(c!.hi[at]!, c!.lo[at]!);
  setElement(d, at, h);
  for (let i = at + 1; i < at + count; i++) {
    h.multiply(a!.hi[i]!, a!.lo[i]!);
    h.add(c!.hi[i]!, c!.lo[i]!);
    setElement(d, i, h);
  }
};

const ofOne = (run: Runner): PreciseKernel => {
  const along = running(run);
  return (node, [x], { scalars }) => along(node, [x!], scalars);
};

const alongRecurrence = running(recurrence);

export const axisKernels = {
  softmax: ofOne(softmax),
  log_softmax: ofOne(logSoftmax),
  cumsum: ofOne(cumsum),
  cumprod: ofOne(cumprod),
  recurrence: (node, inputs, { scalars }) =>
    alongRecurrence(
      node,
      inputs.map((x) => broadcastTo(x, node.shape)),
      scalars,
    ),
} satisfies Partial<Record<TensorOpName, PreciseKernel>>;
