import type { Picture } from "../../graph-results.js";
import type { Tensor } from "../../tensor.js";

type Json = number | string | null | boolean | Json[] | { [key: string]: Json };

/** A picture as JSON, for other programs: numbers are exact, and those that are not finite are strings. */
export function pictureJson(picture: Picture): string {
  const { title, view, boxes, clusters, edges, passes, folding } = picture;
  const document = {
    title,
    view,
    nodes: boxes.map(({ kind, name, formula, isOutput, shape, value, operations, cluster, place }, id) => ({
      id,
      kind,
      name: name ?? null,
      formula: formula ?? null,
      output: isOutput,
      shape: shape === undefined ? null : [...shape],
      value: value === undefined ? null : nested(value),
      operations,
      cluster: cluster ?? null,
      file: place?.file ?? null,
      line: place?.line ?? null,
    })),
    clusters: clusters.map(({ kind, label, parent }, id) => ({ id, kind, label, parent: parent ?? null })),
    edges: edges.map(({ from, to, isCarry }) => ({ from, to, carry: isCarry })),
    passes: passes.map(({ of, sumGrads, contributions }) => ({
      of,
      sum_grads: sumGrads.map((tensor) => (tensor ? nested(tensor) : null)),
      contributions: contributions.map(({ edge, formula, slope, value }) => ({
        edge,
        formula,
        derivative: slope ?? null,
        value: value === undefined ? null : nested(value),
      })),
    })),
    folded:
      folding === undefined ? null : { depth: folding.depth, grouped: folding.isGrouped, boxes: folding.all },
  };
  return `${JSON.stringify(document)}\n`;
}

/** A number, or lists within lists. */
function nested({ shape, data }: Tensor): Json {
  if (shape.length === 0) return plain(data[0]!);
  let level: Json[] = Array.from(data, plain);
  for (let axis = shape.length - 1; axis > 0; axis--) {
    const size = shape[axis]!;
    // Lists of nothing: their number is known from the axes before them only.
    const count = shape.slice(0, axis).reduce((product, one) => product * one, 1);
    const inner = level;
    level = Array.from({ length: count }, (_, i) => inner.slice(i * size, (i + 1) * size));
  }
  return level;
}

/** JSON has no other numbers. */
const plain = (x: number): number | string => (Number.isFinite(x) ? x : String(x));
