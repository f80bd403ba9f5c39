import type { OperatorNode } from "../graph/node.js";
import type { Op } from "../ops/op.js";
import { sizeOf } from "../tensor.js";
import { opcode, stripLength } from "./instructions.js";
import { listsAt } from "./interpreter/strip-layout.js";
import { joinOf, kernelNumbers, type ReducerName } from "./kernel-numbers.js";
import { broadcastStrides, collapse, isContiguous, type View } from "./layout.js";
import type { Group, Reduction } from "./schedule.js";

/** What a group needs of the planner. */
export interface StripEmission {
  view(node: OperatorNode): View;
  /** Whether anything outside of the group reads the node. */
  isRead(node: OperatorNode): boolean;
  /** Storage for a node of the group; it may take over that of an operand. */
  store(node: OperatorNode, operands: readonly View[]): View;
  temporary<T>(size: number, use: (offset: number) => T): T;
  emit(...words: readonly number[]): void;
}

/** An operand: in the arena, in a buffer that is filled from there, or in one that the group itself fills. */
interface Operand {
  readonly kind: "direct" | "splat" | "walked" | "buffer";
  readonly index: number;
}

/** How the space is cut into strips: see `instructions.ts`. */
export interface Cut {
  readonly rows: number;
  readonly columns: number;
  readonly height: number;
  readonly width: number;
  readonly byStretches: boolean;
}

export function cutOf({ shape, reductions }: Group): Cut {
  const size = sizeOf(shape);
  const columns = reductions.find(({ along }) => along !== "all")?.columns ?? size;
  const isNarrow = columns <= stripLength;
  return {
    rows: size / columns,
    columns,
    height: isNarrow ? Math.floor(stripLength / columns) : 1,
    width: isNarrow ? columns : stripLength,
    byStretches: reductions.some(({ along }) => along === "rows"),
  };
}

/** So many shares of work keep any number of threads busy until the end. */
const mostShares = 64;

/** Levels at which results wait to be joined in pairs, for so many strips. */
const levels = (strips: number) => Math.floor(Math.log2(strips)) + 1;

/** Elements of room that a reduction needs: what a strip gives, and what waits. */
function roomFor({ along }: Reduction, { rows, columns, height, width }: Cut): number {
  const blocks = Math.ceil(rows / height);
  const pieces = Math.ceil(columns / width);
  if (along === "rows") return width * (1 + levels(blocks));
  if (along === "all") return 1 + levels(blocks * pieces);
  return width === columns ? 0 : 1 + levels(pieces);
}

/** Whether all strips follow one another, as `interpreter/strip-layout.ts` has it. */
const isSequence = ({ rows, columns, width }: Cut) => columns <= width || rows === 1;

/** What may be computed apart, as `interpreter/strips.ts` has it. */
function unitsOf(cut: Cut): number {
  const byRows = Math.ceil(cut.rows / cut.height);
  const byColumns = Math.ceil(cut.columns / cut.width);
  if (isSequence(cut)) return byRows * byColumns;
  return cut.byStretches ? byColumns : byRows;
}

/** Units that a thread takes at a time. A power of two, so that what they give joins as it does without threads. */
const shareOf = (units: number) => 2 ** Math.max(0, Math.ceil(Math.log2(units / mostShares)));

/** Elements for what shares give: only where they are strips that follow one another do their results wait for all. */
function partialsOf({ reductions }: Group, cut: Cut, shares: number): number {
  if (!isSequence(cut)) return 0;
  const widths = reductions.map(({ along }) => (along === "rows" ? cut.columns : along === "all" ? 1 : 0));
  return shares * widths.reduce((sum, size) => sum + size, 0);
}

const numberOf: Readonly<Record<Reduction["along"], number>> = { columns: 0, rows: 1, all: 2 };

/** Writes the one instruction of a group; the views of what is read outside of it come back. */
export function emitStrips(p: StripEmission, group: Group): Map<OperatorNode, View> {
  const operands = new GroupOperands(p, group);
  const instructions = group.members.flatMap((node, i) => {
    if ((node.op as Op).kind !== "scalar") {
      operands.alias(node);
      return [];
    }
    const sources = node.inputs.map((input) => operands.of(input));
    return [{ node, to: operands.result(node, i), sources }];
  });
  const cut = cutOf(group);
  const reductions = group.reductions.map((reduction) => ({
    reduction,
    source: operands.of(reduction.node.inputs[0]!),
    to: operands.reduced(reduction.node),
  }));
  const { direct, splats, walked, buffers } = operands;
  const first = { direct: 0, splat: direct.length, walked: direct.length + splats.length };
  const number = ({ kind, index }: Operand) =>
    index + (kind === "buffer" ? first.walked + walked.length : first[kind]);
  const strips = splats.length + walked.length + buffers;
  const rooms = group.reductions.map((reduction) => roomFor(reduction, cut));
  const own = rooms.reduce((sum, room) => sum + room, strips * stripLength);
  const units = unitsOf(cut);
  const share = shareOf(units);
  const partials = partialsOf(group, cut, Math.ceil(units / share));

  p.temporary(own + partials, (start) => {
    const lists = [
      ...direct,
      ...splats,
      ...walked.flat(),
      ...instructions.flatMap(({ node, to, sources }) => {
        const padded = [0, 1, 2].map((k) => (sources[k] === undefined ? 0 : number(sources[k])));
        return [kernelNumbers.scalar(node.op.name), number(to), ...padded];
      }),
    ];
    let room = strips * stripLength;
    reductions.forEach(({ reduction: { node, along }, source, to }, k) => {
      const name = node.op.name as ReducerName;
      const join = joinOf(name);
      const joining = join === null || join === undefined ? 0 : kernelNumbers.scalar(join);
      lists.push(numberOf[along], kernelNumbers.reducer(name), joining, number(source), to, room);
      room += rooms[k]!;
    });
    p.emit(opcode.strips, lists.length + listsAt, cut.rows, cut.columns, cut.height, cut.width);
    p.emit(cut.byStretches ? 1 : 0, start, direct.length, splats.length, walked.length);
    p.emit(instructions.length, reductions.length, start + own, share, ...lists);
  });
  return operands.views;
}

