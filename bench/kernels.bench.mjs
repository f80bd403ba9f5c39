// Elementwise kernels of our own against the host's function of the same name, on the same numbers.
import { compare } from "./measure.mjs";
import { importTypeScript } from "./typescript.mjs";

const count = 1 << 16;

/** Samples of both arguments: linear intervals. */
const cases = [
  { name: "exp", host: Math.exp, x: [-20, 20] },
  { name: "pow", host: (x, y) => x ** y, x: [0, 10], y: [-10, 10] },
  { name: "hypot", host: (x, y) => Math.hypot(x, y), x: [-10, 10], y: [-10, 10] },
  { name: "sinh", host: Math.sinh, x: [-5, 5] },
  { name: "cosh", host: Math.cosh, x: [-5, 5] },
  { name: "tanh", host: Math.tanh, x: [-5, 5] },
];

/** A loop of its own for each function, so that the compiler sees one function in each. */
function loopOver(f, xs, ys) {
  const results = new Float64Array(count);
  const loop = new Function(
    "f",
    "xs",
    "ys",
    "results",
    "for (let i = 0; i < xs.length; i++) results[i] = f(xs[i], ys[i], 0);",
  );
  return () => {
    for (let turn = 0; turn < 4; turn++) loop(f, xs, ys, results);
  };
}

const between = ([low, high]) =>
  Float64Array.from({ length: count }, () => low + (high - low) * Math.random());

export default async function kernels() {
  const { scalarKernels } = await importTypeScript("../src/engine/kernels/scalar.ts");
  const rows = [];
  for (const { name, host, x, y = [0, 0] } of cases) {
    const xs = between(x);
    const ys = between(y);
    const { ratio, subject, reference } = await compare(
      loopOver(scalarKernels[name], xs, ys),
      loopOver(host, xs, ys),
    );
    const nanoseconds = ({ median }) => ((median * 1e6) / (4 * count)).toFixed(1);
    rows.push({
      name: `${name}, kernel against the host's`,
      ratio,
      limit: 1.5,
      detail: `${nanoseconds(subject)} ns against ${nanoseconds(reference)} ns`,
    });
  }
  return rows;
}
