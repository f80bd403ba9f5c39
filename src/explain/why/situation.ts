import type { Span } from "../../diagnostics.js";
import { Engine } from "../../engine/engine.js";
import type { OperatorNode } from "../../graph/node.js";
import { topologicalOrder } from "../../graph/topology.js";
import type { Limits } from "../../limits.js";
import { indexAt, type Tensor } from "../../tensor.js";
import type { Link, LoopStep, Read } from "../../why-results.js";
import type { Explained } from "../explain.js";
import { type Flow, flowOf, type Step } from "../flow.js";
import { constantText } from "../labels.js";
import { sourcesOf } from "./elements.js";
import { Local } from "./local.js";
import { type Turn, type Unrolled, type UnrollOptions, unroll } from "./unroll.js";

/** An element of a node, by its position in row-major order. */
export interface Place {
  readonly node: OperatorNode;
  readonly element: number;
}

/** So many elements of an operand are shown where an operation reads several; more are not looked at. */
const mostShown = 4;
const mostRead = 10_000;

/** A script with values: its graph without loops, what every node of it is, and how it is called. */
export class Situation {
  readonly explained: Explained;
  readonly inputs: ReadonlyMap<string, Tensor>;
  readonly unrolled: Unrolled;
  readonly local: Local;
  readonly limits: Pick<Limits, "memory">;
  /** What the nodes asked for need, each after its inputs. */
  readonly order: readonly OperatorNode[];
  readonly flow: Flow;
  readonly #values = new Map<OperatorNode, Tensor>();

  constructor(
    explained: Explained,
    inputs: ReadonlyMap<string, Tensor>,
    names: readonly string[],
    options: Pick<UnrollOptions, "limits" | "mostNodes" | "focus" | "first">,
  ) {
    this.explained = explained;
    this.inputs = inputs;
    this.limits = options.limits;
    const { trace, context } = this.explained;
    const roots = names.map((name) => trace.lowered.nodes.get(name)!);
    this.unrolled = unroll(trace.b, roots, { ...options, journal: context.journal, inputs });
    const made = [...new Set(roots.map(this.unrolled.nodeFor))];
    this.order = topologicalOrder(made);
    this.flow = flowOf(made, context);
    this.local = new Local(trace.b, (node) => this.valueOf(node), options.limits);
  }

  nodeNamed(name: string): OperatorNode {
    return this.unrolled.nodeFor(this.explained.trace.lowered.nodes.get(name)!);
  }

