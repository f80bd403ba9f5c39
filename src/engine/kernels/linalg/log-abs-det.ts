import type { LinalgKernel } from "./kernel.js";

/** n = rows; a: the packed factors. In JavaScript only: the logarithm is the host's. */
export const logAbsDet: LinalgKernel = (mem, d, a, _b, _m, n) => {
  let total = 0;
  for (let i = 0; i < n; i++) total += Math.log(Math.abs(mem[a + i * n + i]));
  mem[d] = total;
  return 0;
};
