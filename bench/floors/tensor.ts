/** As the inputs of benchmarks are. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export type Inputs = Readonly<Record<string, Tensor>>;

/** Results by name: outputs as `L`, derivatives as `L/alpha`. */
export type Results = Record<string, Float64Array>;
