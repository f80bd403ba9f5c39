import type { OperatorNode } from "../../graph/node.js";
import { contiguousStrides } from "../../graph/shape.js";
import { topologicalOrder } from "../../graph/topology.js";
import type { Along, Op, Partial, ScalarOp, TensorOp } from "../../ops/op.js";
import type { Calculus } from "../../ops/vocabulary.js";
import { type Shape, sameShape, sizeOf, type Tensor } from "../../tensor.js";
import { type ColumnSets, none } from "./column-sets.js";

/** Computes the value of a node from values of the inputs that it depends on, by name. */
export type Evaluate = (node: OperatorNode, inputs?: ReadonlyMap<string, Tensor>) => Tensor;

/** For each element of a node the set of columns that it depends on; `null` where no element depends on any. */
export type Dependences = Int32Array | null;

/** Zeros of constants with more elements than this are not looked for. */
const largestConstant = 2 ** 22;

/**
 * Which elements of the seeds each element of the outputs depends on. The graph between them is linear in the seeds: it
 * carries tangents. `seeds` holds a set for each element of each seed.
 *
 * An elementwise operation joins the sets of what it reads, where its partial is not 0 by a constant; a tensor operation
 * says how it moves or mixes elements (`structure`), and one that says nothing mixes all.
 */
export function dependences(
  b: Calculus,
  outputs: readonly OperatorNode[],
  seeds: ReadonlyMap<OperatorNode, Int32Array>,
  sets: ColumnSets,
  evaluate: Evaluate,
): Dependences[] {
  const order = topologicalOrder(outputs);
  const tracer = new Tracer(b, sets, evaluate);
  const found = new Map<OperatorNode, Dependences>(seeds);
  const waiting = consumers(order, outputs);
  for (const node of order) {
    if (!found.has(node)) {
      const inputs = node.inputs.map((input) => found.get(input) ?? null);
      found.set(node, inputs.every((input) => input === null) ? null : tracer.through(node, inputs));
    }
    // A large graph has more elements than memory should hold at a time.
    for (const input of new Set(node.inputs)) {
      const left = waiting.get(input)! - 1;
      waiting.set(input, left);
      if (left === 0) found.delete(input);
    }
  }
  return outputs.map((output) => found.get(output)!);
}

/** How many nodes of the order read each node; an output is read by the caller, too. */
function consumers(
  order: readonly OperatorNode[],
  outputs: readonly OperatorNode[],
): Map<OperatorNode, number> {
  const count = new Map<OperatorNode, number>();
  const add = (node: OperatorNode) => count.set(node, (count.get(node) ?? 0) + 1);
  for (const node of order) for (const input of new Set(node.inputs)) add(input);
  for (const output of outputs) add(output);
  return count;
}

class Tracer {
  readonly #b: Calculus;
  readonly #sets: ColumnSets;
  readonly #evaluate: Evaluate;
  readonly #constant = new Map<OperatorNode, boolean>();

  constructor(b: Calculus, sets: ColumnSets, evaluate: Evaluate) {
    this.#b = b;
    this.#sets = sets;
    this.#evaluate = evaluate;
  }

  /** The dependences of a node from those of its inputs, at least one of which is not `null`. */
  through(node: OperatorNode, inputs: readonly Dependences[]): Dependences {
    const op = node.op as Op;
    if (op.kind === "scalar") return this.#elementwise(op, node, inputs);
    if (op.structure === "copies") return this.#copied(op, node, inputs);
    let result: Dependences = null;
    inputs.forEach((ids, index) => {
      if (ids === null) return;
      const mixed = this.#mixed(op, node, ids, index);
      result = result === null ? mixed : this.#join(result, mixed);
    });
    return result;
  }

  #join(a: Int32Array, b: Int32Array): Int32Array {
    return a.map((set, i) => this.#sets.union(set, b[i]!));
  }

