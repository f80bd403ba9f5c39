import type { OperatorNode } from "../../graph/node.js";
import type { BoxKind } from "../../graph-results.js";
import { sizeOf, type Tensor } from "../../tensor.js";
import type { FlowCall } from "../calls.js";
import type { FlowContext } from "../context.js";
import type { Flow, Operand, Step } from "../flow.js";
import { bodiesOf } from "../repeats.js";
import type { Detail, DetailBox, DetailContainer, DetailEdge } from "./detail.js";
import { Formulas } from "./formula.js";

/** Constants of more elements are boxes of their own. */
const largestInline = 6;
const longestLabel = 32;
const longestInner = 20;
/** How labels begin that tell a shape only. */
const vague = "constant";

/** The box of a step, and of what it reads in one flow: the script's, or a body's. */
interface Level {
  readonly flow: Flow;
  readonly boxOf: Map<Step, number>;
  /** The loop that it is the body of. */
  readonly container: number | undefined;
  /** The calls that the loop itself lies in. */
  readonly callsAround: number;
}

/** Opens everything: every step a box, calls and loops as containers. */
export class Opening {
  readonly boxes: DetailBox[] = [];
  readonly containers: DetailContainer[] = [];
  readonly edges: DetailEdge[] = [];
  readonly #drawn = new Set<string>();
  readonly #calls = new Map<string, number>();
  readonly #constants = new Map<OperatorNode, number>();
  readonly #formulas: Formulas;
  readonly #context: FlowContext;

  constructor(context: FlowContext, evaluate: (node: OperatorNode) => Tensor) {
    this.#context = context;
    this.#formulas = new Formulas((node, text) => this.#constantText(node, text, evaluate));
  }

  get detail(): Detail {
    return this;
  }

  /** Adds the steps of the script. Gives the box of each. */
  script(flow: Flow): ReadonlyMap<Step, number> {
    const level: Level = { flow, boxOf: new Map(), container: undefined, callsAround: 0 };
    this.#formulas.number(flow.steps, false);
    const outputs = new Set(flow.outputs.map(({ step }) => step));
    for (const step of flow.steps) this.#step(step, level, outputs.has(step));
    return level.boxOf;
  }

