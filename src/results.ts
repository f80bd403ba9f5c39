import type { Diagnostic, Span } from "./diagnostics.js";
import type { Shape, Tensor } from "./tensor.js";

export interface NamedTensor {
  readonly name: string;
  readonly tensor: Tensor;
}

/** How a derivative is laid out: as a tensor, or merged to a matrix, `size(output) × size(input)` or its transpose. */
export type Layout = "tensor" | "numerator" | "denominator";

/** Where the elements of a sparse matrix stand, row by row: what SciPy's `coo_matrix` takes with their values. */
export interface Coordinates {
  readonly shape: readonly [rows: number, columns: number];
  readonly rows: Int32Array;
  readonly cols: Int32Array;
}

/**
 * ∂output/∂input. In the layout `tensor`, `tensor` has the input's shape for a scalar output, `shape(output) + shape(input)` otherwise.
 * `connected` is false where the output does not depend on the input at all; `tensor` then holds zeros.
 */
export interface Gradient {
  readonly output: string;
  readonly input: string;
  readonly outputRank: number;
  readonly connected: boolean;
  /** `tensor` where it is left out. */
  readonly layout?: Layout;
  readonly tensor: Tensor;
  /** Where sparse derivatives were asked for: `tensor` is the vector of the elements that stand here in the matrix. */
  readonly coordinates?: Coordinates;
}

/** ∂²output/∂first∂second of a scalar output, of the shape `shape(first) + shape(second)`. */
export interface HessianBlock {
  readonly output: string;
  readonly first: string;
  readonly second: string;
  readonly firstRank: number;
  /** False where the second derivative is a structural zero; `tensor` then holds zeros. */
  readonly connected: boolean;
  readonly tensor: Tensor;
  /** As of a gradient, in the matrix size(first) × size(second). */
  readonly coordinates?: Coordinates;
}

/** Where a derivative may have elements other than 0, whatever the values of the inputs are. */
export interface Sparsity {
  readonly output: string;
  readonly input: string;
  /** The second input, of a second derivative. */
  readonly second?: string;
  /** False where there is no dependence at all. */
  readonly connected: boolean;
  /** Of the matrix size(output) × size(input); of second derivatives, size(input) × size(second). */
  readonly shape: readonly [rows: number, columns: number];
  /** `diagonal`, `block diagonal`, `banded`, `lower triangular`, `sparse`, `dense`, `zero`, … */
  readonly structure: string;
  /** What sets this pattern apart from others of its structure: `10 blocks of 2×3`, `3 diagonals`. */
  readonly detail?: string;
  /** How many elements may be other than 0. */
  readonly nonzeros: number;
  /** The fewest groups found of columns (for forward sweeps) and of rows (for reverse sweeps) that share none. */
  readonly colors: { readonly columns: number; readonly rows: number };
  /** The elements, unless they are too many to list. */
  readonly coordinates?: Coordinates;
  /** Coarse cells of the matrix, row-major: 1 where any element of the cell may be other than 0. */
  readonly picture: { readonly shape: readonly [rows: number, columns: number]; readonly cells: Uint8Array };
}

/** One named node: its operator, its value, and for each output the cotangent accumulated at it. */
export interface NodeRow {
  readonly name: string;
  readonly op: string;
  readonly output: Tensor;
  readonly sumGrads: readonly Gradient[];
}

export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=";

/** What became of one `assert`. */
export interface AssertResult {
  /** The statement as written, and its place. */
  readonly text: string;
  readonly span: Span;
  /** How its two sides compare; without one it is a value, of which every element must be true. */
  readonly operator: Comparison | undefined;
  readonly passed: boolean;
  /** Present where it has not passed. */
  readonly failure?: AssertFailure;
}

/** The element of a failed assert that is furthest from passing (the first one of those that are equally far). */
export interface AssertFailure {
  /** One number an axis; none for scalars. */
  readonly index: readonly number[];
  readonly left: number;
  /** Present for a comparison. */
  readonly right?: number;
  /** How far apart the sides may be at this element: `within + rel * max(|left|, |right|)`. */
  readonly tolerance: number;
  /** How many elements fail, of how many. */
  readonly failed: number;
  readonly total: number;
}

/** Milliseconds: of what the values asked for are computed from, and of what only derivatives need. */
export interface Cost {
  readonly forward: number;
  readonly backward: number;
}

export interface SourceLine {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** Without the blanks around it. */
  readonly text: string;
}

/** What the operations of one source line took, those of their derivatives included. */
export interface LineCost extends Cost {
  /** Undefined for what no line has asked for. */
  readonly place: SourceLine | undefined;
  readonly nodes: number;
  /** Bytes that the values of the nodes take; none for those that lie where an operand was, or are never written. */
  readonly bytes: number;
}

/** What the nodes of one operation took. */
export interface OpCost extends Cost {
  readonly op: string;
  readonly nodes: number;
  /** About how many elements they computed; each term of a product counts. */
  readonly elements: number;
}

