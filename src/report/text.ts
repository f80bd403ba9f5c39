/** Control characters, invisible format characters and halves of surrogate pairs; joiners shape letters and stay. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const INVISIBLES = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * Text of a user as it can be sent to a terminal: characters that would move the cursor, change colours or reorder
 * what is read appear as escapes, `\x1b`, `\u{202e}`.
 */
export function visible(text: string): string {
  return INVISIBLE.test(text) ? text.replace(INVISIBLES, escapeCharacter) : text;
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code === 0x0a) return "\\n";
  if (code === 0x0d) return "\\r";
  if (code === 0x09) return "\\t";
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
}

/** Columns that a text takes in a terminal. It must hold no control characters. */
export function displayWidth(text: string): number {
  // Nearly all text is plain, and needs no look at each character.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

const COMBINING = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
/** East Asian wide and full-width ranges, and emoji that are shown as pictures. */
const WIDE =
  /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]$/u;
const EMOJI = /^\p{Emoji_Presentation}$/u;

/** Columns of one character: 0 if it is drawn over the one before, 2 if it is as wide as a Chinese character. */
export function characterWidth(character: string): number {
  if (character <= "\u02ff") return 1;
  if (COMBINING.test(character)) return 0;
  return WIDE.test(character) || EMOJI.test(character) ? 2 : 1;
}

/** A text shortened to `width` columns, with `…` in its middle, where names differ least. */
export function shorten(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  const characters = [...text];
  const tail = Math.floor((width - 1) / 2);
  return `${takeColumns(characters, width - 1 - tail)}…${reverse(takeColumns(characters.reverse(), tail))}`;
}

/** A text cut to `width` columns, with `…` at its end. */
export const truncate = (text: string, width: number): string =>
  displayWidth(text) <= width ? text : `${takeColumns([...text], width - 1).trimEnd()}…`;

function takeColumns(characters: readonly string[], width: number): string {
  let taken = "";
  let columns = 0;
  for (const character of characters) {
    columns += characterWidth(character);
    if (columns > width) break;
    taken += character;
  }
  return taken;
}

const reverse = (text: string) => [...text].reverse().join("");

export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}
