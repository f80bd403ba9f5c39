import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Nested } from "../../src/index.js";
import { evaluate } from "../support/run.js";

interface Case {
  readonly text: string;
  readonly inputs: Readonly<Record<string, Nested>>;
  readonly expected: Nested;
}

// Written by linalg-reference.py.
const cases = JSON.parse(
  readFileSync(new URL("linalg-reference.json", import.meta.url), "utf8"),
) as readonly Case[];

const shapeOf = (value: Nested): number[] =>
  Array.isArray(value) ? [value.length, ...(value.length === 0 ? [] : shapeOf(value[0] as Nested))] : [];

describe("values of linear algebra agree with NumPy", () => {
  it.each(cases.map((c, i) => [c.text, shapeOf(Object.values(c.inputs)[0]!).join("×"), i] as const))(
    "%s of shape %s",
    (_text, _shape, i) => {
      const { text, inputs, expected } = cases[i]!;
      const declared = Object.entries(inputs).map(
        ([name, value]) =>
          `input ${name} = ${isEmpty(value) ? `zeros(${shapeOf(value).join(", ")})` : JSON.stringify(value)}`,
      );
      const actual = evaluate(`${declared.join("\n")}\nout = ${text}`, {}, { gradients: false }).outputs.out!;
      expect(shapeOf(actual)).toEqual(shapeOf(expected));
      const [a, e] = [actual, expected].map((value) => flatten(value));
      const scale = Math.max(1, ...e!.map(Math.abs));
      a!.forEach((value, k) => {
        expect(Math.abs(value - e![k]!) / scale, `element ${k}`).toBeLessThan(1e-12);
      });
    },
  );
});

const flatten = (value: Nested): number[] =>
  typeof value === "number" ? [value] : value.flatMap((part: Nested) => flatten(part));

const isEmpty = (value: Nested) => shapeOf(value).includes(0);
