import type { Shape, Tensor } from "../../tensor.js";
import { moves, tensorOps } from "../op.js";
import { ofOneInput } from "../tangents.js";

export const leaves = tensorOps({
  input: {
    doc: "A value from outside, known by its name.",
    shape: (_inputs, attributes) => attributes.shape as Shape,
    vjp: null,
    jvp: null,
  },
  constant: {
    doc: "A value that is part of the graph.",
    shape: (_inputs, { value }) => (typeof value === "number" ? [] : (value as Tensor).shape),
    vjp: null,
    jvp: null,
  },
  iota: {
    doc: "0, 1, …, count − 1.",
    shape: (_inputs, attributes) => [attributes.count as number],
    vjp: null,
    jvp: null,
  },
  random: {
    doc: "Random numbers of a distribution; the same for the same seed on every machine.",
    shape: (_inputs, attributes) => attributes.shape as Shape,
    vjp: null,
    jvp: null,
  },
  named: moves({
    // Keeps a definition apart from an equal one, so that the derivative by this name is by this name alone.
    doc: "The value of a definition, kept apart from equal values under other names.",
    shape: ([x]) => x!.shape,
    vjp: (_b, cotangent) => cotangent,
    jvp: ofOneInput((_b, tangent) => tangent),
  }),
});
