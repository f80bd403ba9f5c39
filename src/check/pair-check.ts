import type { TaylorStep } from "../check-results.js";
import type { OperatorNode } from "../graph/node.js";
import { add, type DoubleDouble, mulNumber, zero } from "../precise/double-double.js";
import { elementOf, type PreciseTensor } from "../precise/tensor.js";
import type { Gradient } from "../results.js";
import { sizeOf } from "../tensor.js";
import { errorOf, isWorse, type Judged, judgeElement } from "./element.js";
import { type Along, disagreeing } from "./forward.js";
import { digitsLost, directionTolerance, judgeRule, ruleTolerance, stableVerdict } from "./judge.js";
import type { Sample } from "./motion.js";
import type { Move, Moves } from "./moves.js";
import { pairElement, place } from "./names.js";
import { weighed, weighedSum } from "./weighed.js";

/** A derivative of an output by an input, to be checked at a point. */
export interface Pair {
  readonly output: string;
  readonly input: string;
  readonly outputNode: OperatorNode;
  readonly inputNode: OperatorNode;
  /** In float64, as a run gives it. */
  readonly gradient: Gradient;
}

/** What came of a pair at one point. */
export interface PairResult {
  readonly pair: Pair;
  readonly checked: number;
  readonly total: number;
  /** The element that is worst; undefined where there is none. */
  readonly worst: WorstElement | undefined;
  readonly error: number;
  readonly digitsLost: number;
  /** How far off the nearest kink or jump is that a small step of one element would cross. */
  readonly distance: number | undefined;
}

/** The worst element of a derivative. */
export interface WorstElement extends Judged {
  readonly element: string;
  readonly taylor?: readonly TaylorStep[];
}

/** So many elements by which forward and reverse rules differ are looked at: rounding may make them do so, too. */
const mostDoubts = 48;

/** What came of an element of the output along one direction. */
interface Found {
  readonly judged: Judged;
  readonly move: Move;
  readonly row: number;
}

/** What a pair is checked by. */
interface Parts {
  readonly pair: Pair;
  /** In reverse, in double-doubles. */
  readonly rule: PreciseTensor;
  readonly start: Sample;
  /** By number. */
  readonly output: number;
  readonly moves: Moves;
  /** The forward rule along a direction; `undefined` where it has no value. */
  readonly forward: (speeds: Float64Array) => PreciseTensor | undefined;
  /** Of the elements of the output, where these are looked at only together. */
  readonly weights: Float64Array | undefined;
}

/** A check of one pair, by its moves. */
export class PairCheck {
  readonly #pair: Pair;
  readonly #rule: PreciseTensor;
  readonly #start: Sample;
  readonly #output: number;
  readonly #moves: Moves;
  readonly #forward: Parts["forward"];
  readonly #weights: Float64Array | undefined;
  readonly #largest: number;

  constructor({ pair, rule, start, output, moves, forward, weights }: Parts) {
    this.#pair = pair;
    this.#rule = rule;
    this.#start = start;
    this.#output = output;
    this.#moves = moves;
    this.#forward = forward;
    this.#weights = weights;
    this.#largest = rule.hi.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 0);
  }

