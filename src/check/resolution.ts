import { pushforward } from "../autodiff/forward.js";
import { pullback } from "../autodiff/reverse.js";
import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import type { Op } from "../ops/op.js";
import type { Calculus } from "../ops/vocabulary.js";
import { sub } from "../precise/double-double.js";
import { evaluatePrecisely } from "../precise/evaluate.js";
import { elementOf, type PreciseTensor } from "../precise/tensor.js";
import { sizeOf } from "../tensor.js";
import { type Direction, moved } from "./directions.js";
import type { Held } from "./held.js";
import type { Limit } from "./richardson.js";
import { seedOf } from "./rounding.js";

/** Two places on a line, as distances from the point. */
export type Chord = readonly [from: number, to: number];

/** A value that changes by less than this part of itself along a chord is no ripple that is shorter than it. */
const largeChange = 2 ** -20;

/** How many times shorter the chord is that tells a slope from a ripple. */
export const shorter = 2 ** -40;

/** Slopes of two chords that differ by more than this part of the larger one do not belong to one straight piece. */
const alike = 1 / 2;

/** So small a part of a slope may be hidden. */
const mostHidden = 2 ** -43;

/** Operations that add and multiply have no ripples that their operands do not have. */
const plain: ReadonlySet<string> = new Set(["add", "sub", "neg", "mul", "where"]);

/** A value on the way, which is not what it seems at the ends of a chord. */
interface Unresolved {
  /** In a loop, the loop as a whole. */
  readonly node: OperatorNode;
  readonly isLoop: boolean;
  /** By element: the slope of the shorter chord, where that is another one; 0 elsewhere. */
  readonly slopes: Float64Array;
}

/**
 * By output, by element: how much of its slope comes, as far as the rules and a shorter chord tell, of values that go up
 * and down within a chord. A difference along that chord knows nothing of these. `undefined` where there are none.
 *
 * A ripple that can be seen in the outputs is found by differences of shorter steps. What this looks for is one that
 * cannot, since it is smaller than the rounding of what it is added to, as in `x + sin(x)` at 10³⁰.
 */
export function hiddenSlopes(
  b: Calculus,
  { outputs, point }: Held,
  direction: Direction,
  long: Chord,
  short: Chord,
): Float64Array[] | undefined {
  const watched = (step: number) => watchedAt(outputs, moved(point, direction, step));
  const [from, to] = long.map(watched) as [Watched[], Watched[]];
  const suspects = from.flatMap(({ value }, k) => (changesMuch(value, to[k]?.value) ? [k] : []));
  if (suspects.length === 0) return undefined;
  const [near, next] = short.map(watched) as [Watched[], Watched[]];
  const unresolved = suspects.flatMap((k): Unresolved[] => {
    const { node, isLoop } = from[k]!;
    const slopes = otherSlopes(from[k]!.value, to[k]!.value, near[k]?.value, next[k]?.value, long, short);
    return slopes === undefined ? [] : [{ node, isLoop, slopes }];
  });
  if (unresolved.length === 0) return undefined;
  return outputs.map((output) => influenceOn(b, output, unresolved, point, direction));
}

/** Whether more of a slope is hidden than it may be off by. */
export const isHidden = ({ value, bound }: Limit, hidden: number | undefined): boolean =>
  hidden !== undefined && !(hidden <= bound + mostHidden * Math.abs(value.hi));

interface Watched extends Pick<Unresolved, "node" | "isLoop"> {
  readonly value: PreciseTensor;
}

/** The values of all operations that may have ripples, in the order in which they are computed. */
function watchedAt(outputs: readonly OperatorNode[], point: Held["point"]): Watched[] {
  const found: Watched[] = [];
  /** Those in the steps of the loop that is being computed. */
  let inside: PreciseTensor[] = [];
  evaluatePrecisely(outputs, point, {
    visit: (node, _inputs, value, steps) => {
      const isInside = steps.length > 0;
      if (!isInside && node.op.name === "loop") {
        found.push(...inside.map((own) => ({ node, isLoop: true, value: own })));
        inside = [];
      }
      if (!mayRipple(node)) return;
      if (isInside) inside.push(value);
      else found.push({ node, isLoop: false, value });
    },
  });
  return found;
}

