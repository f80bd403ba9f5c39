import { fault } from "../../diagnostics.js";
import { builtin, optional, required } from "../builtin.js";
import { checkSizes } from "../sizes.js";

const filled = (name: string, value: number) =>
  builtin({
    name,
    family: "creation",
    doc: `A tensor of this shape filled with ${value}.`,
    derivative: "none: a constant",
    example: `z = ${name}(2, 3)`,
    parameters: { shape: required("sizes") },
    build: (b, { shape }) => b.broadcastTo(value, checkSizes(b, name, shape)),
  });

export const creationFunctions = [
  filled("zeros", 0),
  filled("ones", 1),
  builtin({
    name: "full",
    doc: "A tensor of this shape filled with one value.",
    family: "creation",
    derivative: "by the value the sum of the cotangent",
    example: "z = full([2, 2], pi)",
    parameters: { shape: required("sizes"), value: required("tensor") },
    build: (b, { shape, value }) => b.broadcastTo(value, checkSizes(b, "full", shape)),
  }),
  builtin({
    name: "eye",
    doc: "The identity matrix with n rows and m (n where it is not given) columns.",
    family: "creation",
    derivative: "none: a constant",
    example: "z = eye(2, 3)",
    parameters: { n: required("integer"), m: optional("integer", null) },
    build: (b, { n, m }) => {
      const [rows, columns] = checkSizes(b, "eye", [n, m ?? n]);
      return b.embedDiagonal(b.broadcastTo(1, [Math.min(rows!, columns!)]), rows!, columns!);
    },
  }),
  builtin({
    name: "arange",
    doc: "arange(n) is 0, 1, …, n − 1. With three arguments: start, start + step, … before stop.",
    family: "creation",
    derivative: "none: a constant",
    example: "z = arange(1, 2, 0.25)",
    parameters: {
      start: required("number"),
      stop: optional("number", null),
      step: optional("number", 1),
    },
    build: (b, { start, stop, step }) => {
      const [first, end] = stop === null ? [0, start] : [start, stop];
      const count = Math.max(0, Math.ceil((end - first) / step));
      if (!Number.isSafeInteger(count)) {
        throw fault(
          "shape-rule",
          { op: "`arange`", reason: `from ${first} to ${end} in steps of ${step} has no end` },
          b.builder.span,
        );
      }
      const steps = b.iota(count);
      const scaled = step === 1 ? steps : b.mul(steps, step);
      return first === 0 ? scaled : b.add(first, scaled);
    },
  }),
  builtin({
    name: "linspace",
    doc: "`num` values from start to stop, both included, at equal distances.",
    family: "creation",
    derivative: "by start and stop the weights with which they enter each value",
    example: "z = linspace(0, 1, 5)",
    parameters: { start: required("tensor"), stop: required("tensor"), num: optional("integer", 50) },
    build: (b, { start, stop, num }) => {
      checkSizes(b, "linspace", [num]);
      if (start.shape.length + stop.shape.length > 0) {
        throw fault(
          "shape-rule",
          { op: "`linspace`", reason: "start and stop must be scalars" },
          b.builder.span,
        );
      }
      const steps = b.iota(num);
      const values = b.add(start, b.mul(steps, b.div(b.sub(stop, start), Math.max(1, num - 1))));
      // The last value is stop itself, not start plus a rounded multiple of the step.
      return num < 2 ? values : b.where(b.equal(steps, num - 1), stop, values);
    },
  }),
];
