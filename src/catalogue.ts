import { deriving } from "./catalogue/deriving.js";
import { drawing } from "./catalogue/drawing.js";
import { fitting } from "./catalogue/fitting.js";
import { imports } from "./catalogue/imports.js";
import { inputs } from "./catalogue/inputs.js";
import { names } from "./catalogue/names.js";
import { peers } from "./catalogue/peers.js";
import { running } from "./catalogue/running.js";
import { sensitivity } from "./catalogue/sensitivity.js";
import { shapes } from "./catalogue/shapes.js";
import { syntax } from "./catalogue/syntax.js";
import { tracing } from "./catalogue/tracing.js";
import { why } from "./catalogue/why.js";

/**
 * Every error and warning that the program can give: what it says and what it advises. All of them stand in this folder,
 * so that their wording can be kept alike. An entry is a function of its parameters, so a message cannot be written
 * without its facts.
 */
export const catalogue = {
  ...syntax,
  ...names,
  ...imports,
  ...shapes,
  ...inputs,
  ...drawing,
  ...fitting,
  ...deriving,
  ...peers,
  ...sensitivity,
  ...running,
  ...tracing,
  ...why,
};

export type Code = keyof typeof catalogue;
export type Parameters<C extends Code> = (typeof catalogue)[C] extends (p: infer P) => unknown
  ? unknown extends P
    ? Record<never, never>
    : P
  : never;
