import type { Expression, Subscript } from "../../grammar/index.js";
import type { Span } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import type { Value } from "./value.js";

/** A call of a function of the script that has been expanded. */
export interface ExpandedCall {
  readonly name: string;
  /** Of the call. */
  readonly span: Span;
  /** The nodes that were made for it have ids from `from` to below `to`; calls inside lie inside. */
  readonly from: number;
  readonly to: number;
}

/** An operation of the script: a sign, a built-in function, a loop, a branch. */
export interface Written {
  /** Under the name that the script calls it by, `matmul` for `@`. */
  readonly op: string;
  readonly span: Span;
  /** The tensors that it is given, in the order in which they stand. */
  readonly operands: readonly WrittenOperand[];
  /** Whether its value is a tuple, of which several nodes are parts. */
  readonly isTuple: boolean;
}

export interface WrittenOperand {
  readonly node: OperatorNode;
  /** Of an argument that is given by one. */
  readonly keyword: string | undefined;
}

/**
 * How a graph came about, for those who show it: what its nodes are the values of, which calls they belong to, and what
 * they are called inside them.
 */
export class Journal {
  readonly #calls: ExpandedCall[] = [];
  readonly #names = new Map<OperatorNode, string>();
  readonly #written = new Map<OperatorNode, Written>();
  readonly #places = new Map<OperatorNode, number>();
  readonly #originals = new Map<OperatorNode, OperatorNode>();
  readonly #values = new WeakMap<Expression, Value>();

  /** In the order of their ends: each call after those inside of it. */
  get calls(): readonly ExpandedCall[] {
    return this.#calls;
  }

  /** The name that a node has inside a function or a block, as a parameter or a local definition: the first that it was given. */
  nameOf(node: OperatorNode): string | undefined {
    return this.#names.get(node);
  }

  /**
   * The first operation that a node is the value of. Parts of one value, as `svd` gives them, have the same object;
   * what an operation is put together of has none.
   */
  writtenOf(node: OperatorNode): Written | undefined {
    return this.#written.get(node);
  }

  /** Which part of its value a node is, where an operation gives several. */
  placeOf(node: OperatorNode): number {
    return this.#places.get(node) ?? 0;
  }

  /** The node in whose place one stands that was made again, as those in bodies of loops are. */
  originalOf(node: OperatorNode): OperatorNode | undefined {
    return this.#originals.get(node);
  }

  call(call: ExpandedCall): void {
    this.#calls.push(call);
  }

  local(name: string, value: Value): void {
    if (value.kind === "tensor" && !this.#names.has(value.node)) this.#names.set(value.node, name);
  }

  /** The value of an expression; `op` where it is an operation. The values of its parts have been told before. */
  value(expression: Expression, value: Value, op: string | undefined): void {
    this.#values.set(expression, value);
    if (op === undefined) return;
    const operands = partsOf(expression).flatMap(({ part, keyword }) =>
      tensorsOf(this.#values.get(part)).map((node) => ({ node, keyword })),
    );
    const written = { op, span: expression.span, operands, isTuple: value.kind === "tuple" };
    for (const [place, node] of tensorsOf(value).entries()) {
      // Leaves speak for themselves.
      if (node.inputs.length === 0 || this.#written.has(node)) continue;
      this.#written.set(node, written);
      this.#places.set(node, place);
    }
  }

  /** `node` stands in the place of `original`, over other inputs. */
  remade(original: OperatorNode, node: OperatorNode): void {
    if (original === node) return;
    const name = this.#names.get(original);
    if (name !== undefined && !this.#names.has(node)) this.#names.set(node, name);
    if (!this.#originals.has(node)) this.#originals.set(node, original);
    if (node.inputs.length === 0) return;
    const written = this.#written.get(original);
    if (written === undefined || this.#written.has(node)) return;
    this.#written.set(node, written);
    this.#places.set(node, this.placeOf(original));
  }
}

function tensorsOf(value: Value | undefined): OperatorNode[] {
  if (value?.kind === "tensor") return [value.node];
  return value?.kind === "tuple" ? value.elements.flatMap(tensorsOf) : [];
}

interface ExpressionPart {
  readonly part: Expression;
  readonly keyword?: string;
}

/** The operands of an operation, in the order in which they stand. */
function partsOf(expression: Expression): ExpressionPart[] {
  switch (expression.kind) {
    case "unary":
    case "transpose":
      return [{ part: expression.operand }];
    case "binary":
      return [{ part: expression.left }, { part: expression.right }];
    case "list":
      return expression.elements.map((part) => ({ part }));
    case "index":
      return [{ part: expression.operand }, ...expression.subscripts.flatMap(subscriptParts)];
    case "if":
      return [{ part: expression.condition }];
    case "call":
      return expression.args.map(({ value, keyword }) => ({
        part: value,
        ...(keyword === undefined ? {} : { keyword: keyword.name }),
      }));
    default:
      return [];
  }
}

const subscriptParts = (subscript: Subscript): ExpressionPart[] =>
  subscript.kind === "at" ? [{ part: subscript.index }] : [];
