import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { autograd } from "../support/cli.js";

describe("every example", () => {
  it("has the derivatives of its values", () => {
    const files = readdirSync("examples")
      .filter((name) => name.endsWith(".ag"))
      .map((name) => `examples/${name}`);
    const { code, stdout } = autograd(["check", ...files, "--jobs", "2", "--only-failures", "--quiet"]);
    expect(stdout).toMatch(/(\d+) checks in \d+ files: \1 PASS\n$/);
    expect(code).toBe(0);
  });
});
