import { Journal } from "../lower/journal.js";
import type { Program, ProgramTrace } from "../program/program.js";
import type { Tensor } from "../tensor.js";
import type { FlowContext } from "./context.js";

/** A script as a graph, with what is needed to show it. */
export interface Explained {
  readonly trace: ProgramTrace;
  readonly context: FlowContext;
}

/** The graph of a program for a value of every input, in which every definition has a node of its own. */
export function explain(program: Program, values: ReadonlyMap<string, Tensor>): Explained {
  const journal = new Journal();
  const trace = program.trace(values, { all: true, journal });
  const params = new Set(program.inputs.flatMap(({ name, role }) => (role === "param" ? [name] : [])));
  return {
    trace,
    context: {
      journal,
      leafKind: ({ attributes: { name } }) => (params.has(name as string) ? "param" : "input"),
    },
  };
}
