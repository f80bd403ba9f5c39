import type { OperatorNode } from "../graph/node.js";
import { contiguousStrides } from "../graph/shape.js";
import type { Op, ScalarOp } from "../ops/op.js";
import { type Shape, sizeOf } from "../tensor.js";
import type { Combination, Combinations } from "./combinations.js";
import type { Emission, Operand } from "./emission.js";
import { contiguousBase, opcode, scalarBase } from "./instructions.js";
import { kernelNumbers } from "./kernel-numbers.js";
import { broadcastStrides, collapse, isContiguous, type View } from "./layout.js";
import type { Pair, Pairs } from "./pairs.js";
import type { Placement } from "./placement.js";
import { isLarge } from "./schedule.js";

/** Loops of fewer turns cost more to begin than they do. */
const shortRow = 16;

const nestOf = (sizes: readonly number[], operands: readonly Operand[]) =>
  collapse(
    sizes,
    operands.map(({ strides }) => strides),
  );

/** `opcode kernel nest n strides…`: an instruction whose inner kernel runs along the last loop of the nest. */
function emitNest(
  emission: Pick<Emission, "emit">,
  operation: number,
  kernel: number,
  sizes: readonly number[],
  operands: readonly Operand[],
): void {
  if (sizes.includes(0)) return;
  const nest = nestOf(sizes, operands);
  const outer = Math.max(0, nest.sizes.length - 1);
  emission.emit(operation, kernel, outer, ...nest.sizes.slice(0, outer));
  operands.forEach(({ offset }, k) => {
    emission.emit(offset, ...nest.strides[k]!.slice(0, outer));
  });
  emission.emit(nest.sizes[outer] ?? 1, ...operands.map((_, k) => nest.strides[k]![outer] ?? 0));
}

/** Copies elements from one layout to another. */
export function emitCopy(emission: Pick<Emission, "emit">, shape: Shape, to: Operand, from: Operand): void {
  const { sizes, strides } = nestOf(shape, [to, from]);
  // Any order of the loops will do: a long one inside spares many short ones.
  const longest = sizes.indexOf(Math.max(...sizes));
  const isShort = sizes.length > 0 && sizes.at(-1)! < shortRow;
  const order = isShort
    ? [...sizes.keys()].sort((i, j) => Number(i === longest) - Number(j === longest))
    : undefined;
  const inOrder = (list: readonly number[]) => order?.map((i) => list[i]!) ?? list;
  emitNest(emission, opcode.copy, 0, inOrder(sizes), [
    { offset: to.offset, strides: inOrder(strides[0]!) },
    { offset: from.offset, strides: inOrder(strides[1]!) },
  ]);
}

/** Whether an elementwise node would walk many short rows, which strips put together faster. */
export function hasShortRows({ op, inputs, shape }: OperatorNode, placement: Placement): boolean {
  if ((op as Op).kind !== "scalar" || !isLarge(shape)) return false;
  const strides = inputs.map((input) => broadcastStrides(input.shape, placement.view(input).strides, shape));
  const { sizes } = collapse(shape, [contiguousStrides(shape), ...strides]);
  return sizes.length > 1 && sizes.at(-1)! < shortRow;
}

/** Writes the instructions of elementwise nodes that run whole. */
export class Elementwise {
  readonly #emission: Emission;
  readonly #placement: Placement;
  readonly #combinations: Combinations;
  readonly #pairs: Pairs;
  readonly #order: readonly OperatorNode[];
  /** See `takeAlsoFor`. */
  #alsoFor = 0;

  constructor(
    emission: Emission,
    placement: Placement,
    combinations: Combinations,
    pairs: Pairs,
    order: readonly OperatorNode[],
  ) {
    this.#emission = emission;
    this.#placement = placement;
    this.#combinations = combinations;
    this.#pairs = pairs;
    this.#order = order;
  }

  /** How many nodes before the last one its instruction is for as well; 0 from then on. */
  takeAlsoFor(): number {
    const count = this.#alsoFor;
    this.#alsoFor = 0;
    return count;
  }

  /** Writes the node's instruction, or that of the nodes that it completes, and says where its value lies. */
  emit(node: OperatorNode, op: ScalarOp): View {
    const combination = this.#combinations.of(node);
    if (combination !== undefined) return this.#combine(node, combination);
    const { inputs, shape } = node;
    const kernel = kernelNumbers.scalar(op.name);
    const pair = this.#pairs.of(node);
    if (pair !== undefined && isContiguous(shape, this.#placement.view(inputs[0]!).strides))
      return this.#pair(node, pair);
    const target = this.#placement.overwritable(shape, inputs) ?? this.#placement.allocate(shape);
    const size = sizeOf(shape);
    if (size === 1) {
      this.#emission.emit(scalarBase + kernel, target.offset);
      for (const input of inputs) this.#emission.emit(this.#placement.offset(input));
      return target;
    }
    const sources = inputs.map((input) => {
      const { offset, strides } = this.#placement.view(input);
      return { offset, strides: broadcastStrides(input.shape, strides, shape) };
    });
    if (size > 0 && sources.every(({ strides }) => isContiguous(shape, strides)))
      this.#emission.emit(
        contiguousBase + kernel,
        size,
        target.offset,
        ...sources.map(({ offset }) => offset),
      );
    else emitNest(this.#emission, opcode.map1 + inputs.length - 1, kernel, shape, [target, ...sources]);
    return target;
  }

  #combine({ shape }: OperatorNode, { operation, operands }: Combination): View {
    const target = this.#placement.overwritable(shape, operands) ?? this.#placement.allocate(shape);
    this.#emission.emit(operation, target.offset);
    for (const operand of operands) this.#emission.emit(this.#placement.offset(operand));
    this.#alsoFor = this.#combinations.rightBefore(this.#order, this.#placement.position);
    return target;
  }

  /** One of two nodes that stand side by side: the second of them writes the instruction for both. */
  #pair(node: OperatorNode, { number, nodes }: Pair): View {
    const { inputs, shape } = node;
    const target = this.#placement.overwritable(shape, inputs) ?? this.#placement.allocate(shape);
    const views = nodes.flatMap((one) =>
      one === node ? target : this.#placement.has(one) ? this.#placement.view(one) : [],
    );
    const size = sizeOf(shape);
    if (size === 0 || views.length < nodes.length) return target;
    this.#emission.emit(opcode.pair, number, 0, ...views.map(({ offset }) => offset));
    this.#emission.emit(this.#placement.view(inputs[0]!).offset, size);
    this.#alsoFor = 1;
    return target;
  }
}
