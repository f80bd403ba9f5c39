import { count, quote, type Wording } from "./wording.js";

/** What is wrong with shapes and values, and what is seldom meant. */
export const shapes = {
  // shapes
  broadcast: (p: { op: string; left: string; right: string }) => ({
    message: `${p.op} cannot combine the shapes ${p.left} and ${p.right}`,
    hint: "sizes, aligned from the last axis, must be equal or 1",
  }),
  matmul: (p: { left: string; right: string; inner: string }) => ({
    message: `\`@\` cannot multiply the shapes ${p.left} and ${p.right}: ${p.inner}`,
    hint: "the last axis of the left operand must equal the second-to-last (or only) axis of the right one; `.T` transposes",
  }),
  "shape-rule": (p: { op: string; reason: string; hint?: string | undefined }) => ({
    message: `${p.op}: ${p.reason}`,
    ...(p.hint === undefined ? {} : { hint: p.hint }),
  }),
  axis: (p: { op: string; axis: number; shape: string; rank: number }) => ({
    message: `${p.op}: axis ${p.axis} is out of range for the shape ${p.shape}`,
    hint:
      p.rank === 0
        ? "a scalar has no axes"
        : `axes run from 0 to ${p.rank - 1}, or from -${p.rank} to -1 counted from the end`,
  }),
  "index-range": (p: { index: number; axis: number; size: number }) => ({
    message: `the index ${p.index} is out of range for axis ${p.axis} of size ${p.size}`,
    hint:
      p.size === 0
        ? "the axis is empty"
        : `indices run from 0 to ${p.size - 1}, or from -${p.size} to -1 counted from the end`,
  }),
  "too-many-subscripts": (p: { given: number; shape: string }) => ({
    message: `${count(p.given, "subscript")} for the shape ${p.shape}`,
    hint: "give at most one subscript for each axis",
  }),
  subscript: (p: { reason: string }) => ({ message: `this subscript ${p.reason}` }),
  "ragged-list": (p: { first: string; other: string; index: number }) => ({
    message: `the elements of this list have different shapes: element 0 has ${p.first}, element ${p.index} has ${p.other}`,
    hint: "every row of a matrix needs the same length",
  }),
  "empty-list": () => ({
    message: "an empty list has no shape",
    hint: "write `zeros([0])` or `zeros([0, 3])` for an empty tensor",
  }),
  // values
  "no-result": (p: { reason: string; hint?: string | undefined }) => ({
    message: p.reason,
    ...(p.hint === undefined ? {} : { hint: p.hint }),
  }),
  // habits: what runs, but is seldom meant
  "both-expand": (p: { op: string; left: string; right: string; result: string }) => ({
    warning: true as const,
    message: `${quote(p.op)} repeats both of its operands: the shapes ${p.left} and ${p.right} give ${p.result}`,
    hint: "if this is meant, write `broadcast_to` around one of them; if not, `reshape` one to the other's shape",
  }),
  "unconnected-input": (p: { name: string }) => ({
    warning: true as const,
    message: `no output depends on the input ${quote(p.name)}`,
  }),
  "unused-definition": (p: { name: string; what: string }) => ({
    warning: true as const,
    message: `${p.what} ${quote(p.name)} is never used`,
    hint: `remove it, or call it \`_${p.name}\` to keep it`,
  }),
} satisfies Record<string, (p: never) => Wording>;
