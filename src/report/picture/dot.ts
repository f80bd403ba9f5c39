import type { BoxKind, Picture } from "../../graph-results.js";
import { visible } from "../text.js";
import { captionOf } from "./caption.js";
import { linesOf, type PictureLook } from "./labels.js";
import { nested } from "./nesting.js";
import { headingOf } from "./svg.js";

const styles: Readonly<Record<BoxKind, string>> = {
  input: 'style="rounded,filled", fillcolor="#d3e9ff"',
  param: 'style="rounded,filled", fillcolor="#d9f2dc"',
  constant: 'style="filled,dashed", fillcolor="#eceff2"',
  operation: 'style="filled", fillcolor="#ffffff"',
  call: 'style="filled", fillcolor="#f0e4fb", peripheries=2',
  loop: 'shape=octagon, style="filled", fillcolor="#fdeecb"',
  branch: 'shape=octagon, style="filled", fillcolor="#fdeecb"',
  definitions: 'style="filled", fillcolor="#f0e4fb", peripheries=2',
};

/** A picture for Graphviz. */
export function dotOf(picture: Picture, look: PictureLook): string {
  const { boxes, clusters, edges } = picture;
  const lines = [
    `digraph ${quoted([picture.title])} {`,
    `  label=${quoted([headingOf(picture), ...captionOf(picture)])}; labelloc=t; rankdir=TB;`,
    '  node [shape=box, fontname="monospace"]; edge [fontname="monospace", fontcolor="#a8401a"];',
    ...nested(picture, {
      box: (index, indent) => {
        const { kind, isOutput } = boxes[index]!;
        const texts = linesOf(picture, index, look).map(({ name = "", text }) => name + text);
        const thick = isOutput ? ", penwidth=2.5" : "";
        return `${indent}b${index} [label=${quoted(texts)}, ${styles[kind]}${thick}];`;
      },
      open: (index, indent) =>
        `${indent}subgraph cluster_${index} {\n${indent}  label=${quoted([clusters[index]!.label])}; style="rounded,dashed";`,
      close: (indent) => `${indent}}`,
    }),
    ...edges.map(({ from, to, isCarry }) =>
      isCarry ? `  b${to} -> b${from} [dir=back, style=dashed];` : `  b${from} -> b${to};`,
    ),
    "}",
  ];
  return `${lines.join("\n")}\n`;
}

/** Lines of text as a string of Graphviz, which reads escapes in it, and entities of HTML. */
const quoted = (lines: readonly string[]): string => `"${lines.map(escaped).join("\\n")}"`;

const escaped = (text: string): string => visible(text).replace(/[\\"]/g, "\\$&").replace(/&/g, "&amp;");
