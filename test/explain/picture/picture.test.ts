import { existsSync, readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { standIns } from "../../../src/explain/picture/stand-ins.js";
import type { Picture, PicturePass } from "../../../src/graph-results.js";
import { compile, type InputValue } from "../../../src/index.js";
import { largestDifference } from "../../support/differences.js";
import { boxNamed, chain, pictureOfScript } from "../../support/pictures.js";

const folder = new URL("../../../examples/", import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), "utf8");
const modules = new Map(
  readdirSync(folder)
    .filter((name) => name.endsWith(".ag"))
    .map((name) => [name, read(name)]),
);
// It has functions only.
const scripts = [...modules.keys()].filter((name) => name !== "layers.ag");

function valuesOf(script: string): Record<string, InputValue> {
  const name = script.replace(/\.ag$/, ".json");
  return existsSync(new URL(name, folder)) ? (JSON.parse(read(name)) as Record<string, InputValue>) : {};
}

function evaluationOf(name: string) {
  const compiled = compile(read(name), { modules });
  const result = compiled.ok ? compiled.program.run(valuesOf(name)) : compiled;
  if (!("evaluation" in result)) throw new Error(result.diagnostics[0]!.message);
  return result.evaluation;
}

describe.each(scripts)("the picture of examples/%s", (name) => {
  const options = { modules, values: valuesOf(name) };
  let evaluation: ReturnType<typeof evaluationOf>;
  beforeAll(() => {
    evaluation = evaluationOf(name);
  });

  test("has the numbers of a run, boxes after what they read, and contributions that add up", () => {
    const { outputs, gradients } = evaluation;
    for (const depth of [undefined, 1]) {
      const { picture } = pictureOfScript(read(name), {
        ...options,
        ...(depth === undefined ? {} : { depth }),
      });
      const { boxes, edges, clusters, passes } = picture;
      expect(edges.filter(({ from, to, isCarry }) => !isCarry && from >= to)).toEqual([]);
      for (const { cluster } of boxes) if (cluster !== undefined) expect(clusters[cluster]).toBeDefined();
      for (const { name: output, tensor } of outputs) {
        const { box, index } = boxNamed(picture, output);
        expect(box.isOutput).toBe(true);
        expect(box.value).toEqual(tensor);
        const pass = passes.find(({ of }) => of === output)!;
        expect(pass.from).toBe(index);
        for (const gradient of gradients.filter((one) => one.output === output)) {
          const input = boxes.findIndex((one) => one.name === gradient.input);
          const found = pass.sumGrads[input];
          if (!gradient.connected) expect(found ?? null).toBeNull();
          else expect(largestDifference(found!.data, gradient.tensor.data)).toBeLessThan(1e-12);
        }
        expectSums(picture, pass, depth === undefined);
      }
    }
  });

  test("has a derivative graph that ends in the gradients", () => {
    const { outputs, gradients } = evaluation;
    const { picture } = pictureOfScript(read(name), { ...options, isBackward: true, depth: 1 });
    expect(picture.edges.filter(({ from, to }) => from >= to)).toEqual([]);
    let found = 0;
    for (const { output, input, tensor, connected } of gradients) {
      const label = outputs.length === 1 ? `sum_grad(${input})` : `∂${output}/∂${input}`;
      const box = picture.boxes.find((one) => one.name === label);
      // One that is equal to another has its name.
      if (!connected || box === undefined) continue;
      found += 1;
      expect(largestDifference(box.value!.data, tensor.data)).toBeLessThan(1e-12);
    }
    expect(found).toBeGreaterThan(0);
  });
});

/** Contributions add up to sum_grad, and no box receives one after it has passed on its own. */
function expectSums({ edges }: Picture, { contributions, sumGrads }: PicturePass, isOpen: boolean) {
  const sums = new Map<number, number[]>();
  const hasPassed = new Set<number>();
  for (const { edge, value } of contributions) {
    const { from, to } = edges[edge]!;
    // What is folded passes on one part of what it holds while others wait.
    if (isOpen) expect(hasPassed.has(from)).toBe(false);
    hasPassed.add(to);
    const before = sums.get(from);
    if (value !== undefined)
      sums.set(
        from,
        [...value.data].map((x, i) => x + (before?.[i] ?? 0)),
      );
  }
  for (const [box, sum] of sums) {
    const expected = sumGrads[box];
    if (expected) expect(largestDifference(sum, expected.data)).toBeLessThan(1e-9);
  }
}

