import { passOn } from "../../autodiff/cotangent.js";
import { Engine } from "../../engine/engine.js";
import type { OperatorNode } from "../../graph/node.js";
import type { Limits } from "../../limits.js";
import { parameter } from "../../ops/loop.js";
import type { Calculus } from "../../ops/vocabulary.js";
import type { Shape, Tensor } from "../../tensor.js";

export type ValueOf = (node: OperatorNode) => Tensor;

/** What an operation alone does with the values that it reads: it is made once more over placeholders for them. */
export class Local {
  readonly b: Calculus;
  readonly valueOf: ValueOf;
  readonly #limits: Pick<Limits, "memory">;

  constructor(b: Calculus, values: ValueOf, limits: Pick<Limits, "memory">) {
    this.b = b;
    this.valueOf = values;
    this.#limits = limits;
  }

  /** The value of what `make` builds over the node's stand-in, of placeholders for these further tensors. */
  evaluate(
    node: OperatorNode,
    given: readonly Tensor[],
    make: (clone: OperatorNode, given: readonly OperatorNode[]) => OperatorNode | null,
  ): Tensor | null {
    const { b } = this;
    const values = new Map<string, Tensor>();
    const placeholder = (label: string, tensor: Tensor) => {
      const made = parameter(b, label, tensor.shape);
      values.set(made.attributes.name as string, tensor);
      return made;
    };
    const placeholders = new Map<OperatorNode, OperatorNode>();
    for (const input of node.inputs) {
      if (input.op.name === "constant" || placeholders.has(input)) continue;
      placeholders.set(input, placeholder("operand", this.valueOf(input)));
    }
    const inputs = node.inputs.map((input) => placeholders.get(input) ?? input);
    const clone = b.builder.node(node.op, inputs, node.attributes);
    const made = make(
      clone,
      given.map((tensor) => placeholder("given", tensor)),
    );
    return made === null ? null : new Engine([made], this.#limits).run(values)[0]!;
  }

  /**
   * What the node passes back to one input from each of some of its elements alone, with these cotangents; `null` where its
   * derivative is 0 everywhere. One row an element.
   */
  terms(
    node: OperatorNode,
    index: number,
    elements: readonly number[],
    cotangents: readonly number[],
    mask: Tensor | null,
  ): Tensor | null {
    const size = node.shape.reduce((product, axis) => product * axis, 1);
    const seeds: Tensor = {
      shape: [elements.length, ...node.shape],
      data: new Float64Array(elements.length * size),
    };
    elements.forEach((element, row) => {
      seeds.data[row * size + element] = cotangents[row]!;
    });
    const given = mask === null ? [seeds] : [seeds, mask];
    return this.evaluate(node, given, (clone, [value, live]) => {
      const passed = passOn(this.b, clone, { value: value!, mask: live ?? null }, index);
      if (passed === null) return null;
      const wanted: Shape = [elements.length, ...node.inputs[index]!.shape];
      return this.b.broadcastTo(passed.value, wanted);
    });
  }
}
