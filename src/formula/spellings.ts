import type { OperatorNode } from "../graph/node.js";
import type { ScalarOpName, TensorOpName } from "../ops/registry.js";
import { factorSpellings } from "./factors.js";
import { loopSpelling } from "./loops.js";
import { productSpellings } from "./products.js";
import { reductionSpellings } from "./reductions.js";
import { scalarSpellings } from "./scalars.js";
import { shapeSpellings } from "./shapes.js";
import { type Spelling, spelt } from "./spelling.js";
import { call } from "./terms.js";

/** How each tensor operation is written. */
const tensorSpellings: Readonly<Record<TensorOpName, Spelling>> = {
  ...shapeSpellings,
  ...reductionSpellings,
  ...productSpellings,
  ...factorSpellings,
  stop_gradient: (node) => spelt(node.inputs, ([x]) => call("stop_gradient", [x!])),
  // The value, without the rule for its derivative.
  custom: ({ inputs: [value] }, look) => {
    const inner = value!.op.name === "stop_gradient" && !look.isNamed(value!) ? value!.inputs[0]! : value!;
    return spelt([inner], ([x]) => x!);
  },
  loop: loopSpelling,
};

const spellings: Readonly<Record<string, Spelling>> = { ...scalarSpellings, ...tensorSpellings };

/** How a node is written. */
export const spellingOf = ({ op }: OperatorNode): Spelling =>
  spellings[op.name as ScalarOpName | TensorOpName]!;
