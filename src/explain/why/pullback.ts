import { type Contribution, passes, pullbackMasked } from "../../autodiff/reverse.js";
import type { OperatorNode } from "../../graph/node.js";
import type { Cotangent } from "../../ops/op.js";
import { sizeOf, type Tensor } from "../../tensor.js";
import type { Situation } from "./situation.js";

/** A reverse sweep from one element of an output to one node, with the values of everything that is passed. */
export class Pullback {
  readonly output: OperatorNode;
  readonly input: OperatorNode;
  /** Contributions by what they are passed to. */
  readonly #given = new Map<OperatorNode, Contribution[]>();
  readonly #sums = new Map<OperatorNode, Cotangent>();
  readonly #situation: Situation;

  constructor(situation: Situation, output: OperatorNode, element: number, input: OperatorNode) {
    this.#situation = situation;
    this.output = output;
    this.input = input;
    const { b } = situation.local;
    const data = new Float64Array(sizeOf(output.shape));
    data[element] = 1;
    const seed: Cotangent = { value: b.constant({ shape: output.shape, data }), mask: null };
    this.#sums.set(output, seed);
    const depends = new Set([input]);
    for (const node of situation.order)
      if (node.inputs.some((one, index) => depends.has(one) && passes(node, index))) depends.add(node);
    // By all that it passes through, so that what an operation gets is known where it passes nothing on, too.
    const found = pullbackMasked(b, new Map([[output, seed]]), [...depends], (contribution) => {
      const node = contribution.consumer.inputs[contribution.index]!;
      const list = this.#given.get(node);
      if (list === undefined) this.#given.set(node, [contribution]);
      else list.push(contribution);
    });
    for (const [node, sum] of found) this.#sums.set(node, sum);
    const wanted = [...this.#given.values()].flat().map(({ passed }) => passed.value);
    for (const { value, mask } of this.#sums.values()) wanted.push(value, ...(mask === null ? [] : [mask]));
    situation.compute([...situation.order, ...wanted]);
  }

  /** What comes back to a node; `undefined` where nothing does, or 0 whatever the values are. */
  sumGradOf(node: OperatorNode): Tensor | undefined {
    const sum = this.#sums.get(node);
    return sum === undefined ? undefined : this.#situation.valueOf(sum.value);
  }

  maskOf(node: OperatorNode): Tensor | null {
    const mask = this.#sums.get(node)?.mask ?? null;
    return mask === null ? null : this.#situation.valueOf(mask);
  }

  contributionsTo(node: OperatorNode): readonly Contribution[] {
    return this.#given.get(node) ?? [];
  }

  valueOf({ passed }: Contribution): Tensor {
    return this.#situation.valueOf(passed.value);
  }
}

/** The value of a function that states its own derivative: no derivative passes through what it is computed from. */
export const isHidden = (node: OperatorNode, index: number): boolean =>
  node.op.name === "custom" && index === 0;