  /** Computes what has no value yet, all in one run. */
  compute(nodes: Iterable<OperatorNode>): void {
    const wanted = [...new Set(nodes)].filter((node) => !this.#values.has(node));
    if (wanted.length === 0) return;
    const values = new Engine(wanted, this.limits).run(this.inputs);
    wanted.forEach((node, i) => {
      this.#values.set(node, values[i]!);
    });
  }

  valueOf(node: OperatorNode): Tensor {
    if (!this.#values.has(node)) this.compute([node]);
    return this.#values.get(node)!;
  }

  at({ node, element }: Place): number {
    return this.valueOf(node).data[element]!;
  }

  /** What is written for a node: its step, of which it may be an inner part. */
  stepOf(node: OperatorNode): Step | undefined {
    return this.flow.stepOf(node);
  }

  labelOf(node: OperatorNode): string {
    const { journal } = this.explained.context;
    const step = this.flow.stepOf(node);
    const label = this.flow.partOf(node)?.label ?? step?.label;
    if (label === undefined || step === undefined) return constantText(node, journal);
    // A number would tell nothing here, where no table has it.
    if (step.names.length === 0 && /^t\d+$/.test(label) && step.span !== undefined) return textOf(step.span);
    // Steps of loops are told apart by their numbers.
    return this.unrolled.turnsOf(node).length > 0 ? label.replace(/#\d+$/, "") : label;
  }

  loopsOf(node: OperatorNode): LoopStep[] {
    return this.unrolled.turnsOf(node).map(({ loop, step, count }: Turn) => ({
      op: this.loopWord(loop),
      step,
      count,
    }));
  }

  /** What the script calls a loop by. */
  loopWord(loop: OperatorNode): string {
    return this.loopText(loop)?.op ?? "loop";
  }

  /** Where a loop or a branch is written: its value is taken apart by nodes of its own, which are what the script has written. */
  loopText(loop: OperatorNode): { readonly op: string; readonly span: Span } | undefined {
    if (this.#loopTexts === undefined) {
      this.#loopTexts = new Map();
      const { journal } = this.explained.context;
      const { builder } = this.explained.trace.b;
      for (let id = 0; id < builder.size; id++) {
        const node = builder.at(id);
        const written = journal.writtenOf(node);
        if (written === undefined) continue;
        let source = node;
        while (["reshape", "slice", "transpose"].includes(source.op.name)) source = source.inputs[0]!;
        for (const each of [source, ...(written.op === "if" ? source.inputs : [])]) {
          const inner = behindPieces(each);
          if (inner.op.name === "loop" && !this.#loopTexts.has(inner)) this.#loopTexts.set(inner, written);
        }
      }
    }
    return this.#loopTexts.get(loop);
  }

  #loopTexts: Map<OperatorNode, { readonly op: string; readonly span: Span }> | undefined;

  /** A link of a chain; `value` is the derivative by the element where it is one. */
  link(place: Place, is: Link["is"], value: number): Link {
    const { node, element } = place;
    const step = this.stepOf(node);
    return {
      is,
      label: this.labelOf(node),
      op: step?.op ?? node.op.name,
      span: step?.span ?? node.span,
      loops: this.loopsOf(node),
      calls: (step?.calls ?? []).map(({ name }) => name),
      index: indexAt(element, node.shape),
      shape: node.shape,
      value,
    };
  }

  /** What the step of a node reads for one of its elements, as far as it is read for that. */
  readsOf({ node, element }: Place): Read[] {
    const step = this.stepOf(node);
    const members = new Set(step?.nodes ?? [node]);
    members.add(node);
    const read = new Map<OperatorNode, Set<number>>();
    const waiting: Place[] = [{ node, element }];
    const seen = new Map<OperatorNode, Set<number>>();
    while (waiting.length > 0) {
      const place = waiting.pop()!;
      place.node.inputs.forEach((input, index) => {
        if (place.node.op.name === "custom" && index > 0) return;
        const list = members.has(input) ? seen : read;
        const known = list.get(input) ?? new Set();
        list.set(input, known);
        for (const position of sourcesOf(this.local, place.node, place.element, index)) {
          if (known.size >= mostRead || known.has(position)) continue;
          known.add(position);
          if (members.has(input)) waiting.push({ node: input, element: position });
        }
      });
    }
    const operands = step?.operands.map((operand) =>
      operand.kind === "step" ? operand.part.node : operand.node,
    );
    const nodes = operands === undefined || operands.length === 0 ? [...read.keys()] : operands;
    return nodes.flatMap((one) => {
      const positions = read.get(one);
      // A number that the script writes says nothing new.
      const isNumber = typeof one.attributes.value === "number" && this.stepOf(one) === undefined;
      if (positions === undefined || isNumber) return [];
      const { shape } = one;
      const { data } = this.valueOf(one);
      // The largest ones tell most.
      const sorted = [...positions].sort((p, q) => compare(data[p]!, data[q]!) || p - q);
      const others = sorted.length - mostShown;
      return sorted.slice(0, mostShown).map((position, i) => ({
        label: this.labelOf(one),
        index: indexAt(position, shape),
        shape,
        value: data[position]!,
        ...(others > 0 && i === mostShown - 1 ? { others } : {}),
      }));
    });
  }
}

function behindPieces(node: OperatorNode): OperatorNode {
  let source = node;
  while (["reshape", "slice"].includes(source.op.name)) source = source.inputs[0]!;
  return source;
}

/** Larger ones first; what is not finite before everything else. */
function compare(p: number, q: number): number {
  const [first, second] = [p, q].map((one) =>
    Number.isFinite(one) ? Math.abs(one) : Number.POSITIVE_INFINITY,
  );
  return first === second ? 0 : second! - first!;
}

/** A piece of the script, in one line. */
const textOf = ({ source, start, end }: Span) => source.text.slice(start, end).replace(/\s+/g, " ");
