// Matrix products and factorisations of the compiled kernels on one thread, without the engine around them.
import path from "node:path";
import { kernels as compile } from "../scripts/build-wasm.mjs";
import { compare } from "./measure.mjs";
import { importTypeScript } from "./typescript.mjs";

/** What a product should reach on one core, in 10⁹ operations a second. */
const aim = 14;
const sizes = [256, 512, 1024];
const turns = 15;
const pageSize = 65_536;

/** The kernels over an arena of that many random numbers. */
async function instantiate(elements) {
  const unused = () => {
    throw new Error("left to the host");
  };
  const host = new Proxy({}, { get: () => unused });
  const memory = new WebAssembly.Memory({ initial: 16, maximum: pageSize, shared: true });
  const module = new WebAssembly.Module(await compile(path.join(import.meta.dirname, "..")));
  const { exports: kernels } = new WebAssembly.Instance(module, { env: { memory }, host });
  const scratch = Math.ceil(kernels.heapBase.value / 64) * 64;
  const arena = Math.ceil((scratch + kernels.scratchBytes.value) / 64) * 64;
  memory.grow(Math.ceil((arena + 8 * elements) / pageSize));
  kernels.useScratch(scratch);
  const mem = new Float64Array(memory.buffer, arena, elements);
  for (let i = 0; i < elements; i++) mem[i] = Math.random() - 0.5;
  return { kernels, arena, mem };
}

/** In milliseconds: a product of many of them is often interrupted, which is no matter of the kernels. */
function processorTime(action) {
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e3;
}

const transposed = (name, isTransposed) => (isTransposed ? `${name}ᵀ` : name);

async function product({ kernels, arena }, n, [left, right]) {
  const size = n * n;
  const strides = (isTransposed) => (isTransposed ? [1, n] : [n, 1]);
  const multiply = () => {
    kernels.matmul(arena, n, n, n, 0, size, ...strides(left), 2 * size, ...strides(right));
  };
  // The compiler needs some runs to see what is worth optimising.
  multiply();
  const times = [];
  for (let turn = 0; turn < turns; turn++) times.push(processorTime(multiply));
  // Whatever else the machine does only makes it slower.
  const speed = (2 * n ** 3) / Math.min(...times) / 1e6;
  return {
    name: `${transposed("A", left)}·${transposed("B", right)}, n=${n}: ${aim} GFLOP/s / compiled`,
    ratio: aim / speed,
    limit: 1,
    detail: `${speed.toFixed(1)} GFLOP/s`,
  };
}

/** Operations, by the order of the matrix, as LAPACK counts them; the QR forms Q as well. */
const factorisations = [
  { name: "lu", flops: (n) => (2 / 3) * n ** 3 },
  { name: "cholesky", flops: (n) => n ** 3 / 3 },
  { name: "qr_factors", flops: (n) => (8 / 3) * n ** 3 },
  { name: "solve", flops: (n) => 2 * n ** 3 },
];

async function factorisation({ kernels, arena, mem }, n, { name, flops }) {
  const { kernelNumbers, kernelTables } = await importTypeScript("../src/engine/kernel-numbers.ts");
  const size = n * n;
  const [a, b, d, work] = [0, size + n, 2 * size + n, 4 * size + 2 * n];
  // Symmetric and positive definite, and the exchanges of its packed factors behind it.
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) mem[i * n + j] = mem[j * n + i];
    mem[i * n + i] = n;
    mem[size + i] = i;
  }
  const number = kernelNumbers.linalg(name);
  const own = mem.slice(0, 6 * size + 4 * n);
  const args = [d, a, b, n, n, 0, work];
  const { ratio, subject, reference } = await compare(
    () => kernels.linalg(number, arena, ...args),
    () => kernelTables.linalg[number](own, ...args),
    { pairs: 8, warmup: 1 },
  );
  const speed = flops(n) / subject.best / 1e6;
  return {
    name: `${name}, n=${n}, compiled against JavaScript`,
    ratio,
    detail: `${subject.best.toFixed(1)} ms, ${speed.toFixed(1)} GFLOP/s, against ${reference.best.toFixed(1)} ms`,
  };
}

export default async function matmul({ quick }) {
  const wanted = quick ? sizes.slice(0, 1) : sizes;
  const largest = wanted.at(-1);
  const engine = await instantiate(6 * largest ** 2 + 4 * largest);
  const rows = [];
  for (const n of wanted)
    for (const left of [false, true])
      for (const right of [false, true]) rows.push(await product(engine, n, [left, right]));
  const order = quick ? 256 : 512;
  for (const each of factorisations) rows.push(await factorisation(engine, order, each));
  return rows;
}
