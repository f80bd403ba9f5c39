export interface GmmInputs {
  readonly alpha: number[];
  readonly mu: number[][];
  readonly q: number[][];
  readonly l: number[][];
  readonly x: number[][];
  readonly gamma: number;
  readonly m: number;
}
export function gmm(data: GmmInputs): GmmInputs;
