import { contiguousStrides } from "../graph/shape.js";
import { type LoopOp, packedSize, piecesOf } from "../ops/loop.js";
import { type Shape, sizeOf } from "../tensor.js";
import type { Emitter, Operand } from "./emission.js";
import { opcode } from "./instructions.js";

const contiguous = (shape: Shape, offset: number): Operand => ({ offset, strides: contiguousStrides(shape) });

/**
 * A loop runs the plan of its body in a part of the arena of its own. What does not change is copied there once; each
 * step copies slices in and what is stacked out, and the new carries over the old ones.
 */
export const emitLoop: Emitter = (p, node) => {
  const { loop } = node.op as LoopOp;
  const { body, carries, sequences, length } = loop;
  const plan = p.body(node);
  const pieces = piecesOf(loop);
  const target = p.allocate([packedSize(loop)]);
  const canStopEarly = loop.counted || loop.condition !== null;
  if (canStopEarly) p.copy(node.shape, target, { offset: p.zero, strides: node.shape.map(() => 0) });
  const slotOf = (i: number) => plan.slots[i];

  p.temporary([plan.arenaSize], ({ offset: base }) => {
    const into = (i: number) => {
      const slot = slotOf(i);
      const input = node.inputs[i]!;
      if (slot !== undefined) p.copy(input.shape, contiguous(input.shape, base + slot), p.view(input));
    };
    const constants: Shape = [plan.constantCount];
    p.copy(constants, contiguous(constants, base), contiguous(constants, plan.constants));
    for (let i = 0; i < body.parameters.length; i++) {
      const isSlice = i >= carries && i < carries + sequences;
      if (!isSlice) into(i);
    }
    // Slices are copied in at each step, from contiguous sequences.
    const read = body.parameters.slice(carries, carries + sequences).flatMap((parameter, k) => {
      const slot = slotOf(carries + k);
      const size = sizeOf(parameter.shape);
      return slot === undefined || size === 0 ? [] : [{ input: node.inputs[carries + k]!, slot, size }];
    });
    p.contiguous(
      read.map(({ input }) => input),
      (offsets) => {
        const stacked = pieces.slice(carries, body.results.length).flatMap(({ start }, k) => {
          const size = sizeOf(body.results[carries + k]!.shape);
          return size === 0 ? [] : [{ from: plan.results[carries + k]!, to: target.offset + start, size }];
        });
        const count = loop.counted ? p.view(node.inputs.at(-1)!).offset : -1;
        const made = loop.condition === null ? -1 : target.offset + pieces.at(-1)!.start;
        p.mayFail(node);
        p.emit(opcode.loop, 0, length, loop.reverse ? 1 : 0, base, plan.arenaSize, count, made);
        p.emit(plan.conditionResult, plan.conditionEnd, plan.bodyEnd, plan.code.length);
        p.emit(read.length, stacked.length);
        read.forEach(({ slot, size }, k) => {
          p.emit(offsets[k]!, slot, size);
        });
        for (const { from, to, size } of stacked) p.emit(from, to, size);
        p.inline(plan);
      },
    );
    // The carries lie in their slots, also where no step was made.
    for (let i = 0; i < carries; i++) {
      const { shape, start } = pieces[i]!;
      const slot = slotOf(i);
      p.copy(
        shape,
        contiguous(shape, target.offset + start),
        slot === undefined ? p.view(node.inputs[i]!) : contiguous(shape, base + slot),
      );
    }
  });
  return target;
};
