import { diagnose, Fault } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import type { Lowered } from "../lower/lower.js";
import { formatShape, sizeOf } from "../tensor.js";

export type Named = readonly [name: string, node: OperatorNode];

export const nodesOf = (named: readonly Named[]) => named.map(([, node]) => node);

/** The nodes of these names. Throws a `Fault` for names of anything but values. */
export function tensorsByName({ nodes, others }: Lowered, names: readonly string[]): Named[] {
  const problems = names.flatMap((name) => {
    if (nodes.has(name)) return [];
    const { what, span } = others.get(name) ?? { what: "a constant", span: undefined };
    return [diagnose("output-is-not-value", { name, what }, span)];
  });
  if (problems.length > 0) throw new Fault(problems);
  return names.map((name) => [name, nodes.get(name)!]);
}

/** Throws a `Fault` where an output is not a scalar. */
export function requireScalars(
  outputs: readonly Named[],
  code: "hessian-of-tensor" | "loss-of-tensor",
): void {
  const tensors = outputs.filter(([, { shape }]) => shape.length > 0);
  if (tensors.length === 0) return;
  throw new Fault(
    tensors.map(([name, { shape, span }]) => diagnose(code, { name, shape: formatShape(shape) }, span)),
  );
}

/** Throws a `Fault` where an output has more elements than this. */
export function requireSmall(outputs: readonly Named[], limit: number): void {
  const large = outputs.filter(([, { shape }]) => sizeOf(shape) > limit);
  if (large.length === 0) return;
  throw new Fault(
    large.map(([name, { shape, span }]) =>
      diagnose("sensitivity-of-tensor", { name, shape: formatShape(shape), limit }, span),
    ),
  );
}
