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
export interface LstmInputs {
  readonly main: number[][];
  readonly extra: number[][];
  readonly state: number[][];
  readonly seq: number[][];
}
export function lstm(data: LstmInputs): LstmInputs;
export interface HandModel {
  readonly parents: number[];
  readonly base_relatives: number[][][];
  readonly inverse_base_absolutes: number[][][];
  readonly base_positions_4xM: number[][];
  readonly weights_22xM: number[][];
  readonly triangles: number[][];
}
export interface HandData {
  /** The vertex of each point; where there are `us`, its triangle. */
  readonly corr: number[];
  readonly points: number[][];
  readonly us: number[][] | null;
  readonly theta: number[];
}
export interface HandInputs {
  readonly theta: number[];
  readonly points: number[][];
  readonly us: number[][];
  readonly positions: number[][][];
  readonly weights: number[][][];
  readonly base_relatives: number[][][];
  readonly inverse_base_absolutes: number[][][];
}
export function hand(model: HandModel, data: HandData): HandInputs;
