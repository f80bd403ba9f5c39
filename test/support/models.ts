import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { largestDifference } from "./differences.js";

export const root = new URL("../../", import.meta.url);
/** Published reference data beside the checkout; not part of the project. */
export const data = new URL("../shared/data/", root);

export const script = (name: string) => readFileSync(new URL(`examples/${name}.ag`, root), "utf8");
export const json = <T>(url: URL) => JSON.parse(readFileSync(url, "utf8")) as T;

/** All numbers of nested arrays, in order. */
export const flat = (value: unknown) => [value].flat(Number.POSITIVE_INFINITY) as number[];

/** Numbers agree to 1e-8 of max(1, |a| + |b|), the measure of the benchmark ADBench. */
export function expectAgreement(found: unknown, expected: unknown, what = "values") {
  expect(largestDifference(flat(found), flat(expected)), what).toBeLessThan(1e-8);
}

/** Tests that need the published data; one that says why it is skipped where they are absent. */
export function describePublished(name: string, tests: () => void) {
  describe(name, () => {
    if (existsSync(data)) return tests();
    it("agrees with what others published", ({ skip }) => {
      skip("the reference data, ../shared/data beside the checkout, is absent");
    });
  });
}
