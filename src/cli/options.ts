import { InvalidArgumentError } from "commander";
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
