// Models of examples/ once more, in plain loops and without this project's derivatives: references for those scripts.
import type { BundleInputs, GmmInputs, HandData, HandModel, LstmInputs } from "../../bench/adbench.mjs";

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function logsumexp(values: readonly number[]): number {
  const most = Math.max(...values);
  return most + Math.log(sum(values.map((value) => Math.exp(value - most))));
}

/** log Γ at a positive multiple of 1/2, by Γ(a + 1) = a Γ(a). */
function logGamma(a: number): number {
  if (a === 0.5) return Math.log(Math.PI) / 2;
  return a === 1 ? 0 : Math.log(a - 1) + logGamma(a - 1);
}

/** The objective of examples/gmm.ag, point by point, with its gradient derived by hand. */
export function gmmByLoops({ alpha, mu, q, l, x, gamma, m }: GmmInputs) {
  const [n, d, k] = [x.length, mu[0]!.length, alpha.length];
  const gradient = {
    alpha: alpha.map((a) => -n * Math.exp(a - logsumexp(alpha))),
    mu: mu.map((row) => row.map(() => 0)),
    q: q.map((row) => row.map((value) => gamma ** 2 * Math.exp(2 * value) - m)),
    l: l.map((row) => row.map((value) => gamma ** 2 * value)),
  };
  let objective = -n * logsumexp(alpha) - (n * d * Math.log(2 * Math.PI)) / 2;
  for (const point of x) {
    const y = mu.map((center) => center.map((c, a) => point[a]! - c));
    const z = y.map((difference, j) => {
      const result = difference.map((value, a) => Math.exp(q[j]![a]!) * value);
      let place = 0;
      for (let b = 0; b < d; b++)
        for (let a = b + 1; a < d; a++) result[a]! += l[j]![place++]! * difference[b]!;
      return result;
    });
    const scores = alpha.map((a, j) => a + sum(q[j]!) - sum(z[j]!.map((value) => value * value)) / 2);
    const all = logsumexp(scores);
    objective += all;
    for (let j = 0; j < k; j++) {
      const share = Math.exp(scores[j]! - all);
      gradient.alpha[j]! += share;
      for (let a = 0; a < d; a++) {
        const diagonal = Math.exp(q[j]![a]!);
        gradient.mu[j]![a]! += share * z[j]![a]! * diagonal;
        gradient.q[j]![a]! += share * (1 - z[j]![a]! * diagonal * y[j]![a]!);
      }
      let place = 0;
      for (let b = 0; b < d; b++) {
        for (let a = b + 1; a < d; a++, place++) {
          gradient.mu[j]![b]! += share * z[j]![a]! * l[j]![place]!;
          gradient.l[j]![place]! -= share * z[j]![a]! * y[j]![b]!;
        }
      }
    }
  }
  const nu = d + m + 1;
  let constant = nu * d * (Math.log(gamma) - Math.log(2) / 2) - ((d * (d - 1)) / 4) * Math.log(Math.PI);
  for (let i = 1; i <= d; i++) constant -= logGamma((nu + 1 - i) / 2);
  for (let j = 0; j < k; j++) {
    const squares = sum(q[j]!.map((value) => Math.exp(2 * value))) + sum(l[j]!.map((value) => value ** 2));
    objective += (gamma ** 2 * squares) / 2 - m * sum(q[j]!) - constant;
  }
  return { objective, gradient };
}

/** a × b */
const cross = ([a, b, c]: readonly number[], [d, e, f]: readonly number[]) => [
  b! * f! - c! * e!,
  c! * d! - a! * f!,
  a! * e! - b! * d!,
];

/** v turned about r by the angle |r|: the exponential of v ↦ r × v, term by term. */
function turned(r: readonly number[], v: readonly number[]): number[] {
  let term = [...v];
  const result = [...v];
  for (let order = 1; order <= 40; order++) {
    term = cross(r, term).map((value) => value / order);
    for (let axis = 0; axis < 3; axis++) result[axis]! += term[axis]!;
  }
  return result;
}

/** The two errors of each observation in examples/bundle-adjustment.ag, one observation after the other. */
export function bundleByLoops({ cameras, points, weights, features }: BundleInputs): number[][] {
  return weights.map((weight, i) => {
    const camera = cameras[i % cameras.length]!;
    const point = points[i % points.length]!;
    const [f, u0, v0, k1, k2] = camera.slice(6) as [number, number, number, number, number];
    const [x, y, z] = turned(
      camera.slice(0, 3),
      point.map((value, axis) => value - camera[3 + axis]!),
    ) as [number, number, number];
    const radius = Math.hypot(x / z, y / z);
    const scale = f * (1 + k1 * radius ** 2 + k2 * radius ** 4);
    return [
      weight * (scale * (x / z) + u0 - features[i]![0]!),
      weight * (scale * (y / z) + v0 - features[i]![1]!),
    ];
  });
}

type Matrix = readonly (readonly number[])[];

const product = (a: Matrix, b: Matrix): number[][] =>
  a.map((row) => b[0]!.map((_, j) => sum(row.map((value, k) => value * b[k]![j]!))));

