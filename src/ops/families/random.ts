import { type Builtin, builtin, keyword, optional } from "../builtin.js";
import { checkSizes } from "../sizes.js";

const seeded = (name: string, distribution: string, doc: string): Builtin =>
  builtin({
    name,
    family: "creation",
    doc: `${doc}. Without a shape, one number. The same seed gives the same numbers on every machine.`,
    derivative: "none: a constant",
    conventions:
      "Calls with the same seed and shape give the same tensor; of a longer shape, the same numbers first.",
    example: `z = ${name}(3, seed=1)`,
    parameters: { shape: optional("sizes", []), seed: keyword("integer", 0) },
    build: (b, { shape, seed }) =>
      b.apply("random", [], { distribution, seed, shape: checkSizes(b, name, shape) }),
  });

export const randomFunctions = [
  seeded("rand", "uniform", "Random numbers from 0 to below 1, equally likely"),
  seeded("randn", "normal", "Random numbers of the standard normal distribution"),
];
