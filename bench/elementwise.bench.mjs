// Gradients of sums of elementwise functions over long vectors, and what one element costs in one operation.
import { floor } from "./floors.mjs";
import { pace, race } from "./measure.mjs";
import { ours } from "./ours.mjs";
import { noise } from "./tensors.mjs";
import { opponents, versus } from "./versus.mjs";

const sizes = [1e4, 1e5, 1e6, 1e7];

/** How many numbers a matrix of so many has in a row. */
const columnsOf = (size) => (size < 1e5 ? 100 : 1000);

const workloads = [
  {
    workload: "exp_sin",
    title: "sum(exp(sin(x)))",
    script: "input x: [n]\ny = sum(exp(sin(x)))",
    inputs: (size) => ({ x: noise([size], 1) }),
  },
  {
    workload: "softplus_product",
    title: "sum(log1p(exp(A@x)))",
    script: "input A: [n, m]\ninput x: [m]\ny = sum(log1p(exp(A @ x)))",
    inputs: (size) => ({
      A: noise([size / columnsOf(size), columnsOf(size)], 2),
      x: noise([columnsOf(size)], 3),
    }),
  },
];

async function gradients({ workload, title, script, inputs: inputsOf }, size, quick) {
  const inputs = inputsOf(size);
  const { rows } = await versus({
    name: `${title} of ${size.toExponential(0).replace("+", "")}, gradient by x`,
    workload,
    inputs,
    subject: ours(script, inputs, { wrt: ["x"] }),
    // To be faster than these is no aim here: rows are for information.
    against: [
      ...opponents.map((opponent) => ({ ...opponent, limit: undefined })),
      { peer: "numpy" },
      { peer: "tfjs" },
      { peer: "jaxjs", as: "with jit" },
      { floor: await floor(workload, inputs) },
    ],
    quick,
  });
  return rows;
}

/** Values alone, of a million elements: what strips cost. */
const strips = [
  {
    name: "8 simple operations and a sum: ns an element and operation / 0.35",
    script: "input x: [n]\ny = sum((((x * 0.5 + 0.25) * x - 0.75) * x + 0.125) * x - x)",
    operations: 9,
    aim: 0.35,
  },
  {
    name: "exp and a sum: ns an element / 5",
    script: "input x: [n]\ny = sum(exp(x))",
    operations: 1,
    aim: 5,
  },
];

async function strip({ name, script, operations, aim }, quick) {
  const size = 1e6;
  const { run } = ours(script, { x: noise([size], 4) }, { gradients: false });
  const [times] = await race([run], pace(quick));
  const nanoseconds = (Math.min(...times) * 1e6) / size / operations;
  return { name, ratio: nanoseconds / aim, limit: 1, detail: `${nanoseconds.toFixed(2)} ns` };
}

export default async function elementwise({ quick }) {
  const rows = [];
  for (const one of strips) rows.push(await strip(one, quick));
  for (const workload of workloads)
    for (const size of quick ? sizes.slice(0, 2) : sizes)
      rows.push(...(await gradients(workload, size, quick)));
  return rows;
}
