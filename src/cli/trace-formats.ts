import type { PathGroup, Trace } from "../trace-results.js";
import { lookOf, type MessageOptions } from "./messages.js";
import { type Format, type PrintOptions, precisionOf } from "./script-options.js";

type Options = PrintOptions & MessageOptions;

/** Each format is loaded only where it is asked for. */
export const traceFormats: Readonly<
  Record<Format, (trace: Trace, options: Options) => Promise<Iterable<string>>>
> = {
  json: async ({ iteration, forward, backward }, { nonfinite }) => {
    const { writePlain } = await import("../io/json-plain.js");
    const plain = {
      iteration: iteration && { ...iteration },
      forward: forward.map((step) => ({ ...step, outputs: step.outputs.map((output) => ({ ...output })) })),
      backward: backward.map(({ output, steps, notConnected }) => ({
        output,
        steps: steps.map(({ contributions, omitted, ...step }) => ({
          ...step,
          contributions: contributions.map(({ local, isStep, ...one }) => ({
            ...one,
            local: local && { ...local },
          })),
        })),
        notConnected,
      })),
    };
    return writePlain(plain, nonfinite === "null" ? "null" : "string");
  },
  csv: async (trace, options) => {
    const { traceCsv } = await import("../report/trace/csv.js");
    return traceCsv(trace, precisionOf(options));
  },
  markdown: async (trace, options) => {
    const { traceMarkdown } = await import("../report/trace/markdown.js");
    return [traceMarkdown(trace, precisionOf(options))];
  },
  table: async (trace, options) => {
    const { traceTable } = await import("../report/trace/table.js");
    return [traceTable(trace, { ...lookOf("stdout", options.color), ...precisionOf(options) })];
  },
};

/** Integers beyond these are no numbers in JSON. */
const jsonCount = (count: bigint) => (count <= Number.MAX_SAFE_INTEGER ? Number(count) : String(count));

/** The same for paths. */
export const pathFormats: Readonly<
  Record<Format, (groups: readonly PathGroup[], options: Options) => Promise<Iterable<string>>>
> = {
  json: async (groups, { nonfinite }) => {
    const { writePlain } = await import("../io/json-plain.js");
    const plain = groups.map(({ output, input, gradient, count, paths, others, isExact }) => ({
      output,
      input,
      gradient,
      count: jsonCount(count),
      paths: paths.map((path) => ({ ...path })),
      others: others && { ...others, count: jsonCount(others.count) },
      exact: isExact,
    }));
    return writePlain({ paths: plain }, nonfinite === "null" ? "null" : "string");
  },
  csv: async (groups, options) => {
    const { pathsCsv } = await import("../report/trace/paths.js");
    return pathsCsv(groups, precisionOf(options));
  },
  markdown: async (groups, options) => {
    const { pathsMarkdown } = await import("../report/trace/paths.js");
    return [pathsMarkdown(groups, precisionOf(options))];
  },
  table: async (groups, options) => {
    const { pathsTable } = await import("../report/trace/paths.js");
    return [pathsTable(groups, { ...lookOf("stdout", options.color), ...precisionOf(options) })];
  },
};
