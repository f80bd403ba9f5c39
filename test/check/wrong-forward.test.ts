import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { connectedTo, passes } from "../../src/autodiff/reverse.js";
import { messages } from "../../src/check/element.js";
import { firstWrongNode } from "../../src/check/locate.js";
import type { PairResult } from "../../src/check/pair-check.js";
import { checkPairs } from "../../src/check/pairs.js";
import type { OperatorNode } from "../../src/graph/node.js";
import { topologicalOrder } from "../../src/graph/topology.js";
import { compile } from "../../src/index.js";
import type { GraphCalculus } from "../../src/ops/calculus.js";
import { isLoop } from "../../src/ops/loop.js";
import type { Op, Pushforward, TensorOp } from "../../src/ops/op.js";
import { fromTensor } from "../../src/precise/tensor.js";
import type { Tensor } from "../../src/tensor.js";
import { withOps } from "./mutation/within.js";

interface Checked {
  readonly results: readonly PairResult[];
  /** Which node is named for each input that does not pass. */
  readonly names: readonly string[];
}

/** A script, ready to be checked with the forward rules of some operation broken. */
function prepared(text: string, inputs: ReadonlyMap<string, Tensor> = new Map()) {
  const compiled = compile(text);
  if (!compiled.ok) return expect.fail(compiled.diagnostics.map(({ message }) => message).join("\n"));
  const { program } = compiled;
  const binding = program.bind(inputs);
  if (!binding.ok) return expect.fail(binding.diagnostics.map(({ message }) => message).join("\n"));
  const { bound } = binding;
  const run = bound.run(bound.values);
  if (!run.ok) return expect.fail(run.diagnostics.map(({ message }) => message).join("\n"));
  const { b, lowered } = program.trace(bound.values);
  const outputs = program.outputs.map((name) => lowered.nodes.get(name)!);
  const point = new Map([...bound.values].map(([name, value]) => [name, fromTensor(value)]));
  const checked = (change: (node: OperatorNode) => Op | undefined): Checked => {
    const broken = withOps(b as GraphCalculus, outputs, change);
    const pairs = run.evaluation.gradients.map((gradient) => ({
      output: gradient.output,
      input: gradient.input,
      outputNode: broken[program.outputs.indexOf(gradient.output)]!,
      inputNode: lowered.nodes.get(gradient.input)!,
      gradient,
    }));
    const results = checkPairs(b, pairs, bound.values, { seed: 1, exhaustive: false, verbose: true });
    return {
      results,
      names: results.flatMap(({ pair, worst }) =>
        worst?.verdict === "WRONG"
          ? [firstWrongNode(b, pair.outputNode, pair.inputNode, point, 1)?.op ?? "nothing"]
          : [],
      ),
    };
  };
  const inputNodes = run.evaluation.gradients.map(({ input }) => lowered.nodes.get(input)!);
  return { operations: operationsIn(outputs, new Set(inputNodes)), checked };
}

/** The operations with a forward rule of their own between leaves that move and roots, in the bodies of loops, too. */
function operationsIn(roots: readonly OperatorNode[], leaves: ReadonlySet<OperatorNode>): Set<string> {
  const names = new Set<string>();
  const connected = new Set(roots.flatMap((root) => [...connectedTo(root)]));
  const moving = new Set(leaves);
  for (const node of topologicalOrder(roots)) {
    const indices = node.inputs.flatMap((input, k) => (moving.has(input) && passes(node, k) ? [k] : []));
    if (!connected.has(node) || indices.length === 0) continue;
    moving.add(node);
    const op = node.op as Op;
    if (isLoop(node)) {
      const { carries, body } = node.op.loop;
      const inside = body.parameters.filter((_, k) => k < carries || indices.includes(k));
      for (const name of operationsIn(body.results, new Set(inside))) names.add(name);
    } else if (op.kind === "tensor" && op.jvp !== null) names.add(op.name);
  }
  return names;
}

/** The same operation with another tangent; its reverse rule stays right. */
const withTangent =
  (name: string, change: (...args: [...Parameters<Pushforward>, OperatorNode]) => OperatorNode) =>
  (node: OperatorNode): Op | undefined => {
    const op = node.op as Op;
    if (op.kind !== "tensor" || op.name !== name || op.jvp === null || isLoop(node)) return undefined;
    const { jvp } = op as TensorOp & { readonly jvp: Pushforward };
    return { ...op, jvp: (b, tangents, at) => change(b, tangents, at, jvp(b, tangents, at)) };
  };

const example = (name: string) => readFileSync(`examples/${name}.ag`, "utf8");

const scripts: Readonly<Record<string, string>> = {
  "gaussian-process": example("gaussian-process"),
  "two-layer-network": example("two-layer-network"),
  kalman: example("kalman"),
  "a loop in a loop": `
    v = [0.5, 0.7, -0.3]
    A = [[0.2, 0.5, 0.1], [0.3, -0.4, 0.2], [0.1, 0.6, 0.9]]
    out = iterate(h -> fold((g, u) -> tanh(A @ g + u * v), h, v), v, 3)`,
  reductions: "v = [0.5, 0.7, -0.3]\nout = max(cumsum(v^2)) + prod(v + 2) + logsumexp(flip(v)) + norm(v)",
};

describe.each(Object.entries(scripts))("the forward rules in %s", (_name, text) => {
  const { operations, checked } = prepared(text);

  it("pass as they are", () => {
    expect(checked(() => undefined).results.map(({ worst }) => worst?.verdict)).not.toContain("WRONG");
  });

  it.each([...operations])("are told where that of %s is broken, and nothing else", (name) => {
    for (const factor of [1.01, 1 + 1e-7, -1, 0]) {
      const { results, names } = checked(
        withTangent(name, (b, _tangents, _node, tangent) => b.mul(factor, tangent)),
      );
      const wrong = results.flatMap(({ worst }) => (worst?.verdict === "WRONG" ? [worst] : []));
      expect([factor, wrong.length]).not.toEqual([factor, 0]);
      for (const worst of wrong) {
        expect(worst.isForward).toBe(true);
        expect(messages.WRONG(worst).message).toContain("forward rule");
        expect(worst.value).not.toBe(worst.reference);
        // The table of --verbose is made of what is wrong: its remainder shrinks as the step does.
        if (factor === 0) expect(worst.taylor!.at(-1)!.order).toBeLessThan(1.5);
      }
      expect(new Set(names)).toEqual(new Set([name]));
    }
  });
});

describe("the forward rules of a large input", () => {
  const size = 5000;
  const x = { shape: [size], data: Float64Array.from({ length: size }, (_, i) => Math.sin(i + 1) * 2) };
  const { checked } = prepared(`input x: [${size}]\ny = sum(cumsum(sin(x)) / 100)`, new Map([["x", x]]));

  it("pass where they are right", () => {
    expect(checked(() => undefined).results[0]!.worst!.verdict).toBe("PASS");
  });

  it("show the one element that is wrong", () => {
    const data = Float64Array.from({ length: size }, (_, i) => (i === 3210 ? 1.0001 : 1));
    const { results } = checked(
      withTangent("cumsum", (b, [tangent], node) =>
        b.apply("cumsum", [b.mul(tangent!, b.constant({ shape: [size], data }))], node.attributes),
      ),
    );
    expect(results[0]!.worst).toMatchObject({ verdict: "WRONG", element: "x[3210]", isForward: true });
  });
});
