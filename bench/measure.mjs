// What every benchmark shares. Two things are compared within one run, turn by turn, so that whatever else the machine
// does meets both; their ratio is the result, and times are only told beside it.

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

async function milliseconds(action) {
  const start = process.hrtime.bigint();
  await action();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

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
    ratio: median(subjects.map((time, pair) => time / references[pair])),
    bestRatio: Math.min(...subjects) / Math.min(...references),
    subject: { median: median(subjects), best: Math.min(...subjects) },
    reference: { median: median(references), best: Math.min(...references) },
  };
}
