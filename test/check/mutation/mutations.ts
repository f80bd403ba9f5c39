import { passes } from "../../../src/autodiff/reverse.js";
import type { OperatorNode } from "../../../src/graph/node.js";
import type { Op, Partial, PartialRule, ScalarOp, TensorOp } from "../../../src/ops/op.js";
import type { Calculus } from "../../../src/ops/vocabulary.js";
import { sizeOf } from "../../../src/tensor.js";

/** A way in which the derivative of an operation may be wrong. */
export interface Mutation {
  readonly name: string;
  /** The first operand by which the derivative is another one. */
  readonly operand: number;
  readonly op: Op;
}

const factors: readonly (readonly [name: string, factor: number])[] = [
  ["factor 1.01", 1.01],
  ["factor 1+1e-4", 1 + 1e-4],
  ["factor 1+1e-7", 1 + 1e-7],
  ["sign", -1],
  ["dropped", 0],
];

/** Copies of an operation, each with one mistake in its derivative. The copies have its name, so they compute the same. */
export const mutationsOf = (node: OperatorNode): Mutation[] => {
  const op = node.op as Op;
  return op.kind === "scalar" ? scalarMutations(op) : tensorMutations(op, node);
};

function scalarMutations(op: ScalarOp): Mutation[] {
  const indices = op.partials.flatMap((rule, k) => (rule === null ? [] : [k]));
  const replaced = (k: number, rule: PartialRule): ScalarOp => ({
    ...op,
    partials: op.partials.map((own, i) => (i === k ? rule : own)),
  });
  const scaledBy = indices.flatMap((k) =>
    factors.map(
      ([name, factor]): Mutation => ({
        name,
        operand: k,
        op: replaced(k, (b, x, y) => scaled(b, op.partials[k]!(b, x, y), factor)),
      }),
    ),
  );
  const added = indices.map(
    (k): Mutation => ({
      name: "1/8 added",
      operand: k,
      op: replaced(k, (b, x, y) => b.add(asNode(b, op.partials[k]!(b, x, y)), 0.125)),
    }),
  );
  const [first, second] = indices;
  if (first === undefined || second === undefined) return [...scaledBy, ...added];
  const swapped = op.partials.map((rule, k) =>
    k === first ? op.partials[second]! : k === second ? op.partials[first]! : rule,
  );
  return [...scaledBy, ...added, { name: "swapped", operand: first, op: { ...op, partials: swapped } }];
}

function scaled(b: Calculus, partial: Partial, factor: number): Partial {
  if (factor === 0) return 0;
  if (typeof partial === "number") return partial * factor;
  if (!("select" in partial)) return b.mul(factor, partial);
  const { select, scale } = partial;
  return { select, scale: scale === undefined ? b.node(factor) : b.mul(factor, scale) };
}

const asNode = (b: Calculus, partial: Partial): OperatorNode =>
  typeof partial === "number" || !("select" in partial)
    ? b.node(partial)
    : b.where(partial.select, partial.scale ?? 1, 0);

/** What becomes of a cotangent that the right rule has made. */
type Change = (b: Calculus, passed: OperatorNode) => OperatorNode;

function tensorMutations(op: TensorOp, node: OperatorNode): Mutation[] {
  if (op.vjp === null && op.pull === undefined) return [];
  return node.inputs.flatMap((input, k) => {
    const size = sizeOf(input.shape);
    const rank = input.shape.length;
    const changed = (name: string, change: Change): Mutation => ({
      name,
      operand: k,
      op: changedAt(op, k, change),
    });
    const made = factors.map(([name, factor]) => changed(name, (b, passed) => b.mul(factor, passed)));
    if (size > 1) {
      // One element of many.
      const data = new Float64Array(size).fill(1);
      data[size - 1] = 0;
      made.push(
        changed("element dropped", (b, passed) => b.mul(b.constant({ shape: input.shape, data }), passed)),
      );
    }
    if (rank >= 2 && input.shape.at(-1) === input.shape.at(-2))
      made.push(changed("transposed", (b, passed) => b.matrixTranspose(passed)));
    const other = node.inputs.findIndex(
      (one, i) => i > k && one.op.name !== "constant" && `${one.shape}` === `${input.shape}`,
    );
    const { vjp } = op;
    if (other !== -1 && vjp !== null) {
      const place = new Map([
        [k, other],
        [other, k],
      ]);
      const own: TensorOp = {
        ...op,
        vjp: (b, cotangent, at, index, live) => vjp(b, cotangent, at, place.get(index) ?? index, live),
      };
      made.push({ name: "swapped", operand: k, op: own });
    }
    return made;
  });
}

function changedAt(op: TensorOp, k: number, change: Change): TensorOp {
  const { vjp, pull } = op;
  if (pull !== undefined) {
    return {
      ...op,
      pull: (b, cotangent, node, index) => {
        const passed = pull(b, cotangent, node, index);
        return index !== k || passed === null ? passed : { ...passed, value: change(b, passed.value) };
      },
    };
  }
  return {
    ...op,
    vjp: (b, cotangent, node, index, live) => {
      const passed = vjp!(b, cotangent, node, index, live);
      return index === k ? change(b, passed) : passed;
    },
  };
}

/** Copies of a tensor operation, each with one mistake in its forward rule alone; the reverse rule stays right. */
export function forwardMutationsOf(node: OperatorNode): Mutation[] {
  const op = node.op as Op;
  if (op.kind !== "tensor" || op.jvp === null) return [];
  const { jvp } = op;
  const operand = node.inputs.findIndex((_, index) => passes(node, index));
  return factors.map(([name, factor]) => ({
    name: `jvp, ${name}`,
    operand,
    op: { ...op, jvp: (b, tangents, at) => b.mul(factor, jvp(b, tangents, at)) },
  }));
}