/** Rotations by z after y after x, of homogeneous coordinates. */
function euler(x: number, y: number, z: number): number[][] {
  const [cx, sx, cy, sy, cz, sz] = [x, y, z].flatMap((angle) => [Math.cos(angle), Math.sin(angle)]) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return [
    [cy * cz, sx * sy * cz - cx * sz, cx * sy * cz + sx * sz, 0],
    [cy * sz, sx * sy * sz + cx * cz, cx * sy * sz - sx * cz, 0],
    [-sy, sx * cy, cx * cy, 0],
    [0, 0, 0, 1],
  ];
}

/** The errors of examples/hand-tracking.ag point by point: the table of poses, then each bone after its parent. */
export function handByLoops(
  model: HandModel,
  { corr, points, us }: HandData,
  theta: readonly number[],
): number[][] {
  const pose = Array.from({ length: 25 }, () => [0, 0, 0]);
  let next = 6;
  for (let fingerStart = 5; fingerStart < 25; fingerStart += 4) {
    for (let column = fingerStart; column < fingerStart + 3; column++) {
      pose[column]![0] = theta[next++]!;
      if (column === fingerStart) pose[column]![1] = theta[next++]!;
    }
  }
  const absolutes: number[][][] = [];
  model.parents.forEach((parent, bone) => {
    const [x, z, y] = pose[bone + 3] as [number, number, number];
    const relative = product(model.base_relatives[bone]!, euler(x, y, z));
    absolutes.push(parent < 0 ? relative : product(absolutes[parent]!, relative));
  });
  const vertex = (k: number): number[] => {
    const column = model.base_positions_4xM.map((row) => [row[k]!]);
    const result = [0, 0, 0];
    absolutes.forEach((absolute, bone) => {
      const moved = product(absolute, product(model.inverse_base_absolutes[bone]!, column));
      for (let axis = 0; axis < 3; axis++) result[axis]! += model.weights_22xM[bone]![k]! * moved[axis]![0]!;
    });
    return turned(theta.slice(0, 3), result).map((value, axis) => value + theta[3 + axis]!);
  };
  return points.map((point, i) => {
    if (us === null) return vertex(corr[i]!).map((value, axis) => point[axis]! - value);
    const [a, b, c] = model.triangles[corr[i]!]!.map(vertex) as [number[], number[], number[]];
    const [u, v] = us[i] as [number, number];
    return point.map((value, axis) => value - (u * a[axis]! + v * b[axis]! + (1 - u - v) * c[axis]!));
  });
}

/** The objective of examples/lstm.ag, number by number. */
export function lstmByLoops({ main, extra, state, seq }: LstmInputs): number {
  const width = seq[0]!.length;
  const sigmoid = (a: number) => 1 / (1 + Math.exp(-a));
  const states = state.map((row) => [...row]);
  let total = 0;
  for (const [t, row] of seq.slice(0, -1).entries()) {
    let told = row.map((value, j) => value * extra[0]![j]!);
    for (let layer = 0; layer < states.length; layer += 2) {
      const [weights, biases, said, memory] = [
        main[layer]!,
        main[layer + 1]!,
        states[layer]!,
        states[layer + 1]!,
      ];
      const gate = (which: number, value: number, j: number) =>
        value * weights[which * width + j]! + biases[which * width + j]!;
      for (let j = 0; j < width; j++) {
        const [x, h] = [told[j]!, said[j]!];
        memory[j] = memory[j]! * sigmoid(gate(0, x, j)) + sigmoid(gate(1, h, j)) * Math.tanh(gate(3, h, j));
        said[j] = sigmoid(gate(2, x, j)) * Math.tanh(memory[j]!);
      }
      told = said;
    }
    const scores = told.map((value, j) => value * extra[1]![j]! + extra[2]![j]!);
    const norm = Math.log(2 + sum(scores.map(Math.exp)));
    total += sum(scores.map((score, j) => seq[t + 1]![j]! * (score - norm)));
  }
  return -total / ((seq.length - 1) * width);
}

export interface RnnInputs {
  readonly text: number[][];
  readonly Wx: number[][];
  readonly Wh: number[][];
  readonly bh: number[];
  readonly Wy: number[][];
  readonly by: number[];
}

/** The loss of examples/rnn.ag, number by number. */
export function rnnByLoops({ text, Wx, Wh, bh, Wy, by }: RnnInputs): number {
  const through = (row: readonly number[], matrix: number[][], j: number) =>
    sum(row.map((value, i) => value * matrix[i]![j]!));
  let memory = bh.map(() => 0);
  let total = 0;
  for (const [t, row] of text.slice(0, -1).entries()) {
    memory = bh.map((bias, j) => Math.tanh(through(row, Wx, j) + through(memory, Wh, j) + bias));
    const scores = by.map((bias, j) => through(memory, Wy, j) + bias);
    total += logsumexp(scores) - scores[text[t + 1]!.indexOf(1)]!;
  }
  return total / (text.length - 1);
}
