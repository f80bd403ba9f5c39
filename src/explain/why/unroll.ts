import { Engine } from "../../engine/engine.js";
import type { OperatorNode } from "../../graph/node.js";
import { topologicalOrder } from "../../graph/topology.js";
import type { Limits } from "../../limits.js";
import type { Journal } from "../../lower/journal.js";
import { isLoop } from "../../ops/loop.js";
import type { Calculus } from "../../ops/vocabulary.js";
import { type Shape, sizeOf, type Tensor } from "../../tensor.js";
import {
  isBranch,
  type LoopNode,
  neededOf,
  pieceRead,
  rowOf,
  stepsOf,
  type ValueIn,
} from "./loop-reading.js";
import { cutLoop, partsOf } from "./segments.js";

/** A step of a loop that a node was made for. */
export interface Turn {
  readonly loop: LoopNode;
  /** In the order in which steps are made, from 0. */
  readonly step: number;
  readonly count: number;
}

/** What a loop reads without its value depending on it by calculation. */
export interface Dropped {
  /** Of the loop that it belongs to. */
  readonly loop: LoopNode;
  /** `untaken`: a branch reads it that was not taken. `decides`: it says how many steps are made, or which branch. */
  readonly kind: "untaken" | "decides";
}

export interface UnrollOptions {
  readonly limits: Pick<Limits, "memory">;
  readonly journal: Journal;
  /** Values of the inputs, by name. */
  readonly inputs: ReadonlyMap<string, Tensor>;
  /** How many nodes there were before anything was unrolled. */
  readonly first: number;
  /** Loops whose steps make more nodes than this stay loops, each of a part of the steps. */
  readonly mostNodes: number;
  /** Of such loops, the steps that are of interest: these are cut into the smallest parts. Default: all. */
  readonly focus: ReadonlyMap<OperatorNode, readonly [from: number, to: number]>;
}

/** A graph in which loops are replaced by their steps and branches by the side taken, for given values of the inputs. */
export interface Unrolled {
  /** What stands in the place of a node of the graph that was unrolled. */
  nodeFor(node: OperatorNode): OperatorNode;
  /** The steps that a node was made for, outermost loop first. */
  turnsOf(node: OperatorNode): readonly Turn[];
  /** By what reads nothing but is read, in the unrolled graph. */
  readonly dropped: ReadonlyMap<OperatorNode, readonly Dropped[]>;
  /** Loops that are left, each with the loop of the script and its steps from, to below. */
  readonly parts: ReadonlyMap<
    OperatorNode,
    { readonly loop: LoopNode; readonly from: number; readonly to: number }
  >;
}

export function unroll(b: Calculus, roots: readonly OperatorNode[], options: UnrollOptions): Unrolled {
  const unroller = new Unroller(b, options);
  const callerSpan = b.builder.span;
  const made = unroller.unroll(roots);
  b.builder.span = callerSpan;
  return {
    nodeFor: (node) => made.get(node) ?? node,
    turnsOf: (node) => unroller.turns.get(node) ?? [],
    dropped: unroller.dropped,
    parts: unroller.parts,
  };
}

type Replacements = Map<OperatorNode, OperatorNode>;

class Unroller {
  readonly turns = new Map<OperatorNode, readonly Turn[]>();
  readonly dropped = new Map<OperatorNode, Dropped[]>();
  readonly parts = new Map<OperatorNode, { loop: LoopNode; from: number; to: number }>();
  readonly #b: Calculus;
  readonly #first: number;
  readonly #options: UnrollOptions;
  /** What was stacked, by the stack: a later loop over it reads the parts. */
  readonly #stacks = new Map<OperatorNode, readonly OperatorNode[]>();

  constructor(b: Calculus, options: UnrollOptions) {
    this.#b = b;
    this.#first = options.first;
    this.#options = options;
  }

  unroll(roots: readonly OperatorNode[]): Replacements {
    const order = topologicalOrder(roots);
    const made: Replacements = new Map();
    this.#expand(order, made, this.#valuesOf(order, this.#options.inputs), []);
    return made;
  }

  /** Values of what loops among the nodes read, and of the loops whose numbers of steps their conditions decide. */
  #valuesOf(order: readonly OperatorNode[], inputs: ReadonlyMap<string, Tensor>): ValueIn {
    const wanted = [...neededOf(order)];
    if (wanted.length === 0) return () => unknownValue();
    const values = new Engine(wanted, this.#options.limits).run(inputs);
    const byNode = new Map(wanted.map((node, i) => [node, values[i]!]));
    return (node) => byNode.get(node) ?? unknownValue();
  }

