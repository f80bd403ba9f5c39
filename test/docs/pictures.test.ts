import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { autograd } from "../support/cli.js";

test.each(["chain", "two-layer-network", "rnn"])("docs/%s.svg is what the program draws", (name) => {
  const { code, stdout } = autograd(["graph", `examples/${name}.ag`, "--output", "-"]);
  expect(code).toBe(0);
  // Written by `autograd graph examples/NAME.ag --output docs/NAME.svg`.
  expect(readFileSync(new URL(`../../docs/${name}.svg`, import.meta.url), "utf8")).toBe(stdout);
});
