// The Hessian of logistic regression by its weights.
import { ours } from "./ours.mjs";
import { noise } from "./tensors.mjs";
import { opponents, versus } from "./versus.mjs";

const sizes = [
  { points: 1000, weights: 20, quick: true },
  { points: 1000, weights: 100, quick: true },
  { points: 10_000, weights: 100 },
];

const script = `input X: [n, k]
input y: [n]
input w: [k]
score = X @ w
loss = sum(softplus(score) - y * score)`;

const read = ({ hessians: [{ tensor }] }) => new Map([["loss/w/w", tensor.data]]);

async function rowsOf({ points, weights }, quick) {
  const labels = noise([points], 2);
  const y = { shape: labels.shape, data: labels.data.map((value) => (value > 0 ? 1 : 0)) };
  const inputs = { X: noise([points, weights], 1), y, w: noise([weights], 3) };
  const { rows } = await versus({
    name: `Hessian of logistic regression, ${points} points, ${weights} weights`,
    workload: "logistic_hessian",
    inputs,
    subject: ours(script, inputs, { wrt: ["w"], hessian: true }, read),
    against: [
      ...opponents.map((opponent) => ({ ...opponent, limit: undefined })),
      { peer: "casadi" },
      { peer: "numpy" },
      { peer: "jaxjs", as: "with jit" },
    ],
    quick,
  });
  return rows;
}

export default async function hessian({ quick }) {
  const rows = [];
  for (const size of sizes) if (size.quick || !quick) rows.push(...(await rowsOf(size, quick)));
  return rows;
}
