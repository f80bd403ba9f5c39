import type { TaylorStep } from "../check-results.js";
import type { OperatorNode } from "../graph/node.js";
import type { Calculus } from "../ops/vocabulary.js";
import { add, type DoubleDouble, mulNumber, zero } from "../precise/double-double.js";
import { elementOf, fromTensor, type PreciseTensor } from "../precise/tensor.js";
import type { Gradient } from "../results.js";
import { sizeOf, type Tensor } from "../tensor.js";
import { forwardRuleAt, ruleAt, sizeOfPair, weighedRuleAt } from "./derivative-rule.js";
import type { Slope } from "./differences.js";
import { everywhere, randomSource, scalesOf } from "./directions.js";
import { errorOf, isWorse, type Judged, judgeElement } from "./element.js";
import { digitsLost, directionTolerance, judgeRule, ruleTolerance, stableVerdict } from "./judge.js";
import type { Reference } from "./ladder.js";
import { Motion, type Sample } from "./motion.js";
import { type Move, Moves } from "./moves.js";
import { pairElement, place } from "./names.js";
import type { Limit } from "./richardson.js";
import type { Point } from "./rounding.js";

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

export interface PairOptions {
  readonly seed: number;
  /** Every element, however many there are. */
  readonly exhaustive: boolean;
  /** Whether to make Taylor tests of what has not passed. */
  readonly verbose: boolean;
}

/** The worst element of a derivative. */
export interface WorstElement extends Judged {
  readonly element: string;
  readonly taylor?: readonly TaylorStep[];
}

/** Larger Jacobians are looked at as a whole only along weights. */
const mostElements = 2 ** 20;

/** Checks derivatives at a point, by differences in double-doubles. */
export function checkPairs(
  b: Calculus,
  pairs: readonly Pair[],
  values: ReadonlyMap<string, Tensor>,
  options: PairOptions,
): PairResult[] {
  const point = new Map([...values].map(([name, tensor]) => [name, fromTensor(tensor)]));
  const outputs = [...new Set(pairs.map(({ outputNode }) => outputNode))];
  const motion = new Motion(b, outputs, point);
  const start = motion.start(new Map());
  const random = randomSource(options.seed);
  const motions = new Map<string, Moves>();
  const movesOf = ({ input }: Pair): Moves => {
    const known =
      motions.get(input) ??
      new Moves(motion, start, input, scalesOf(point, input), options.exhaustive, random);
    motions.set(input, known);
    return known;
  };
  const rules = rulesOf(b, pairs, point);
  return pairs.map((pair) => {
    const output = outputs.indexOf(pair.outputNode);
    const isWhole = sizeOfPair(pair.outputNode, pair.inputNode) <= mostElements;
    const whole =
      rules.get(pair) ?? (isWhole ? ruleAt(b, pair.outputNode, [pair.inputNode], point)[0] : undefined);
    const forward = ({ line }: Move) => forwardRuleAt(b, pair.outputNode, pair.inputNode, line.speeds, point);
    if (whole !== undefined)
      return new Check(pair, whole, start, output, movesOf(pair), forward, undefined).result(options.verbose);
    const weights = everywhere(new Float64Array(sizeOf(pair.outputNode.shape)).fill(1), random);
    const rule = weighedRuleAt(b, pair.outputNode, weights, [pair.inputNode], point)[0]!;
    return new Check(pair, rule, start, output, movesOf(pair), forward, weights).result(options.verbose);
  });
}

/** The Jacobians of each output that come of one sweep: as many as are not too large together. */
function rulesOf(b: Calculus, pairs: readonly Pair[], point: Point): ReadonlyMap<Pair, PreciseTensor> {
  const found = new Map<Pair, PreciseTensor>();
  for (const outputNode of new Set(pairs.map((pair) => pair.outputNode))) {
    let room = mostElements;
    const own = pairs.filter((pair) => {
      if (pair.outputNode !== outputNode || sizeOfPair(outputNode, pair.inputNode) > room) return false;
      room -= sizeOfPair(outputNode, pair.inputNode);
      return true;
    });
    const inputs = own.map(({ inputNode }) => inputNode);
    for (const [k, rule] of ruleAt(b, outputNode, inputs, point).entries()) found.set(own[k]!, rule);
  }
  return found;
}

