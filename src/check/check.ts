import type { Claims, FileReport } from "../check-results.js";
import { type Diagnostic, diagnose, Fault } from "../diagnostics.js";
import { fromTensor } from "../precise/tensor.js";
import type { Bound, Program } from "../program/program.js";
import type { Evaluation } from "../results.js";
import { type Claimant, judgeClaims } from "./claims.js";
import {
  keyOf,
  type Outcome,
  outcomeOfAssert,
  outcomeOfFault,
  outcomeOfPair,
  outcomeOfRule,
  type Place,
  type Subject,
  Subjects,
} from "./entries.js";
import { firstWrongNode } from "./locate.js";
import type { Pair, PairResult } from "./pair-check.js";
import { checkPairs } from "./pairs.js";
import type { Point } from "./rounding.js";
import { checkRules } from "./rules.js";
import { sampleOf, shrinking, shrunk, type Values } from "./samples.js";

export interface CheckOptions {
  /** How many points are drawn from the declared domains, besides the given one. */
  readonly samples: number;
  readonly seed: number;
  /** Every element of every input, however many there are. */
  readonly exhaustive: boolean;
  /** Whether to make Taylor tests of what has not passed. */
  readonly verbose: boolean;
}

/** A check of one script, point by point. */
export interface Check {
  /** How many points there are. */
  readonly count: number;
  /** The given point, and samples, each drawn when its turn comes. */
  places(): Iterable<Place>;
  /** What a run gives at a point. Throws a `Fault` where the script has no value there. */
  evaluationAt(place: Place): Evaluation;
  /** Checks the derivatives and the asserts there. Throws a `Fault` where the script has no value at the given point. */
  look(place: Place): void;
  /** Compares what somebody else has computed with what a run gives at a point. */
  compare(place: Place, claims: Claims, claimant: Claimant): void;
  /** Where the answers of others have failed at samples: to be asked again at simpler points. */
  failures(): readonly Failure[];
  /** What has been found so far. */
  report(): Omit<FileReport, "file" | "milliseconds">;
}

/** A sample at which somebody else's numbers have failed. */
export interface Failure {
  /** As of `shrinking`. */
  attempts(): Generator<Place, void, boolean>;
  /** Whether the answer at a simpler point fails in the same way: then the report shows that one. */
  isSeenAt(place: Place, claims: Claims, claimant: Claimant): boolean;
}

/** Makes the command that checks other values for some inputs; with what somebody else has computed, where that is asked. */
export type Reproduce = (changed: Values, claimed: Outcome["claimed"]) => string | undefined;

/** Checks every derivative of a script's outputs by its inputs, and its asserts, at the given values and at samples. */
export function checkProgram(
  program: Program,
  given: Values,
  options: CheckOptions,
  reproduce: Reproduce,
): Omit<FileReport, "file" | "milliseconds"> {
  const check = startCheck(program, given, options, reproduce);
  for (const place of check.places()) check.look(place);
  return check.report();
}

