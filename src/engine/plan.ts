import type { OperatorNode } from "../graph/node.js";
import { contiguousStrides } from "../graph/shape.js";
import { topologicalOrder } from "../graph/topology.js";
import type { Limits } from "../limits.js";
import { isLoop, type Loop } from "../ops/loop.js";
import type { Op } from "../ops/op.js";
import type { TensorOpName } from "../ops/registry.js";
import { type Shape, sizeOf } from "../tensor.js";
import { Combinations } from "./combinations.js";
import { Constants } from "./constants.js";
import type { PlannedLoop } from "./destinations.js";
import { withEarlySums } from "./early-sums.js";
import type { BodyPlan, Emission, Operand } from "./emission.js";
import { emitters } from "./emit.js";
import { Elementwise, emitCopy, hasShortRows } from "./emit-elementwise.js";
import { emitStrips } from "./emit-strips.js";
import { InstructionBuffer } from "./instructions.js";
import { isContiguous, type View } from "./layout.js";
import { timesRead, viewing } from "./liveness.js";
import { type Mark, Marker, workOf } from "./marks.js";
import { Pairs } from "./pairs.js";
import { Placement, stridesOf } from "./placement.js";
import { endsOf, type Group, isGroup, nodesIn, nodesOf, readOutside, schedule } from "./schedule.js";

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

/** Writes the instructions, node by node in topological order. */
class Planner implements Emission {
  readonly #code = new InstructionBuffer();
  readonly #results: readonly OperatorNode[];
  readonly #inputs = new Map<string, Place>();

  readonly #placement: Placement;
  readonly #constants: Constants;
  readonly #fallible = new Map<number, OperatorNode>();
  readonly #bodies = new Map<OperatorNode, PlannedBody>();
  #stripRoom = 0;
  readonly #marker: Marker | undefined;
  readonly #combinations: Combinations;
  readonly #elementwise: Elementwise;
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
    this.#marker = isMarking ? new Marker() : undefined;
    this.#results = results;
    const greatestId = nodes.reduce((most, node) => Math.max(most, node.id), -1);
    const pairs = new Pairs(nodes, greatestId, condition);
    const reads = timesRead(nodes, results, greatestId);
    const scheduled = schedule(pairs.sideBySide(), condition);
    // In a loop the order stays: the next carry lies over the one before it, where nothing reads that any more.
    const steps = body === undefined ? withEarlySums(scheduled, reads, (node) => pairs.has(node)) : scheduled;
    const order = nodesIn(steps);
    const ends = endsOf(steps);
    this.#combinations = new Combinations(order, reads, ends);
    this.#placement = new Placement(order, results, greatestId, ends, memoryLimit, this.#marker, body);
    this.#elementwise = new Elementwise(this, this.#placement, this.#combinations, pairs, order);
    this.#read = readOutside(steps, order, results, greatestId);

    for (const node of order)
      if (isLoop(node)) this.#bodies.set(node, planBody(node.op.loop, memoryLimit, isMarking));
    for (const { stripRoom } of this.#bodies.values()) this.#stripRoom = Math.max(this.#stripRoom, stripRoom);
    this.#constants = new Constants(order, this.#bodies, this.#placement);
    this.#placeInputs(order);
    for (const step of steps) {
      const start = this.#code.length;
      const { position } = this.#placement;
      if (isGroup(step)) this.#emitGroup(step);
      else this.#emitNode(step);
      const first = position - this.#elementwise.takeAlsoFor();
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
      constants: this.#constants.data,
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

  copy(shape: Shape, to: Operand, from: Operand): void {
    emitCopy(this, shape, to, from);
  }

  body(node: OperatorNode): BodyPlan {
    return { ...this.#bodies.get(node)!, constants: this.#constants.ofBody(node) };
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
      constantCount: this.#constants.data.length,
      data: this.#constants.data,
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
    if (!this.#placement.has(node) && hasShortRows(node, this.#placement)) {
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

  #emitGroup(group: Group): void {
    const nodes = nodesOf(group);
    const first = this.#placement.position;
    this.#placement.end = first + nodes.length - 1;
    const positions = new Map(nodes.map((node, i) => [node, first + i]));
    const views = emitStrips(
      {
        view: (node) => this.view(node),
        // What runs alone does so for others.
        isRead: (node) => nodes.length === 1 || this.#read[node.id] === 1,
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
    if (op.kind === "scalar") return this.#elementwise.emit(node, op);
    const view = emitters[op.name as TensorOpName](this, node);
    const isOwn =
      view.storage < 0 || view.storage === this.#placement.position || this.#placement.isPlaced(node);
    // Unknown to the liveness, the storage would be used again while this view of it is still to be read.
    if (!isOwn && !viewing.has(op.name))
      throw new Error(`${op.name} is a view, but not listed in liveness.ts`);
    return view;
  }
}

/** What a result takes at least when it is written: an empty one still has a pair of brackets for each row. */
function writtenSize(shape: Shape): number {
  const empty = shape.indexOf(0);
  return empty < 0 ? sizeOf(shape) : sizeOf(shape.slice(0, empty));
}
