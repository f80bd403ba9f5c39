import type { OperatorNode } from "../graph/node.js";
import { contiguousStrides } from "../graph/shape.js";
import { type Shape, sizeOf } from "../tensor.js";
import { Destinations, type PlannedLoop, type Replaced } from "./destinations.js";
import { isContiguous, type View } from "./layout.js";
import { lastUses } from "./liveness.js";
import type { Marker } from "./marks.js";
import { bytesPerElement, memoryFault } from "./memory-limit.js";
import { Storages } from "./storages.js";

type Room = Omit<View, "strides">;

const noStrides: readonly number[] = [];

/** Scalars, of which there may be millions, share one array. */
export const stridesOf = (shape: Shape) => (shape.length === 0 ? noStrides : contiguousStrides(shape));

/** Where the values of nodes lie: each as it is planned, in the order of the plan, by how long it and others are read. */
export class Placement {
  readonly #order: readonly OperatorNode[];
  readonly #results: readonly OperatorNode[];
  readonly #limit: number;
  readonly #marker: Marker | undefined;
  /** By node id, number by number: there may be millions of views. A node without strides has no place yet. */
  readonly #storageOf: Int32Array;
  readonly #offsetOf: Int32Array;
  readonly #stridesOf: (readonly number[] | undefined)[];
  readonly #storages: Storages;
  readonly #destinations: Destinations;
  /** Of what is put together part by part, from the first one on. */
  readonly #wholes = new Map<OperatorNode, Room>();

  /** Of the node that is being planned. */
  position = 0;
  /** The last position of what is being planned: a node, or a group. */
  end = 0;
  /** Before that, carries must stay: they are what the loop gives, if it ends there. */
  #isPastCondition: boolean;

  /** `ends`: as `lastUses` wants them. Throws a `Fault`, as all that takes room does, beyond `limit` bytes. */
  constructor(
    order: readonly OperatorNode[],
    results: readonly OperatorNode[],
    greatestId: number,
    ends: Int32Array,
    limit: number,
    marker: Marker | undefined,
    body: PlannedLoop | undefined,
  ) {
    this.#order = order;
    this.#results = results;
    this.#limit = limit;
    this.#marker = marker;
    this.#storageOf = new Int32Array(greatestId + 1);
    this.#offsetOf = new Int32Array(greatestId + 1);
    this.#stridesOf = new Array(greatestId + 1);
    this.#isPastCondition = (body?.loop.condition ?? undefined) === undefined;
    const uses = lastUses(order, results, greatestId, ends);
    this.#destinations = new Destinations(order, uses, body);
    this.#storages = new Storages(uses);
  }

  /** The most elements that were in use at a time. */
  get peak(): number {
    return this.#storages.peak;
  }

