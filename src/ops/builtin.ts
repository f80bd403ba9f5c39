import type { OperatorNode } from "../graph/node.js";
import type { Tensor } from "../tensor.js";
import { type Documentation, documentationOf } from "./documentation.js";
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
  /** Whole numbers of any shape: a number, nested lists or tuples. */
  readonly integers: Tensor;
}

export type AxesOfTwo = number | readonly [readonly number[], readonly number[]];

export type ArgumentKind = keyof ArgumentTypes;

/** Kinds that, as the last parameter, take all arguments that follow. */
const openEnded: ReadonlySet<ArgumentKind> = new Set<ArgumentKind>(["sizes", "operands"]);

export interface Parameter<K extends ArgumentKind = ArgumentKind, Default = unknown> {
  readonly kind: K;
  readonly required: boolean;
  readonly default: Default;
  /** Can be given by its name only, so that sizes in front may be as many as they like. */
  readonly keywordOnly?: true;
}

/** A function of the language that is built from operations. */
export interface Builtin extends Documentation {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly build: (b: Calculus, values: ReadonlyMap<string, unknown>) => Built;
}

/** What a call gives: a tensor, or several as a tuple. */
export type Built = OperatorNode | readonly OperatorNode[];

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

export const keyword = <K extends ArgumentKind, D extends ArgumentTypes[K] | null>(
  kind: K,
  value: D,
): Parameter<K, D> => ({ ...optional(kind, value), keywordOnly: true });

/** Ties the types of the parameters to those of the values that `build` receives. */
export function builtin<P extends Record<string, Parameter>>(
  definition: Documentation & {
    readonly name: string;
    readonly parameters: P;
    readonly build: (b: Calculus, values: Values<P>) => Built;
  },
): Builtin {
  const { name, parameters, build } = definition;
  return {
    ...documentationOf(definition),
    name,
    parameters: new Map(Object.entries(parameters)),
    build: (b, values) => build(b, Object.fromEntries(values) as Values<P>),
  };
}

/** `sum(x, axis=all, keepdims=0)`, `rand(shape…, seed=0)`, `eye(n, [m])`. */
export function signature(name: string, parameters: ReadonlyMap<string, Parameter>): string {
  const open = openParameter(parameters);
  const words = [...parameters].map(([parameter, { required: isRequired, default: value }]) => {
    if (parameter === open) return `${parameter}…`;
    if (isRequired) return parameter;
    if (value !== null) return `${parameter}=${Number(value)}`;
    return /^ax[ei]s$/.test(parameter) ? `${parameter}=all` : `[${parameter}]`;
  });
  return `${name}(${words.join(", ")})`;
}

/** The parameter that takes all positional arguments that are left: sizes or operands, where they stand last by position. */
export function openParameter(parameters: ReadonlyMap<string, Parameter>): string | undefined {
  const last = [...parameters].findLast(([, { keywordOnly }]) => keywordOnly !== true);
  return last !== undefined && openEnded.has(last[1].kind) ? last[0] : undefined;
}
