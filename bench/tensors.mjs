// Inputs of workloads, `{ shape, data }` with row-major doubles: what the library takes, and what peers read from files.

const shapeOf = (nested) => (Array.isArray(nested) ? [nested.length, ...shapeOf(nested[0] ?? 0)] : []);

/** Numbers and nested arrays by name, as tensors by name. */
export const tensors = (record) =>
  Object.fromEntries(
    Object.entries(record).map(([name, nested]) => [
      name,
      { shape: shapeOf(nested), data: Float64Array.from([nested].flat(Number.POSITIVE_INFINITY)) },
    ]),
  );

/** Numbers from -1 to 1 that are the same in every run (a linear congruential generator: no test of randomness needs it). */
export function noise(shape, seed) {
  const data = new Float64Array(shape.reduce((product, axis) => product * axis, 1));
  let state = seed >>> 0;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[i] = state / 2 ** 31 - 1;
  }
  return { shape, data };
}

/** One buffer with the numbers of all, and where each stands in it (counted in numbers). */
export function pack(inputs) {
  const entries = Object.entries(inputs);
  const all = new Float64Array(entries.reduce((total, [, { data }]) => total + data.length, 0));
  const places = {};
  let offset = 0;
  for (const [name, { shape, data }] of entries) {
    all.set(data, offset);
    places[name] = { shape, offset };
    offset += data.length;
  }
  return { buffer: Buffer.from(all.buffer), places };
}

/**
 * How far results are from those of another, by name, measured by the largest number of each; infinite where one is
 * missing, of another size, or not a number.
 */
export function disagreement(found, expected) {
  let worst = 0;
  for (const [name, numbers] of expected) {
    const others = found.get(name);
    if (others === undefined || others.length !== numbers.length) return Number.POSITIVE_INFINITY;
    let largest = 0;
    let difference = 0;
    for (let i = 0; i < numbers.length; i++) {
      largest = Math.max(largest, Math.abs(numbers[i]));
      difference = Math.max(difference, Math.abs(numbers[i] - others[i]));
    }
    const relative = difference === 0 ? 0 : difference / largest;
    worst = Number.isNaN(relative) ? Number.POSITIVE_INFINITY : Math.max(worst, relative);
  }
  return worst;
}
