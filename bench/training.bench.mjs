// Steps of gradient descent on a network with one hidden layer, from the same start each time.
import { median, milliseconds } from "./measure.mjs";
import { ours } from "./ours.mjs";
import { noise } from "./tensors.mjs";
import { opponents, versus } from "./versus.mjs";

const sizes = [
  { points: 30, inputs: 4, hidden: 5, classes: 3, quick: true },
  { points: 256, inputs: 64, hidden: 128, classes: 10 },
];
const options = { steps: 20, rate: 0.1 };
const names = ["W1", "b1", "W2", "b2"];

const script = `input X: [n, d]
input Y: [n, c]
input W1: [d, h]
input b1: [h]
input W2: [h, c]
input b2: [c]
scores = tanh(X @ W1 + b1) @ W2 + b2
loss = mean(logsumexp(scores, axis=1) - sum(Y * scores, axis=1))`;

function dataOf({ points, inputs, hidden, classes }) {
  const Y = { shape: [points, classes], data: new Float64Array(points * classes) };
  for (let i = 0; i < points; i++) Y.data[i * classes + (i % classes)] = 1;
  return {
    X: noise([points, inputs], 1),
    Y,
    W1: noise([inputs, hidden], 2),
    b1: noise([hidden], 3),
    W2: noise([hidden, classes], 4),
    b2: noise([classes], 5),
  };
}

/** Parameters are changed where they lie, so a run begins by putting the start back. */
function trained(start) {
  const inputs = { ...start };
  for (const name of names) inputs[name] = { shape: start[name].shape, data: start[name].data.slice() };
  const { once } = ours(script, inputs, { wrt: names });
  const train = () => {
    for (const name of names) inputs[name].data.set(start[name].data);
    for (let step = 0; step < options.steps; step++) {
      for (const { input, tensor } of once().gradients) {
        const { data } = inputs[input];
        for (let i = 0; i < data.length; i++) data[i] -= options.rate * tensor.data[i];
      }
    }
  };
  return {
    run: async (count) =>
      (await milliseconds(() => {
        for (let i = 0; i < count; i++) train();
      })) / count,
    async results() {
      train();
      return new Map(names.map((name) => [name, inputs[name].data.slice()]));
    },
  };
}

async function rowsOf(size, quick) {
  const name = `network ${size.inputs}-${size.hidden}-${size.classes}, ${size.points} points, ${options.steps} steps`;
  const inputs = dataOf(size);
  const { rows, times } = await versus({
    name,
    workload: "training",
    inputs,
    subject: trained(inputs),
    against: [
      ...opponents.map((opponent) => ({ ...opponent, limit: undefined })),
      { peer: "tfjs" },
      { peer: "jaxjs", as: "with jit" },
    ].map((opponent) => ({ ...opponent, options: { ...opponent.options, ...options } })),
    quick,
  });
  const speed = (options.steps / median(times.get("ours"))) * 1000;
  return rows.map((row) => ({
    ...row,
    detail: row.detail && `${row.detail}; ours ${speed.toFixed(0)} steps/s`,
  }));
}

export default async function training({ quick }) {
  const rows = [];
  for (const size of sizes) if (size.quick || !quick) rows.push(...(await rowsOf(size, quick)));
  return rows;
}
