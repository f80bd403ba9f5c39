// Measures values and derivatives of the elementwise operations against 60-digit references and prints the table.
// `npm run accuracy -- [--points N] [operation…]`; ends with 1 where a bound is exceeded. It takes some minutes.
import { runBundled } from "./run-bundled.mjs";

await runBundled("test/accuracy/table.ts", "printTable", 2000);