  #expand(order: readonly OperatorNode[], made: Replacements, valueIn: ValueIn, turns: readonly Turn[]) {
    const b = this.#b;
    /** Of loops that are replaced, what they give. */
    const pieces = new Map<OperatorNode, readonly OperatorNode[]>();
    const cut = new Map<OperatorNode, OperatorNode>();
    for (const node of order) {
      if (made.has(node)) continue;
      b.builder.span = node.span;
      if (isLoop(node)) {
        const given = this.#loop(node, made, valueIn, turns);
        if (Array.isArray(given)) pieces.set(node, given);
        continue;
      }
      const [first] = node.inputs;
      const piece = first === undefined ? undefined : pieceRead(node, pieces.get(first), cut.get(first));
      if (piece !== undefined) {
        b.builder.span = node.span;
        if (node.op.name === "slice") cut.set(node, piece);
        this.#put(node, b.reshape(piece, node.shape), made, turns);
        continue;
      }
      for (const input of node.inputs) {
        const parts = made.has(input) ? undefined : pieces.get(input);
        if (parts === undefined) continue;
        const flat = parts.map((part) => b.reshape(part, [sizeOf(part.shape)]));
        made.set(input, b.concatenate(flat, 0));
      }
      if (!node.inputs.some((input) => made.has(input))) continue;
      const inputs = node.inputs.map((input) => made.get(input) ?? input);
      this.#put(node, b.builder.node(node.op, inputs, node.attributes), made, turns);
    }
    for (const root of order) {
      const parts = made.has(root) ? undefined : pieces.get(root);
      if (parts !== undefined)
        made.set(
          root,
          b.concatenate(
            parts.map((part) => b.reshape(part, [sizeOf(part.shape)])),
            0,
          ),
        );
    }
  }

  #put(node: OperatorNode, made: OperatorNode, replacements: Replacements, turns: readonly Turn[]) {
    replacements.set(node, made);
    // What was there before has its own place.
    if (made.id < this.#first || made.op.name === "constant") return;
    if (!this.turns.has(made)) {
      this.turns.set(made, turns);
      this.#options.journal.remade(node, made);
    }
  }

  /** What a loop gives, piece by piece; where it stays a loop, it is put in its place. */
  #loop(
    node: LoopNode,
    made: Replacements,
    valueIn: ValueIn,
    turns: readonly Turn[],
  ): readonly OperatorNode[] | undefined {
    const b = this.#b;
    const { loop } = node.op;
    const { body, carries, sequences, length, condition } = loop;
    const inputs = node.inputs.map((input) => made.get(input) ?? input);
    const steps = stepsOf(node, valueIn);
    this.#drop(node, inputs, steps);
    const order = topologicalOrder(body.results);
    const inner = neededOf(order);
    let state: State = {
      carries: inputs.slice(0, carries),
      stacked: body.results.slice(carries).map(() => []),
    };
    let known = node.inputs.slice(0, inner.size > 0 ? carries : 0).map(valueIn);
    const engine = inner.size > 0 ? new Engine([...body.results, ...inner], this.#options.limits) : undefined;
    for (const [from, to] of partsOf(
      node.op.loop,
      steps,
      this.#options.mostNodes,
      this.#options.focus.get(node),
    )) {
      if (to - from > 1) {
        state = this.#whole(node, inputs, state, from, to, steps);
        if (engine !== undefined) known = this.#skip(node, known, valueIn, engine, from, to, steps);
        continue;
      }
      const index = loop.reverse ? steps - 1 - from : from;
      const replacements: Replacements = new Map();
      const values = new Map<string, Tensor>();
      body.parameters.forEach((parameter, i) => {
        const isSlice = i >= carries && i < carries + sequences;
        const own =
          i < carries
            ? state.carries[i]!
            : isSlice
              ? this.#slice(inputs[i]!, index, parameter.shape)
              : inputs[i]!;
        replacements.set(parameter, own);
        if (engine === undefined) return;
        const value = i < carries ? known[i]! : valueIn(node.inputs[i]!);
        values.set(parameter.attributes.name as string, isSlice ? rowOf(value, index) : value);
      });
      const ran = engine?.run(values);
      const places = new Map([...inner].map((one, i) => [one, body.results.length + i]));
      const inside = (one: OperatorNode) => ran?.[places.get(one)!] ?? unknownValue();
      const turn = { loop: node, step: from, count: steps };
      this.#expand(order, replacements, inside, isBranch(loop) ? turns : [...turns, turn]);
      const results = body.results.map((result) => replacements.get(result) ?? result);
      state = {
        carries: results.slice(0, carries),
        stacked: state.stacked.map((list, k) => [...list, { index, rows: 1, node: results[carries + k]! }]),
      };
      if (ran !== undefined) known = ran.slice(0, carries);
    }
    b.builder.span = node.span;
    const stacks = state.stacked.map((parts, k) =>
      this.#stack(parts, length, body.results[carries + k]!.shape),
    );
    const count = condition === null ? [] : [b.node(steps)];
    return [...state.carries, ...stacks, ...count];
  }

  /** A part of the steps as a loop of its own. */
  #whole(
    node: LoopNode,
    inputs: readonly OperatorNode[],
    state: State,
    from: number,
    to: number,
    steps: number,
  ): State {
    const { made, carries, stacked } = cutLoop(this.#b, node, inputs, state.carries, from, to, steps);
    this.parts.set(made, { loop: node, from, to });
    const index = node.op.loop.reverse ? steps - to : from;
    return {
      carries,
      stacked: state.stacked.map((list, k) => [...list, { index, rows: to - from, node: stacked[k]! }]),
    };
  }

  /** The carries after steps that are not made one by one. */
  #skip(
    node: LoopNode,
    known: readonly Tensor[],
    valueIn: ValueIn,
    engine: Engine,
    from: number,
    to: number,
    steps: number,
  ): Tensor[] {
    const { body, carries, sequences, reverse } = node.op.loop;
    let current = [...known];
    for (let step = from; step < to; step++) {
      const index = reverse ? steps - 1 - step : step;
      const values = new Map(
        body.parameters.map((parameter, i): [string, Tensor] => {
          const value = i < carries ? current[i]! : valueIn(node.inputs[i]!);
          const isSlice = i >= carries && i < carries + sequences;
          return [parameter.attributes.name as string, isSlice ? rowOf(value, index) : value];
        }),
      );
      current = engine.run(values).slice(0, carries);
    }
    return current;
  }

  #drop(node: LoopNode, inputs: readonly OperatorNode[], steps: number): void {
    const { loop } = node.op;
    const add = (input: OperatorNode, kind: Dropped["kind"]) => {
      const list = this.dropped.get(input);
      if (list === undefined) this.dropped.set(input, [{ loop: node, kind }]);
      else list.push({ loop: node, kind });
    };
    if (loop.counted) add(inputs.at(-1)!, "decides");
    const { parameters } = loop.body;
    if (steps === 0 && isBranch(loop))
      for (let i = loop.carries; i < parameters.length; i++) add(inputs[i]!, "untaken");
    if (loop.condition === null) return;
    const decisive = new Set(topologicalOrder([loop.condition]));
    const computed = new Set(topologicalOrder(loop.body.results));
    parameters.forEach((parameter, i) => {
      if (decisive.has(parameter) && !computed.has(parameter)) add(inputs[i]!, "decides");
    });
  }

  #slice(sequence: OperatorNode, index: number, shape: Shape): OperatorNode {
    const part = this.#stacks.get(sequence)?.[index];
    if (part !== undefined) return part;
    const b = this.#b;
    const rest = sequence.shape.slice(1);
    const starts = [index, ...rest.map(() => 0)];
    const cut = b.apply("slice", [sequence], {
      starts,
      steps: starts.map(() => 1),
      counts: [1, ...rest],
    });
    return b.reshape(cut, shape);
  }

  /** Rows in their places; where no step was made, 0. */
  #stack(parts: readonly Rows[], length: number, shape: Shape): OperatorNode {
    const b = this.#b;
    const sorted = parts.toSorted((p, q) => p.index - q.index);
    const rows = sorted.reduce((sum, part) => sum + part.rows, 0);
    const list = sorted.map(({ node, rows: own }) => b.reshape(node, [own, ...shape]));
    const none = length - rows;
    if (none > 0) list.push(b.broadcastTo(0, [none, ...shape]));
    if (list.length === 0) return b.broadcastTo(0, [0, ...shape]);
    const stack = b.concatenate(list, 0);
    if (none === 0 && sorted.every((part) => part.rows === 1) && sorted.length > 1)
      this.#stacks.set(
        stack,
        sorted.map(({ node }) => node),
      );
    return stack;
  }
}

/** Rows of a stack: from `index` on. */
interface Rows {
  readonly index: number;
  readonly rows: number;
  readonly node: OperatorNode;
}

interface State {
  readonly carries: readonly OperatorNode[];
  readonly stacked: readonly (readonly Rows[])[];
}

const unknownValue = (): never => {
  throw new Error("a loop reads a value that was not computed");
};
