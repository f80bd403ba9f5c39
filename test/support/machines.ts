import { expect } from "vitest";
import { javaScriptMachine, type Machine } from "../../src/engine/machine.js";
import { type Place, type Plan, plan } from "../../src/engine/plan.js";
import { wasmMachine } from "../../src/engine/wasm-machine.js";
import type { OperatorNode } from "../../src/graph/node.js";
import { defaultLimits } from "../../src/limits.js";
import { formatShape, type Tensor } from "../../src/tensor.js";
import { differences } from "./strip-graphs.js";

export const planOf = (nodes: readonly OperatorNode[]) => plan(nodes, defaultLimits);

/** Machines for one plan; with more than one thread, whatever the work is. */
export const inJavaScript = (p: Plan) => javaScriptMachine(p, new Float64Array(p.arenaSize));
export const compiled = (p: Plan, threads = 1) =>
  wasmMachine(p, {
    blas: undefined,
    threads: () => threads,
    threadsFrom: threads > 1 ? 0 : Number.POSITIVE_INFINITY,
  });

/** The elements of a place in row-major order. */
function elementsOf(arena: Float64Array, { shape, offset, strides }: Place): Tensor {
  const data: number[] = [];
  const visit = (axis: number, at: number) => {
    if (axis === shape.length) data.push(arena[at]!);
    else for (let i = 0; i < shape[axis]!; i++) visit(axis + 1, at + i * strides[axis]!);
  };
  visit(0, offset);
  return { shape, data: Float64Array.from(data) };
}

/** What a machine gives for its plan and values of the inputs. */
export function runOn(
  machine: Machine,
  { code, inputs, results }: Plan,
  values: ReadonlyMap<string, Tensor>,
) {
  for (const [name, { offset }] of inputs) machine.arena.set(values.get(name)!.data, offset);
  const failures = machine.run(0, code.length);
  return { failures, results: results.map((place) => elementsOf(machine.arena, place)) };
}

type Outcome = ReturnType<typeof runOn>;

/** The same failures, and the same bits in every element. */
export function expectSame(found: Outcome, expected: Outcome, what: string): void {
  expect(found.failures, what).toEqual(expected.failures);
  found.results.forEach((tensor, i) => {
    expect(
      differences(tensor, expected.results[i]!),
      `${what}, result ${i} of ${formatShape(tensor.shape)}`,
    ).toEqual([]);
  });
}
