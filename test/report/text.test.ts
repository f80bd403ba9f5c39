import { describe, expect, test } from "vitest";
import { characterWidth, displayWidth, visible } from "../../src/report/text.js";

/** Every character of the Basic Multilingual Plane, halves of surrogate pairs among them. */
const characters = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code));
const escaped = (character: string) =>
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(character) && !/[\u200c\u200d]/.test(character);

describe("each character", () => {
  test("is shown as it is, or escaped where it cannot be seen", () => {
    expect(
      characters.filter((character) => (visible(character) !== character) !== escaped(character)),
    ).toEqual([]);
  });

  test("takes no column if it is drawn over another, and two if it is a picture", () => {
    const shown = characters.filter((character) => !escaped(character) && character > "\u02ff");
    expect(shown.filter((c) => /[\p{Mn}\p{Me}\p{Cf}]/u.test(c) !== (characterWidth(c) === 0))).toEqual([]);
    expect(shown.filter((c) => /\p{Emoji_Presentation}/u.test(c) && characterWidth(c) !== 2)).toEqual([]);
  });

  test("takes in a text what it takes alone", () => {
    const shown = characters.filter((character) => !escaped(character));
    expect(shown.filter((c) => displayWidth(`∂${c}/`) !== 2 + characterWidth(c))).toEqual([]);
  });
});

test.each([
  ["", 0],
  ["∂w/∂x", 5],
  ["Ω─┤", 3],
  ["漢字", 4],
  ["e\u0301", 1],
  ["😀", 2],
])("%j takes %d columns", (text, columns) => {
  expect(displayWidth(text)).toBe(columns);
});
