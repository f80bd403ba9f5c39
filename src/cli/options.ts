import { InvalidArgumentError } from "commander";
import type { BlasChoice } from "../index.js";
import { type Limits, largestLimits } from "../limits.js";

/** Adds to what an option that may be repeated has collected so far. */
export const collect = (value: string, earlier: readonly string[] = []): string[] => [...earlier, value];

/** `u,v`: names separated by commas. */
export function nameList(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.some((name) => name === ""))
    throw new InvalidArgumentError("Give names separated by commas, such as u,v.");
  return names;
}

/** One name. */
export function oneName(text: string): string {
  const [name, ...others] = nameList(text);
  if (name === undefined || others.length > 0) throw new InvalidArgumentError("Give one name.");
  return name;
}

/** A finite decimal number above 0. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!/^\+?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) || !(value > 0) || !Number.isFinite(value))
    throw new InvalidArgumentError("Give a number above 0, such as 0.1 or 1e-3.");
  return value;
}

/** A file to write, or `-`. */
export function outputTarget(text: string): string {
  if (text === "") throw new InvalidArgumentError("Give the name of a file.");
  return text;
}

/** A file to write, which standard output is not. */
export function outputFile(text: string): string {
  if (text === "-") throw new InvalidArgumentError("Give the name of a file.");
  return outputTarget(text);
}

/** `auto`, `none`, or a library. */
export function blasChoice(text: string): BlasChoice {
  if (text === "") throw new InvalidArgumentError("Give auto, none, or the path of a library.");
  return text;
}

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

const units: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["k", 2 ** 10],
  ["m", 2 ** 20],
  ["g", 2 ** 30],
]);

/** `500M`, `2GiB`, `1.5g`, or a number of bytes. */
export function byteSize(limit: keyof Limits): (text: string) => number {
  return (text) => {
    const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([kmg]?)(?:i?b)?$/i.exec(text) ?? [];
    const bytes = Math.floor(Number(digits) * (units.get((unit ?? "").toLowerCase()) ?? Number.NaN));
    if (!(bytes > 0 && bytes <= largestLimits[limit])) {
      throw new InvalidArgumentError(`Give a size up to ${largestLimits[limit]} bytes, such as 500M or 2G.`);
    }
    return bytes;
  };
}
