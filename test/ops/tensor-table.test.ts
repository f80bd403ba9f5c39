import { describe, expect, it } from "vitest";
import { derivatives } from "../../src/autodiff/reverse.js";
import { topologicalOrder } from "../../src/graph/topology.js";
import { builtinFunctions } from "../../src/ops/builtins.js";
import { scalarOperations, tensorOperations } from "../../src/ops/registry.js";
import { checkDerivatives, checkHessians, checkModes, checkStructure } from "../support/check-derivatives.js";
import { largestDifference } from "../support/differences.js";
import { evaluator, graphOf, inputName } from "../support/graph.js";
import { tensorCases as cases, valuesFor } from "../support/tensor-cases.js";

describe("derivatives of tensor functions agree with differences, to the second order", () => {
  it.each(cases.map((c, i) => [c.text, c, i] as const))("%s", (_text, { text, shapes }, i) => {
    const graph = graphOf(`out = ${text}`, shapes);
    const used = Object.fromEntries(graph.inputs.map((node) => [inputName(node), node.shape]));
    checkDerivatives(graph, valuesFor(used, i + 1), 0.01);
  });
});

describe("forward and reverse mode agree", () => {
  it.each(cases.map((c, i) => [c.text, c, i] as const))("%s", (_text, { text, shapes }, i) => {
    const graph = graphOf(`out = ${text}`, shapes);
    const used = Object.fromEntries(graph.inputs.map((node) => [inputName(node), node.shape]));
    checkModes(graph, valuesFor(used, i + 1));
    checkStructure(graph, valuesFor(used, i + 1));
    // Also of a function of it, whose tangents and cotangents come from elsewhere and differ from entry to entry.
    const { b, inputs, output } = graph;
    const weighed = b.mul(output, b.add(2, b.sin(output)));
    checkModes({ b, inputs, output: weighed }, valuesFor(used, i + 1));
    checkHessians({ b, inputs, output: weighed }, valuesFor(used, i + 1));
  });
});

describe("over a sequence each function gives what it gives for each slice, without a loop", () => {
  it.each(cases.map((c, i) => [c.text, c, i] as const))("%s", (_text, { text, shapes }, i) => {
    const count = 3;
    const single = graphOf(`out = ${text}`, shapes);
    const used = Object.fromEntries(single.inputs.map((node) => [inputName(node), node.shape]));
    const names = Object.keys(used);
    if (names.length === 0) return;
    const values = Array.from({ length: count }, (_, k) => valuesFor(used, i + 1 + 5 * k));
    const stacks = Object.fromEntries(names.map((name) => [`${name}s`, [count, ...used[name]!]]));
    const script = `out = map((${names.join(", ")}) -> ${text}, ${Object.keys(stacks).join(", ")})`;
    const all = graphOf(script, stacks);
    expect(topologicalOrder([all.output]).map(({ op }) => op.name)).not.toContain("loop");
    const together = new Map(
      names.map((name) => [
        `${name}s`,
        {
          shape: stacks[`${name}s`]!,
          data: Float64Array.from(values.flatMap((one) => [...one.get(name)!.data])),
        },
      ]),
    );
    const [found] = evaluator([all.output])(together);
    const one = evaluator([single.output]);
    const expected = values.flatMap((slice) => [...one(slice)[0]!.data]);
    expect(found!.shape).toEqual([count, ...single.output.shape]);
    expect(largestDifference(found!.data, expected)).toBeLessThan(1e-13);
  });
});

describe("the table", () => {
  const graphs = cases.map(({ text, shapes }) => graphOf(`out = ${text}`, shapes));

  it("reaches every tensor operation", () => {
    const reached = new Set(
      graphs.flatMap(({ b, inputs, output }) => {
        const found = derivatives(b, output, inputs).filter((node) => node !== null);
        return topologicalOrder([output, ...found]).map(({ op }) => op.name);
      }),
    );
    // `named`, the barriers and loops have their tests with the language.
    const elsewhere = new Set(["named", "stop_gradient", "custom", "loop"]);
    expect(
      tensorOperations.map(({ name }) => name).filter((name) => !reached.has(name) && !elsewhere.has(name)),
    ).toEqual([]);
  });

  it("calls every function that is not elementwise", () => {
    const elementwise = new Set(scalarOperations.map(({ name }) => name));
    // Without a derivative, and with one that differences do not see.
    const untested = new Set(["shape", "stop_gradient"]);
    const texts = cases.map(({ text }) => text).join("\n");
    const missing = [...new Set([...builtinFunctions.values()].map(({ name }) => name))].filter(
      (name) => !elementwise.has(name) && !untested.has(name) && !texts.includes(`${name}(`),
    );
    expect(missing).toEqual([]);
  });
});
