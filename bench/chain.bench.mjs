// A chain of scalar definitions, one operation each, with the derivatives of its end: what a node of a large graph costs.
import { floor } from "./floors.mjs";
import { ratioOf } from "./measure.mjs";
import { ours } from "./ours.mjs";
import { tensors } from "./tensors.mjs";
import { versus } from "./versus.mjs";

/** Each reads the one before, and most of them one more thing; no two are alike, and values stay near 0 and 1. */
function script(count) {
  const lines = ["input x0", "input p", "input q"];
  for (let i = 1; i <= count; i++) {
    const last = `x${i - 1}`;
    const before = `x${Math.max(0, i - 2)}`;
    const expression = [`${last} * p`, `${last} + q`, `${last} - ${before}`, `${last} * ${before}`][i % 4];
    lines.push(`${i === count ? "y" : `x${i}`} = ${expression}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Sizes, and from which on a peer takes minutes to trace or to compile the chain. */
const sizes = [1e3, 1e4, 1e5, 1e6];
const peers = [
  { peer: "torch", upTo: 1e5 },
  { peer: "jax", as: "with jit", options: { jit: true }, upTo: 1e3 },
  { peer: "jax", as: "without jit", options: { jit: false }, upTo: 1e3 },
  { peer: "casadi", upTo: 1e6 },
];

async function rowsOf(count, quick) {
  const name = `chain of ${count.toLocaleString("en")} scalar nodes`;
  const inputs = tensors({ x0: 0.5, p: 0.75, q: 0.25 });
  const text = script(count);
  const { rows, times } = await versus({
    name: `${name}, gradient`,
    workload: "chain",
    inputs,
    subject: ours(text, inputs),
    companions: { value: ours(text, inputs, { gradients: false }) },
    against: [
      ...peers
        .filter(({ upTo }) => count <= upTo)
        .map(({ options, ...peer }) => ({ ...peer, options: { ...options, count } })),
      { floor: await floor("chain", inputs, { count }) },
    ],
    quick,
  });
  const nanoseconds = (title) => (Math.min(...times.get(title)) * 1e6) / count;
  const forward = nanoseconds("value");
  const backward = nanoseconds("ours") - forward;
  // The aim is set for the largest; others are there to see how the cost grows.
  const limit = count === sizes.at(-1) ? 1 : undefined;
  const perNode = (direction, time) => ({
    name: `${name}, ${direction}: ns a node / 5`,
    ratio: time / 5,
    limit,
    detail: `${time.toFixed(1)} ns`,
  });
  return [
    perNode("forward", forward),
    perNode("backward", backward),
    { name: `${name}, gradient / value`, ratio: ratioOf(times.get("ours"), times.get("value")) },
    ...rows,
  ];
}

export default async function chain({ quick }) {
  const rows = [];
  for (const count of quick ? sizes.slice(0, 2) : sizes) rows.push(...(await rowsOf(count, quick)));
  return rows;
}
