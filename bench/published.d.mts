export interface Option {
  readonly type: "call" | "put";
  readonly S: number;
  readonly K: number;
  readonly T: number;
  readonly r: number;
  readonly q: number;
  readonly vol: number;
}
export function options(
  rows: readonly Option[],
): Record<"S" | "K" | "T" | "r" | "q" | "vol" | "call", number[]>;
export function spector(text: string): { readonly X: number[][]; readonly y: number[] };
