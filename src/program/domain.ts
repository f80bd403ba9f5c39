import { type Diagnostic, diagnose, fault } from "../diagnostics.js";
import type { Limits } from "../limits.js";
import type { Resolution } from "../lower/resolve.js";
import { indexAt, type Tensor } from "../tensor.js";
import { evaluateClosed } from "./closed.js";

/** Warnings for values outside their declared domain. Throws a `Fault` where a domain is none. */
export function outsideDomains(
  resolution: Resolution,
  values: ReadonlyMap<string, Tensor>,
  dimensions: ReadonlyMap<string, number>,
  limits: Limits,
): Diagnostic[] {
  return [...resolution.inputs.values()].flatMap(({ name, domain }) => {
    if (domain === undefined) return [];
    const [low, high] = evaluateClosed(resolution, [domain.low, domain.high], dimensions, limits).map(
      ({ data }) => data[0]!,
    );
    const form = `${domain.lowClosed ? "[" : "("}${low}, ${high}${domain.highClosed ? "]" : ")"}`;
    const isEmpty = !(low! < high! || (low === high && domain.lowClosed && domain.highClosed));
    if (isEmpty) throw fault("empty-domain", { name, domain: form }, domain.span);
    const { shape, data } = values.get(name)!;
    const isInside = (x: number) =>
      (domain.lowClosed ? x >= low! : x > low!) && (domain.highClosed ? x <= high! : x < high!);
    const first = data.findIndex((x) => !isInside(x));
    if (first < 0) return [];
    const count = data.reduce((total, x) => total + (isInside(x) ? 0 : 1), 0);
    const index = indexAt(first, shape);
    const place = index.length === 0 ? name : `${name}[${index.join(", ")}]`;
    return [
      diagnose(
        "outside-domain",
        { name, domain: form, index: place, value: data[first]!, count },
        domain.span,
      ),
    ];
  });
}
