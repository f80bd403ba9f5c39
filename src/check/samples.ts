import type { Interval } from "../program/domain.js";
import type { Tensor } from "../tensor.js";
import { randomSource } from "./directions.js";

export type Values = ReadonlyMap<string, Tensor>;

/**
 * Values drawn from the domains that inputs are declared to have; inputs without one keep those that are given. The sample
 * depends on the seed and its number alone.
 */
export function sampleOf(
  given: Values,
  domains: ReadonlyMap<string, Interval>,
  seed: number,
  number: number,
): Values {
  const random = randomSource(Math.imul(seed ^ Math.imul(number + 1, 0x9e3779b1), 0x85ebca6b));
  // The first numbers of seeds next to each other are alike.
  for (let i = 0; i < 8; i++) random();
  return new Map(
    [...given].map(([name, tensor]) => {
      const interval = domains.get(name);
      if (interval === undefined) return [name, tensor];
      return [name, { shape: tensor.shape, data: tensor.data.map(() => draw(interval, random)) }];
    }),
  );
}

/** A number of an interval, its open ends left out: evenly where both are finite, around 0 or from the end on elsewhere. */
export function draw({ low, high }: Interval, random: () => number): number {
  const u = (random() * 0xfffffffe + 1) / 2 ** 32;
  if (Number.isFinite(low) && Number.isFinite(high)) {
    // Not high − low, which may overflow.
    return low * (1 - u) + high * u;
  }
  // As u/(1 − u): half of them below 1, with tails.
  const far = u / (1 - u);
  if (Number.isFinite(low)) return low + far;
  if (Number.isFinite(high)) return high - far;
  return (random() < 0.5 ? -1 : 1) * far;
}

/** How many digits a shrunk number may have at first, and at most. */
const digits = [1, 2, 3, 5];

/** As many simpler points as are tried at most. */
const mostTries = 60;

/**
 * Simpler points than one that fails, as `shrunk` tries them: whoever goes through them tells of each whether it fails,
 * too. Those that follow are simpler than the last that did.
 */
export function* shrinking(
  failing: Values,
  given: Values,
  domains: ReadonlyMap<string, Interval>,
): Generator<Values, void, boolean> {
  let best = failing;
  function* attempt(name: string, data: Float64Array): Generator<Values, boolean, boolean> {
    const { shape } = best.get(name)!;
    const other = new Map(best).set(name, { shape, data });
    const isFailing = yield other;
    if (isFailing) best = other;
    return isFailing;
  }
  for (const [name, interval] of domains) {
    const own = best.get(name)!.data;
    if (yield* attempt(name, given.get(name)!.data)) continue;
    const isInside = (x: number) =>
      (interval.lowClosed ? x >= interval.low : x > interval.low) &&
      (interval.highClosed ? x <= interval.high : x < interval.high);
    for (const count of digits) {
      const round = own.map((x) => Number(x.toPrecision(count)));
      if (round.every(isInside) && (yield* attempt(name, round))) break;
    }
    const plain = given.get(name)!.data;
    for (const i of plain.keys()) {
      const { data } = best.get(name)!;
      if (data[i] !== plain[i]) yield* attempt(name, data.with(i, plain[i]!));
    }
  }
}

/**
 * A point that fails as another does, but with as many given values, and as round numbers, as possible: tried input by
 * input, then element by element.
 */
export function shrunk(
  failing: Values,
  given: Values,
  domains: ReadonlyMap<string, Interval>,
  fails: (values: Values) => boolean,
): Values {
  let best = failing;
  const attempts = shrinking(failing, given, domains);
  let next = attempts.next();
  for (let tries = 0; !next.done && tries < mostTries; tries++) {
    const isFailing = fails(next.value);
    if (isFailing) best = next.value;
    next = attempts.next(isFailing);
  }
  return best;
}
