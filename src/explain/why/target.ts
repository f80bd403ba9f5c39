import { fault } from "../../diagnostics.js";

/** A name, with the index of an element where one is asked for. */
export interface NamedElement {
  readonly name: string;
  readonly index: readonly number[] | undefined;
}

/** What is asked for: a value, or, with `by`, the derivative of it. */
export interface Target {
  readonly of: NamedElement;
  readonly by: NamedElement | undefined;
}

/**
 * `w`, `w[2, 1]`; for derivatives `∂w/∂x`, as `eval` prints it, or `w/x`, each name with an index where one element is
 * asked for. Throws a `Fault` where it is neither.
 */
export function parseTarget(text: string): Target {
  const parts = text
    .normalize("NFC")
    .split("/")
    .map((part) => part.trim());
  const isMarked = parts.every((part) => part.startsWith("∂"));
  const [of, by, ...others] = parts.map((part) => namedElement(isMarked ? part.slice(1) : part));
  if (of === undefined || others.length > 0 || (parts.length > 1 && by === undefined))
    throw fault("why-target", { text });
  return { of, by };
}

function namedElement(text: string): NamedElement | undefined {
  const [, name, indices] = /^([\p{L}_][\p{L}\p{M}\p{N}_]*)\s*(?:\[([\d\s,]*)\])?$/u.exec(text.trim()) ?? [];
  if (name === undefined) return undefined;
  if (indices === undefined) return { name, index: undefined };
  const list = indices.trim() === "" ? [] : indices.split(",").map((one) => one.trim());
  return list.every((one) => /^\d+$/.test(one)) ? { name, index: list.map(Number) } : undefined;
}
