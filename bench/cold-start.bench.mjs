// How much longer a whole run of a small script takes than starting Node alone.
import { compare } from "./measure.mjs";
import { runNode } from "./process.mjs";

export default async function coldStart() {
  const { ratio, bestRatio, subject, reference } = await compare(
    () => runNode(["bin/autograd.js", "eval", "examples/chain.ag"]),
    () => runNode(["-e", "0"]),
    { pairs: 30, warmup: 4 },
  );
  const times = `${subject.median.toFixed(1)} ms against ${reference.median.toFixed(1)} ms`;
  return [
    { name: "cold start / node -e 0", ratio, limit: 1.5, detail: `${times}; best ${bestRatio.toFixed(2)}` },
  ];
}
