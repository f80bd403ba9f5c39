import { pullback } from "../autodiff/reverse.js";
import { Engine } from "../engine/engine.js";
import type { OperatorNode } from "../graph/node.js";
import type { Limits } from "../limits.js";
import type { Calculus } from "../ops/vocabulary.js";
import { SourceLines } from "../program/source-lines.js";
import type { RoundingBound, RoundingSource } from "../sensitivity-results.js";
import { elementName, sizeOf, type Tensor } from "../tensor.js";
import { perturbed, type Site } from "./sites.js";

/** Half a unit in the last place of a number from 1 to 2: how far one rounding moves a number, relatively. */
const unit = 2 ** -53;

/** How many elements of an output are followed back at a time. */
const mostRows = 16;

/** The contributions of all sites to a chunk of an output's elements. */
interface Contributions {
  readonly sites: readonly Site[];
  readonly seed: string;
  readonly rows: number;
  readonly engine: Engine;
}

/**
 * A bound, to first order, for the rounding error of each element of an output: every rounding on the way, times the
 * derivative of the element by what is rounded (Higham 2002, sec. 3.3; Griewank and Walther 2008, sec. 3.4).
 */
export function roundingBounds(
  b: Calculus,
  name: string,
  output: OperatorNode,
  value: Tensor,
  inputs: ReadonlyMap<string, Tensor>,
  limits: Pick<Limits, "memory">,
  most: number,
): RoundingBound[] {
  const { outputs, sites, placeholders } = perturbed(b, [output]);
  const size = sizeOf(output.shape);
  const { seed, rows, engine, sites: reached } = contributions(b, outputs[0]!, sites, size, limits);
  const values = new Map(inputs);
  for (const [placeholder, shape] of placeholders)
    values.set(placeholder, { shape, data: new Float64Array(sizeOf(shape)) });
  const lines = new SourceLines();
  const bounds: RoundingBound[] = [];
  for (let from = 0; from < size; from += rows) {
    const data = new Float64Array(rows * size);
    for (let row = 0; row < rows && from + row < size; row++) data[row * size + from + row] = 1;
    values.set(seed, { shape: [rows, ...output.shape], data });
    const found = engine.run(values);
    for (let row = 0; row < rows && from + row < size; row++) {
      const added = new Map<OperatorNode, number>();
      for (const [k, { origin }] of reached.entries())
        added.set(origin, (added.get(origin) ?? 0) + unit * found[k]!.data[row]!);
      bounds.push(boundOf(elementName(name, output.shape, from + row), value.data[from + row]!, added));
    }
  }
  return bounds;

  function boundOf(element: string, own: number, added: ReadonlyMap<OperatorNode, number>): RoundingBound {
    const merged = new Map<string, RoundingSource>();
    let bound = 0;
    for (const [node, amount] of added) {
      bound += amount;
      if (amount === 0) continue;
      const source = sourceOf(node, amount, lines);
      // What a line asks for several times, or in several ways, is one source.
      const key = `${source.op} ${source.text ?? ""} ${source.place?.file}:${source.place?.line}`;
      const known = merged.get(key);
      merged.set(key, known === undefined ? source : { ...known, bound: known.bound + amount });
    }
    const size = ({ bound: one }: RoundingSource) => (Number.isNaN(one) ? Number.POSITIVE_INFINITY : one);
    const sources = [...merged.values()].sort((p, q) => size(q) - size(p) || 0);
    const rest = sources.slice(most);
    return {
      name,
      output: element,
      value: own,
      bound,
      sources: sources.slice(0, most),
      rest: { count: rest.length, bound: rest.reduce((sum, one) => sum + one.bound, 0) },
    };
  }
}

function contributions(
  b: Calculus,
  output: OperatorNode,
  sites: readonly Site[],
  size: number,
  limits: Pick<Limits, "memory">,
): Contributions {
  const rows = Math.max(1, Math.min(size, mostRows));
  const seed = `seed ${b.builder.size}`;
  const cotangent = b.apply("input", [], { name: seed, shape: [rows, ...output.shape] });
  const pulled = pullback(
    b,
    output,
    cotangent,
    sites.map(({ place }) => place),
  );
  const reached = sites.filter(({ place }) => pulled.has(place));
  const parts = reached.map(({ place, size: off }) => {
    const slope = b.abs(pulled.get(place)!);
    // What cannot reach the output may be infinite.
    const moved = b.where(b.equal(slope, 0), 0, b.mul(slope, off));
    return b.sum(b.reshape(moved, [rows, sizeOf(place.shape)]), [-1]);
  });
  return { sites: reached, seed, rows, engine: new Engine(parts, limits) };
}

/** Longer texts are cut where they are printed. */
function sourceOf({ op, span }: OperatorNode, bound: number, lines: SourceLines): RoundingSource {
  const text = span?.source.text.slice(span.start, span.end).replace(/\s+/g, " ");
  return { op: op.name, text, place: lines.of(span), bound };
}
