import type { IToken } from "chevrotain";
import { fault, type Source, type Span } from "../src/diagnostics.js";
import type { BinaryOperator, Expression, UnaryOperator } from "./ast.js";
import { endOf } from "./tokens.js";

export type Associativity = "left" | "right" | "none";

interface Binding {
  /** The higher, the tighter. */
  readonly level: number;
  readonly associativity: Associativity;
}

/** The operators, loosest first. `notation` is how a level is shown in the reference. */
export const levels = [
  { operators: ["or"], associativity: "left" },
  { operators: ["and"], associativity: "left" },
  { operators: ["not"], associativity: "prefix" },
  { operators: ["<", "<=", ">", ">=", "==", "!="], associativity: "none" },
  { operators: ["+", "-"], associativity: "left" },
  { operators: ["*", "/", "@"], associativity: "left" },
  { operators: ["-"], associativity: "prefix" },
  { operators: ["^"], associativity: "right" },
] as const;

const binary = new Map<string, Binding>();
const unary = new Map<string, number>();
for (const [level, { operators, associativity }] of levels.entries()) {
  for (const operator of operators) {
    if (associativity === "prefix") unary.set(operator, level);
    else binary.set(operator, { level, associativity });
  }
}

/** How tightly a binary operator binds, and to which side. */
export const bindingOf = (operator: BinaryOperator): Binding => binary.get(operator)!;
/** How tightly a prefix operator binds. */
export const prefixLevel = (operator: UnaryOperator): number => unary.get(operator)!;

/** Operators with two spellings, and the one that the tree holds. */
const synonyms: Readonly<Record<string, string>> = { "**": "^" };

interface Pending {
  readonly operator: string;
  readonly level: number;
  readonly prefix: boolean;
  readonly start: number;
}

/**
 * Folds operands and operators, given in the order of the text, into a tree.
 * It keeps its own stacks, so a chain of any length needs no recursion.
 */
export class Climber {
  readonly #source: Source;
  readonly #operands: Expression[] = [];
  readonly #pending: Pending[] = [];

  constructor(source: Source) {
    this.#source = source;
  }

  operand(expression: Expression): void {
    this.#operands.push(expression);
  }

  prefix(token: IToken): void {
    const operator = token.image as UnaryOperator;
    const level = prefixLevel(operator);
    const previous = this.#pending.at(-1);
    // `a + not b` would take everything to its right, which the eye does not expect
    if (operator === "not" && previous !== undefined && previous.level > level) {
      throw fault("syntax-not", { operator: previous.operator }, this.#span(token.startOffset, endOf(token)));
    }
    this.#pending.push({ operator, level, prefix: true, start: token.startOffset });
  }

  infix(token: IToken): void {
    const operator = synonyms[token.image] ?? token.image;
    const { level, associativity } = binary.get(operator)!;
    for (let top = this.#pending.at(-1); top !== undefined; top = this.#pending.at(-1)) {
      if (top.level < level || (top.level === level && associativity === "right")) break;
      if (top.level === level && associativity === "none") this.#refuseChain(top, token);
      this.#reduce();
    }
    this.#pending.push({ operator, level, prefix: false, start: token.startOffset });
  }

  finish(): Expression {
    while (this.#pending.length > 0) this.#reduce();
    return this.#operands[0];
  }

  #reduce(): void {
    const { operator, prefix, start } = this.#pending.pop()!;
    const right = this.#operands.pop()!;
    if (prefix) {
      const span = this.#span(start, right.span.end);
      this.#operands.push({ kind: "unary", operator: operator as UnaryOperator, operand: right, span });
      return;
    }
    const left = this.#operands.pop()!;
    const span = this.#span(left.span.start, right.span.end);
    this.#operands.push({ kind: "binary", operator: operator as BinaryOperator, left, right, span });
  }

  #refuseChain(first: Pending, second: IToken): never {
    const [left, middle] = this.#operands.slice(-2);
    const written = (from: number, to: number) => this.#source.text.slice(from, to);
    throw fault(
      "syntax-chained-comparison",
      {
        left: written(left.span.start, middle.span.end),
        right: `${written(middle.span.start, middle.span.end)} ${second.image}`,
      },
      this.#span(second.startOffset, endOf(second)),
      [
        {
          message: "the first comparison",
          span: this.#span(first.start, first.start + first.operator.length),
        },
      ],
    );
  }

  #span(start: number, end: number): Span {
    return { source: this.#source, start, end };
  }
}
