export interface GmmInputs {
  readonly alpha: number[];
  readonly mu: number[][];
  readonly q: number[][];
  readonly l: number[][];
  readonly x: number[][];
  readonly gamma: number;
  readonly m: number;
}
export interface BundleInputs {
  readonly cameras: number[][];
  readonly points: number[][];
  readonly weights: number[];
  readonly features: number[][];
}
export function gmm(data: GmmInputs): GmmInputs;
export function ba(data: {
  readonly n: number;
  readonly m: number;
  readonly p: number;
  readonly camera: number[];
  readonly point: number[];
  readonly w: number;
  readonly feature: number[];
}): BundleInputs;