  #elementwise(op: ScalarOp, node: OperatorNode, inputs: readonly Dependences[]): Dependences {
    let result: Dependences = null;
    inputs.forEach((ids, index) => {
      if (ids === null) return;
      const rule = op.partials[index]!;
      if (rule === null) return;
      const zeros = this.#zerosOf(node, index, rule);
      if (zeros === "all") return;
      const at = broadcastIndex(node.inputs[index]!.shape, node.shape);
      const isZero = zeros === null ? null : (i: number) => zeros.value[zeros.at?.[i] ?? i] === 0;
      const size = sizeOf(node.shape);
      const joined = result ?? new Int32Array(size);
      for (let i = 0; i < size; i++) {
        if (isZero?.(i)) continue;
        joined[i] = this.#sets.union(joined[i]!, ids[at === null ? i : at[i]!]!);
      }
      result = joined;
    });
    return result;
  }

  /** Where the partial by an input is 0 whatever the inputs of the script are: a constant factor, a constant choice. */
  #zerosOf(
    node: OperatorNode,
    index: number,
    rule: NonNullable<ScalarOp["partials"][number]>,
  ): { value: Float64Array; at: Int32Array | null } | "all" | null {
    const others = node.inputs.filter((_, i) => i !== index);
    if (others.length > 0 && !others.every((other) => this.#isConstant(other))) return null;
    const partial = rule(this.#b, node.inputs, node);
    if (partial === 0) return "all";
    const decisive = factorOf(partial);
    if (decisive === null || sizeOf(decisive.shape) > largestConstant || !this.#isConstant(decisive))
      return null;
    const { data } = this.#evaluate(decisive);
    if (!data.includes(0)) return null;
    return { value: data, at: broadcastIndex(decisive.shape, node.shape) };
  }

  /** Every element of the result is an element of an input, or 0: the forward rule, applied to numbers of sets, says which. */
  #copied(op: TensorOp, node: OperatorNode, inputs: readonly Dependences[]): Dependences {
    const values = new Map<string, Tensor>();
    const numbers = inputs.map((ids, index) => {
      if (ids === null) return null;
      const { shape } = node.inputs[index]!;
      const name = numbersName(index);
      values.set(name, { shape, data: Float64Array.from(ids) });
      return this.#b.apply("input", [], { name, shape });
    });
    if (op.jvp === null) throw new Error(`${op.name} copies elements, but has no forward rule`);
    return Int32Array.from(this.#evaluate(op.jvp(this.#b, numbers, node), values).data);
  }

  /** What each element of the result takes from one input. */
  #mixed(op: TensorOp, node: OperatorNode, ids: Int32Array, index: number): Int32Array {
    const { structure } = op;
    if (structure === "adds") return this.#added(op, node, ids, index);
    if (typeof structure !== "function") {
      const all = this.#sets.unionOf(distinct(ids));
      return new Int32Array(sizeOf(node.shape)).fill(all);
    }
    const rule = structure(node, index);
    const zeros = rule.factor === undefined ? null : this.#zeroPattern(node.inputs[rule.factor]!);
    if (zeros !== null) return this.#product(node, ids, index, zeros);
    return rule.before ? this.#running(node, ids, index, rule) : this.#along(node, ids, index, rule);
  }

  /** Every element of an input is added to one element of the result: the reverse rule, applied to positions, says to which. */
  #added(op: TensorOp, node: OperatorNode, ids: Int32Array, index: number): Int32Array {
    const size = sizeOf(node.shape);
    const positions = { shape: node.shape, data: Float64Array.from({ length: size }, (_, i) => i + 1) };
    const name = numbersName(0);
    const numbers = this.#b.apply("input", [], { name, shape: node.shape });
    const pulled = op.vjp!(this.#b, numbers, node, index, null);
    const { data } = this.#evaluate(pulled, new Map([[name, positions]]));
    return this.#grouped(ids, (i) => data[i]! - 1, size);
  }

  /** The union of the sets in each group; a group of −1 takes part in none. */
  #grouped(ids: Int32Array, groupOf: (i: number) => number, count: number): Int32Array {
    const members: number[][] = Array.from({ length: count }, () => []);
    ids.forEach((set, i) => {
      const group = groupOf(i);
      if (group < 0 || set === none) return;
      const list = members[group]!;
      if (list.at(-1) !== set) list.push(set);
    });
    return Int32Array.from(members, (list) => this.#sets.unionOf(list));
  }

  /** Elements that agree in all axes but those named are joined, and stand for their line of the result. */
  #along(node: OperatorNode, ids: Int32Array, index: number, { axes }: Along): Int32Array {
    const { shape } = node.inputs[index]!;
    const reduced = shape.map((size, axis) => (axes.includes(axis - shape.length) ? 1 : size));
    const groups = broadcastIndex(reduced, shape);
    const joined = groups === null ? ids : this.#grouped(ids, (i) => groups[i]!, sizeOf(reduced));
    const spread = broadcastIndex(reduced, node.shape);
    return spread === null ? joined : spread.map((from) => joined[from]!);
  }

  /** Each element takes from those at or before it along an axis. */
  #running(node: OperatorNode, ids: Int32Array, index: number, { axes: [axis] }: Along): Int32Array {
    const { shape } = node;
    const spread = broadcastIndex(node.inputs[index]!.shape, shape);
    const result = spread === null ? ids.slice() : spread.map((from) => ids[from]!);
    const stride = contiguousStrides(shape).at(axis!)!;
    const period = stride * shape.at(axis!)!;
    // In row-major order the element before along an axis has been joined already.
    for (let i = 0; i < result.length; i++) {
      if (i % period >= stride) result[i] = this.#sets.union(result[i]!, result[i - stride]!);
    }
    return result;
  }

  /** Where a constant matrix is 0; `null` where it is no constant or has no zeros. */
  #zeroPattern(factor: OperatorNode): Tensor | null {
    if (sizeOf(factor.shape) > largestConstant || !this.#isConstant(factor)) return null;
    const value = this.#evaluate(factor);
    return value.data.includes(0) ? value : null;
  }

  /** A matrix product with a constant: only what meets an element that is not 0 counts. */
  #product(node: OperatorNode, ids: Int32Array, index: number, factor: Tensor): Int32Array {
    const [rows, columns] = node.shape.slice(-2) as [number, number];
    const inner = node.inputs[0]!.shape.at(-1)!;
    const batches = node.shape.slice(0, -2);
    const batchOf = (shape: Shape) => broadcastIndex(shape.slice(0, -2), batches);
    const [own, other] = [batchOf(node.inputs[index]!.shape), batchOf(factor.shape)];
    const result = new Int32Array(sizeOf(node.shape));
    const isFirst = index === 0;
    for (let batch = 0; batch < sizeOf(batches); batch++) {
      const from = (own === null ? batch : own[batch]!) * inner * (isFirst ? rows : columns);
      const by = (other === null ? batch : other[batch]!) * inner * (isFirst ? columns : rows);
      // Which of the inner elements count, for each line of the constant.
      const lines = isFirst ? columns : rows;
      const kept = Array.from({ length: lines }, (_, line) => {
        const list: number[] = [];
        for (let k = 0; k < inner; k++) {
          if (factor.data[by + (isFirst ? k * columns + line : line * inner + k)] !== 0) list.push(k);
        }
        return list;
      });
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          const sets = kept[isFirst ? j : i]!.map(
            (k) => ids[from + (isFirst ? i * inner + k : k * columns + j)]!,
          );
          result[(batch * rows + i) * columns + j] = this.#sets.unionOf(sets);
        }
      }
    }
    return result;
  }

  #isConstant(node: OperatorNode): boolean {
    const known = this.#constant.get(node);
    if (known !== undefined) return known;
    for (const each of topologicalOrder([node])) {
      if (this.#constant.has(each)) continue;
      const reads = each.inputs.every((input) => this.#constant.get(input));
      this.#constant.set(each, reads && each.op.name !== "input");
    }
    return this.#constant.get(node)!;
  }
}

