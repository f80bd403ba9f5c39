import { describe, expect, it } from "vitest";
import type { ScalarOpName } from "../../src/ops/registry.js";
import { computing } from "../accuracy/subjects.js";
import { measuredAt } from "./accuracy.js";

/** What is promised of every operation that computes something, over its whole domain. */
const bound = 2 ** -98;

describe("elementwise operations within 2^-98, relatively", () => {
  it.each(computing as ScalarOpName[])("%s", (op) => {
    const { points, worst, at, unnormalised } = measuredAt(op, 40);
    expect(points).toBeGreaterThan(40);
    expect(unnormalised.slice(0, 3)).toEqual([]);
    expect(worst, `at ${JSON.stringify(at)}`).toBeLessThanOrEqual(bound);
  });
});
