import type { OperatorNode } from "../graph/node.js";
import { contiguousStrides } from "../graph/shape.js";
import { topologicalOrder } from "../graph/topology.js";
import type { Limits } from "../limits.js";
import { isLoop, type Loop } from "../ops/loop.js";
import type { Op, ScalarOp } from "../ops/op.js";
import type { TensorOpName } from "../ops/registry.js";
import { type Shape, sizeOf } from "../tensor.js";
import { type Combination, Combinations } from "./combinations.js";
import type { PlannedLoop } from "./destinations.js";
import { withEarlySums } from "./early-sums.js";
import type { BodyPlan, Emission, Operand } from "./emission.js";
import { emitters } from "./emit.js";
import { emitStrips } from "./emit-strips.js";
import { contiguousBase, InstructionBuffer, opcode, scalarBase } from "./instructions.js";
import { kernelNumbers } from "./kernel-numbers.js";
import { broadcastStrides, collapse, isContiguous, type View } from "./layout.js";
import { viewing } from "./liveness.js";
import { type Mark, Marker, workOf } from "./marks.js";
import { type Pair, pairsIn, sideBySide } from "./pairs.js";
import { Placement, stridesOf } from "./placement.js";
import { endsOf, type Group, isGroup, isLarge, nodesOf, readOutside, schedule } from "./schedule.js";

/** Where to find or put a value in the arena. */
export interface Place {
  readonly shape: Shape;
  readonly offset: number;
  readonly strides: readonly number[];
}

/** A program for the interpreter: integers over one arena. */
export interface Plan {
  readonly code: Int32Array;
  /** Elements of the arena. */
  readonly arenaSize: number;
  /** What the arena begins with; constants are never overwritten. */
  readonly constants: Float64Array;
  /** By name; each is written before a run, in row-major order. */
  readonly inputs: ReadonlyMap<string, Place>;
  /** By place in the code: the nodes of instructions that may fail. */
  readonly fallible: ReadonlyMap<number, OperatorNode>;
  /** About how many elements a run computes, products and steps of loops counted as often as they are made. */
  readonly work: number;
  /** The most elements that strips need for their buffers. */
  readonly stripRoom: number;
  /** One for each node asked for, in that order. */
  readonly results: readonly Place[];
  /** One for each instruction, or few that belong together; in the order of the code. Only where they are asked for. */
  readonly marks: readonly Mark[];
}

/** Plans the evaluation of the nodes. Throws a `Fault` where the arena would exceed the memory limit. */
export function plan(
  nodes: readonly OperatorNode[],
  limits: Pick<Limits, "memory">,
  { marks = false }: { readonly marks?: boolean } = {},
): Plan {
  return new Planner(topologicalOrder(nodes), nodes, limits.memory, marks).finish();
}

/** A body, before the whole has given its constants a place. */
interface PlannedBody extends Omit<BodyPlan, "constants"> {
  readonly data: Float64Array;
  readonly marks: readonly Mark[];
}

/** Plans the body of a loop. Its condition comes first, so that no more is computed once it is 0. */
function planBody(loop: Loop, memoryLimit: number, isMarking: boolean): PlannedBody {
  const { condition, body, carries, sequences } = loop;
  const results = condition === null ? body.results : [condition, ...body.results];
  const read = new Set(topologicalOrder(results));
  // What is copied in once stays for all steps, and a carry has its place even where no step reads it.
  const kept = body.parameters.filter(
    (parameter, i) => i < carries || (i >= carries + sequences && read.has(parameter)),
  );
  const order = topologicalOrder([...results, ...kept]);
  return new Planner(order, results, memoryLimit, isMarking, { loop, kept }).finishBody(loop);
}

/** Loops of fewer turns cost more to begin than they do. */
const shortRow = 16;

/** Writes the instructions, node by node in topological order. */
class Planner implements Emission {
  readonly #limit: number;
  readonly #code = new InstructionBuffer();
  readonly #results: readonly OperatorNode[];
  readonly #order: readonly OperatorNode[];
  readonly #inputs = new Map<string, Place>();

