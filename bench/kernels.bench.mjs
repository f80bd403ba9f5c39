// Elementwise kernels: in JavaScript against the host's function of the same name, on the same numbers, and in
// WebAssembly against a time for each element.
import { compare } from "./measure.mjs";
import { importTypeScript } from "./typescript.mjs";

const count = 1 << 16;

/**
 * Samples of both arguments: linear intervals. Where the limit is another than 1.5, the host's are shorter than ours,
 * which are closer to the exact result and the same everywhere.
 */
const hosts = [
  { name: "exp", host: Math.exp, x: [-20, 20] },
  { name: "expm1", host: Math.expm1, x: [-3, 3] },
  { name: "log", host: Math.log, x: [0.1, 10], limit: 2 },
  { name: "log1p", host: Math.log1p, x: [-0.9, 10] },
  { name: "sin", host: Math.sin, x: [-20, 20] },
  { name: "cos", host: Math.cos, x: [-20, 20] },
  { name: "tan", host: Math.tan, x: [-20, 20] },
  { name: "arctan", host: Math.atan, x: [-5, 5], limit: 2.5 },
  { name: "arcsin", host: Math.asin, x: [-1, 1], limit: 2.5 },
  { name: "cbrt", host: Math.cbrt, x: [-5, 5], limit: 3 },
  { name: "pow", host: (x, y) => x ** y, x: [0, 10], y: [-10, 10] },
  { name: "hypot", host: (x, y) => Math.hypot(x, y), x: [-10, 10], y: [-10, 10] },
  { name: "sinh", host: Math.sinh, x: [-5, 5] },
  { name: "cosh", host: Math.cosh, x: [-5, 5] },
  { name: "tanh", host: Math.tanh, x: [-5, 5] },
];

/** In WebAssembly: how many nanoseconds an element may take. */
const strips = [
  { names: ["add", "mul", "square"], x: [-5, 5], y: [-5, 5], nanoseconds: 0.35 },
  { names: ["exp", "expm1", "sin", "cos", "sigmoid"], x: [-10, 10], nanoseconds: 5 },
  { names: ["log", "log1p"], x: [0.1, 10], nanoseconds: 5 },
  { names: ["tan", "tanh", "silu", "gaussian", "sinh", "arctan"], x: [-5, 5], nanoseconds: 7 },
  { names: ["pow"], x: [0, 10], y: [-10, 10], nanoseconds: 14 },
  { names: ["erf", "erfc", "gelu"], x: [-5, 5], nanoseconds: 18 },
  { names: ["gammaln"], x: [0.1, 20], nanoseconds: 35 },
];

/** A loop of its own for each function: the same text would be the same function to the compiler. */
function loopOver(f, xs, ys, name) {
  const results = new Float64Array(count);
  const loop = new Function(
    "f",
    "xs",
    "ys",
    "results",
    `// ${name}\nfor (let i = 0; i < xs.length; i++) results[i] = f(xs[i], ys[i], 0);`,
  );
  return () => {
    for (let turn = 0; turn < 4; turn++) loop(f, xs, ys, results);
  };
}

const between = ([low, high], length = count) =>
  Float64Array.from({ length }, () => low + (high - low) * Math.random());

async function againstHost() {
  const { scalarKernels } = await importTypeScript("../src/engine/kernels/scalar.ts");
  const rows = [];
  for (const { name, host, x, y = [0, 0], limit = 1.5 } of hosts) {
    const xs = between(x);
    const ys = between(y);
    const { ratio, subject, reference } = await compare(
      loopOver(scalarKernels[name], xs, ys, `ours, ${name}`),
      loopOver(host, xs, ys, name),
    );
    const nanoseconds = ({ median }) => ((median * 1e6) / (4 * count)).toFixed(1);
    rows.push({
      name: `${name}, kernel against the host's`,
      ratio,
      limit,
      detail: `${nanoseconds(subject)} ns against ${nanoseconds(reference)} ns`,
    });
  }
  return rows;
}

/** Elements of a strip, which the fastest memory holds. */
const strip = 256;
const stripsAtOnce = 200;

/** The shortest time of many, for an element in nanoseconds. */
function shortest(run) {
  let best = Number.POSITIVE_INFINITY;
  // The first turns are there for the compiler.
  for (let turn = 0; turn < 150; turn++) {
    const start = performance.now();
    for (let i = 0; i < stripsAtOnce; i++) run();
    best = Math.min(best, performance.now() - start);
  }
  return (best * 1e6) / (stripsAtOnce * strip);
}

async function inStrips() {
  const { compiledKernels } = await importTypeScript("../test/support/wasm-kernels.ts");
  const { kernelNumbers } = await importTypeScript("../src/engine/kernel-numbers.ts");
  const { kernels, arena, mem } = compiledKernels(3 * strip);
  const address = (k) => arena + 8 * strip * k;
  return strips.flatMap(({ names, x, y = x, nanoseconds }) => {
    mem.set(between(x, strip), strip);
    mem.set(between(y, strip), 2 * strip);
    return names.map((name) => {
      const number = kernelNumbers.scalar(name);
      const time = shortest(() => kernels.strip(number, strip, address(0), address(1), address(2), 0));
      return {
        name: `${name} in WebAssembly, against ${nanoseconds} ns`,
        ratio: time / nanoseconds,
        limit: 1,
        detail: `${time.toFixed(2)} ns an element`,
      };
    });
  });
}

export default async () => [...(await againstHost()), ...(await inStrips())];
