import { cpSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { BlasReport } from "../../src/results.js";
import { root, run } from "../packaging/process.js";
import { absence, blas, choice, hasBlas } from "../support/blas.js";
import { autograd, temporaryFile, temporaryFolder } from "../support/cli.js";

const reported = (...args: string[]) => JSON.parse(autograd(["doctor", "--json", ...args]).stdout);
const hasKoffi = "version" in (reported().blas as BlasReport).koffi!;

describe("autograd doctor", () => {
  it("tells about the machine, a label and a line each", () => {
    const { code, stdout, stderr } = autograd(["doctor"]);
    expect([code, stderr]).toEqual([0, ""]);
    const labels = stdout.split("\n").flatMap((line) => /^(\S+) {2}/.exec(line)?.[1] ?? []);
    expect(labels).toEqual(["autograd", "Node", "processor", "memory", "WebAssembly", "koffi", "BLAS"]);
    expect(stdout).toContain(`Node         ${process.versions.node}, ${process.platform}`);
    expect(stdout).toMatch(/^WebAssembly {2}vectors: yes, shared memory: yes$/m);
  });

  it("writes JSON", () => {
    expect(reported("--blas", "none")).toMatchObject({
      node: process.versions.node,
      webAssembly: { simd: true, sharedMemory: true },
      memory: { limit: 2 ** 32 },
      blas: { choice: "none", koffi: null, tried: [], check: null },
    });
  });

  it.skipIf(!hasBlas)(`finds the BLAS of the machine and checks it${absence}`, () => {
    const found = reported("--blas", choice);
    expect(found.blas.check).toMatchObject({ side: 100, agrees: true });
    expect(found.blas.tried.at(-1)).toMatchObject({ outcome: "used", identity: blas.identity ?? null });
    const named = autograd(["doctor", "--blas", blas.files[0]!]);
    expect(named.code).toBe(0);
    expect(named.stdout).toMatch(new RegExp(`^BLAS {9}${blas.files[0]}: used$`, "m"));
    expect(named.stdout).toMatch(/ {2}a product of 100×100 matrices agrees with ours: .* apart at most$/m);
  });

  it.skipIf(!hasKoffi)("tells what is wrong with a library that is named", () => {
    const { code, stdout, stderr } = autograd(["doctor", "--blas", "/nowhere/libblas.so"]);
    expect(code).toBe(2);
    expect(stdout).toMatch(/^BLAS {9}\/nowhere\/libblas\.so: .+\n {13}none$/m);
    expect(stderr).toMatch(
      /^error: the BLAS library `\/nowhere\/libblas\.so` cannot be loaded: .+\n {2}hint: /,
    );
  });

  it("says what is no choice", () => {
    const { code, stderr } = autograd(["doctor", "--blas", ""]);
    expect(code).toBe(2);
    expect(stderr).toContain("Give auto, none, or the path of a library.");
  });
});

describe.skipIf(!hasKoffi)("--blas of other commands", () => {
  const text = temporaryFile.bind(undefined, "text.so");

  it.each([
    ["eval", ["-e", "w = x^2", "-s", "x=1"]],
    ["fit", ["-e", "param x = 3; w = x^2"]],
  ])("%s refuses a file that is no library", (command, args) => {
    const file = text("no library\n");
    const { code, stdout, stderr } = autograd([command, ...args, "--blas", file]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(`error: the BLAS library \`${file}\` cannot be loaded: `);
    expect(stderr).toMatch(/\n {2}hint: .*`--blas auto`/);
    for (const choice of ["auto", "none"])
      expect(autograd([command, ...args, "--blas", choice]).code).toBe(0);
  });
});

describe("without koffi", () => {
  /** Runs the program where no package is installed. */
  function alone(...args: string[]) {
    const folder = temporaryFolder(new Map());
    for (const part of ["bin", "dist/cli.cjs"])
      cpSync(path.join(root, part), path.join(folder, part), { recursive: true });
    return run(process.execPath, [path.join(folder, "bin", "autograd.js"), ...args]);
  }

  it("everything works, and the doctor tells the remedy", () => {
    expect(alone("eval", "-e", "w = x*x", "-s", "x=3", "--json")).toMatchObject({ code: 0, stderr: "" });
    const { code, stdout, stderr } = alone("doctor");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^koffi {8}cannot be used: it is not installed\n {13}.*`npm install koffi`/m);
    expect(stdout).toMatch(/^BLAS {9}none$/m);
  });

  it("a library that is named is an error with the remedy", () => {
    for (const args of [["doctor"], ["eval", "-e", "w = x*x", "-s", "x=3"]]) {
      const { code, stderr } = alone(...args, "--blas", "libopenblas.so.0");
      expect(code).toBe(2);
      expect(stderr).toContain("needs the package `koffi`, which cannot be loaded: it is not installed");
      expect(stderr).toContain("npm install koffi");
    }
  });
});
