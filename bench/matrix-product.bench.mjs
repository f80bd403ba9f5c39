// The gradient of norm(A@X@B)^2 by all three matrices: six products of n × n matrices, 12 n³ operations.
import { floor } from "./floors.mjs";
import { median, ratioOf } from "./measure.mjs";
import { ours } from "./ours.mjs";
import { runNode } from "./process.mjs";
import { noise } from "./tensors.mjs";
import { opponents, timeOf, versus } from "./versus.mjs";

const sizes = [64, 128, 256, 512, 1024, 2048];
/** From here on what surrounds the products does not count. */
const large = 256;
/** What kernels of our own should reach on one core, in 10⁹ operations a second. */
const aim = 14;
/** Plain loops take a minute above this size, and TensorFlow.js and jax-js tell nothing new. */
const smallOnly = 512;

const script = "input A: [n, n]\ninput X: [n, n]\ninput B: [n, n]\ny = norm(A @ X @ B)^2";

async function hasBlas() {
  const { output } = await runNode(["bin/autograd.js", "doctor", "--json"]);
  return JSON.parse(output).blas.tried.some(({ outcome }) => outcome === "used");
}

/** What a native BLAS makes of it; blas.bench.mjs has its products alone. */
function blasRows(name, times) {
  const blas = times.get("with BLAS");
  return [
    ["our own kernel", times.get("ours")],
    ["NumPy by hand", times.get("NumPy by hand")],
  ]
    .filter(([, others]) => others !== undefined)
    .map(([title, others]) => ({
      name: `${name}, gradient with BLAS / ${title}`,
      ratio: ratioOf(blas, others),
      detail: `${timeOf(median(blas))} against ${timeOf(median(others))}`,
    }));
}

async function rowsOf(n, withBlas, quick) {
  const inputs = { A: noise([n, n], 1), X: noise([n, n], 2), B: noise([n, n], 3) };
  const name = `norm(A@X@B)^2, n=${n}`;
  const { rows, times } = await versus({
    name: `${name}, gradient without BLAS`,
    workload: "matrix_product",
    inputs,
    subject: ours(script, inputs, { blas: "none" }),
    companions: withBlas ? { "with BLAS": ours(script, inputs, { blas: "auto" }) } : {},
    against: [
      ...opponents.map((opponent) => ({ ...opponent, limit: undefined })),
      { peer: "numpy" },
      ...(n > smallOnly
        ? []
        : [
            { peer: "tfjs" },
            { peer: "jaxjs", as: "with jit" },
            { floor: await floor("matrix_product", inputs) },
          ]),
    ],
    quick,
  });
  const speed = (12 * n ** 3) / Math.min(...times.get("ours")) / 1e6;
  return [
    {
      name: `${name}, without BLAS: ${aim} GFLOP/s / ours`,
      ratio: aim / speed,
      limit: n >= large ? 1 : undefined,
      detail: `${speed.toFixed(1)} GFLOP/s`,
    },
    ...rows,
    ...(withBlas ? blasRows(name, times) : []),
  ];
}

export default async function matrixProduct({ quick }) {
  const withBlas = await hasBlas();
  const rows = withBlas ? [] : [{ name: "native BLAS", absent: "autograd doctor says why" }];
  for (const n of quick ? sizes.slice(0, 3) : sizes) rows.push(...(await rowsOf(n, withBlas, quick)));
  return rows;
}
