import type { Calculus } from "../ops/vocabulary.js";
import { fromTensor, type PreciseTensor } from "../precise/tensor.js";
import { sizeOf, type Tensor } from "../tensor.js";
import { ruleAt, sizeOfPair, weighedRuleAt } from "./derivative-rule.js";
import { everywhere, randomSource, scalesOf } from "./directions.js";
import { ForwardRules } from "./forward.js";
import { Motion } from "./motion.js";
import { Moves } from "./moves.js";
import { type Pair, PairCheck, type PairResult } from "./pair-check.js";
import type { Point } from "./rounding.js";

export interface PairOptions {
  readonly seed: number;
  /** Every element, however many there are. */
  readonly exhaustive: boolean;
  /** Whether to make Taylor tests of what has not passed. */
  readonly verbose: boolean;
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
  const forwardRules = new ForwardRules(b, outputs, point);
  return pairs.map((pair) => {
    const output = outputs.indexOf(pair.outputNode);
    const isWhole = sizeOfPair(pair.outputNode, pair.inputNode) <= mostElements;
    const whole =
      rules.get(pair) ?? (isWhole ? ruleAt(b, pair.outputNode, [pair.inputNode], point)[0] : undefined);
    const forward = (speeds: Float64Array) => forwardRules.along(output, pair.inputNode, speeds);
    const common = { pair, start, output, moves: movesOf(pair), forward };
    if (whole !== undefined)
      return new PairCheck({ ...common, rule: whole, weights: undefined }).result(options.verbose);
    const weights = everywhere(new Float64Array(sizeOf(pair.outputNode.shape)).fill(1), random);
    const rule = weighedRuleAt(b, pair.outputNode, weights, [pair.inputNode], point)[0]!;
    return new PairCheck({ ...common, rule, weights }).result(options.verbose);
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
