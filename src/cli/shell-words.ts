import type { Tensor } from "../index.js";
import { toNested } from "../index.js";
import { sizeOf } from "../tensor.js";
import type { ScriptOptions } from "./script-options.js";

/** Longer values are not written out: nobody types them. */
const mostNumbers = 64;

/** A word as a shell reads it. */
const quoted = (text: string) =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** The command that checks a script with other values for some inputs, and with `others` as they are; `undefined` where these are too long for one. */
export function commandFor(
  file: string | undefined,
  { expression, input, set }: Pick<ScriptOptions, "expression" | "input" | "set">,
  changed: ReadonlyMap<string, Tensor>,
  others: readonly string[] = [],
): string | undefined {
  const assigned = [...changed].map(([name, tensor]) => {
    if (sizeOf(tensor.shape) > mostNumbers) return undefined;
    return `${name}=${JSON.stringify(toNested(tensor))}`;
  });
  if (assigned.includes(undefined)) return undefined;
  const words = [
    ...(file === undefined ? expression.flatMap((text) => ["-e", text]) : [file]),
    ...input.flatMap((path) => ["--input", path]),
    ...[...set, ...(assigned as string[])].flatMap((text) => ["--set", text]),
    ...others,
  ];
  return `autograd check ${words.map(quoted).join(" ")}`;
}

/** The command that explains a result of a script with the same values. */
export function whyCommandFor(
  result: string,
  file: string | undefined,
  { expression, input, set }: Pick<ScriptOptions, "expression" | "input" | "set">,
): string {
  const words = [
    // `∂w/∂x`, as people can type it.
    result.replaceAll("∂", ""),
    ...(file === undefined ? expression.flatMap((text) => ["-e", text]) : [file]),
    ...input.flatMap((path) => ["-i", path]),
    ...set.flatMap((text) => ["-s", text]),
  ];
  return `autograd why ${words.map(quoted).join(" ")}`;
}