/** Steps of a loop may make of products what no single one is. Functions that state their own derivative do anything. */
const mayRipple = ({ op }: OperatorNode): boolean =>
  op.name === "loop" || op.name === "custom" || ((op as Op).kind === "scalar" && !plain.has(op.name));

const changesMuch = (p: PreciseTensor, q: PreciseTensor | undefined): boolean =>
  q !== undefined && p.hi.some((x, i) => isLarge(x, q.hi[i]!));

const isLarge = (x: number, y: number): boolean =>
  Math.abs(y - x) > largeChange * Math.max(Math.abs(x), Math.abs(y));

function otherSlopes(
  from: PreciseTensor,
  to: PreciseTensor,
  near: PreciseTensor | undefined,
  next: PreciseTensor | undefined,
  long: Chord,
  short: Chord,
): Float64Array | undefined {
  if (near === undefined || next === undefined) return undefined;
  let isOther = false;
  const slopes = from.hi.map((x, i) => {
    if (!isLarge(x, to.hi[i]!)) return 0;
    const over = (to.hi[i]! - x) / (long[1] - long[0]);
    const own = sub(elementOf(next, i), elementOf(near, i)).hi / (short[1] - short[0]);
    if (Math.abs(over - own) <= alike * Math.max(Math.abs(over), Math.abs(own))) return 0;
    isOther = true;
    return Math.abs(own);
  });
  return isOther ? slopes : undefined;
}

/** By element of an output: the part of its slope that comes of such values. */
function influenceOn(
  b: Calculus,
  output: OperatorNode,
  unresolved: readonly Unresolved[],
  point: Held["point"],
  direction: Direction,
): Float64Array {
  const { seed, rows } = seedOf(b, output);
  const nodes = [...new Set(unresolved.map(({ node }) => node))];
  const pulled = pullback(b, output, seed, nodes);
  const reached = nodes.filter((node) => pulled.has(node));
  const tangents = tangentsOf(b, reached, direction);
  const values = evaluatePrecisely([...reached.map((node) => pulled.get(node)!), ...tangents], point);
  const found = new Float64Array(rows);
  for (const { node, isLoop, slopes } of unresolved) {
    const place = reached.indexOf(node);
    if (place < 0) continue;
    const { hi } = values[place]!;
    const tangent = values[reached.length + place]!.hi;
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < tangent.length; i++) {
        const weight = Math.abs(hi[row * tangent.length + i]!);
        if (weight === 0) continue;
        // How much of a loop comes of one value in one step is not known.
        if (isLoop) found[row] = Number.POSITIVE_INFINITY;
        else if (slopes[i]! > 0) found[row]! += weight * Math.max(slopes[i]!, Math.abs(tangent[i]!));
      }
    }
  }
  const size = sizeOf(output.shape);
  return rows === size ? found : new Float64Array(size).fill(found[0]!);
}

/** How nodes change along a direction, by the rules. */
function tangentsOf(b: Calculus, nodes: readonly OperatorNode[], direction: Direction): OperatorNode[] {
  const seeds = new Map(
    topologicalOrder(nodes).flatMap((node) => {
      const data = node.op.name === "input" ? direction.get(node.attributes.name as string) : undefined;
      return data === undefined ? [] : [[node, b.constant({ shape: node.shape, data })] as const];
    }),
  );
  return pushforward(b, nodes, seeds).map(
    (tangent, k) =>
      tangent ?? b.constant({ shape: nodes[k]!.shape, data: new Float64Array(sizeOf(nodes[k]!.shape)) }),
  );
}
