// The library as one of those that are compared: compiled and bound once, then run again and again.
import { readFileSync } from "node:fs";
import { compile } from "../dist/index.js";
import { milliseconds } from "./measure.mjs";

export const example = (name) => readFileSync(new URL(`../examples/${name}.ag`, import.meta.url), "utf8");

const required = (result) => {
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("; "));
  return result;
};

/** Outputs as `L`, derivatives as `L/alpha`, second ones as `L/w/w`. */
function named({ outputs, gradients, hessians = [] }) {
  return new Map([
    ...outputs.map(({ name, tensor }) => [name, tensor.data]),
    ...gradients.map(({ output, input, tensor }) => [`${output}/${input}`, tensor.data]),
    ...hessians.map(({ output, first, second, tensor }) => [`${output}/${first}/${second}`, tensor.data]),
  ]);
}

/** `read` makes of an evaluation the numbers, by name, that are compared with those of others. */
export function ours(script, inputs, options = {}, read = named) {
  // One thread, as everybody has.
  const { program } = required(compile(script, { threads: 1, ...options }));
  const { bound } = required(program.bind(inputs));
  const once = () => required(bound.run(bound.values)).evaluation;
  return {
    values: bound.values,
    once,
    run: async (count) =>
      (await milliseconds(() => {
        for (let i = 0; i < count; i++) once();
      })) / count,
    results: async () => read(once()),
  };
}
