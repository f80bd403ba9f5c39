import { keyword, type Parameter, required } from "./builtin.js";
import type { DerivativeFunction } from "./derivative-functions.js";
import type { Documentation } from "./documentation.js";

/** A function of the language that runs a function again and again. Its parameters `f` and `cond` take functions. */
export type LoopFunction = DerivativeFunction;

const define = (
  parameters: Readonly<Record<string, Parameter>>,
  documentation: Omit<Documentation, "family">,
): LoopFunction => ({ ...documentation, family: "loops", parameters: new Map(Object.entries(parameters)) });

/** Steps of a `while` that does not say how many it may make. */
export const defaultMost = 10_000;

const table = {
  map: define(
    { f: required("tensor"), xs: required("operands") },
    {
      doc: "f of each slice of xs along the first axis, stacked along a new first axis. With several sequences f takes a slice of each.",
      derivative: "that of f, slice by slice",
      example: "z = map(x -> x^2 + 1, [1, 2, 3])",
    },
  ),
  fold: define(
    { f: required("tensor"), init: required("tensor"), xs: required("operands") },
    {
      doc: "The carry after the last slice: f(carry, x) gives the next carry, from init on. A carry may be a tuple.",
      derivative: "through every step, from the last to the first",
      example: "z = fold((total, x) -> total / 2 + x, 0, [1, 2, 3])",
    },
  ),
  scan: define(
    { f: required("tensor"), init: required("tensor"), xs: required("operands") },
    {
      doc: "(carry, ys): f(carry, x) gives a tuple, the next carry and what is stacked in ys.",
      derivative: "through every step, from the last to the first",
      example: "(z, ys) = scan((total, x) -> (total + x, total * x), 0, [1, 2, 3])",
    },
  ),
  iterate: define(
    { f: required("tensor"), x0: required("tensor"), n: required("integer") },
    {
      doc: "f(f(…f(x0))), n times. x0 may be a tuple.",
      derivative: "through every step, from the last to the first",
      example: "z = iterate(x -> (x + 2 / x) / 2, 1, 5)",
    },
  ),
  while: define(
    {
      cond: required("tensor"),
      f: required("tensor"),
      x0: required("tensor"),
      max: keyword("integer", defaultMost),
    },
    {
      doc: "x0, f(x0), f(f(x0)), … : the first of them for which cond is 0. It is an error if cond still holds after `max` steps.",
      derivative: "through the steps that were made; the number of steps counts as a constant",
      conventions:
        "Where a small change of x0 would change the number of steps, the derivative is that of the steps made.",
      example: "z = while(x -> x > 1, x -> x / 2, 10)",
    },
  ),
} satisfies Record<string, LoopFunction>;

export type LoopFunctionName = keyof typeof table;

export const loopFunctions: ReadonlyMap<string, LoopFunction> = new Map(Object.entries(table));

export const isLoopFunction = (name: string): name is LoopFunctionName => loopFunctions.has(name);
