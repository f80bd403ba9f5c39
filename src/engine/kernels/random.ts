/**
 * Random numbers that are the same on every machine: element i of a tensor is a function of the seed and i alone, and
 * is computed with whole numbers and exactly rounded operations (+ − × ÷ √) only.
 */

const rotations = [13, 15, 26, 6, 17, 29, 16, 24] as const;

/**
 * Threefry-2×32 with 20 rounds (Salmon, Moraes, Dror and Shaw, Parallel random numbers: as easy as 1, 2, 3, 2011): two
 * random 32-bit words from a counter (c₀, c₁) under a key (k₀, k₁).
 */
export function threefry(out: Uint32Array, k0: number, k1: number, c0: number, c1: number): void {
  const key = [k0, k1, 0x1bd11bda ^ k0 ^ k1];
  let x0 = (c0 + k0) | 0;
  let x1 = (c1 + k1) | 0;
  for (let round = 0; round < 20; round++) {
    x0 = (x0 + x1) | 0;
    const turn = rotations[round % 8]!;
    x1 = ((x1 << turn) | (x1 >>> (32 - turn))) ^ x0;
    if (round % 4 === 3) {
      const group = (round + 1) / 4;
      x0 = (x0 + key[group % 3]!) | 0;
      x1 = (x1 + key[(group + 1) % 3]! + group) | 0;
    }
  }
  out[0] = x0;
  out[1] = x1;
}

/** log x for 0 < x < ∞, from log m = 2·Σ s^(2k+1)/(2k+1), s = (m − 1)/(m + 1): hosts' own logarithms differ. */
function exactLog(x: number): number {
  let m = x;
  let exponent = 0;
  for (; m < Math.SQRT1_2; m *= 2) exponent -= 1;
  for (; m > Math.SQRT2; m /= 2) exponent += 1;
  const s = (m - 1) / (m + 1);
  const square = s * s;
  let sum = 0;
  for (let k = 21; k >= 1; k -= 2) sum = sum * square + 1 / k;
  return 2 * s * sum + exponent * Math.LN2;
}

const rational = (numerator: readonly number[], denominator: readonly number[], r: number) =>
  numerator.reduceRight((value, c) => value * r + c, 0) /
  denominator.reduceRight((value, c) => value * r + c, 0);

// Wichura, Algorithm AS 241: The percentage points of the normal distribution, Applied Statistics 37 (1988), PPND16:
// numerator and denominator, lowest power first, for the centre, the tails and the far tails.
const centre = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
    67265.7709270087, 33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852854,
  ],
] as const;
const tails = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
] as const;
const farTails = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
    0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
    1.8463183175100548e-5, 1.421511758316446e-7, 2.0442631033899397e-15,
  ],
] as const;

/** The x with Φ(x) = p, for 0 < p < 1. */
export function inverseNormal(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * rational(...centre, 0.180625 - q * q);
  const r = Math.sqrt(-exactLog(q < 0 ? p : 1 - p));
  const size = r <= 5 ? rational(...tails, r - 1.6) : rational(...farTails, r - 5);
  return q < 0 ? -size : size;
}

/** From two random words to a number. */
interface Distribution {
  /** Tells the counters of the distributions apart, so that equal seeds do not give related numbers. */
  readonly stream: number;
  readonly number: (high: number, low: number) => number;
}

const distributions = {
  /** 53 random bits, from 0 to below 1. */
  uniform: { stream: 0, number: (high, low) => ((high >>> 5) * 2 ** 26 + (low >>> 6)) * 2 ** -53 },
  /** 52 random bits and a half, so that 0 and 1 do not occur and p and 1 − p are equally exact. */
  normal: {
    stream: 1,
    number: (high, low) => inverseNormal(((high >>> 6) * 2 ** 26 + (low >>> 6) + 0.5) * 2 ** -52),
  },
} as const satisfies Record<string, Distribution>;

export type DistributionName = keyof typeof distributions;

/** Writes n numbers from `d` on; the seed as two 32-bit words. */
export type RandomKernel = (m: Float64Array, n: number, d: number, seedLow: number, seedHigh: number) => void;

const kernelOf =
  ({ stream, number }: Distribution): RandomKernel =>
  (m, n, d, seedLow, seedHigh) => {
    const words = new Uint32Array(2);
    for (let i = 0; i < n; i++) {
      threefry(words, seedLow, seedHigh, i, stream);
      m[d + i] = number(words[0]!, words[1]!);
    }
  };

export const randomKernels: Readonly<Record<DistributionName, RandomKernel>> = {
  uniform: kernelOf(distributions.uniform),
  normal: kernelOf(distributions.normal),
};
