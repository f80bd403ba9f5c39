import { type Contribution, passes } from "../../autodiff/reverse.js";
import { placeKey } from "../../diagnostics.js";
import type { OperatorNode } from "../../graph/node.js";
import { topologicalOrder } from "../../graph/topology.js";
import { indexAt, sizeOf } from "../../tensor.js";
import type { Cause } from "../../why-results.js";
import { backLinks, markOf, mostTerms, termReads } from "./backward.js";
import { positionsOf, targetsOf } from "./elements.js";
import { type Found, numbersOf, withinStep } from "./forward.js";
import {
  apart,
  type Block,
  indexText,
  isValueOnly,
  readersOf,
  type Stop,
  sumText,
  turnKey,
} from "./paths.js";
import { isHidden, type Pullback } from "./pullback.js";
import { type Reason, say, smallest } from "./reasons/reason.js";
import { isBarrier, reasonOfStructure, reasonOfZero } from "./reasons/zeros.js";
import type { Place, Situation } from "./situation.js";

/** Walks from an element of the input on to the output, as far as derivatives are 0, and finds what makes them so. */
export class Zeros {
  readonly #situation: Situation;
  readonly #pullback: Pullback;
  readonly #blocks = new Map<string, Block>();
  /** Elements through which a 0 has been followed. */
  readonly #marks = new Map<OperatorNode, Float64Array>();
  readonly #parents = new Map<OperatorNode, Place>();

  constructor(situation: Situation, pullback: Pullback) {
    this.#situation = situation;
    this.#pullback = pullback;
  }

