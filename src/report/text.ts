/**
 * ASCII, Greek, mathematical signs and the lines of tables: visible, and one column each. Nearly all text is of these.
 * Regular expressions with classes of Unicode stand in functions below, for V8 takes long to set one up.
 */
const PLAIN = /^[ -~\u0391-\u03c9\u2200-\u22ff\u2500-\u257f]*$/;

/**
 * Text of a user as it can be sent to a terminal: characters that would move the cursor, change colours or reorder
 * what is read appear as escapes, `\x1b`, `\u{202e}`.
 */
export function visible(text: string): string {
  if (PLAIN.test(text)) return text;
  // Control characters, invisible format characters and halves of surrogate pairs; joiners shape letters and stay.
  return text.replace(/(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, escapeCharacter);
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
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

const isCombining = (character: string) => /^[\p{Mn}\p{Me}\p{Cf}]$/u.test(character);
/** East Asian wide and full-width ranges. */
const isWide = (character: string) =>
  /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]$/u.test(
    character,
  );
/** Emoji that are shown as pictures. */
const isEmoji = (character: string) => /^\p{Emoji_Presentation}$/u.test(character);

/** Columns of one character: 0 if it is drawn over the one before, 2 if it is as wide as a Chinese character. */
export function characterWidth(character: string): number {
  if (character <= "\u02ff" || PLAIN.test(character)) return 1;
  if (isCombining(character)) return 0;
  return isWide(character) || isEmoji(character) ? 2 : 1;
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
