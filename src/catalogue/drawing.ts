import { quote, type Wording } from "./wording.js";

const names = (list: readonly string[]) => list.map(quote).join(", ");

/** Pictures of graphs. */
export const drawing = {
  "picture-folded": (p: { all: number; depth: number; isGrouped: boolean }): Wording => ({
    warning: true,
    message: p.isGrouped
      ? `${p.all} boxes are too many for one picture: definitions stand together in groups`
      : `${p.all} boxes are too many for one picture: folded to depth ${p.depth}`,
    hint: p.isGrouped
      ? "`--of NAME` draws what one name depends on"
      : "`--depth N` shows more, and `--of NAME` draws what one name depends on",
  }),
  "picture-too-large": (p: { boxes: number; most: number; depth: number }): Wording => ({
    message: `a picture of ${p.boxes} boxes would be too large: the most is ${p.most}`,
    hint: `give a \`--depth\` below ${p.depth}, draw what one name depends on with \`--of NAME\`, or print the graph with \`--format dot\``,
  }),
  "picture-without-values": (p: { names: readonly string[]; assumed: readonly string[] }): Wording => ({
    warning: true,
    message: `${names(p.names)} ${p.names.length === 1 ? "has" : "have"} no value: the graph is drawn without values${
      p.assumed.length === 0
        ? ""
        : `, ${names(p.assumed)} as ${p.assumed.length === 1 ? "a scalar" : "scalars"}`
    }`,
    hint: `give ${p.names.length === 1 ? "it" : "them"} with \`--set ${p.names[0]}=…\` or \`--input FILE\` to see the two passes`,
  }),
  "picture-without-pass": (p: { names: readonly string[] }): Wording => ({
    warning: true,
    message: `the derivatives of ${names(p.names)} are left out: those of a tensor by every node have too many elements`,
    hint: "choose a scalar with `--of NAME`",
  }),
  "picture-not-computed": (p: { reasons: readonly string[] }): Wording => ({
    warning: true,
    message: `the graph is drawn without values, since they cannot be computed: ${p.reasons.join("; ")}`,
  }),
  "open-needs-file": (): Wording => ({
    message: "`--open` shows a file, but the graph goes to standard output",
    hint: "give a file with `--output FILE`",
  }),
  "open-failed": (p: { path: string; program: string; reason: string }): Wording => ({
    message: `\`${p.path}\` is written, but ${quote(p.program)} cannot show it: ${p.reason}`,
    hint: "open the file in a browser",
  }),
  "no-derivative-graph": (p: { names: readonly string[] }): Wording => ({
    message: `there is no derivative to draw: ${names(p.names)} ${p.names.length === 1 ? "depends" : "depend"} on nothing that is differentiated by`,
    hint: "name inputs or definitions with `--wrt`",
  }),
};
