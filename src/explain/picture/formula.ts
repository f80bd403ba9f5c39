import type { OperatorNode } from "../../graph/node.js";
import type { Operand, Part, Step } from "../flow.js";

/** How an operator is written, and how tightly it binds. */
const infix: Readonly<Record<string, readonly [sign: string, precedence: number]>> = {
  logical_or: ["or", 1],
  logical_and: ["and", 2],
  equal: ["==", 3],
  not_equal: ["!=", 3],
  less: ["<", 3],
  less_equal: ["<=", 3],
  greater: [">", 3],
  greater_equal: [">=", 3],
  add: ["+", 4],
  sub: ["-", 4],
  mul: ["*", 5],
  div: ["/", 5],
  matmul: ["@", 5],
  pow: ["^", 7],
};
const NEGATION = 6;
const ATOM = 9;

/** A piece of a formula, and how tightly its outermost operator binds. */
export interface Piece {
  readonly text: string;
  readonly precedence: number;
}

export const atom = (text: string): Piece => ({ text, precedence: ATOM });

const within = ({ text, precedence }: Piece, least: number) => (precedence < least ? `(${text})` : text);

/** An operation over pieces, as the language writes it. */
export function applied(op: string, operands: readonly Piece[]): Piece {
  const operator = Object.hasOwn(infix, op) ? infix[op] : undefined;
  const [first, second] = operands;
  if (operator !== undefined && first !== undefined && second !== undefined && operands.length === 2) {
    const [sign, precedence] = operator;
    // Powers bind to the right, the others to the left.
    const [left, right] = sign === "^" ? [precedence + 1, NEGATION] : [precedence, precedence + 1];
    const gap = sign === "^" ? "" : " ";
    return { text: `${within(first, left)}${gap}${sign}${gap}${within(second, right)}`, precedence };
  }
  if (first !== undefined && operands.length === 1) {
    if (op === "neg") return { text: `-${within(first, NEGATION)}`, precedence: NEGATION };
    if (op === "logical_not") return { text: `not ${within(first, 3)}`, precedence: 2 };
    if (op === "transpose") return atom(`${within(first, ATOM)}'`);
    if (op === "=" || op === "named") return first;
  }
  const list = operands.map(({ text }) => text).join(", ");
  return atom(op === "list" ? `[${list}]` : `${op}(${list})`);
}

/** Longer formulas stand for themselves in their own box only. */
const longestInner = 18;

/** Writes steps as formulas over the names of what they read. */
export class Formulas {
  readonly #known = new Map<Step, Piece>();
  readonly #numbered = new Map<Step, string>();
  #last = 0;
  readonly #constantText: (node: OperatorNode, text: string) => string;

  constructor(constantText: (node: OperatorNode, text: string) => string) {
    this.#constantText = constantText;
  }

  /** How a step is computed. */
  of(step: Step): Piece {
    const known = this.#known.get(step);
    if (known !== undefined) return known;
    const made = this.#make(step);
    this.#known.set(step, made);
    return made;
  }

  /** Numbers of steps without a name count on through the bodies of loops, so that no two boxes have the same. */
  number(steps: readonly Step[], isBody: boolean): void {
    for (const step of steps) {
      const [, number] = /^t(\d+)$/.exec(step.label) ?? [];
      if (number === undefined) continue;
      if (!isBody) this.#last = Math.max(this.#last, Number(number));
      else if (step.names.length === 0) this.#numbered.set(step, `t${++this.#last}`);
    }
  }

  /** What a step is called, where it has a name of its own; not how it is written. */
  nameOf(step: Step): string | undefined {
    const isGenerated = /^t\d+(#\d+)?$/.test(step.label);
    const isLeaf = step.kind !== "operation" && step.kind !== "alias" && step.kind !== "loop";
    if (step.names.length > 0 || isGenerated || isLeaf) return this.#numbered.get(step) ?? step.label;
    return undefined;
  }

  /** A step, or a part of it, as others mention it. */
  mention(step: Step, part: Part): Piece {
    if (step.parts.length > 1) return atom(part.label);
    const name = this.nameOf(step);
    if (name !== undefined) return atom(name);
    // A step that has no name is short: otherwise its label would be a number.
    const piece = this.of(step);
    return piece.text.length <= longestInner ? piece : { text: step.label, precedence: piece.precedence };
  }

  operand(operand: Operand): Piece {
    if (operand.kind === "step") return this.mention(operand.step, operand.part);
    const text = this.#constantText(operand.node, operand.text);
    // What stands in brackets does not loosen what is around them.
    const outside = text.replace(/\[.*\]|\(.*\)/g, "");
    const isAtom = /^[\p{L}\p{N}_.]*$/u.test(outside);
    return { text, precedence: isAtom ? ATOM : 0 };
  }

  #make(step: Step): Piece {
    const { op, operands, span } = step;
    // Only asked for where it is needed: a sum of thousands of terms holds as many sums, each nearly as long.
    const written = () => span?.source.text.slice(span.start, span.end).replace(/\s+/g, " ");
    // A function with a derivative of its own reads its value, too.
    const isCustom = step.nodes.some((node) => node.op.name === "custom");
    if (step.kind === "loop" || isCustom) return atom(written() ?? op);
    const [first] = operands;
    if (op === "index" && first !== undefined) {
      const text = written();
      const subscript = text === undefined ? undefined : lastBracket(text);
      return atom(`${within(this.operand(first), ATOM)}${subscript ?? "[…]"}`);
    }
    const pieces = operands.map((operand) => {
      const piece = this.operand(operand);
      return operand.keyword === undefined ? piece : atom(`${operand.keyword}=${piece.text}`);
    });
    return applied(op, pieces);
  }
}

/** The subscript at the end of what is written, with its brackets. */
function lastBracket(text: string): string | undefined {
  let depth = 0;
  for (let i = text.length - 1; i >= 0; i--) {
    if (text[i] === "]") depth += 1;
    if (text[i] === "[") depth -= 1;
    if (depth === 0) return i === text.length - 1 ? undefined : text.slice(i);
  }
  return undefined;
}
