// One workload of ours against the same of others: everybody takes turns in one race, and results must agree.
import { median, pace, race, ratioOf } from "./measure.mjs";
import { openPeer } from "./peers.mjs";
import { disagreement } from "./tensors.mjs";

/** The usual opponents in double precision: rows with a limit are those that have to be faster than them. */
export const opponents = [
  { peer: "torch", limit: 1 },
  { peer: "jax", as: "with jit", options: { jit: true }, limit: 1 },
  { peer: "jax", as: "without jit", options: { jit: false } },
];

export const timeOf = (milliseconds) =>
  milliseconds >= 1000
    ? `${(milliseconds / 1000).toFixed(2)} s`
    : milliseconds >= 1
      ? `${milliseconds.toFixed(1)} ms`
      : `${(milliseconds * 1000).toFixed(1)} µs`;

/** A contestant: how it is named in rows, what runs it, and how close its results have to be; or why there is none. */
async function enter({ peer: key, as, options, limit, floor }, workload, inputs) {
  const title = [floor?.title, key && (await openPeer(key)).title, as].filter(Boolean).join(" ");
  const entry = { key, title, limit };
  if (floor !== undefined) return { ...entry, tolerance: 1e-8, ...floor };
  const peer = await openPeer(key);
  if (peer.absent !== undefined) return { ...entry, absent: peer.absent };
  try {
    return { ...entry, tolerance: peer.tolerance, ...(await peer.prepare(workload, inputs, options)) };
  } catch (error) {
    return { ...entry, failed: error.message };
  }
}

/** Why a contestant cannot be in the race, if so. */
async function disqualify(contestant, expected) {
  const { absent, failed, tolerance } = contestant;
  if (absent !== undefined) return { absent };
  if (failed !== undefined) return { failed };
  try {
    const distance = disagreement(await contestant.results(), expected);
    if (distance > tolerance) return { failed: `results differ by ${distance.toExponential(1)}` };
  } catch (error) {
    return { failed: error.message };
  }
  return undefined;
}

/**
 * Rows of `subject` (see `ours`) against each of `against`, and `times`: by title (ours: `ours`) those of each round.
 * `workload` is what peers know it by. `companions` are other runners of ours that take part in the race, by title.
 */
export async function versus({ name, workload, inputs, subject, against, companions = {}, quick }) {
  const expected = await subject.results();
  const contestants = [];
  // One after the other: a peer that prepares would disturb another's first run, which is told in the row.
  for (const opponent of against) contestants.push(await enter(opponent, workload, inputs));
  const reasons = [];
  for (const contestant of contestants) reasons.push(await disqualify(contestant, expected));
  const racing = contestants.filter((_, i) => reasons[i] === undefined);

  const names = ["ours", ...Object.keys(companions), ...racing.map(({ title }) => title)];
  const runners = [subject, ...Object.values(companions), ...racing].map(({ run }) => run);
  const raced = await race(runners, pace(quick));
  const times = new Map(names.map((title, i) => [title, raced[i]]));
  for (const contestant of contestants) await contestant.forget?.();

  const rows = contestants.map(({ title, limit, first }, i) => {
    const row = { name: `${name} / ${title}`, limit };
    if (reasons[i] !== undefined) return { ...row, ...reasons[i] };
    const [our, their] = [times.get("ours"), times.get(title)];
    // Where it is much longer, something was compiled.
    const began = first > 3 * median(their) ? `, whose first run took ${timeOf(first)}` : "";
    const detail = `${timeOf(median(our))} against ${timeOf(median(their))}${began}`;
    return { ...row, ratio: ratioOf(our, their), detail };
  });
  return { rows, times };
}
