import type { BoxKind, Picture } from "../../graph-results.js";
import { visible } from "../text.js";
import { captionOf } from "./caption.js";
import { linesOf, type PictureLook } from "./labels.js";
import { nested } from "./nesting.js";
import { headingOf } from "./svg.js";

/** The brackets that make the shape of a box. */
const shapes: Readonly<Record<BoxKind, readonly [string, string]>> = {
  input: ["([", "])"],
  param: ["([", "])"],
  constant: ["[", "]"],
  operation: ["[", "]"],
  call: ["[[", "]]"],
  loop: ["{{", "}}"],
  branch: ["{{", "}}"],
  definitions: ["[[", "]]"],
};

const styles = [
  "classDef input fill:#d3e9ff,stroke:#6e7781,color:#1b1f24",
  "classDef param fill:#d9f2dc,stroke:#6e7781,color:#1b1f24",
  "classDef constant fill:#eceff2,stroke:#6e7781,color:#1b1f24,stroke-dasharray:4 3",
  "classDef operation fill:#ffffff,stroke:#6e7781,color:#1b1f24",
  "classDef call fill:#f0e4fb,stroke:#6e7781,color:#1b1f24",
  "classDef branch fill:#fdeecb,stroke:#6e7781,color:#1b1f24",
  "classDef loop fill:#fdeecb,stroke:#6e7781,color:#1b1f24",
  "classDef definitions fill:#f0e4fb,stroke:#6e7781,color:#1b1f24",
  "classDef output stroke:#1b1f24,stroke-width:3px",
];

/** A picture for Mermaid, which Markdown on GitHub and GitLab shows. */
export function mermaidOf(picture: Picture, look: PictureLook): string {
  const { boxes, clusters, edges } = picture;
  const lines = [
    ...[headingOf(picture), ...captionOf(picture)].map((line) => `%% ${visible(line)}`),
    "flowchart TD",
    ...nested(picture, {
      box: (index, indent) => {
        const [open, close] = shapes[boxes[index]!.kind];
        const texts = linesOf(picture, index, look).map(({ name = "", text }) => escaped(name + text));
        return `${indent}b${index}${open}"${texts.join("<br>")}"${close}`;
      },
      open: (index, indent) => `${indent}subgraph c${index}["${escaped(clusters[index]!.label)}"]`,
      close: (indent) => `${indent}end`,
    }),
    ...edges.map(({ from, to, isCarry }) => `  b${from} ${isCarry ? "-.->" : "-->"} b${to}`),
    ...styles.map((style) => `  ${style}`),
    ...boxes.map(({ kind, isOutput }, i) => `  class b${i} ${isOutput ? `${kind},output` : kind}`),
  ];
  return `${lines.join("\n")}\n`;
}

/** Text of a user within quotes: what Mermaid, Markdown or HTML would read as theirs becomes the number of its character. */
const escaped = (text: string): string =>
  visible(text).replace(/["#&<>`\\]/g, (character) => `#${character.charCodeAt(0)};`);
