// The gradient of norm(A@X@B)^2 by all three matrices: six products of n × n matrices, 12 n³ operations.
import { floor } from "./floors.mjs";
import { median } from "./measure.mjs";
import { ours } from "./ours.mjs";
import { noise } from "./tensors.mjs";
import { opponents, versus } from "./versus.mjs";

const sizes = [64, 128, 256, 512, 1024, 2048];
/** From here on what surrounds the products does not count. */
const large = 256;
/** What kernels of our own should reach on one core, in 10⁹ operations a second. */
const aim = 14;
/** Plain loops take a minute above this size, and TensorFlow.js and jax-js tell nothing new. */
const smallOnly = 512;

async function rowsOf(n, quick) {
  const inputs = { A: noise([n, n], 1), X: noise([n, n], 2), B: noise([n, n], 3) };
  const name = `norm(A@X@B)^2, n=${n}`;
  const { rows, times } = await versus({
    name: `${name}, gradient`,
    workload: "matrix_product",
    inputs,
    subject: ours("input A: [n, n]\ninput X: [n, n]\ninput B: [n, n]\ny = norm(A @ X @ B)^2", inputs),
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
  const speed = (12 * n ** 3) / median(times.get("ours")) / 1e6;
  return [
    {
      name: `${name}, without BLAS: ${aim} GFLOP/s / ours`,
      ratio: aim / speed,
      limit: n >= large ? 1 : undefined,
      detail: `${speed.toFixed(1)} GFLOP/s`,
    },
    ...rows,
  ];
}

export default async function matrixProduct({ quick }) {
  const rows = [];
  for (const n of quick ? sizes.slice(0, 3) : sizes) rows.push(...(await rowsOf(n, quick)));
  return rows;
}
