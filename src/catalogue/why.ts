import { quote, type Wording } from "./wording.js";

/** What is wrong with a question. */
export const why = {
  "why-target": (p: { text: string }) => ({
    message: `${quote(p.text)} is neither a name nor a derivative`,
    hint: "write `w`, `w[2, 1]`, `∂w/∂x`, or the same as `w/x`",
  }),
  "why-index": (p: { name: string; index: string; shape: string }) => ({
    message: `${quote(p.name)} has no element ${p.index}: its shape is ${p.shape}`,
    hint: "indices count from 0, one for each axis",
  }),
  "why-file": (p: { text: string }) => ({
    message: `${quote(p.text)} is a file, but the name to explain comes first`,
    hint: `write \`autograd why NAME ${p.text}\`, with a name of the script or a derivative such as \`w/x\``,
  }),
} satisfies Record<string, (p: never) => Wording>;
