import { visible } from "../text.js";

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text of a user for the inside of an element, or for an attribute in quotes, of XML or HTML. */
export const escapeMarkup = (text: string): string =>
  visible(text).replace(/[&<>"']/g, (character) => entities[character]!);

/** The same, with its lines kept. */
export const escapeLines = (text: string): string => text.split("\n").map(escapeMarkup).join("\n");

/** A coordinate: no more digits than an eye can see. */
export const coordinate = (value: number): string => String(Math.round(value * 10) / 10);