  causesFor(element: number, names: { readonly output: string; readonly input: string }): Found[] {
    const { input, output } = this.#pullback;
    const { dropped } = this.#situation.unrolled;
    const members = topologicalOrder([output]);
    const isMember = new Set(members);
    // What a branch that was not taken reads is not in the graph of the output.
    const order = topologicalOrder([output, input, ...dropped.keys()]);
    const readers = readersOf(order);
    this.#marks.set(input, markOf(input, element));
    for (const node of order) {
      if (!this.#marks.has(node)) continue;
      for (const { kind, loop } of dropped.get(node) ?? []) this.#dropped(node, kind, loop);
      this.#cancels(node);
      for (const { consumer, index } of readers.get(node) ?? [])
        if (!isValueOnly(consumer, readers)) this.#edge(node, consumer, index, isMember.has(consumer));
    }
    if (this.#blocks.size === 0 && this.#marks.has(output)) this.#missed(output);
    const all = [...this.#blocks.values()];
    const others = all.filter(({ isAside }) => !isAside);
    const blocks = others.length > 0 ? others : all;
    return blocks.length === 0
      ? [{ cause: apart(this.#situation, names), origin: undefined }]
      : blocks.map((block) => ({ cause: this.#cause(block), origin: block.place.node }));
  }

  #edge(node: OperatorNode, consumer: OperatorNode, index: number, isMember: boolean): void {
    const situation = this.#situation;
    if (isHidden(consumer, index)) return;
    const marked = this.#marks.get(node)!;
    if (!isMember) {
      // It leads on only to what a loop or a branch reads without passing it on.
      this.#follow(node, consumer, targetsOf(situation.local, consumer, index, marked));
      return;
    }
    const op = consumer.op.name;
    const targets = targetsOf(situation.local, consumer, index, marked);
    const [first] = positionsOf(targets);
    const place = { node: consumer, element: first ?? 0 };
    const stop = { kind: "zero by structure", from: node, place, operand: index } as const;
    if (first === undefined) {
      const [own] = positionsOf(marked);
      const at = `${situation.labelOf(node)}${indexText(indexAt(own!, node.shape))}`;
      const reason = `\`${situation.stepOf(consumer)?.op ?? op}\` does not take the element ${at}`;
      this.#block({ ...stop, affected: 0, reason: { reason }, isAside: true });
      return;
    }
    if (!passes(consumer, index)) {
      const affected = positionsOf(targets).length;
      if (isBarrier(op)) this.#block({ ...stop, affected, reason: reasonOfStructure(op, index) });
      return;
    }
    const sums = this.#pullback.sumGradOf(consumer)?.data;
    if (sums === undefined || positionsOf(targets).every((target) => sums[target] === 0)) {
      this.#follow(node, consumer, targets);
      return;
    }
    const found = this.#pullback
      .contributionsTo(node)
      .find((one) => one.consumer === consumer && one.index === index);
    const live = positionsOf(targets).filter((target) => sums[target] !== 0);
    if (found === undefined) {
      const at = { node: consumer, element: live[0]! };
      this.#block({ ...stop, place: at, affected: live.length, reason: reasonOfStructure(op, index) });
      return;
    }
    const passed = this.#pullback.valueOf(found).data;
    const sources = positionsOf(marked);
    // What is not 0 is made 0 by other contributions.
    if (sources.some((position) => passed[position] !== 0)) return;
    this.#stopped(node, found, sources[0]!, live, sums);
    const rest = targets.map((mark, target) => (sums[target] === 0 ? mark : 0));
    if (rest.some((mark) => mark !== 0)) this.#follow(node, consumer, rest);
  }

  /** Something has come to an operation, but it passes 0. */
  #stopped(
    node: OperatorNode,
    { consumer, index }: Contribution,
    source: number,
    live: readonly number[],
    sums: Float64Array,
  ): void {
    const situation = this.#situation;
    const shown = live.slice(0, mostTerms);
    const width = sizeOf(node.shape);
    const mask = this.#pullback.maskOf(consumer);
    const termsOf = (cotangents: readonly number[]) => {
      const found = situation.local.terms(consumer, index, shown, cotangents, mask);
      return shown.map((_, row) => found?.data[row * width + source] ?? 0);
    };
    const terms = termsOf(shown.map((target) => sums[target]!));
    const op = consumer.op.name;
    const stop = { from: node, affected: live.length, operand: index } as const;
    if (terms.some((term) => term !== 0)) {
      const reads = shown
        .map((target, row) => ({
          label: situation.labelOf(consumer),
          index: indexAt(target, consumer.shape),
          shape: consumer.shape,
          value: terms[row]!,
        }))
        .filter(({ value }) => value !== 0);
      const reason = `contributions cancel: ${sumText(reads.map(({ value }) => say(value)))} = 0`;
      const place = { node: consumer, element: shown[terms.findIndex((term) => term !== 0)]! };
      this.#block({
        ...stop,
        kind: "cancelled",
        place,
        affected: 1,
        reason: { reason },
        reads: reads.slice(0, 6),
      });
      return;
    }
    const slopes = termsOf(shown.map(() => 1));
    const steep = slopes.findIndex((slope) => slope !== 0);
    const place = { node: consumer, element: shown[Math.max(0, steep)]! };
    if (steep >= 0) {
      const [sum, slope] = [sums[shown[steep]!], slopes[steep]];
      const reason = {
        reason: `underflow: the product of the sum_grad ${say(sum)} and the slope ${say(slope)} is below ${smallest}`,
        remedy: "compute with logarithms, or scale the numbers",
      };
      this.#block({ ...stop, kind: "zero by value", place, reason });
      return;
    }
    if (op === "where")
      this.#block({ ...stop, kind: "zero by structure", place, reason: reasonOfStructure(op, index) });
    else {
      const reason = reasonOfZero(op, numbersOf(situation, place), index);
      this.#block({ ...stop, kind: "zero by value", place, reason });
    }
  }

  /** Contributions of several consumers that are not 0, but their sum is. */
  #cancels(node: OperatorNode): void {
    const marked = positionsOf(this.#marks.get(node)!);
    for (const position of marked) {
      const terms = this.#pullback
        .contributionsTo(node)
        .map((one) => ({ ...one, value: this.#pullback.valueOf(one).data[position]! }))
        .filter(({ value }) => value !== 0);
      if (terms.length === 0) continue;
      const sum = this.#pullback.sumGradOf(node)?.data[position] ?? 0;
      const text = sumText(terms.map(({ value }) => say(value)));
      this.#block({
        kind: "cancelled",
        from: undefined,
        place: { node, element: position },
        affected: marked.length,
        reason: { reason: `the contributions cancel: ${text} = ${say(sum)}` },
        reads: termReads(this.#situation, terms),
      });
      return;
    }
  }

  #dropped(node: OperatorNode, kind: "untaken" | "decides", loop: OperatorNode): void {
    const text = this.#situation.loopText(loop);
    const word = text?.op ?? "if";
    const [element] = positionsOf(this.#marks.get(node)!);
    const reason: Reason =
      kind === "untaken"
        ? {
            reason: "the branch that reads it is not taken",
            remedy: "derivatives follow the branch taken: `where` with both sides does, too",
          }
        : word === "if"
          ? {
              reason: "the condition of `if` only chooses; it has no derivative",
              remedy: "a smooth choice is `s*a + (1 - s)*b` with `s = sigmoid(…)`",
            }
          : { reason: `it only decides how many steps \`${word}\` makes, which has no derivative` };
    const link = this.#situation.link({ node, element: element! }, "derivative", 0);
    const at = { ...link, label: word, op: word, span: text?.span ?? loop.span };
    const key = `${kind} ${placeKey(at.span)}`;
    if (!this.#blocks.has(key))
      this.#blocks.set(key, {
        ...reason,
        kind: "zero by structure",
        place: { node, element: element! },
        affected: 1,
        path: this.#pathFrom({ node, element: element! }),
        steps: new Set<string>(),
        isAside: false,
        span: at,
      });
  }

  /** The element of the output that is asked for does not read the element of the input. */
  #missed(output: OperatorNode): void {
    const seed = this.#pullback.sumGradOf(output)!.data;
    const marks = this.#marks.get(output)!;
    if (positionsOf(marks).some((position) => seed[position] !== 0)) return;
    const element = seed.findIndex((value) => value !== 0);
    const at = `${this.#situation.labelOf(output)}${indexText(indexAt(element, output.shape))}`;
    const parent = this.#parents.get(output);
    this.#block({
      kind: "zero by structure",
      from: parent?.node,
      place: { node: output, element },
      affected: 1,
      reason: { reason: `${at} is computed from other elements` },
    });
  }

  #follow(from: OperatorNode, consumer: OperatorNode, targets: Float64Array): void {
    const known = this.#marks.get(consumer);
    if (known === undefined) {
      const [element] = positionsOf(this.#marks.get(from)!);
      this.#marks.set(consumer, targets.slice());
      this.#parents.set(consumer, { node: from, element: element! });
    } else
      targets.forEach((mark, i) => {
        if (mark !== 0) known[i] = 1;
      });
  }

  /** The way from a place back to the input; the place first. */
  #pathFrom(place: Place): Place[] {
    const path = [place];
    for (let at = this.#parents.get(place.node); at !== undefined; at = this.#parents.get(at.node))
      path.push(at);
    return path;
  }

  #block({ kind, from, place, affected, reason, operand = 0, isAside = false, reads }: Stop): void {
    const situation = this.#situation;
    const step = situation.stepOf(place.node);
    // The steps of a loop are one cause.
    const isRepeated = situation.loopsOf(place.node).length > 0;
    const own = reads === undefined || isRepeated ? place.node.op.name : place.node.id;
    const key = `${kind} ${placeKey(step?.span) || place.node.id} ${own} ${operand}`;
    const known = this.#blocks.get(key);
    if (known !== undefined) {
      if (isRepeated) known.steps.add(turnKey(situation, place));
      return;
    }
    const start = from === undefined ? undefined : positionsOf(this.#marks.get(from)!)[0]!;
    const path = from === undefined ? [] : this.#pathFrom({ node: from, element: start! });
    this.#blocks.set(key, {
      kind,
      ...reason,
      reason: withinStep(situation, place, reason.reason),
      place,
      affected,
      path: from === undefined ? this.#pathFrom(place) : [place, ...path],
      steps: new Set([turnKey(situation, place)]),
      isAside,
      ...(reads === undefined ? {} : { reads }),
    });
  }

  #cause({ kind, reason, remedy, place, affected, path, reads, span, steps, isAside }: Block): Cause {
    const situation = this.#situation;
    const { node, element } = place;
    const chain = backLinks(situation, this.#pullback, path);
    const sum = this.#pullback.sumGradOf(node);
    const total = sizeOf(node.shape);
    return {
      kind,
      reason,
      ...(remedy === undefined ? {} : { remedy }),
      at: span ?? chain[0]!,
      reads: span !== undefined || isAside ? [] : (reads ?? situation.readsOf(place)),
      ...(sum === undefined || kind === "cancelled" || span !== undefined || isAside
        ? {}
        : { sumGrad: { index: indexAt(element, node.shape), shape: node.shape, value: sum.data[element]! } }),
      ...(affected > 1 ? { elements: { affected, total } } : {}),
      ...(steps.size > 1 ? { otherSteps: steps.size - 1 } : {}),
      chain,
      isBackward: true,
    };
  }
}