/** A blank keeps the name apart from names of a script. */
const numbersName = (index: number) => `numbers ${index}`;

/** The node that makes a product with a partial 0 wherever it is 0. */
function factorOf(partial: Partial): OperatorNode | null {
  if (typeof partial === "number") return null;
  return "select" in partial ? partial.select : partial;
}

/** The sets of a list, without repetitions that follow each other. */
const distinct = (ids: Int32Array): number[] =>
  Array.from(ids.filter((set, i) => set !== none && set !== ids[i - 1]));

/**
 * For each element of the shape `to` the position of the element of the shape `from` that is broadcast to it; `null`
 * where it is the same position.
 */
function broadcastIndex(from: Shape, to: Shape): Int32Array | null {
  if (sameShape(from, to)) return null;
  const size = sizeOf(to);
  const index = new Int32Array(size);
  const rank = to.length;
  const own = contiguousStrides(from);
  const strides = to.map((_, axis) => {
    const at = axis - rank + from.length;
    return at < 0 || from[at] === 1 ? 0 : own[at]!;
  });
  const counter = new Int32Array(rank);
  let at = 0;
  for (let i = 0; i < size; i++) {
    index[i] = at;
    for (let axis = rank - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      counter[axis]! += 1;
      if (counter[axis]! < to[axis]!) break;
      at -= strides[axis]! * to[axis]!;
      counter[axis] = 0;
    }
  }
  return index;
}
