import type { Gradient } from "../results.js";
import type { Propagation, Uncertainty, VarianceShares } from "../sensitivity-results.js";
import { elementName, sizeOf, type Tensor } from "../tensor.js";
import type { Block } from "./spreads.js";

/** One number that depends on the inputs, with its derivative by each of them (in row-major order). */
export interface Row {
  /** Of the output that it is an element of. */
  readonly name: string;
  readonly output: string;
  readonly value: number;
  readonly slopes: ReadonlyMap<string, Float64Array>;
}

/** The rows of an output: one for each element, in row-major order. */
export function rowsOf(
  name: string,
  value: Tensor,
  gradients: readonly Gradient[],
  shapes: ReadonlyMap<string, Tensor>,
): Row[] {
  return Array.from(value.data, (number, row) => ({
    name,
    output: elementName(name, value.shape, row),
    value: number,
    slopes: new Map(
      gradients.map(({ input, tensor }) => {
        const size = sizeOf(shapes.get(input)!.shape);
        return [input, tensor.data.subarray(row * size, (row + 1) * size)];
      }),
    ),
  }));
}

/** The derivatives by the elements of a block, one after the other. */
function slopesOf({ names, size }: Block, { slopes }: Row): Float64Array {
  if (names.length === 1) return slopes.get(names[0]!)!;
  const joined = new Float64Array(size);
  let at = 0;
  for (const name of names) {
    const part = slopes.get(name)!;
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Σ·g. What does not vary adds nothing, even where the derivative is infinite. */
function spreadOf({ size, sigmas, covariance }: Block, slopes: Float64Array): Float64Array {
  const made = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    if (sigmas[i] === 0) continue;
    if (covariance === undefined) {
      made[i] = sigmas[i]! * sigmas[i]! * slopes[i]!;
      continue;
    }
    let sum = 0;
    for (let j = 0; j < size; j++) if (sigmas[j] !== 0) sum += covariance[i * size + j]! * slopes[j]!;
    made[i] = sum;
  }
  return made;
}

/** gᵢ·(Σ·h)ᵢ by element. */
function products(slopes: Float64Array, spread: Float64Array, { sigmas }: Block): Float64Array {
  return slopes.map((slope, i) => (sigmas[i] === 0 ? 0 : slope * spread[i]!));
}

const total = (data: Float64Array) => data.reduce((sum, x) => sum + x, 0);

/**
 * First-order propagation of errors: the covariance of the outputs is J Σ Jᵀ (JCGM 102:2011, sec. 6.2). An element's share
 * of a variance is gᵢ·(Σg)ᵢ.
 */
export function propagate(
  rows: readonly Row[],
  blocks: readonly Block[],
  values: ReadonlyMap<string, Tensor>,
): Propagation {
  const slopes = rows.map((row) => blocks.map((block) => slopesOf(block, row)));
  const spreads = slopes.map((own) => own.map((one, k) => spreadOf(blocks[k]!, one)));
  const covariance = new Float64Array(rows.length * rows.length);
  const uncertainties = rows.map((row, i) => {
    const parts = blocks.map((block, k) => products(slopes[i]![k]!, spreads[i]![k]!, block));
    // A covariance that is next to indefinite may give −1e-17.
    const variance = parts.reduce((sum, part) => sum + total(part), 0);
    // Around no number there is no spread.
    const clamped = Number.isFinite(row.value) ? Math.max(0, variance) : Number.NaN;
    covariance[i * rows.length + i] = clamped;
    for (let j = 0; j < i; j++) {
      const common = blocks.reduce(
        (sum, block, k) => sum + total(products(slopes[i]![k]!, spreads[j]![k]!, block)),
        0,
      );
      covariance[i * rows.length + j] = common;
      covariance[j * rows.length + i] = common;
    }
    return uncertaintyOf(row, blocks, parts, clamped, values);
  });
  return {
    uncertainties,
    covariance: { shape: [rows.length, rows.length], data: covariance },
    isCorrelated: blocks.some(isCorrelated),
  };
}

function uncertaintyOf(
  { name: of, output, value }: Row,
  blocks: readonly Block[],
  parts: readonly Float64Array[],
  variance: number,
  values: ReadonlyMap<string, Tensor>,
): Uncertainty {
  const isDefined = variance > 0 && Number.isFinite(variance);
  const inputs = blocks.flatMap((block, k) => {
    let from = 0;
    return block.names.map((name): VarianceShares => {
      const { shape, data } = values.get(name)!;
      const to = from + data.length;
      const tensor = (all: Float64Array): Tensor => ({ shape, data: all.slice(from, to) });
      const shares = { name, value: { shape, data }, sigma: tensor(block.sigmas) };
      const share = isDefined ? tensor(parts[k]!.map((part) => part / variance)) : undefined;
      from = to;
      return share === undefined ? shares : { ...shares, share };
    });
  });
  return { name: of, output, value, sigma: Math.sqrt(variance), inputs };
}

const isCorrelated = ({ size, covariance }: Block) =>
  covariance?.some((value, i) => value !== 0 && i % (size + 1) !== 0) ?? false;
