import type { ScalarOp } from "../ops/op.js";
import type { ScalarOpName } from "../ops/registry.js";
import { type Shape, sizeOf } from "../tensor.js";
import { type ArrayLoop, arrayLoops } from "./array-loops.js";
import { zero } from "./double-double.js";
import { type PreciseScalars, scalarOf } from "./kernel.js";
import { broadcastTo } from "./strided.js";
import { elementOf, type PreciseTensor, preciseTensor, setElement } from "./tensor.js";

/** An elementwise operation, with NumPy's broadcasting. */
export function elementwise(
  op: ScalarOp,
  shape: Shape,
  inputs: readonly PreciseTensor[],
  scalars: PreciseScalars,
): PreciseTensor {
  const name = op.name as ScalarOpName;
  const d = preciseTensor(shape);
  // Single numbers, and these alone, are not repeated in memory.
  const operands = inputs.map((x) => (sizeOf(x.shape) === 1 ? x : broadcastTo(x, shape)));
  const loop: ArrayLoop | undefined = arrayLoops[name];
  if (loop === undefined) loopOver(d, operands, scalarOf(scalars, name));
  else loop(d, operands[0]!, operands[1] ?? operands[0]!);
  return d;
}

function loopOver(
  d: PreciseTensor,
  operands: readonly PreciseTensor[],
  f: ReturnType<typeof scalarOf>,
): void {
  const [x, y, z] = operands;
  const [xs, ys, zs] = operands.map(({ hi }) => (hi.length === 1 ? 0 : 1));
  const count = d.hi.length;
  for (let i = 0; i < count; i++) {
    const first = elementOf(x!, i * xs!);
    const second = y === undefined ? zero : elementOf(y, i * ys!);
    const third = z === undefined ? zero : elementOf(z, i * zs!);
    setElement(d, i, f(first, second, third));
  }
}
