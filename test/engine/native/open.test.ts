import { describe, expect, it } from "vitest";
import { Fault } from "../../../src/diagnostics.js";
import type { Koffi, NativeFunction } from "../../../src/engine/native/koffi.js";
import { openBlas } from "../../../src/engine/native/open.js";
import { blasSource } from "../../../src/engine/native/source.js";

/** A koffi whose loader knows these libraries, with functions that return numbers or texts. */
function koffiWith(libraries: Readonly<Record<string, Readonly<Record<string, number | string>>>>): Koffi {
  return {
    version: "3.0.0",
    address: () => 0n,
    config: () => ({ sync_stack_size: 2 ** 24 }),
    load(file) {
      const functions = libraries[file];
      if (functions === undefined) throw new Error("Failed to load shared library: no such file\nmore");
      return {
        func(symbol) {
          const result = functions[symbol];
          if (result === undefined) throw new Error("Cannot find function");
          return (() => result) as NativeFunction;
        },
      };
    },
  };
}

const open = (
  choice: string,
  libraries: Parameters<typeof koffiWith>[0],
  platform = "linux",
): ReturnType<typeof openBlas> => openBlas(choice, { platform, koffi: () => koffiWith(libraries) });

const narrow = { cblas_dgemm: 0, idamax_: 3 };
const wide = { cblas_dgemm: 0, idamax_: 0 };
const openblas = { openblas_get_config: "OpenBLAS 1 " };

describe("opening a BLAS", () => {
  it("takes the first that is there and says that it is made for speed", () => {
    const { library, report, problem } = open("auto", {
      "libopenblas.so": { ...narrow, ...openblas },
      "libmkl_rt.so.2": narrow,
    });
    expect(problem).toBe(undefined);
    expect(library).toMatchObject({ files: ["libopenblas.so"], identity: "OpenBLAS 1", integer: "int" });
    expect(report.tried).toEqual([
      { files: ["libopenblas.so.0"], outcome: "unloadable", reason: "no such file" },
      {
        files: ["libopenblas.so"],
        outcome: "used",
        identity: "OpenBLAS 1",
        integer: 32,
        kernels: [],
        threads: null,
      },
    ]);
  });

  it("leaves one that says nothing of itself to those who name it", () => {
    const libraries = { "libblas.so.3": narrow, "liblapack.so.3": {} };
    const { library, report, problem } = open("auto", libraries);
    expect([library, problem]).toEqual([undefined, undefined]);
    expect(report.tried.at(-1)).toMatchObject({
      files: ["libblas.so.3", "liblapack.so.3"],
      outcome: "plain",
      identity: null,
    });
    expect(open("libblas.so.3", libraries).library).toBeDefined();
  });

  it("knows 64-bit integers, by the names of functions or by what they do", () => {
    expect(open("one", { one: wide }).library?.integer).toBe("int64_t");
    const suffixed = Object.fromEntries(Object.entries(wide).map(([name, f]) => [`${name}64_`, f]));
    expect(open("one", { one: suffixed }).library?.integer).toBe("int64_t");
  });

  it("has names for other platforms", () => {
    const accelerate = "/System/Library/Frameworks/Accelerate.framework/Accelerate";
    expect(open("auto", { [accelerate]: narrow }, "darwin").library?.identity).toBe("Apple Accelerate");
    expect(open("auto", { "openblas.dll": { ...narrow, ...openblas } }, "win32").library).toBeDefined();
  });

  it("says why a library that was named cannot be used", () => {
    expect(open("/x/libblas.so", {}).problem).toMatchObject({
      code: "blas-library",
      message: "the BLAS library `/x/libblas.so` cannot be loaded: no such file",
    });
    expect(open("libm.so", { "libm.so": { idamax_: 3 } }).problem).toMatchObject({
      code: "blas-symbol",
      message: expect.stringContaining("has no function `cblas_dgemm`"),
    });
  });

  it("without koffi: nothing for `auto`, an error for a library that was named", () => {
    const machine = { platform: "linux", koffi: () => ({ missing: "it is not installed" }) };
    expect(openBlas("auto", machine)).toEqual({
      library: undefined,
      report: { choice: "auto", koffi: { missing: "it is not installed" }, tried: [] },
      problem: undefined,
    });
    expect(openBlas("libopenblas.so.0", machine).problem).toMatchObject({
      message:
        "the BLAS library `libopenblas.so.0` needs the package `koffi`, which cannot be loaded: it is not installed",
      hint: expect.stringContaining("npm install koffi"),
    });
  });

  it("`none` does not even ask for koffi", () => {
    const koffi = () => {
      throw new Error("asked");
    };
    expect(openBlas("none", { platform: "linux", koffi }).library).toBe(undefined);
  });
});

describe("a source of a BLAS", () => {
  it("gives the same at every call", () => {
    const source = blasSource("auto");
    expect(source()).toBe(source());
    expect(blasSource("none")()).toBe(undefined);
  });

  it("refuses a library that was named at once", () => {
    expect(() => blasSource("/nowhere/libblas.so")).toThrow(Fault);
  });
});
