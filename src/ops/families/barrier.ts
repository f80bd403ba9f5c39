import { builtin, required } from "../builtin.js";
import { tensorOps } from "../op.js";

/** Operations that change what is differentiated, not what is computed. */
export const barrier = tensorOps({
  stop_gradient: {
    doc: "x, as a constant to every derivative.",
    shape: ([x]) => x!.shape,
    vjp: null,
    jvp: null,
  },
  custom: {
    // Inputs: the value, behind `stop_gradient`, then the arguments. The rules come with each function: whoever makes
    // such a node takes this operation with a `vjp` and a `jvp` of its own.
    doc: "The value of a call of a function that states its own derivative.",
    batch: null,
    shape: ([value]) => value!.shape,
    vjp: null,
    jvp: null,
  },
});

export const barrierFunctions = [
  builtin({
    name: "stop_gradient",
    family: "derivatives",
    derivative: "0: nothing passes",
    example: "w = stop_gradient(3) * 2",
    doc: barrier.stop_gradient.doc,
    parameters: { x: required("tensor") },
    build: (b, { x }) => b.apply("stop_gradient", [x]),
  }),
];
