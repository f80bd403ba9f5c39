import { didYouMean, quote, type Wording } from "./wording.js";

/** What is asked of a trace and cannot be shown. */
export const tracing = {
  "unknown-node": (p: { name: string; suggestion?: string | undefined }) => ({
    message: `no node is called ${quote(p.name)}`,
    ...didYouMean(p.suggestion, "`autograd trace` without `--node` lists the nodes"),
  }),
  "node-apart": (p: { name: string }) => ({
    message: `no output depends on ${quote(p.name)}`,
    hint: `see it with \`--of ${p.name}\``,
  }),
  "trace-abridged": (p: { shown: number; total: number }) => ({
    message: `the first and the last ${p.shown / 2} of ${p.total} steps are shown`,
    hint: "narrow it with `--node` or `--of`, or see them all with `--all`",
    warning: true as const,
  }),
  "no-loop": (_p: Record<never, never>) => ({
    message: "there is no loop on the way to the outputs, so there is no iteration to show",
    hint: "`--iteration` is for `map`, `fold`, `scan`, `iterate`, `while` and `if`; a `map` that became operations on whole sequences has none",
  }),
  "which-loop": (p: { loops: readonly string[] }) => ({
    message: `there are ${p.loops.length} loops: ${p.loops.map(quote).join(", ")}`,
    hint: `say which one: \`--iteration '${p.loops[0]}:0'\``,
  }),
  "unknown-loop": (p: {
    name: string;
    suggestion?: string | undefined;
    loops: readonly string[];
    op?: string | undefined;
  }) => ({
    message:
      p.op === undefined
        ? `no loop is called ${quote(p.name)}`
        : `${quote(p.name)} is no loop, but ${quote(p.op)}`,
    ...didYouMean(p.suggestion, `the loops are ${p.loops.map(quote).join(", ")}`),
  }),
  "no-iteration": (p: { index: number; count: number; loop: string; op: string }) => ({
    message: `${quote(p.loop)} has no iteration ${p.index}: its ${quote(p.op)} makes ${p.count} step${p.count === 1 ? "" : "s"}`,
    ...(p.count === 0 ? {} : { hint: `give a number from 0 to ${p.count - 1}, or from -${p.count} to -1` }),
  }),
} satisfies Record<string, (p: never) => Wording>;
