import { type Diagnostic, diagnose, fault } from "../diagnostics.js";
import type { Limits } from "../limits.js";
import type { Resolution } from "../lower/resolve.js";
import { indexAt, type Tensor } from "../tensor.js";
import { evaluateClosed } from "./closed.js";

/** The numbers that an input is declared to have. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly lowClosed: boolean;
  readonly highClosed: boolean;
}

/** The declared domain of each input that has one. Throws a `Fault` where it is empty. */
export function domainsOf(
  resolution: Resolution,
  dimensions: ReadonlyMap<string, number>,
  limits: Limits,
): Map<string, Interval> {
  const found = new Map<string, Interval>();
  for (const { name, domain } of resolution.inputs.values()) {
    if (domain === undefined) continue;
    const { lowClosed, highClosed, span } = domain;
    const [low, high] = evaluateClosed(resolution, [domain.low, domain.high], dimensions, limits).map(
      ({ data }) => data[0]!,
    ) as [number, number];
    const interval = { low, high, lowClosed, highClosed };
    if (!(low < high || (low === high && lowClosed && highClosed)))
      throw fault("empty-domain", { name, domain: formatInterval(interval) }, span);
    found.set(name, interval);
  }
  return found;
}

const formatInterval = ({ low, high, lowClosed, highClosed }: Interval) =>
  `${lowClosed ? "[" : "("}${low}, ${high}${highClosed ? "]" : ")"}`;

const isInside = ({ low, high, lowClosed, highClosed }: Interval, x: number) =>
  (lowClosed ? x >= low : x > low) && (highClosed ? x <= high : x < high);

/** Warnings for values outside their declared domain. Throws a `Fault` where a domain is none. */
export function outsideDomains(
  resolution: Resolution,
  values: ReadonlyMap<string, Tensor>,
  dimensions: ReadonlyMap<string, number>,
  limits: Limits,
): Diagnostic[] {
  return [...domainsOf(resolution, dimensions, limits)].flatMap(([name, interval]) => {
    const { shape, data } = values.get(name)!;
    const first = data.findIndex((x) => !isInside(interval, x));
    if (first < 0) return [];
    const count = data.reduce((total, x) => total + (isInside(interval, x) ? 0 : 1), 0);
    const index = indexAt(first, shape);
    const place = index.length === 0 ? name : `${name}[${index.join(", ")}]`;
    const facts = { name, domain: formatInterval(interval), index: place, value: data[first]!, count };
    return [diagnose("outside-domain", facts, resolution.inputs.get(name)!.domain!.span)];
  });
}
