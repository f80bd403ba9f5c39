// The whole process for a small script, examples/chain.ag, against a Python that imports a peer and does the same.
import path from "node:path";
import { compare } from "./measure.mjs";
import { openPeer } from "./peers.mjs";
import { run, runNode } from "./process.mjs";
import { python, pythonEnvironment } from "./python-peer.mjs";
import { disagreement } from "./tensors.mjs";
import { timeOf } from "./versus.mjs";

const ours = async () => {
  const { output } = await runNode(["bin/autograd.js", "eval", "examples/chain.ag", "--json"]);
  const { outputs, gradients } = JSON.parse(output);
  return [outputs.w, gradients.w.x, gradients.w.y];
};

const theirs = async (peer) => {
  const script = path.join(import.meta.dirname, "peers", `small_${peer}.py`);
  return JSON.parse((await run(python, [script], { env: pythonEnvironment })).output);
};

export default async function smallScript({ quick }) {
  const rows = [];
  for (const key of ["torch", "jax"]) {
    const { title, absent } = await openPeer(key);
    // Eight times as fast.
    const row = { name: `whole process, small script / ${title}`, limit: 0.125 };
    if (absent !== undefined) {
      rows.push({ ...row, absent });
      continue;
    }
    const [found, expected] = [await theirs(key), await ours()];
    if (disagreement(new Map([["all", found]]), new Map([["all", expected]])) > 1e-8) {
      rows.push({ ...row, failed: `${found} is not ${expected}` });
      continue;
    }
    const { ratio, subject, reference } = await compare(ours, () => theirs(key), {
      pairs: quick ? 3 : 9,
      warmup: 1,
    });
    rows.push({ ...row, ratio, detail: `${timeOf(subject.median)} against ${timeOf(reference.median)}` });
  }
  return rows;
}
