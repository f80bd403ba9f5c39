import { describe, expect, it } from "vitest";
import { suggest } from "../../src/lower/suggest.js";

describe("what may have been meant", () => {
  it.each([
    ["nrom", "norm"],
    ["sinn", "sin"],
    ["SIN", "sin"],
    ["sofmax", "softmax"],
    ["logsumxep", "logsumexp"],
    ["q", undefined],
    ["xyzzy", undefined],
  ])("%s: %s", (name, expected) => {
    expect(suggest(name, ["sign", "sin", "cos", "norm", "softmax", "logsumexp", "sum"])).toBe(expected);
  });
});
