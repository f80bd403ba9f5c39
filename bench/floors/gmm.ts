import type { Inputs, Results } from "./tensor.js";

/** log Γ at a positive multiple of 1/2, by Γ(a + 1) = a Γ(a). */
function logGamma(a: number): number {
  if (a === 0.5) return Math.log(Math.PI) / 2;
  return a === 1 ? 0 : Math.log(a - 1) + logGamma(a - 1);
}

function logsumexp(values: Float64Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) most = Math.max(most, value);
  let total = 0;
  for (const value of values) total += Math.exp(value - most);
  return most + Math.log(total);
}

/** The constant part of the prior, for one component. */
function normaliser(d: number, gamma: number, m: number): number {
  const nu = d + m + 1;
  let constant = nu * d * (Math.log(gamma) - Math.log(2) / 2) - ((d * (d - 1)) / 4) * Math.log(Math.PI);
  for (let i = 0; i < d; i++) constant -= logGamma((nu - i) / 2);
  return constant;
}

/** Point by point and component by component, with the gradient on the way. */
export function prepare(inputs: Inputs): () => Results {
  const { alpha, mu, q, l, x } = inputs as Record<"alpha" | "mu" | "q" | "l" | "x", Inputs[string]>;
  const [n, d] = x.shape as [number, number];
  const [k, t] = [alpha.data.length, (d * (d - 1)) / 2];
  const gamma = inputs.gamma!.data[0]!;
  const m = inputs.m!.data[0]!;

  return () => {
    const gAlpha = new Float64Array(k);
    const gMu = new Float64Array(k * d);
    const gQ = new Float64Array(k * d);
    const gL = new Float64Array(k * t);
    const diagonal = q.data.map(Math.exp);
    const offset = new Float64Array(k);
    let prior = 0;
    for (let j = 0; j < k; j++) {
      let total = 0;
      for (let a = j * d; a < (j + 1) * d; a++) {
        total += q.data[a]!;
        prior += (gamma ** 2 * diagonal[a]! ** 2) / 2 - m * q.data[a]!;
        gQ[a] = gamma ** 2 * diagonal[a]! ** 2 - m;
      }
      for (let a = j * t; a < (j + 1) * t; a++) {
        prior += (gamma ** 2 * l.data[a]! ** 2) / 2;
        gL[a] = gamma ** 2 * l.data[a]!;
      }
      offset[j] = alpha.data[j]! + total;
    }

    let likelihood = 0;
    const y = new Float64Array(k * d);
    const z = new Float64Array(k * d);
    const scores = new Float64Array(k);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < k; j++) {
        const base = j * d;
        for (let a = 0; a < d; a++) {
          y[base + a] = x.data[i * d + a]! - mu.data[base + a]!;
          z[base + a] = diagonal[base + a]! * y[base + a]!;
        }
        let place = j * t;
        for (let b = 0; b < d; b++)
          for (let a = b + 1; a < d; a++) z[base + a]! += l.data[place++]! * y[base + b]!;
        let square = 0;
        for (let a = base; a < base + d; a++) square += z[a]! ** 2;
        scores[j] = offset[j]! - square / 2;
      }
      const all = logsumexp(scores);
      likelihood += all;
      for (let j = 0; j < k; j++) {
        const share = Math.exp(scores[j]! - all);
        const base = j * d;
        gAlpha[j]! += share;
        for (let a = base; a < base + d; a++) {
          gMu[a]! += share * z[a]! * diagonal[a]!;
          gQ[a]! += share * (1 - z[a]! * diagonal[a]! * y[a]!);
        }
        let place = j * t;
        for (let b = 0; b < d; b++) {
          for (let a = b + 1; a < d; a++, place++) {
            gMu[base + b]! += share * z[base + a]! * l.data[place]!;
            gL[place]! -= share * z[base + a]! * y[base + b]!;
          }
        }
      }
    }
    const whole = logsumexp(alpha.data);
    for (let j = 0; j < k; j++) gAlpha[j]! -= n * Math.exp(alpha.data[j]! - whole);
    const L =
      likelihood - n * whole - (n * d * Math.log(2 * Math.PI)) / 2 + prior - k * normaliser(d, gamma, m);
    return { L: Float64Array.of(L), "L/alpha": gAlpha, "L/mu": gMu, "L/q": gQ, "L/l": gL };
  };
}