/** Where the operands of a group lie, while its instructions are written one by one. */
class GroupOperands {
  /** Offsets. */
  readonly direct: number[] = [];
  readonly splats: number[] = [];
  /** Rank, sizes, offset, strides. */
  readonly walked: number[][] = [];
  /** How many buffers the group fills itself. */
  buffers = 0;
  /** Of what is read outside of the group. */
  readonly views = new Map<OperatorNode, View>();

  readonly #p: StripEmission;
  readonly #group: Group;
  readonly #operands = new Map<OperatorNode, Operand>();
  readonly #known = new Map<string, Operand>();
  readonly #free: number[] = [];
  /** By node: the last member that reads it, under whatever name. */
  readonly #lastReader = new Map<OperatorNode, number>();
  /** By storage: the last member that reads it; infinity where one does not read it element by element. */
  readonly #lastUse = new Map<number, number>();
  /** Views of what is read from outside of the group, one for each storage. */
  readonly #outside: View[] = [];
  readonly #members: ReadonlySet<OperatorNode>;

  constructor(p: StripEmission, group: Group) {
    this.#p = p;
    this.#group = group;
    this.#members = new Set(group.members);
    group.members.forEach((node, i) => {
      for (const input of node.inputs) this.#note(input, i);
    });
    for (const { node } of group.reductions) this.#note(node.inputs[0]!, Number.POSITIVE_INFINITY);
  }

  of(node: OperatorNode): Operand {
    const root = this.#rootOf(node);
    const known = this.#operands.get(root);
    if (known !== undefined) return known;
    const operand = this.#external(root);
    this.#operands.set(root, operand);
    return operand;
  }

  /** Another name for its input, which it shares the view of. */
  alias(node: OperatorNode): void {
    const view = this.views.get(this.#rootOf(node));
    if (view !== undefined) this.views.set(node, view);
  }

  /** Where a member's result goes. */
  result(node: OperatorNode, member: number): Operand {
    const sources = [...new Set(node.inputs.map((input) => this.#rootOf(input)))];
    const dying = sources.filter((source) => this.#lastReader.get(source) === member);
    for (const source of dying) {
      const operand = this.#operands.get(source)!;
      if (operand.kind === "buffer") this.#free.push(operand.index);
    }
    const operand = this.#isStored(node) ? this.#stored(node, member) : this.#buffer();
    this.#operands.set(node, operand);
    return operand;
  }

  /** The offset of what a reduction gives. */
  reduced(node: OperatorNode): number {
    const view = this.#p.store(node, []);
    this.views.set(node, view);
    return view.offset;
  }

  #buffer(): Operand {
    const index = this.#free.pop() ?? this.buffers++;
    return { kind: "buffer", index };
  }

  #stored(node: OperatorNode, member: number): Operand {
    // A strip of what nobody reads after this member is not needed again.
    const read = this.#outside.filter(({ storage }) => this.#lastUse.get(storage)! <= member);
    const view = this.#p.store(node, read);
    this.views.set(node, view);
    return this.#add("direct", this.direct, view.offset);
  }

  /** The node that an alias of the group stands for. */
  #rootOf(node: OperatorNode): OperatorNode {
    let root = node;
    while (this.#members.has(root) && (root.op as Op).kind !== "scalar") root = root.inputs[0]!;
    return root;
  }

  /** Whether a member, or an alias of it, is read outside of the group. */
  #isStored(node: OperatorNode): boolean {
    return (
      this.#p.isRead(node) ||
      this.#group.members.some(
        (other) => other !== node && this.#rootOf(other) === node && this.#p.isRead(other),
      )
    );
  }

  #note(node: OperatorNode, member: number): void {
    const root = this.#rootOf(node);
    this.#lastReader.set(root, Math.max(member, this.#lastReader.get(root) ?? -1));
    if (this.#members.has(root)) return;
    const view = this.#p.view(root);
    const { storage } = view;
    if (!this.#lastUse.has(storage)) this.#outside.push(view);
    const last = this.#isDirect(root) ? member : Number.POSITIVE_INFINITY;
    this.#lastUse.set(storage, Math.max(last, this.#lastUse.get(storage) ?? -1));
  }

  #strides(node: OperatorNode): number[] {
    return broadcastStrides(node.shape, this.#p.view(node).strides, this.#group.shape);
  }

  #isDirect(node: OperatorNode): boolean {
    return isContiguous(this.#group.shape, this.#strides(node));
  }

  #external(node: OperatorNode): Operand {
    const { offset } = this.#p.view(node);
    const strides = this.#strides(node);
    const key = `${offset}:${strides}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const operand = this.#place(node, offset, strides);
    this.#known.set(key, operand);
    return operand;
  }

  #place(node: OperatorNode, offset: number, strides: readonly number[]): Operand {
    if (this.#isDirect(node)) return this.#add("direct", this.direct, offset);
    const nest = collapse(this.#group.shape, [strides]);
    const steps = nest.strides[0]!;
    if (steps.every((step) => step === 0)) return this.#add("splat", this.splats, offset);
    return this.#add("walked", this.walked, [steps.length, ...nest.sizes, offset, ...steps]);
  }

  #add<T>(kind: Operand["kind"], list: T[], entry: T): Operand {
    list.push(entry);
    return { kind, index: list.length - 1 };
  }
}
