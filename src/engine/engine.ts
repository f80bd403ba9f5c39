import { fault } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import { formatBytes, type Limits } from "../limits.js";
import type { Op } from "../ops/op.js";
import type { ScalarOpName } from "../ops/registry.js";
import { type Shape, sizeOf, type Tensor } from "../tensor.js";
import { failureFault } from "./failures.js";
import { countInstructions, type InstructionCount } from "./instruction-count.js";
import type { Failure } from "./interpreter/failures.js";
import { scalarKernels } from "./kernels/scalar.js";
import { collapse } from "./layout.js";
import { javaScriptMachine, type Machine } from "./machine.js";
import type { Mark } from "./marks.js";
import type { BlasSource } from "./native/source.js";
import { type Place, type Plan, plan } from "./plan.js";
import { type Times, time } from "./stopwatch.js";
import { fitsIntoWasm, type Helpers, wasmMachine } from "./wasm-machine.js";

/** The work, as plans estimate it, from which on the kernels are worth compiling: what JavaScript does in about 3 ms. */
const worthCompiling = 1_000_000;

/** What an engine may use. */
export interface EngineOptions extends Pick<Limits, "memory"> {
  /** A native BLAS, for large work. */
  readonly blas?: BlasSource;
  /** How many threads share large work, asked where there is some. Default: 1. */
  readonly threads?: () => number;
  /** Whether the plan says what its instructions are for, as `profile` needs it. */
  readonly marks?: boolean;
  /** Whether to use WebAssembly. Default: where there is much work. */
  readonly compiled?: boolean;
}

/** What a run gives, and where its time has gone. */
export interface EngineProfile {
  readonly results: readonly Tensor[];
  readonly times: Times;
  readonly count: InstructionCount;
  /** Elements of the arena, and those among them that inputs and constants take. */
  readonly elements: { readonly arena: number; readonly inputs: number; readonly constants: number };
  /** Whether WebAssembly ran it. */
  readonly isCompiled: boolean;
  /** How many threads shared large work. */
  readonly threads: number;
}

/** A plan with its arena, ready to run again and again. */
export class Engine {
  readonly #plan: Plan;
  readonly #helpers: Helpers;
  #machine: Machine;
  /** Work that is left to JavaScript before the kernels are worth compiling; none once they are. */
  #rest: number;

  /** Plans the evaluation of the nodes. Throws a `Fault` where the arena would exceed the memory limit. */
  constructor(nodes: readonly OperatorNode[], options: EngineOptions) {
    this.#plan = plan(nodes, options, options);
    this.#helpers = { blas: options.blas, threads: options.threads ?? (() => 1) };
    const isWorthIt = options.compiled ?? this.#plan.work > worthCompiling;
    const isLarge = isWorthIt && fitsIntoWasm(this.#plan);
    this.#machine = isLarge
      ? wasmMachine(this.#plan, this.#helpers)
      : javaScriptMachine(this.#plan, allocate(this.#plan.arenaSize));
    this.#rest = isLarge ? 0 : worthCompiling;
  }

  /** Names and shapes of the inputs that a run reads. */
  get inputs(): ReadonlyMap<string, { readonly shape: Shape }> {
    return this.#plan.inputs;
  }

  /**
   * Runs once. `inputs` holds every input's elements by name; the values of the nodes come back in their order.
   * Throws a `Fault` where a kernel has no result, such as the inverse of a singular matrix.
   */
  run(inputs: ReadonlyMap<string, Tensor>): Tensor[] {
    this.#load(inputs);
    this.#check(this.#machine.run(0, this.#plan.code.length));
    const results = this.#results();
    this.#account();
    return results;
  }

  /**
   * Runs as `run` does, several times where that is short, and tells how long the instructions took: those of each mark,
   * or of neighbours that are to be timed together. The engine was made with `marks`.
   */
  profile(
    inputs: ReadonlyMap<string, Tensor>,
    areTogether: (one: Mark, next: Mark) => boolean = () => false,
  ): EngineProfile {
    const { code, marks, arenaSize, constants, inputs: places } = this.#plan;
    const { isCompiled, threads } = this.#machine;
    const times = time(
      this.#machine,
      marks,
      areTogether,
      () => this.#load(inputs),
      (failures) => this.#check(failures),
    );
    const results = this.#results();
    this.#account();
    const inputElements = [...places.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    return {
      results,
      times,
      count: countInstructions(code),
      elements: { arena: arenaSize, inputs: inputElements, constants: constants.length },
      isCompiled,
      threads,
    };
  }

  #load(inputs: ReadonlyMap<string, Tensor>): void {
    const { arena } = this.#machine;
    for (const [name, place] of this.#plan.inputs) arena.set(inputs.get(name)!.data, place.offset);
  }

  #check(failures: readonly Failure[]): void {
    if (failures.length > 0) throw failureFault(failures, this.#plan.fallible);
  }

  #results(): Tensor[] {
    const { arena } = this.#machine;
    return this.#plan.results.map((place) => ({ shape: place.shape, data: gather(arena, place) }));
  }

  /** Runs add up: a plan that is run often moves to WebAssembly. Both give the same bits. */
  #account(): void {
    if (this.#rest <= 0) return;
    this.#rest -= this.#plan.work;
    if (this.#rest <= 0 && fitsIntoWasm(this.#plan)) this.#machine = wasmMachine(this.#plan, this.#helpers);
  }
}

/** The limit may allow more than the machine has. */
function allocate(size: number): Float64Array {
  try {
    return new Float64Array(size);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw fault("out-of-memory", { bytes: formatBytes(8 * size) });
  }
}

/** The value of nodes that need no input. */
export function evaluateConstants(nodes: readonly OperatorNode[], limits: Pick<Limits, "memory">): Tensor[] {
  return new Engine(nodes, limits).run(new Map());
}

/**
 * The value of one node, from values of the inputs that it needs. Numbers, of which a script may have many, are not
 * worth a plan.
 */
export function evaluateNode(
  node: OperatorNode,
  limits: Pick<Limits, "memory">,
  inputs: ReadonlyMap<string, Tensor> = new Map(),
): Tensor {
  const op = node.op as Op;
  const numbers = node.inputs.flatMap(({ attributes: { value } }) =>
    typeof value === "number" ? [value] : [],
  );
  if (op.kind !== "scalar" || numbers.length < node.inputs.length)
    return new Engine([node], limits).run(inputs)[0]!;
  const [x = 0, y = 0, z = 0] = numbers;
  return { shape: [], data: Float64Array.of(scalarKernels[op.name as ScalarOpName](x, y, z)) };
}

/** The elements of a view in row-major order. */
function gather(arena: Float64Array, { shape, offset, strides }: Place): Float64Array {
  const size = sizeOf(shape);
  const nest = collapse(shape, [strides]);
  const inner = nest.sizes.at(-1) ?? 1;
  const step = nest.strides[0]!.at(-1) ?? 1;
  if (nest.sizes.length <= 1 && step === 1) return arena.slice(offset, offset + size);
  const data = new Float64Array(size);
  const outer = nest.sizes.slice(0, -1);
  const counter = outer.map(() => 0);
  let from = offset;
  for (let to = 0; to < size; to += inner) {
    for (let i = 0; i < inner; i++) data[to + i] = arena[from + i * step]!;
    for (let axis = outer.length - 1; axis >= 0; axis--) {
      const stride = nest.strides[0]![axis]!;
      from += stride;
      counter[axis]! += 1;
      if (counter[axis]! < outer[axis]!) break;
      from -= stride * outer[axis]!;
      counter[axis] = 0;
    }
  }
  return data;
}