describe("folding", () => {
  test("depth 0 shows definitions, 1 their calls as one box each, 2 what these do", () => {
    const titles = (depth: number) =>
      pictureOfScript(chain, { depth }).picture.boxes.map(
        ({ name, formula }) => `${name ?? ""}: ${formula ?? ""}`,
      );
    expect(titles(0)).toEqual([
      "x: ",
      "y: ",
      "z: f(x, y) = x * y",
      "u: g(z) = sin(z)",
      "v: h(z) = z^2",
      "w: u + log(v)",
    ]);
    expect(titles(1)).toEqual(["x: ", "y: ", "z: f(x, y)", "u: g(z)", "v: h(z)", "w: k(u, v)"]);
    const { picture } = pictureOfScript(chain, { depth: 2 });
    expect(picture.boxes.map(({ formula }) => formula)).toContain("log(v)");
    expect(boxNamed(picture, "z").box.formula).toBe("f(x, y) = x * y");
    expect(picture.clusters).toEqual([{ kind: "call", label: "k(u, v)", parent: undefined }]);
    expect(picture.folding).toBeUndefined();
  });

  test("a folded call says how many operations it holds, and passes on the sum of what its operations do", () => {
    const { picture } = pictureOfScript("f(a) = a^2 + sin(a) * a\nx = 2\ny = f(x)", { depth: 1 });
    const { box, index } = boxNamed(picture, "y");
    expect([box.kind, box.operations]).toEqual(["call", 4]);
    const [contribution] = picture.passes[0]!.contributions;
    expect(picture.edges[contribution!.edge]).toEqual({
      from: boxNamed(picture, "x").index,
      to: index,
      isCarry: false,
    });
    expect(contribution!.value!.data[0]).toBeCloseTo(4 + Math.sin(2) + 2 * Math.cos(2), 12);
  });

  test("a loop is one box, or a frame with its body, in which what one step hands to the next goes back", () => {
    const script = "x = [1, 2, 3]\ny = fold((s, a) -> s * 0.5 + a^2, 0, x)";
    const folded = pictureOfScript(script, { depth: 1 }).picture;
    expect(boxNamed(folded, "y").box).toMatchObject({ kind: "loop", operations: 3 });
    const { picture } = pictureOfScript(script);
    expect(picture.clusters.map(({ kind, label }) => [kind, label])).toEqual([["loop", "fold: 3 steps"]]);
    expect(picture.edges.filter(({ isCarry }) => isCarry)).toHaveLength(1);
    // The loop passes sum_grad to x along the edge that goes into its body.
    const { edge } = picture.passes[0]!.contributions[0]!;
    expect(picture.edges[edge]!.from).toBe(boxNamed(picture, "x").index);
  });

  test("a large graph folds by itself as far as it has to", () => {
    const lines = Array.from({ length: 50 }, (_, i) => `  t${i + 1} = sin(t${i}) * 0.9`);
    const body = `f(t0) = {\n${lines.join("\n")}\n  t50 + t0\n}\n`;
    const calls = Array.from({ length: 49 }, (_, i) => `y${i + 1} = f(y${i} + ${i})`);
    const { picture, codes } = pictureOfScript(`${body}x = 1\ny0 = f(x)\n${calls.join("\n")}\n`);
    expect(picture.folding).toEqual({ depth: 1, isAutomatic: true, isGrouped: false, all: 5100 });
    expect(picture.boxes).toHaveLength(100);
    expect(codes).toContain("picture-folded");
  });

  test("thousands of definitions stand together in groups, outputs alone", () => {
    const lines = Array.from(
      { length: 1700 },
      (_, i) => `x${i + 1} = sin(x${i}) + 0.001 * x${Math.max(0, i - 6)}`,
    );
    const { picture } = pictureOfScript(`x0 = 0.5\n${lines.join("\n")}\n`);
    expect(picture.folding).toMatchObject({ isAutomatic: true, isGrouped: true });
    expect(picture.boxes.length).toBeLessThan(80);
    expect(picture.edges.filter(({ from, to }) => from >= to)).toEqual([]);
    const { box } = boxNamed(picture, "x1700");
    expect([box.isOutput, box.value?.data.length]).toEqual([true, 1]);
    expect(picture.boxes[0]!.formula).toMatch(/^x0 … x\d+$/);
  });
});

describe("values", () => {
  test("an output that is a tensor has a pass with a Jacobian for each box, unless these are too large", () => {
    const { picture } = pictureOfScript("x = [1, 2]\ny = x^2");
    expect(picture.passes[0]!.sumGrads[0]).toEqual({ shape: [2, 2], data: Float64Array.of(2, 0, 0, 4) });
    const large = pictureOfScript("x = ones(2000)\ny = x^2");
    expect([large.picture.passes, large.codes]).toEqual([[], ["picture-without-pass"]]);
  });

  test("what cannot be computed is drawn without values, and says why", () => {
    const { picture, codes } = pictureOfScript("A = zeros(2, 2)\nB = inv(A)");
    expect(codes).toEqual(["picture-not-computed"]);
    expect(picture.boxes.map(({ value }) => value)).toEqual([undefined, undefined]);
  });

  test("an output that depends on no input, on nothing that passes derivatives, or on two inputs that are one", () => {
    const none = pictureOfScript("x = 2\ny = floor(x)\nz = x * x", { of: ["y"] }).picture;
    expect(none.passes[0]!.contributions).toEqual([]);
    const twice = pictureOfScript("x = 3\nz = x * x").picture;
    expect(twice.edges).toHaveLength(1);
    expect(twice.passes[0]!.contributions.map(({ value }) => value!.data[0])).toEqual([6]);
  });
});

describe("stand-ins", () => {
  const of = (script: string) => {
    const compiled = compile(script);
    if (!compiled.ok) throw new Error(compiled.diagnostics[0]!.message);
    return standIns(compiled.program, new Map([["A", { shape: [2, 3], data: new Float64Array(6) }]]));
  };

  test("have declared shapes, with the dimensions that values tell", () => {
    const found = of("input A: [n, m]\ninput x: [m]\ninput k: [4]\ny = sum(A @ x) * sum(k)")!;
    expect(["x", "k"].map((name) => found.values.get(name)!.shape)).toEqual([[3], [4]]);
    expect([found.missing, found.assumed]).toEqual([["x", "k"], []]);
  });

  test("are scalars where nothing is declared, and nothing where a dimension is unknown", () => {
    expect(of("y = sum(A) * b")!.assumed).toEqual(["b"]);
    expect(of("input x: [p]\ninput A: [2, 3]\ny = sum(x) + sum(A)")).toBeUndefined();
  });
});