  /** Where the value of a node lies that has a place. */
  view({ id }: OperatorNode): View {
    return { storage: this.#storageOf[id]!, offset: this.#offsetOf[id]!, strides: this.#stridesOf[id]! };
  }

  /** Where that begins. */
  offset({ id }: OperatorNode): number {
    return this.#offsetOf[id]!;
  }

  /** Whether the node has a place. */
  has({ id }: OperatorNode): boolean {
    return this.#stridesOf[id] !== undefined;
  }

  set({ id }: OperatorNode, { storage, offset, strides }: View): void {
    this.#storageOf[id] = storage;
    this.#offsetOf[id] = offset;
    this.#stridesOf[id] = strides;
  }

  /** The condition of the loop has been planned. */
  passCondition(): void {
    this.#isPastCondition = true;
  }

  /** Sets elements aside at the start, before anything is allocated. */
  setAside(size: number): void {
    this.checkMemory(size);
    this.#storages.reserve(size);
  }

  /** Room that nobody else gets; returns its offset. */
  allocateForever(size: number): number {
    return this.#storages.allocateForever(size);
  }

  /** Frees what dies at the position. */
  release(position: number): void {
    this.#storages.release(position);
  }

  /** A place for the node that is being planned, in row-major order. */
  allocate(shape: Shape): View {
    const { storage, offset } = this.#room(this.#order[this.position]!, this.position);
    return { storage, offset, strides: stridesOf(shape) };
  }

  /** The same, where elements are in another order than what others expect of the node. */
  allocateApart(shape: Shape): View {
    const offset = this.reserve(this.position, sizeOf(shape));
    return { storage: this.position, offset, strides: stridesOf(shape) };
  }

  /** Where a node goes: with what it is a part of, over the carry that it replaces, or wherever there is room. */
  #room(node: OperatorNode, position: number): Room {
    const known = this.#wholes.get(node);
    if (known !== undefined) return known;
    const part = this.#destinations.partOf(node);
    if (part !== undefined) {
      const { whole, start } = part;
      const room = this.#room(whole, this.#destinations.position(whole));
      this.#wholes.set(whole, room);
      return { storage: room.storage, offset: room.offset + start };
    }
    const carry = this.#destinations.replacedBy(node);
    if (carry !== undefined && this.#isPastCondition && carry.lastRead < this.position)
      return this.#carryRoom(carry);
    return { storage: position, offset: this.reserve(position, sizeOf(node.shape)) };
  }

  #carryRoom({ storage }: Replaced): Room {
    return { storage, offset: this.offset(this.#order[storage]!) };
  }

  /** An operand's storage that the result may take over: whole, contiguous, read for the last time and by no other view. */
  overwritable(shape: Shape, inputs: readonly OperatorNode[]): View | undefined {
    const size = sizeOf(shape);
    const candidates: View[] = [];
    for (const input of inputs) {
      if (sizeOf(input.shape) !== size) continue;
      const view = this.view(input);
      const sharesWith = (other: OperatorNode) =>
        other !== input && this.#storageOf[other.id] === view.storage;
      if (isContiguous(input.shape, view.strides) && !inputs.some(sharesWith)) candidates.push(view);
    }
    return this.takeOver(shape, candidates);
  }

  /** The storage of one of the operands, each of which lies as the result would, if it is used for the last time. */
  takeOver(shape: Shape, operands: readonly View[]): View | undefined {
    const node = this.#order[this.position]!;
    const carry = this.#destinations.replacedBy(node);
    if (carry !== undefined && this.#isPastCondition) {
      if (carry.lastRead < this.position) return undefined;
      if (carry.lastRead === this.end && operands.some(({ storage }) => storage === carry.storage))
        return { ...this.#carryRoom(carry), strides: stridesOf(shape) };
    }
    if (this.#destinations.partOf(node) !== undefined) return undefined;
    const from = operands.find(({ storage }) => this.#storages.dies(storage, this.end, sizeOf(shape)));
    if (from === undefined) return undefined;
    const offset = this.#storages.takeOver(from.storage, this.position);
    return { storage: this.position, offset, strides: stridesOf(shape) };
  }

  /** Whether a node goes to where something else lies, too. */
  isPlaced(node: OperatorNode): boolean {
    return this.#destinations.partOf(node) !== undefined || this.#destinations.replacedBy(node) !== undefined;
  }

  /** Room for the storage of the node at a position; returns its offset. */
  reserve(storage: number, size: number): number {
    const start = this.#storages.allocate(storage, size);
    this.#marker?.store(storage, size);
    this.checkMemory(this.#storages.peak);
    return start;
  }

  /** Room while `use` runs. */
  temporary<T>(size: number, use: (offset: number) => T): T {
    return this.#storages.temporary(size, (offset) => {
      this.checkMemory(this.#storages.peak);
      return use(offset);
    });
  }

  /** Throws a `Fault` where so many elements are more than the limit. */
  checkMemory(elements: number): void {
    const bytes = elements * bytesPerElement;
    if (bytes > this.#limit) throw memoryFault(bytes, this.#limit, this.#order, this.#results);
  }
}
