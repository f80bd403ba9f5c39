// Breaks the derivative of every operation in several ways and looks whether `autograd check` notices, and names the place.
// `npm run mutation -- [--points N] [operation…]`; ends with 1 where it is mistaken, one way or the other.
import { runBundled } from "./run-bundled.mjs";

await runBundled("test/check/mutation/table.ts", "printRates", 12);