/** What came of an element of the output along one direction. */
interface Found {
  readonly judged: Judged;
  readonly move: Move;
  readonly row: number;
}

class Check {
  readonly #pair: Pair;
  readonly #rule: PreciseTensor;
  readonly #start: Sample;
  readonly #output: number;
  readonly #moves: Moves;
  readonly #forward: (move: Move) => PreciseTensor;
  readonly #weights: Float64Array | undefined;
  readonly #largest: number;

  constructor(
    pair: Pair,
    rule: PreciseTensor,
    start: Sample,
    output: number,
    moves: Moves,
    forward: (move: Move) => PreciseTensor,
    weights: Float64Array | undefined,
  ) {
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
    const taylor = this.#moves.taylor(move, [this.#output, row], this.#slopeOf(move, row));
    return { ...judged, element, taylor };
  }

  /** By the rule, along a direction. */
  #slopeOf({ line: { speeds } }: Move, row: number): DoubleDouble {
    let slope = zero;
    for (const [i, speed] of speeds.entries()) {
      if (speed !== 0) slope = add(slope, mulNumber(elementOf(this.#rule, row * speeds.length + i), speed));
    }
    return slope;
  }

  /** One element of the output (or its weighed sum) along one direction. */
  #judge({ line: { speeds, length }, element, references }: Move, row: number): Judged {
    const found = references[this.#output]!;
    const count = speeds.length;
    const { data } = this.#pair.gradient.tensor;
    const outputs = this.#start.outputs[this.#output]!;
    const weights = this.#weights;
    const common = {
      reference: weights === undefined ? found : weighed(found, weights),
      element: row,
      length,
      value: weights === undefined ? elementOf(outputs, row) : weighedSum(outputs, weights),
    };
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
    let [rule, number]: [DoubleDouble, DoubleDouble] = [zero, zero];
    let size = 0;
    for (const [i, speed] of speeds.entries()) {
      if (speed === 0) continue;
      const own = mulNumber(elementOf(this.#rule, row * count + i), speed);
      rule = add(rule, own);
      number = add(number, mulNumber({ hi: numberAt(i), lo: 0 }, speed));
      size += Math.abs(own.hi);
    }
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
    const reference = found.slopes[row]!;
    const rule = elementOf(this.#forward(move), row);
    const tolerance = ruleTolerance * Math.abs(rule.hi);
    const { size: scale, terms } = reference;
    if (judgeRule({ rule, reference, scale, terms, tolerance }) !== "WRONG") return judged;
    return { ...judged, verdict: "WRONG", error: errorOf(rule.hi, rule, reference.value) };
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

function weighedSum({ hi, lo }: Pick<PreciseTensor, "hi" | "lo">, weights: Float64Array): DoubleDouble {
  let sum = zero;
  for (const [i, weight] of weights.entries()) sum = add(sum, mulNumber({ hi: hi[i]!, lo: lo[i]! }, weight));
  return sum;
}

/** What differences say of an output, as of the sum of its elements times weights. */
function weighed(reference: Reference, weights: Float64Array): Reference {
  const sum = (limits: readonly (Limit & Partial<Slope>)[]): Slope => {
    let value: DoubleDouble = zero;
    let [bound, size, terms] = [0, 0, 0];
    for (const [i, limit] of limits.entries()) {
      const weight = Math.abs(weights[i]!);
      value = add(value, mulNumber(limit.value, weights[i]!));
      bound += weight * limit.bound;
      size += weight * (limit.size ?? 0);
      terms += weight * (limit.terms ?? 0);
    }
    return { value, bound, size, terms, step: limits[0]?.step ?? 0 };
  };
  if (reference.kind === "smooth") return { ...reference, slopes: [sum(reference.slopes)] };
  const [below, above] = reference.sides.map((side) => ({
    ...side,
    slopes: [sum(side.slopes)],
    values: [sum(side.values)],
  }));
  return { kind: "border", sides: [below!, above!] };
}
