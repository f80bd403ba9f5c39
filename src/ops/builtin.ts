import type { OperatorNode } from "../graph/node.js";
import type { Calculus } from "./vocabulary.js";

/** What an argument of a built-in function is. All but tensors must be known when the graph is built. */
export interface ArgumentTypes {
  readonly tensor: OperatorNode;
  /** A list or a tuple of tensors. */
  readonly tensors: readonly OperatorNode[];
  readonly integer: number;
  readonly number: number;
  readonly flag: boolean;
  /** One integer or several. */
  readonly axes: readonly number[];
  readonly text: string;
  /** How many axes, or the axes of each of two tensors. */
  readonly axesOfTwo: AxesOfTwo;
  /** One tensor or (at the end of the parameters) several, each an argument of its own. */
  readonly operands: readonly OperatorNode[];
  /** Sizes, as one list or (at the end of the parameters) as several integers. */
  readonly sizes: readonly number[];
}

export type AxesOfTwo = number | readonly [readonly number[], readonly number[]];

export type ArgumentKind = keyof ArgumentTypes;

/** Kinds that, as the last parameter, take all arguments that follow. */
export const openEnded: ReadonlySet<ArgumentKind> = new Set<ArgumentKind>(["sizes", "operands"]);

export interface Parameter<K extends ArgumentKind = ArgumentKind, Default = unknown> {
  readonly kind: K;
  readonly required: boolean;
  readonly default: Default;
}

/** A tensor, or the elements of a tuple. */
export type BuiltResult = OperatorNode | readonly OperatorNode[];

/** A function of the language that is built from operations. */
export interface Builtin {
  readonly name: string;
  readonly doc: string;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly build: (b: Calculus, values: ReadonlyMap<string, unknown>) => BuiltResult;
}

type Values<P extends Record<string, Parameter>> = {
  readonly [Name in keyof P]: P[Name] extends Parameter<infer K, infer D> ? ArgumentTypes[K] | D : never;
};

export const required = <K extends ArgumentKind>(kind: K): Parameter<K, never> => ({
  kind,
  required: true,
  default: undefined as never,
});

export const optional = <K extends ArgumentKind, D extends ArgumentTypes[K] | null>(
  kind: K,
  value: D,
): Parameter<K, D> => ({ kind, required: false, default: value });

/** Ties the types of the parameters to those of the values that `build` receives. */
export function builtin<P extends Record<string, Parameter>>(definition: {
  readonly name: string;
  readonly doc: string;
  readonly parameters: P;
  readonly build: (b: Calculus, values: Values<P>) => BuiltResult;
}): Builtin {
  const { name, doc, parameters, build } = definition;
  return {
    name,
    doc,
    parameters: new Map(Object.entries(parameters)),
    build: (b, values) => build(b, Object.fromEntries(values) as Values<P>),
  };
}

const openEndedMark = (kind: ArgumentKind) => (kind === "operands" ? "…" : "");

/** `sum(x, axis=all, keepdims=0)`, `einsum(subscripts, operands…)`. */
export function signature(name: string, parameters: ReadonlyMap<string, Parameter>): string {
  const words = [...parameters].map(([parameter, { kind, required: isRequired, default: value }]) =>
    isRequired
      ? `${parameter}${openEndedMark(kind)}`
      : `${parameter}=${value === null ? "all" : Number(value)}`,
  );
  return `${name}(${words.join(", ")})`;
}
