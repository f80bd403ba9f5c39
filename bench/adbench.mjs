// Inputs of the examples from the files of ADBench (as JSON):
//   node bench/adbench.mjs gmm FILE | autograd eval examples/gmm.ag -i -
import { readFileSync } from "node:fs";
import { argv } from "node:process";
import { pathToFileURL } from "node:url";

/** For examples/gmm.ag: the data without their sizes, which follow from the shapes. */
export const gmm = ({ alpha, mu, q, l, x, gamma, m }) => ({ alpha, mu, q, l, x, gamma, m });

/** For examples/bundle-adjustment.ag: n cameras, m points and p observations, each of them a copy of the one in the file. */
export const ba = ({ n, m, p, camera, point, w, feature }) => ({
  cameras: Array(n).fill(camera),
  points: Array(m).fill(point),
  weights: Array(p).fill(w),
  features: Array(p).fill(feature),
});

const converters = new Map(Object.entries({ gmm, ba }));

if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href) {
  const convert = converters.get(argv[2]);
  const files = argv.slice(3);
  if (convert === undefined || files.length !== convert.length) {
    process.stderr.write(`usage: node bench/adbench.mjs ${[...converters.keys()].join("|")} FILE\n`);
    process.exitCode = 2;
  } else {
    const data = files.map((file) => JSON.parse(readFileSync(file, "utf8")));
    process.stdout.write(`${JSON.stringify(convert(...data))}\n`);
  }
}
