// What every benchmark shares. Things are compared within one run, turn by turn, so that whatever else the machine does
// meets all of them; their ratio is the result, and times are only told beside it.

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export async function milliseconds(action) {
  const start = process.hrtime.bigint();
  await action();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

/** The median over the rounds of one's time by the other's. */
export const ratioOf = (times, others) => median(times.map((time, round) => time / others[round]));

/** Runs for so many milliseconds, in which what gets compiled on the way is compiled; how long one run takes then. */
async function warmUp(run, warmup) {
  let once = await run(1);
  let spent = 0;
  for (let count = 1; spent < warmup; count *= 2) {
    once = await run(count);
    spent += once * count;
  }
  return once;
}

/**
 * Lets runners take turns, first to last and in the next round last to first. A runner is a function from a number of
 * runs to the milliseconds that one of them took, or a promise of that; how many it makes in a turn is found out
 * first. The times by runner, then by round.
 */
export async function race(runners, { warmup, rounds, turn, budget }) {
  const counts = [];
  let total = 0;
  for (const run of runners) {
    const once = await warmUp(run, warmup);
    counts.push(Math.max(1, Math.round(turn / once)));
    total += Math.max(turn, once);
  }
  const affordable = Math.max(1, Math.min(rounds, Math.floor(budget / total)));
  const times = runners.map(() => []);
  for (let round = 0; round < affordable; round++) {
    const order = runners.map((_, i) => (round % 2 === 0 ? i : runners.length - 1 - i));
    for (const i of order) times[i].push(await runners[i](counts[i]));
  }
  return times;
}

/** How long a race may take, in milliseconds: before it, a turn, and all rounds together. */
export const pace = (quick) =>
  quick
    ? { warmup: 100, rounds: 3, turn: 10, budget: 3000 }
    : { warmup: 500, rounds: 15, turn: 40, budget: 40_000 };

/**
 * Runs `subject` and `reference` by turns, first one first and then the other, `pairs` times after `warmup` untimed
 * pairs. `ratio` is the median of subject/reference over the pairs, `bestRatio` the ratio of the two shortest times.
 */
export async function compare(subject, reference, { pairs = 20, warmup = 3 } = {}) {
  const subjects = [];
  const references = [];
  for (let pair = -warmup; pair < pairs; pair++) {
    let a;
    let b;
    if (pair % 2 === 0) {
      a = await milliseconds(subject);
      b = await milliseconds(reference);
    } else {
      b = await milliseconds(reference);
      a = await milliseconds(subject);
    }
    if (pair < 0) continue;
    subjects.push(a);
    references.push(b);
  }
  return {
    ratio: ratioOf(subjects, references),
    bestRatio: Math.min(...subjects) / Math.min(...references),
    subject: { median: median(subjects), best: Math.min(...subjects) },
    reference: { median: median(references), best: Math.min(...references) },
  };
}