  readonly #placement: Placement;
  #constants: Float64Array = Float64Array.of(0);
  readonly #fallible = new Map<number, OperatorNode>();
  readonly #bodies = new Map<OperatorNode, PlannedBody>();
  /** Where the constants of the body of a loop begin. */
  readonly #bodyConstants = new Map<OperatorNode, number>();
  #stripRoom = 0;
  readonly #marker: Marker | undefined;
  readonly #pairs: ReadonlyMap<OperatorNode, Pair>;
  readonly #combinations: Combinations;
  /** How many nodes before the current one its instruction is for as well. */
  #written = 0;
  /** By node id: 1 for what is read outside of its group. */
  readonly #read: Uint8Array;

  readonly zero = 0;

  #conditionEnd = 0;
  #work = 0;

  constructor(
    nodes: readonly OperatorNode[],
    results: readonly OperatorNode[],
    memoryLimit: number,
    isMarking: boolean,
    body?: PlannedLoop,
  ) {
    const condition = body?.loop.condition ?? undefined;
    this.#limit = memoryLimit;
    this.#marker = isMarking ? new Marker() : undefined;
    this.#results = results;
    this.#pairs = pairsIn(nodes, condition);
    const greatestId = nodes.reduce((most, node) => Math.max(most, node.id), -1);
    const scheduled = schedule(sideBySide(nodes, this.#pairs), condition);
    // In a loop the order stays: the next carry lies over the one before it, where nothing reads that any more.
    const steps =
      body === undefined
        ? withEarlySums(scheduled, results, greatestId, (node) => this.#pairs.has(node))
        : scheduled;
    this.#order = steps.flatMap((step) => (isGroup(step) ? nodesOf(step) : [step]));
    const order = this.#order;
    const ends = endsOf(steps);
    this.#combinations = new Combinations(order, results, greatestId, ends);
    this.#placement = new Placement(order, results, greatestId, ends, memoryLimit, this.#marker, body);
    this.#read = readOutside(steps, results, greatestId);

    this.#placeConstants(order);
    this.#placeInputs(order);
    for (const step of steps) {
      const [start, position] = [this.#code.length, this.#placement.position];
      if (isGroup(step)) this.#emitGroup(step);
      else this.#emitNode(step);
      const first = position - this.#written;
      this.#written = 0;
      this.#marker?.mark(
        order.slice(first, this.#placement.position),
        step,
        first,
        start,
        this.#code.length,
        this.#bodies,
      );
      if (
        condition !== undefined &&
        (isGroup(step) ? nodesOf(step).includes(condition) : step === condition)
      ) {
        this.#conditionEnd = this.#code.length;
        this.#placement.passCondition();
      }
    }
  }

  finish(): Plan {
    const dense = this.#results.reduce((total, node) => total + writtenSize(node.shape), 0);
    this.#placement.checkMemory(this.#placement.peak + dense);
    return {
      code: this.#code.finish(),
      arenaSize: this.#placement.peak,
      constants: this.#constants,
      inputs: this.#inputs,
      fallible: this.#fallible,
      work: this.#work,
      stripRoom: this.#stripRoom,
      marks: this.#marker?.marks ?? [],
      results: this.#results.map((node) => {
        const { offset, strides } = this.view(node);
        return { shape: node.shape, offset, strides };
      }),
    };
  }

  view(node: OperatorNode): View {
    return this.#placement.view(node);
  }

  emit(...words: readonly number[]): void {
    this.#code.push(...words);
  }

  mayFail(node: OperatorNode): void {
    this.#fallible.set(this.#code.length, node);
  }

  allocate(shape: Shape): View {
    return this.#placement.allocate(shape);
  }

  allocateApart(shape: Shape): View {
    return this.#placement.allocateApart(shape);
  }

  temporary<T>(shape: Shape, use: (view: View) => T): T {
    return this.#placement.temporary(sizeOf(shape), (offset) =>
      use({ storage: -1, offset, strides: contiguousStrides(shape) }),
    );
  }

  /** `opcode kernel nest n strides…`: an instruction whose inner kernel runs along the last loop of the nest. */
  #emitNest(operation: number, kernel: number, sizes: readonly number[], operands: readonly Operand[]): void {
    if (sizes.includes(0)) return;
    const nest = nestOf(sizes, operands);
    const outer = Math.max(0, nest.sizes.length - 1);
    this.emit(operation, kernel, outer, ...nest.sizes.slice(0, outer));
    operands.forEach(({ offset }, k) => {
      this.emit(offset, ...nest.strides[k]!.slice(0, outer));
    });
    this.emit(nest.sizes[outer] ?? 1, ...operands.map((_, k) => nest.strides[k]![outer] ?? 0));
  }

