import { graphOf, inputName } from "../../support/graph.js";
import { around, nodeOf, type Subject } from "./subjects.js";

/** Operations that come of the language alone: loops, and functions that state their own derivative. */
const scripts: readonly (readonly [op: string, text: string, shapes: Readonly<Record<string, number[]>>])[] =
  [
    [
      "custom",
      "f(x, y) = x^2 * y\nderivative f(x, y; dx, dy) = 2*x*y*dx + x^2*dy\nout = f(exp(p), sin(q) + 2)",
      { p: [], q: [] },
    ],
    ["loop", "out = iterate(h -> sin(h * p) + 1, exp(q), 5)", { p: [], q: [] }],
    ["loop", "out = scan((h, x) -> (h * cos(x) + p, h * x), q, v)[1]", { p: [], q: [], v: [4] }],
  ];

export const scriptSubjects = (): Subject[] =>
  scripts.map(([op, text, shapes]) => {
    const { b, inputs, output: y } = graphOf(text, shapes);
    const output = around(b, y);
    const values = (offset: number) =>
      new Map(
        inputs.map((node, k) => {
          const size = node.shape.reduce((product, one) => product * one, 1);
          const data = Float64Array.from({ length: size }, (_, i) => 0.5 + 0.2 * k + 0.13 * i + offset);
          return [inputName(node), { shape: node.shape, data }];
        }),
      );
    return {
      op,
      b,
      inputs,
      output,
      node: nodeOf(op, output)!,
      points: [values(0), values(0.35)],
      special: [],
    };
  });