  #add(box: DetailBox): number {
    return this.boxes.push(box) - 1;
  }

  #edge(from: number, to: number, isCarry = false): void {
    const key = `${from} ${to} ${isCarry}`;
    if (this.#drawn.has(key)) return;
    this.#drawn.add(key);
    this.edges.push({ from, to, isCarry });
  }

  #step(step: Step, level: Level, isOutput: boolean): void {
    const container = this.#containerOf(step.calls, level);
    const isLoop = step.loops.length > 0;
    const first = this.containers.length;
    const results = isLoop ? this.#bodies(step, container, level) : undefined;
    const read = step.operands.flatMap((operand) => this.#read(operand, level, container));
    const [part] = step.parts;
    const isSingle = step.parts.length === 1;
    const isLeaf = step.kind === "input" || step.kind === "param";
    const box = this.#add({
      kind: kindOf(step),
      name: this.#formulas.nameOf(step),
      formula: isLeaf ? undefined : this.#formulas.of(step).text,
      isOutput,
      isOperation: !isLeaf,
      shape: isSingle ? step.shape : undefined,
      node: isSingle && level.container === undefined ? part!.node : undefined,
      container,
      isDefinition:
        level.container === undefined &&
        (isLeaf || isOutput || step.parts.some(({ node }) => isDefinition(node))),
      span: step.span,
    });
    level.boxOf.set(step, box);
    for (let i = first; i < this.containers.length; i++) {
      const made = this.containers[i]!;
      if (isLoop && made.kind === "loop" && made.parent === container) this.containers[i] = { ...made, box };
    }
    // What a loop reads goes into its body, and what it gives comes from there.
    for (const from of results ?? read) this.#edge(from, box);
  }

  /** The boxes that an operand comes from; small constants stand in the formula. */
  #read(operand: Operand, level: Level, container: number | undefined): number[] {
    if (operand.kind === "step") {
      // None for a small constant that a loop reads.
      const box = level.boxOf.get(operand.step);
      return box === undefined ? [] : [box];
    }
    if (sizeOf(operand.node.shape) <= largestInline) return [];
    return [this.#constant(operand.node, operand.text, container)];
  }

  #constant(node: OperatorNode, text: string, container: number | undefined): number {
    const known = this.#constants.get(node);
    if (known !== undefined) return known;
    const isVague = text.startsWith(vague);
    const name = this.#context.journal.nameOf(node);
    const box = this.#add({
      kind: "constant",
      name: name ?? (isVague ? undefined : text),
      formula: name === undefined && isVague ? (this.#sourceText(node) ?? "constant") : undefined,
      isOutput: false,
      isOperation: false,
      shape: node.shape,
      node,
      container: undefined,
      isDefinition: container === undefined && name !== undefined,
      span: node.span,
    });
    this.#constants.set(node, box);
    return box;
  }

  /** A constant within a formula: a number that is computed by its value, a tensor by how it is written. */
  #constantText(node: OperatorNode, text: string, evaluate: (node: OperatorNode) => Tensor): string {
    if (!text.startsWith(vague)) return text;
    if (node.shape.length === 0) return String(Number(evaluate(node).data[0]!.toPrecision(5)));
    const source = this.#sourceText(node);
    return source !== undefined && source.length <= longestInner ? source : "constant";
  }

  /** How a constant is written, where it is not a list of numbers. */
  #sourceText(node: OperatorNode): string | undefined {
    const span = this.#context.journal.writtenOf(node)?.span ?? node.span;
    if (span === undefined) return undefined;
    const source = span.source.text.slice(span.start, span.end).replace(/\s+/g, " ");
    return source.startsWith("[") || source === "" ? undefined : bare(source);
  }

  /** The innermost container of what was made in these calls. */
  #containerOf(calls: readonly FlowCall[], level: Level): number | undefined {
    let inner = level.container;
    for (const call of calls.slice(level.callsAround)) {
      // A lambda is what its loop does.
      if (call.name === "the lambda") continue;
      const key = `${level.container ?? ""}:${call.index}`;
      let known = this.#calls.get(key);
      if (known === undefined) {
        const { source, start, end } = call.span;
        const text = source.text.slice(start, end).replace(/\s+/g, " ");
        const label = text.length <= longestLabel ? text : `${call.name}(…)`;
        known = this.#contain("call", label, inner);
        this.#calls.set(key, known);
      }
      inner = known;
    }
    return inner;
  }

  #contain(kind: "call" | "loop", label: string, parent: number | undefined): number {
    const depth = parent === undefined ? 1 : this.containers[parent]!.depth + 1;
    return this.containers.push({ kind, label, parent, depth, box: undefined }) - 1;
  }

  /** The bodies of a loop or a branch; gives the boxes of their results. */
  #bodies(step: Step, container: number | undefined, around: Level): number[] {
    const bodies = bodiesOf(step, around.flow, this.#context);
    const isBranch = bodies.length > 1;
    return bodies.flatMap(({ node, flow }, i) => {
      const { carries, sequences, length, body } = node.op.loop;
      const label = isBranch
        ? i === 0
          ? "then"
          : "else"
        : `${step.op}: ${timesOf(length, node.op.loop.condition !== null)}`;
      const level: Level = {
        flow,
        boxOf: new Map(),
        container: this.#contain("loop", label, container),
        callsAround: step.calls.length,
      };
      this.#formulas.number(flow.steps, true);
      const places = new Map(body.parameters.map((parameter, place) => [parameter, place]));
      for (const inner of flow.steps) {
        const place = places.get(inner.parts[0]!.node);
        if (place === undefined) {
          this.#step(inner, level, false);
          continue;
        }
        const source = this.#sourceOf(node.inputs[place]!, around, container);
        // What does not change from step to step is read where it stands.
        if (place >= carries + sequences) {
          if (source !== undefined) level.boxOf.set(inner, source);
          continue;
        }
        const box = this.#leaf(inner, level, place < carries ? "carry" : "slice", source);
        if (source !== undefined) this.#edge(source, box);
      }
      const results = flow.outputs.map(({ step: inner }) => level.boxOf.get(inner));
      if (!isBranch)
        flow.steps.forEach((inner) => {
          const place = places.get(inner.parts[0]!.node);
          if (place === undefined || place >= carries) return;
          const [from, to] = [results[place], level.boxOf.get(inner)];
          if (from !== undefined && to !== undefined && from !== to) this.#edge(from, to, true);
        });
      return results.filter((result) => result !== undefined);
    });
  }

  #leaf(step: Step, level: Level, kind: "carry" | "slice", source: number | undefined): number {
    const from = source === undefined ? undefined : this.boxes[source]!;
    const origin = from?.name ?? from?.formula;
    const formula =
      kind === "carry"
        ? "from the step before"
        : `${origin === undefined ? "" : `${origin}: `}one slice a step`;
    const box = this.#add({
      kind: "operation",
      name: step.label,
      formula,
      isOutput: false,
      isOperation: false,
      shape: step.shape,
      node: undefined,
      container: level.container,
      isDefinition: false,
      span: step.span,
    });
    level.boxOf.set(step, box);
    return box;
  }

  /** The box that a loop's input comes from, seen through what only hands on. */
  #sourceOf(read: OperatorNode, around: Level, container: number | undefined): number | undefined {
    for (let node: OperatorNode | undefined = read; node !== undefined; node = node.inputs[0]) {
      if (around.flow.partOf(node) !== undefined) {
        const step = around.flow.stepOf(node);
        return step === undefined ? undefined : around.boxOf.get(step);
      }
      if (node.inputs.length > 1) return undefined;
      if (node.op.name === "constant")
        return sizeOf(read.shape) > largestInline ? this.#constant(read, "constant", container) : undefined;
    }
    return undefined;
  }
}

const timesOf = (length: number, isConditional: boolean) =>
  `${isConditional ? "up to " : ""}${length} step${length === 1 ? "" : "s"}`;

/** Without the brackets around it all. */
function bare(text: string): string {
  if (!text.startsWith("(") || !text.endsWith(")")) return text;
  let depth = 0;
  for (let i = 0; i < text.length - 1; i++) {
    if (text[i] === "(") depth += 1;
    if (text[i] === ")") depth -= 1;
    if (depth === 0) return text;
  }
  return text.slice(1, -1);
}

const isDefinition = ({ op, attributes: { scope, name } }: OperatorNode): boolean =>
  op.name === "named" && scope === undefined && typeof name === "string" && !name.includes(" ");

function kindOf({ kind, operands, loops }: Step): BoxKind {
  // A branch is two loops of one step or none.
  if (kind === "loop" && loops.length > 1) return "branch";
  if (kind === "input" || kind === "param" || kind === "loop") return kind;
  return operands.length > 0 && operands.every((operand) => operand.kind === "constant")
    ? "constant"
    : "operation";
}