  copy(shape: Shape, to: Operand, from: Operand): void {
    const { sizes, strides } = nestOf(shape, [to, from]);
    // Any order of the loops will do: a long one inside spares many short ones.
    const longest = sizes.indexOf(Math.max(...sizes));
    const isShort = sizes.length > 0 && sizes.at(-1)! < shortRow;
    const order = isShort
      ? [...sizes.keys()].sort((i, j) => Number(i === longest) - Number(j === longest))
      : undefined;
    const inOrder = (list: readonly number[]) => order?.map((i) => list[i]!) ?? list;
    this.#emitNest(opcode.copy, 0, inOrder(sizes), [
      { offset: to.offset, strides: inOrder(strides[0]!) },
      { offset: from.offset, strides: inOrder(strides[1]!) },
    ]);
  }

  body(node: OperatorNode): BodyPlan {
    return { ...this.#bodies.get(node)!, constants: this.#bodyConstants.get(node)! };
  }

  inline({ code, fallible }: BodyPlan): void {
    const start = this.#code.length;
    this.#code.append(code);
    for (const [at, node] of fallible) this.#fallible.set(start + at, node);
  }

  contiguous(nodes: readonly OperatorNode[], use: (offsets: readonly number[]) => void): void {
    const place = (index: number, offsets: readonly number[]): void => {
      const node = nodes[index];
      if (node === undefined) {
        use(offsets);
        return;
      }
      const view = this.view(node);
      if (isContiguous(node.shape, view.strides)) {
        place(index + 1, [...offsets, view.offset]);
        return;
      }
      this.temporary(node.shape, (copy) => {
        this.copy(node.shape, copy, view);
        place(index + 1, [...offsets, copy.offset]);
      });
    };
    place(0, []);
  }

  /** Planned as the body of a loop: see `BodyPlan`. */
  finishBody({ body, carries, condition }: Loop): PlannedBody {
    // Where the results lie as they are stacked and carried on: in row-major order.
    const results = body.results.map((node) => {
      const view = this.view(node);
      if (isContiguous(node.shape, view.strides)) return view;
      const copy = this.#placement.allocateForever(sizeOf(node.shape));
      this.copy(node.shape, { offset: copy, strides: contiguousStrides(node.shape) }, view);
      return { offset: copy };
    });
    const slots = body.parameters.map((node) => this.#inputs.get(node.attributes.name as string)?.offset);
    const bodyEnd = this.#code.length;
    const moved = body.results.slice(0, carries).flatMap((node, i) => {
      const slot = slots[i];
      const { offset } = results[i]!;
      const size = sizeOf(node.shape);
      return slot === undefined || slot === offset || size === 0 ? [] : [{ slot, offset, size }];
    });
    // One carry may become another: then all of them are read before any is written.
    const isSafe = moved.every((from) =>
      moved.every((to) => from.offset + from.size <= to.slot || to.slot + to.size <= from.offset),
    );
    const sources = isSafe
      ? moved.map(({ offset }) => offset)
      : moved.map(({ offset, size }) => {
          const staged = this.#placement.allocateForever(size);
          this.copy([size], { offset: staged, strides: [1] }, { offset, strides: [1] });
          return staged;
        });
    moved.forEach(({ slot, size }, i) => {
      this.copy([size], { offset: slot, strides: [1] }, { offset: sources[i]!, strides: [1] });
    });
    this.#placement.checkMemory(this.#placement.peak);
    return {
      code: this.#code.finish(),
      arenaSize: this.#placement.peak,
      constantCount: this.#constants.length,
      data: this.#constants,
      slots,
      results: results.map(({ offset }) => offset),
      conditionResult: condition === null ? -1 : this.view(condition).offset,
      conditionEnd: this.#conditionEnd,
      bodyEnd,
      fallible: this.#fallible,
      work: this.#work,
      stripRoom: this.#stripRoom,
      marks: this.#marker?.marks ?? [],
    };
  }

  #placeConstants(order: readonly OperatorNode[]): void {
    const constants = order.filter(({ op }) => op.name === "constant");
    const isMarking = this.#marker !== undefined;
    for (const node of order)
      if (isLoop(node)) this.#bodies.set(node, planBody(node.op.loop, this.#limit, isMarking));
    for (const { stripRoom } of this.#bodies.values()) this.#stripRoom = Math.max(this.#stripRoom, stripRoom);
    const bodies = [...this.#bodies];
    const size = bodies.reduce(
      (sum, [, { data }]) => sum + data.length,
      constants.reduce((sum, { shape }) => sum + sizeOf(shape), 1),
    );
    this.#placement.setAside(size);
    // The first one is the zero that `zero` points to.
    this.#constants = new Float64Array(size);
    let offset = 1;
    for (const node of constants) {
      const { value } = node.attributes;
      if (typeof value === "number") this.#constants[offset] = value;
      else if (typeof value === "object" && "data" in value) this.#constants.set(value.data, offset);
      this.#placement.set(node, { storage: -1, offset, strides: stridesOf(node.shape) });
      offset += sizeOf(node.shape);
    }
    for (const [node, { data }] of bodies) {
      this.#constants.set(data, offset);
      this.#bodyConstants.set(node, offset);
      offset += data.length;
    }
  }

  /** Inputs are all written before the first instruction runs, so none may lie where another value lay before it. */
  #placeInputs(order: readonly OperatorNode[]): void {
    order.forEach((node, position) => {
      if (node.op.name !== "input") return;
      const { shape } = node;
      const view = {
        storage: position,
        offset: this.#placement.reserve(position, sizeOf(shape)),
        strides: stridesOf(shape),
      };
      this.#placement.set(node, view);
      this.#inputs.set(node.attributes.name as string, { shape, offset: view.offset, strides: view.strides });
    });
  }

  #emitNode(node: OperatorNode): void {
    if (!this.#placement.has(node) && this.#hasShortRows(node)) {
      this.#emitGroup({ shape: node.shape, members: [node], reductions: [], repeated: new Set() });
      return;
    }
    this.#placement.end = this.#placement.position;
    if (!this.#combinations.isPart(node) && !this.#placement.has(node))
      this.#placement.set(node, this.#emit(node));
    this.#work += workOf(node, this.#bodies);
    this.#placement.release(this.#placement.position);
    this.#placement.position += 1;
  }

  /** Whether an elementwise node would walk many short rows, which strips put together faster. */
  #hasShortRows({ op, inputs, shape }: OperatorNode): boolean {
    if ((op as Op).kind !== "scalar" || !isLarge(shape)) return false;
    const strides = inputs.map((input) => broadcastStrides(input.shape, this.view(input).strides, shape));
    const { sizes } = collapse(shape, [contiguousStrides(shape), ...strides]);
    return sizes.length > 1 && sizes.at(-1)! < shortRow;
  }

  #emitGroup(group: Group): void {
    const nodes = nodesOf(group);
    const first = this.#placement.position;
    this.#placement.end = first + nodes.length - 1;
    const positions = new Map(nodes.map((node, i) => [node, first + i]));
    const views = emitStrips(
      {
        view: (node) => this.view(node),
        isRead: (node) => this.#read[node.id] === 1,
        store: (node, operands) => {
          this.#placement.position = positions.get(node)!;
          return this.#placement.takeOver(node.shape, operands) ?? this.allocate(node.shape);
        },
        temporary: (size, use) => {
          this.#stripRoom = Math.max(this.#stripRoom, size);
          return this.#placement.temporary(size, use);
        },
        emit: (...words) => this.emit(...words),
      },
      group,
    );
    for (const [node, view] of views) this.#placement.set(node, view);
    for (let position = first; position <= this.#placement.end; position++) this.#placement.release(position);
    this.#work += nodes.length * sizeOf(group.shape);
    this.#placement.position = this.#placement.end + 1;
  }

  #emit(node: OperatorNode): View {
    const op = node.op as Op;
    if (op.kind === "scalar") return this.#emitElementwise(node, op);
    const view = emitters[op.name as TensorOpName](this, node);
    const isOwn =
      view.storage < 0 || view.storage === this.#placement.position || this.#placement.isPlaced(node);
    // Unknown to the liveness, the storage would be used again while this view of it is still to be read.
    if (!isOwn && !viewing.has(op.name))
      throw new Error(`${op.name} is a view, but not listed in liveness.ts`);
    return view;
  }

  #emitElementwise(node: OperatorNode, op: ScalarOp): View {
    const combination = this.#combinations.of(node);
    if (combination !== undefined) return this.#emitCombination(node, combination);
    const { inputs, shape } = node;
    const kernel = kernelNumbers.scalar(op.name);
    const pair = this.#pairs.get(node);
    if (pair !== undefined && isContiguous(shape, this.view(inputs[0]!).strides))
      return this.#emitInPair(node, pair);
    const target = this.#placement.overwritable(shape, inputs) ?? this.allocate(shape);
    const size = sizeOf(shape);
    const sources = inputs.map((input) => {
      const { offset, strides } = this.view(input);
      return { offset, strides: broadcastStrides(input.shape, strides, shape) };
    });
    if (size === 1) this.emit(scalarBase + kernel, target.offset, ...sources.map(({ offset }) => offset));
    else if (size > 0 && sources.every(({ strides }) => isContiguous(shape, strides)))
      this.emit(contiguousBase + kernel, size, target.offset, ...sources.map(({ offset }) => offset));
    else this.#emitNest(opcode.map1 + inputs.length - 1, kernel, shape, [target, ...sources]);
    return target;
  }

  #emitCombination({ shape }: OperatorNode, { operation, operands }: Combination): View {
    const target = this.#placement.overwritable(shape, operands) ?? this.allocate(shape);
    this.emit(operation, target.offset, ...operands.map((operand) => this.view(operand).offset));
    this.#written = this.#combinations.rightBefore(this.#order, this.#placement.position);
    return target;
  }

  /** One of two nodes that stand side by side: the second of them writes the instruction for both. */
  #emitInPair(node: OperatorNode, { number, nodes }: Pair): View {
    const { inputs, shape } = node;
    const target = this.#placement.overwritable(shape, inputs) ?? this.allocate(shape);
    const views = nodes.flatMap((one) =>
      one === node ? target : this.#placement.has(one) ? this.view(one) : [],
    );
    const size = sizeOf(shape);
    if (size === 0 || views.length < nodes.length) return target;
    this.emit(opcode.pair, number, 0, ...views.map(({ offset }) => offset));
    this.emit(this.view(inputs[0]!).offset, size);
    this.#written = 1;
    return target;
  }
}

const nestOf = (sizes: readonly number[], operands: readonly Operand[]) =>
  collapse(
    sizes,
    operands.map(({ strides }) => strides),
  );

/** What a result takes at least when it is written: an empty one still has a pair of brackets for each row. */
function writtenSize(shape: Shape): number {
  const empty = shape.indexOf(0);
  return empty < 0 ? sizeOf(shape) : sizeOf(shape.slice(0, empty));
}
