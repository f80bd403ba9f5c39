// Who is compared with, and how each is started: once for the whole run, when it is first asked for.
import { existsSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { startPython } from "./python-peer.mjs";

/** How far results may be from ours, by the largest number: rounding in another order. */
const double = 1e-8;

const known = {
  torch: { title: "PyTorch", tolerance: double, start: startPython },
  jax: { title: "JAX", tolerance: double, start: startPython },
  casadi: { title: "CasADi", tolerance: double, start: startPython },
  numpy: { title: "NumPy by hand", tolerance: double, start: startPython },
  // It adds up ten million numbers in single precision.
  tfjs: { title: "TensorFlow.js wasm, float32", tolerance: 1e-2, start: startModule },
  // Its arrays hold doubles, but its exp, sin and log are only as good as single precision.
  jaxjs: { title: "jax-js wasm", tolerance: 1e-3, start: startModule },
};

const started = new Map();
let folder;

async function startModule(key) {
  if (!existsSync(new URL("node_modules", import.meta.url)))
    throw new Error("not installed: npm ci --prefix bench");
  const { start } = await import(`./peers/${key}.mjs`);
  return start();
}

/** A peer, or `{ title, absent }` with the reason. */
export function openPeer(key) {
  if (!started.has(key)) started.set(key, open(key));
  return started.get(key);
}

async function open(key) {
  const { title, tolerance, start } = known[key];
  folder ??= mkdtemp(path.join(os.tmpdir(), "autograd-peers-"));
  try {
    return { title, tolerance, ...(await start(key, await folder)) };
  } catch (error) {
    return { title, absent: error.message };
  }
}

export async function closePeers() {
  for (const peer of started.values()) (await peer).close?.();
  if (folder !== undefined) rmSync(await folder, { recursive: true, force: true });
}
