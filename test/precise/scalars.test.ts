import { describe, expect, it, test } from "vitest";
import type { ScalarOpName } from "../../src/ops/registry.js";
import { polygamma } from "../../src/precise/functions/polygamma.js";
import { Reals } from "../accuracy/decimal.js";
import { computing } from "../accuracy/subjects.js";
import { measuredAt } from "./accuracy.js";
import { relativeError } from "./exact.js";

/** What holds for every operation that computes something, over its whole domain. */
const bound = 2 ** -101;
/** What holds next to zeros for negative arguments, relative to the terms that cancel there: the promise for all. */
const loose: Partial<Record<ScalarOpName, number>> = { gammaln: 2 ** -98, digamma: 2 ** -98 };
/** Errors that grow with the exponent show at few points only. */
const density: Partial<Record<ScalarOpName, number>> = { pow: 200, shifted_power: 300 };

describe("elementwise operations within 2^-101, relatively", () => {
  it.each(computing as ScalarOpName[])("%s", (op) => {
    const { points, worst, at, unnormalised } = measuredAt(op, density[op] ?? 40);
    expect(points).toBeGreaterThan(40);
    expect(unnormalised.slice(0, 3)).toEqual([]);
    expect(worst, `at ${JSON.stringify(at)}`).toBeLessThanOrEqual(loose[op] ?? bound);
  });
});

/** As mpmath has them: the series of the references are not made for these. */
const highOrders = [
  [170, 208.4622464807175, "-3.63812572158187538703491433962393329550054668e-90"],
  [170, 3.3, "-1.56638413480574610867134349665939697924624503e+218"],
  [170, 100.0, "-8.88411937818560538669840120048374128003746682e-36"],
  [120, 36.587508254614136, "-4776785933.57897614821908781021880340305085556"],
  [40, -2.5, "-40259632236359521913331697.5501214122569598163"],
] as const;

test.each(highOrders)("polygamma of order %d at %d", (n, x, expected) => {
  const exact = new Reals(expected);
  expect(relativeError(polygamma({ hi: n, lo: 0 }, { hi: x, lo: 0 }), exact)).toBeLessThan(2 ** -99);
});