/** Operations that ran together, strip by strip. */
export interface FusedGroup {
  readonly milliseconds: number;
  readonly places: readonly SourceLine[];
  /** Of the elementwise operations. */
  readonly shape: Shape;
  /** In the order in which each strip takes them. */
  readonly ops: readonly string[];
  /** What the strips are reduced by in the end. */
  readonly reductions: readonly string[];
}

/** Where a run has spent its time and its memory. The costs of lines add up to `milliseconds`, and so do those of operations. */
export interface Profile {
  readonly engine: "WebAssembly" | "JavaScript";
  /** How many threads shared large work. */
  readonly threads: number;
  readonly milliseconds: number;
  /** Short runs are repeated, and the shortest time of each instruction counts; the first run took this long. */
  readonly runs: { readonly count: number; readonly first: number };
  /** How often a run reads the clock, and the milliseconds that are taken off for it each time. */
  readonly timings: { readonly count: number; readonly cost: number };
  /** Nodes that instructions compute: for values, and for derivatives only. */
  readonly nodes: { readonly forward: number; readonly backward: number };
  /** Those in bodies of loops once, and as often as loops may run them. */
  readonly instructions: { readonly written: number; readonly run: number };
  /** Instructions that run a group of operations strip by strip, and how many strips they take. */
  readonly strips: { readonly instructions: number; readonly cut: number };
  readonly bytes: { readonly arena: number; readonly inputs: number; readonly constants: number };
  /** Each list begins with what took longest. */
  readonly lines: readonly LineCost[];
  readonly ops: readonly OpCost[];
  readonly groups: readonly FusedGroup[];
}

/** What one evaluation gives; the reports and the JSON writer see this and nothing else. */
export interface Evaluation {
  readonly outputs: readonly NamedTensor[];
  /** Grouped by output, in the order of `outputs`. */
  readonly gradients: readonly Gradient[];
  /** Present when Hessians were asked for. Grouped by output, then by the first input. */
  readonly hessians?: readonly HessianBlock[];
  /** Present when patterns were asked for, in place of derivatives. */
  readonly sparsity?: readonly Sparsity[];
  /** Present when every named node was asked for. */
  readonly nodes?: readonly NodeRow[];
  /** Present where the script has asserts; in source order. */
  readonly asserts?: readonly AssertResult[];
  /** Present when it was asked for. */
  readonly profile?: Profile;
}

/** What fitting gives: the loss on the way, and the parameters at its end. */
export interface Fit {
  /** The name of the loss. */
  readonly of: string;
  /** By step; the first one is that of the values at the start. */
  readonly losses: Float64Array;
  readonly parameters: readonly NamedTensor[];
}

/** Why a fit ended before its last step. */
export type FitStop =
  /** Names of values (`loss`), gradients (`∂loss/∂W`) or parameters (`W`) that are not finite at this step. */
  | { readonly kind: "not-finite"; readonly step: number; readonly names: readonly string[] }
  /** A kernel has no result at this step, such as the inverse of a singular matrix. */
  | { readonly kind: "fault"; readonly step: number; readonly diagnostics: readonly Diagnostic[] };

/** What the reference tells of one function of the language. */
export interface FunctionEntry {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly signature: string;
  readonly family: string;
  readonly doc: string;
  readonly derivative: string;
  readonly conventions?: string;
  readonly defined?: string;
  readonly example: string;
}

/** A line of a script and the values that it defines. */
export interface FunctionExample {
  readonly text: string;
  readonly values: readonly NamedTensor[];
}

/** What became of one library that may be a native BLAS. */
export type TriedLibrary =
  | { readonly files: readonly string[]; readonly outcome: "unloadable"; readonly reason: string }
  | { readonly files: readonly string[]; readonly outcome: "unfit"; readonly symbol: string }
  | {
      readonly files: readonly string[];
      /** `plain`: it can be used, but does not say that it is made for speed, so only who names it gets it. */
      readonly outcome: "used" | "plain";
      /** What it says of itself. */
      readonly identity: string | null;
      /** Bits of its integers. */
      readonly integer: 32 | 64;
      /** The operations on matrices that it has beside products. */
      readonly kernels: readonly string[];
      readonly threads: number | null;
    };

/** What became of looking for a native BLAS. */
export interface BlasReport {
  /** `auto`, `none` or a library. */
  readonly choice: string;
  /** Undefined where there was no need for it. */
  readonly koffi: { readonly version: string } | { readonly missing: string } | undefined;
  readonly tried: readonly TriedLibrary[];
}

/** How a product of two side×side matrices by a native BLAS compares with ours. */
export interface ProductCheck {
  readonly side: number;
  /** The largest difference of an element, in units of rounding of the sum of its terms' sizes. */
  readonly units: number;
  readonly agrees: boolean;
}

/** What `autograd doctor` finds. */
export interface Examination {
  readonly version: string;
  readonly node: string;
  readonly platform: string;
  readonly processor: { readonly model: string; readonly count: number; readonly threads: number };
  /** Bytes. */
  readonly memory: { readonly machine: number; readonly limit: number };
  readonly webAssembly: { readonly simd: boolean; readonly sharedMemory: boolean };
  readonly blas: BlasReport;
  readonly check: ProductCheck | undefined;
}
