// The gradient of a Gaussian mixture (examples/gmm.ag) on the data of ADBench: against its own objective, and others.
import { gmm as inputsOf } from "./adbench.mjs";
import { withPublished } from "./data.mjs";
import { floor } from "./floors.mjs";
import { ratioOf } from "./measure.mjs";
import { example, ours } from "./ours.mjs";
import { tensors } from "./tensors.mjs";
import { opponents, versus } from "./versus.mjs";

const wrt = ["alpha", "mu", "q", "l"];

/** A size, the file with its parameters, and the one with its points. There is none with 25 components and 10,000 points. */
const cases = [
  { size: "d=2 K=5 N=1000", parameters: "gmm_d2_K5_n1000", points: "gmm_d2_K5_n1000", quick: true },
  { size: "d=10 K=25 N=1000", parameters: "gmm_d10_K25_n1000", points: "gmm_d10_K25_n1000", quick: true },
  { size: "d=2 K=5 N=10000", parameters: "gmm_d2_K5_n10000", points: "gmm_d2_K5_n10000" },
  { size: "d=10 K=25 N=10000", parameters: "gmm_d10_K25_n1000", points: "gmm_d10_K5_n10000" },
];

async function rowsOf({ size, parameters, points }, read, quick) {
  const name = `GMM ${size}`;
  const inputs = tensors(inputsOf({ ...read(parameters), x: read(points).x }));
  const script = example("gmm");
  const { rows, times } = await versus({
    name: `${name}, gradient`,
    workload: "gmm",
    inputs,
    subject: ours(script, inputs, { wrt }),
    companions: { objective: ours(script, inputs, { gradients: false }) },
    against: [
      ...opponents,
      { peer: "casadi" },
      { peer: "tfjs" },
      { peer: "jaxjs", as: "with jit" },
      { floor: await floor("gmm", inputs) },
    ],
    quick,
  });
  const ratio = ratioOf(times.get("ours"), times.get("objective"));
  return [{ name: `${name}, gradient / objective`, ratio, limit: 2.5 }, ...rows];
}

export default ({ quick }) =>
  withPublished("GMM", async (read) => {
    const rows = [];
    for (const one of cases) if (one.quick || !quick) rows.push(...(await rowsOf(one, read, quick)));
    return rows;
  });
