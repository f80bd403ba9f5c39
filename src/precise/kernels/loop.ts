import type { OperatorNode } from "../../graph/node.js";
import { type Loop, type LoopOp, packedSize, piecesOf } from "../../ops/loop.js";
import type { TensorOpName } from "../../ops/registry.js";
import { sizeOf } from "../../tensor.js";
import type { PreciseKernel } from "../kernel.js";
import { copyRow } from "../rows.js";
import { type Schedule, scheduleOf } from "../schedule.js";
import { type PreciseTensor, preciseTensor } from "../tensor.js";

/** The status of a loop whose condition still holds after the most steps that it may make. */
const goesOn = 1;

/** The body of a loop, with what its condition reads before everything else. */
interface Plan {
  readonly schedule: Schedule;
  /** Where the condition's part of the order ends. */
  readonly conditionEnd: number;
}

/** A loop within a loop runs many times. */
const plans = new WeakMap<Loop, Plan>();

function planOf(loop: Loop): Plan {
  let plan = plans.get(loop);
  if (plan === undefined) {
    const { condition, body } = loop;
    const schedule = scheduleOf(condition === null ? body.results : [condition, ...body.results]);
    plan = { schedule, conditionEnd: condition === null ? 0 : schedule.order.indexOf(condition) + 1 };
    plans.set(loop, plan);
  }
  return plan;
}

/** A slice along the first axis. */
function sliceOf({ hi, lo }: PreciseTensor, index: number, { shape }: OperatorNode): PreciseTensor {
  const size = sizeOf(shape);
  const [start, end] = [index * size, (index + 1) * size];
  return { shape, hi: hi.subarray(start, end), lo: lo.subarray(start, end) };
}

const loopKernel: PreciseKernel = (node, inputs, run) => {
  const { loop } = node.op as LoopOp;
  const { body, sequences, length, reverse, counted, condition } = loop;
  const { schedule, conditionEnd } = planOf(loop);
  const { parameters, results } = body;
  const pieces = piecesOf(loop);
  const d = preciseTensor([packedSize(loop)]);
  let carries = inputs.slice(0, loop.carries);
  const isSlice = (i: number) => i >= loop.carries && i < loop.carries + sequences;
  const count = counted ? inputs.at(-1)!.hi[0]! : length;
  // As in the engine, no steps where the count is NaN.
  const steps = Math.trunc(Math.min(length, count)) || 0;
  const known = run.failureCount;
  const begin = (index: number) =>
    new Map(
      parameters.map((parameter, i) => [
        parameter,
        i < loop.carries ? carries[i]! : isSlice(i) ? sliceOf(inputs[i]!, index, parameter) : inputs[i]!,
      ]),
    );

  let step = 0;
  for (; step < steps; step++) {
    // Slices keep their places: a step back reads what the same step forward has read.
    const index = reverse ? steps - 1 - step : step;
    const values = begin(index);
    const inside = run.inStep(step);
    inside.compute(schedule, 0, conditionEnd, values);
    if (condition !== null && values.get(condition)!.hi[0] === 0) break;
    inside.compute(schedule, conditionEnd, schedule.order.length, values);
    const found = results.map((result) => values.get(result)!);
    found.slice(loop.carries).forEach(({ hi, lo }, k) => {
      copyRow(hi.length, d, pieces[loop.carries + k]!.start + index * hi.length, { hi, lo }, 0);
    });
    carries = found.slice(0, loop.carries);
    if (run.failureCount > known) break;
  }
  if (condition !== null) {
    d.hi[0] = step;
    if (step === length && run.failureCount === known) {
      // It reads no slices, so it does not matter which.
      const values = begin(0);
      run.inStep(step).compute(schedule, 0, conditionEnd, values);
      if (values.get(condition)!.hi[0] !== 0) run.fail(node, step, goesOn);
    }
  }
  carries.forEach((carry, i) => {
    copyRow(carry.hi.length, d, pieces[i]!.start, carry, 0);
  });
  return d;
};

export const loopKernels = { loop: loopKernel } satisfies Partial<Record<TensorOpName, PreciseKernel>>;
