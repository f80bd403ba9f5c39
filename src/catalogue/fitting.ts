import { count, quote, type Wording } from "./wording.js";

/** What fitting needs of a script, and why it may end early. */
export const fitting = {
  // what to fit
  "loss-choice": (p: { names: readonly string[] }) => ({
    message: `the script has ${count(p.names.length, "output")}: ${p.names.map(quote).join(", ")}`,
    hint: `name the one to make small: \`--of ${p.names[0]}\``,
  }),
  "loss-none": () => ({
    message: "the script has no output to make small",
    hint: "name a definition with `--of NAME`",
  }),
  "loss-of-tensor": (p: { name: string; shape: string }) => ({
    message: `${quote(p.name)} has the shape ${p.shape}, but only a scalar can be made small`,
    hint: "take the `sum` or the `mean` of it, or name another output with `--of`",
  }),
  "no-parameters": (p: { inputs: readonly string[] }) => ({
    message: "the script has no parameters to fit",
    hint: `declare one: \`param ${p.inputs[0] ?? "W"} = …\`, or name inputs with \`--wrt${p.inputs[0] === undefined ? " NAME" : ` ${p.inputs[0]}`}\``,
  }),
  "not-fittable": (p: { name: string; what: string }) => ({
    message: `${quote(p.name)} is ${p.what}, but only inputs and parameters can be fitted`,
    hint: `declare it: \`param ${p.name} = …\``,
  }),
  "not-connected": (p: { loss: string; names: readonly string[] }) => ({
    message: `${quote(p.loss)} depends on none of the parameters ${p.names.map(quote).join(", ")}: there is nothing to fit`,
    hint: "name the right output with `--of`, or the right parameters with `--wrt`",
  }),
  "partly-connected": (p: { loss: string; names: readonly string[] }) => ({
    warning: true as const,
    message: `${quote(p.loss)} does not depend on ${p.names.map(quote).join(", ")}; ${p.names.length === 1 ? "it keeps its value" : "they keep their values"}`,
  }),
  // how it may end
  "start-not-finite": (p: { what: readonly string[] }) => ({
    message: `not finite at the start: ${p.what.join(", ")}`,
    hint: "start elsewhere (`--set`, `--input`), or scale the inputs",
  }),
  diverged: (p: { step: number; what: readonly string[]; before: string }) => ({
    message: `step ${p.step} is not finite: ${p.what.join(", ")}; ${p.before}`,
    hint: "take a smaller `--rate`, or scale the inputs",
  }),
  "no-step": (p: { step: number; before: string }) => ({
    message: `step ${p.step} cannot be computed; ${p.before}`,
    hint: "take a smaller `--rate`, or scale the inputs",
  }),
  "loss-grew": (p: { loss: string; from: string; to: string }) => ({
    warning: true as const,
    message: `${quote(p.loss)} grew from ${p.from} to ${p.to}`,
    hint: "take a smaller `--rate`, or scale the inputs",
  }),
  interrupted: (p: { step: number; steps: number; output: string | undefined }) => ({
    warning: true as const,
    message: `interrupted after step ${p.step} of ${p.steps}${p.output === undefined ? "" : `; ${quote(p.output)} holds the parameters so far`}`,
    ...(p.output === undefined ? {} : { hint: `go on from there with \`--input ${p.output}\`` }),
  }),
} satisfies Record<string, (p: never) => Wording>;