  result(isVerbose: boolean): PairResult {
    const { outputNode } = this.#pair;
    const rows = this.#weights === undefined ? sizeOf(outputNode.shape) : 1;
    const moves = this.#moves.all();
    let worst: Found | undefined;
    let [checked, error, digitsLost] = [0, 0, 0];
    const consider = (found: Found) => {
      const { judged } = found;
      if (worst === undefined || isWorse(judged, worst.judged)) worst = found;
      error = Number.isNaN(judged.error) ? judged.error : Math.max(error, judged.error);
      digitsLost = Math.max(digitsLost, judged.digitsLost);
    };
    for (const move of moves) {
      for (let row = 0; row < rows; row++) {
        checked += 1;
        const judged = this.#confirmed(this.#judge(move, row), move, row);
        const isGood = judged.verdict === "PASS" || judged.verdict === "UNSTABLE";
        const culprit = move.element === undefined && !isGood ? this.#narrow(move, row) : undefined;
        consider(culprit ?? { judged, move, row });
      }
    }
    const forward = worst?.judged.verdict === "WRONG" ? undefined : this.#wrongForward(moves, rows);
    if (forward !== undefined) consider(forward);
    return {
      pair: this.#pair,
      checked,
      total: rows * this.#moves.size,
      worst: worst === undefined ? undefined : this.#shown(worst, isVerbose),
      error,
      digitsLost,
      distance: nearest(moves, this.#output),
    };
  }

  #shown({ judged, move, row }: Found, isVerbose: boolean): WorstElement {
    const element = this.#nameOf(move, row);
    if (!isVerbose || judged.verdict === "PASS" || this.#weights !== undefined) return { ...judged, element };
    const { speeds } = move.line;
    const slope = judged.isForward ? this.#forwardAlong(speeds, row)! : this.#along(speeds, row).value;
    const taylor = this.#moves.taylor(move, [this.#output, row], slope);
    return { ...judged, element, taylor };
  }

  /** By the rule in reverse, along a direction. */
  #along(speeds: Float64Array, row: number): Along {
    let value = zero;
    let size = 0;
    for (const [i, speed] of speeds.entries()) {
      if (speed === 0) continue;
      const own = mulNumber(elementOf(this.#rule, row * speeds.length + i), speed);
      value = add(value, own);
      size += Math.abs(own.hi);
    }
    return { value, size };
  }

  #forwardAlong(speeds: Float64Array, row: number): DoubleDouble | undefined {
    const tangent = this.#forward(speeds);
    if (tangent === undefined) return undefined;
    return this.#weights === undefined ? elementOf(tangent, row) : weighedSum(tangent, this.#weights);
  }

  /**
   * What the forward rules do wrong where those in reverse are right. Both have to say the same along a direction in which
   * all elements move; where they do not, the elements by which they differ are found by halves, and looked at against
   * differences.
   */
  #wrongForward(moves: readonly Move[], rows: number): Found | undefined {
    const lines = moves.flatMap(({ line, element }) => (element === undefined ? [line.speeds] : []));
    let doubts = mostDoubts;
    for (const speeds of lines.length > 0 ? lines : [this.#moves.everywhere()]) {
      for (let row = 0; row < rows; row++) {
        const sides = {
          forward: (part: Float64Array) => this.#forwardAlong(part, row),
          reverse: (part: Float64Array) => this.#along(part, row),
        };
        for (const element of disagreeing(sides, speeds)) {
          const move = this.#moves.coordinate(element);
          const judged = this.#judgeForward(move, row);
          if (judged.verdict === "WRONG" || judged.verdict === "NONFINITE") return { judged, move, row };
          doubts -= 1;
          if (doubts === 0) return undefined;
        }
      }
    }
    return undefined;
  }

  /** By the forward rule, along one element. */
  #judgeForward(move: Move, row: number): Judged {
    const rule = this.#forwardAlong(move.line.speeds, row)!;
    const tolerance = ruleTolerance * Math.abs(rule.hi);
    const own = { number: rule.hi, rule, tolerance, largest: this.#largest };
    return { ...judgeElement({ ...this.#common(move, row), ...own }), isForward: true };
  }

  /** What is compared with, and where. */
  #common({ line, references }: Move, row: number) {
    const found = references[this.#output]!;
    const outputs = this.#start.outputs[this.#output]!;
    const weights = this.#weights;
    return {
      reference: weights === undefined ? found : weighed(found, weights),
      element: row,
      length: line.length,
      value: weights === undefined ? elementOf(outputs, row) : weighedSum(outputs, weights),
    };
  }

  /** One element of the output (or its weighed sum) along one direction. */
  #judge(move: Move, row: number): Judged {
    const { speeds } = move.line;
    const { element } = move;
    const count = speeds.length;
    const { data } = this.#pair.gradient.tensor;
    const weights = this.#weights;
    const common = this.#common(move, row);
    const numberAt = (i: number): number =>
      weights === undefined
        ? data[row * count + i]!
        : weighedSum({ hi: strided(data, i, count), lo: new Float64Array(weights.length) }, weights).hi;
    if (element !== undefined) {
      const rule = elementOf(this.#rule, row * count + element);
      const tolerance = ruleTolerance * Math.abs(rule.hi);
      const number = numberAt(element);
      return judgeElement({ ...common, number, rule, tolerance, largest: this.#largest });
    }
    const { value: rule, size } = this.#along(speeds, row);
    let number = zero;
    for (const [i, speed] of speeds.entries())
      if (speed !== 0) number = add(number, mulNumber({ hi: numberAt(i), lo: 0 }, speed));
    const tolerance = directionTolerance * size;
    const judged = judgeElement({ ...common, number: number.hi, rule, tolerance, largest: size });
    // What one element in many has lost is not seen in the sum.
    let lost = judged.digitsLost;
    for (const [i, speed] of speeds.entries()) {
      if (speed === 0) continue;
      const own = elementOf(this.#rule, row * count + i);
      lost = Math.max(lost, digitsLost(numberAt(i), own, this.#largest));
    }
    return { ...judged, verdict: stableVerdict(judged.verdict, lost), digitsLost: lost };
  }

  /**
   * A number that has lost digits may have been accumulated forward, by rules that nothing has looked at yet: they have
   * to agree with the reference as well.
   */
  #confirmed(judged: Judged, move: Move, row: number): Judged {
    const found = move.references[this.#output]!;
    if (judged.verdict !== "UNSTABLE" || this.#weights !== undefined || found.kind === "border")
      return judged;
    const rule = this.#forwardAlong(move.line.speeds, row);
    if (rule === undefined) return judged;
    const reference = found.slopes[row]!;
    const tolerance = ruleTolerance * Math.abs(rule.hi);
    const { size: scale, terms } = reference;
    if (judgeRule({ rule, reference, scale, terms, tolerance }) !== "WRONG") return judged;
    const error = errorOf(rule.hi, rule, reference.value);
    return { ...judged, verdict: "WRONG", value: rule.hi, error, isForward: true };
  }

  /** The element that makes a direction fail, by halves. */
  #narrow(move: Move, row: number): Found | undefined {
    let [from, to] = [0, move.line.speeds.length];
    while (to - from > 1) {
      const middle = Math.floor((from + to) / 2);
      const lower = this.#moves.part(move, from, middle);
      const { verdict } = this.#judge(lower, row);
      if (verdict === "PASS" || verdict === "UNSTABLE") from = middle;
      else to = middle;
    }
    const single = this.#moves.coordinate(from);
    const judged = this.#judge(single, row);
    return judged.verdict === "PASS" ? undefined : { judged, move: single, row };
  }

  #nameOf({ element }: Move, row: number): string {
    const { output, input, outputNode, inputNode } = this.#pair;
    if (element !== undefined && this.#weights === undefined) return pairElement(this.#pair, row, element);
    const by = element === undefined ? `${input} along a direction` : place(input, element, inputNode);
    if (this.#weights !== undefined) return `${output} along weights by ${by}`;
    return outputNode.shape.length === 0 ? by : `${place(output, row, outputNode)} by ${by}`;
  }
}

/** The shortest way to a border that one element of an input has. */
function nearest(moves: readonly Move[], output: number): number | undefined {
  const found = moves.flatMap(({ line, element, references }) => {
    const reference = references[output]!;
    return reference.kind === "smooth" && reference.border !== undefined && element !== undefined
      ? [reference.border * Math.abs(line.speeds[element]!)]
      : [];
  });
  return found.length === 0 ? undefined : Math.min(...found);
}

/** Every `step`-th element from one on. */
const strided = (data: Float64Array, from: number, step: number) =>
  Float64Array.from({ length: data.length / step }, (_, i) => data[from + i * step]!);