/** Throws a `Fault` where the values do not fit the script. */
export function startCheck(
  program: Program,
  given: Values,
  options: CheckOptions,
  reproduce: Reproduce,
): Check {
  const { samples, seed } = options;
  const binding = program.bind(given);
  if (!binding.ok) throw new Fault(binding.diagnostics);
  const { bound, diagnostics } = binding;
  const { b, lowered, domains, rules } = program.trace(bound.values);
  const outputs = program.outputs.map((name) => lowered.nodes.get(name)!);
  const drawn = domains.size === 0 ? 0 : samples;
  function* places(): Iterable<Place> {
    yield { at: "given", values: bound.values };
    for (let k = 0; k < drawn; k++) yield { at: k, values: sampleOf(bound.values, domains, seed, k) };
  }
  const pairsOf = ({ gradients }: Evaluation): Pair[] =>
    gradients.map((gradient) => ({
      output: gradient.output,
      input: gradient.input,
      outputNode: lowered.nodes.get(gradient.output)!,
      inputNode: lowered.nodes.get(gradient.input)!,
      gradient,
    }));
  const pairAt = (values: Values, { pair }: PairResult): PairResult => {
    const own = pairsOf(evaluationAt(bound, values)).filter(
      ({ output, input }) => output === pair.output && input === pair.input,
    );
    return checkPairs(b, own, values, options)[0]!;
  };
  const subjects = new Subjects();
  let last: { readonly place: Place; readonly evaluation: Evaluation } | undefined;
  const evaluationOf = (place: Place): Evaluation => {
    if (last?.place !== place) last = { place, evaluation: evaluationAt(bound, place.values) };
    return last.evaluation;
  };
  return {
    count: 1 + drawn,
    places,
    evaluationAt: evaluationOf,
    look(place) {
      for (const [subject, outcome] of outcomesAt(place)) subjects.add(subject, outcome);
    },
    compare(place, claims, claimant) {
      for (const [subject, outcome] of compared(place, claims, claimant)) subjects.add(subject, outcome);
    },
    failures: () => subjects.failures().map(([subject, outcome]) => failureOf(subject, outcome)),
    report() {
      const unsampled: Diagnostic[] = samples > drawn ? [diagnose("no-domains", {})] : [];
      return { seed, diagnostics: [...diagnostics, ...unsampled], entries: subjects.entries(refined) };
    },
  };

  function compared(place: Place, claims: Claims, claimant: Claimant): [Subject, Outcome][] {
    return judgeClaims(claims, claimant, { b, nodes: lowered.nodes, place, evaluation: evaluationOf(place) });
  }

  function failureOf(subject: Subject, { place: { at, values }, verdict }: Outcome): Failure {
    return {
      *attempts() {
        const simpler = shrinking(values, bound.values, domains);
        let next = simpler.next();
        while (!next.done) next = simpler.next(yield { at, values: next.value });
      },
      isSeenAt(place, claims, claimant) {
        const same = compared(place, claims, claimant).find(
          ([{ name }, outcome]) => name === subject.name && outcome.verdict === verdict,
        );
        if (same !== undefined) subjects.simplify(subject, same[1]);
        return same !== undefined;
      },
    };
  }

  function outcomesAt(place: Place): [Subject, Outcome][] {
    try {
      const evaluation = evaluationOf(place);
      const pairs = checkPairs(b, pairsOf(evaluation), place.values, options);
      return [
        ...pairs.map((result) => {
          const { output, input, outputNode } = result.pair;
          const subject = { kind: "gradient", name: `∂${output}/∂${input}`, span: outputNode.span } as const;
          return [subject, outcomeOfPair(result, place)] as [typeof subject, Outcome];
        }),
        ...repeatable(rulesAt)(place),
        ...repeatable(assertsAt)(place),
      ];
    } catch (error) {
      if (!(error instanceof Fault) || place.at === "given") throw error;
      const name = `sample ${place.at}`;
      return [[{ kind: "gradient", name, span: error.diagnostics[0]?.span }, outcomeOfFault(error, place)]];
    }
  }

  function rulesAt(place: Place): [Subject, Outcome][] {
    return checkRules(b, outputs, pointOf(place.values), seed).map((result) => {
      const { span, parameters } = rules.get(result.function)!;
      const by = parameters[result.argument]!;
      return [
        { kind: "rule", name: `derivative ${result.function} by ${by}`, span },
        outcomeOfRule(result, by, place),
      ];
    });
  }

  function assertsAt(place: Place): [Subject, Outcome][] {
    return (evaluationOf(place).asserts ?? []).map((assert) => [
      { kind: "assert", name: assert.text, span: assert.span },
      outcomeOfAssert(assert, place),
    ]);
  }

  /** The worst outcome at a simple point, with the node that is to blame, and how to see it again. */
  function refined(outcome: Outcome): Outcome {
    const { result, again, verdict } = outcome;
    if (result === undefined) {
      const found = again?.(simplest(outcome.place, (place) => again(place) !== undefined)) ?? outcome;
      return { ...found, reproduce: commandFor(found.place, outcome.claimed) };
    }
    const place = simplest(outcome.place, ({ values }) => pairAt(values, result).worst?.verdict === verdict);
    const simple = place === outcome.place ? result : pairAt(place.values, result);
    const { pair } = simple;
    const node =
      verdict === "WRONG"
        ? firstWrongNode(b, pair.outputNode, pair.inputNode, pointOf(place.values), seed)
        : undefined;
    return { ...outcomeOfPair(simple, place, node), reproduce: commandFor(place) };
  }

  /** The simplest point at which something fails as at a sample: the given one, where it does there. */
  function simplest(place: Place, isFailing: (place: Place) => boolean): Place {
    const { at } = place;
    if (at === "given") return place;
    const placeOf = (values: Values): Place => ({ at: changedOf(values).size === 0 ? "given" : at, values });
    const fails = (values: Values) => {
      try {
        return isFailing(placeOf(values));
      } catch (error) {
        if (error instanceof Fault) return false;
        throw error;
      }
    };
    return placeOf(shrunk(place.values, bound.values, domains, fails));
  }

  function commandFor({ values }: Place, claimed?: Outcome["claimed"]): string | undefined {
    return reproduce(changedOf(values), claimed);
  }

  /** Those that are not the given ones. */
  function changedOf(values: Values): Values {
    const isChanged = (name: string, data: Float64Array) => {
      const given = bound.values.get(name)!.data;
      return data !== given && !data.every((x, i) => Object.is(x, given[i]));
    };
    return new Map([...values].filter(([name, { data }]) => isChanged(name, data)));
  }
}

/** Lets each outcome be looked for again at other points. */
const repeatable =
  (look: (place: Place) => [Subject, Outcome][]) =>
  (place: Place): [Subject, Outcome][] =>
    look(place).map(([subject, outcome]) => {
      const isSame = ([other, { verdict }]: [Subject, Outcome]) =>
        keyOf(other) === keyOf(subject) && verdict === outcome.verdict;
      return [subject, { ...outcome, again: (elsewhere) => look(elsewhere).find(isSame)?.[1] }];
    });

const pointOf = (values: Values): Point =>
  new Map([...values].map(([name, tensor]) => [name, fromTensor(tensor)]));

function evaluationAt(bound: Bound, values: Values): Evaluation {
  const result = bound.run(values);
  if (!result.ok) throw new Fault(result.diagnostics);
  return result.evaluation;
}
