import { describe, expect, it } from "vitest";
import { heaviestPaths, type PathEdge, type PathGraph } from "../../src/explain/path-graph.js";
import { tracePaths } from "../../src/explain/paths.js";
import type { OperatorNode } from "../../src/graph/node.js";
import { defaultLimits as limits } from "../../src/limits.js";
import {
  evaluated,
  example,
  exampleNames,
  expectClose,
  type Subject,
  subject,
  sumOf,
} from "../support/explain.js";

const paths = ({ program, values }: Subject, top: number) => tracePaths(program, values, { top, limits });

describe("every example", () => {
  it.each(exampleNames)("%s has gradients that are the sums over all paths", (name) => {
    const own = example(name);
    const { gradients } = evaluated(own);
    const groups = paths(own, 60);
    expect(groups.length).toBe(gradients.length);
    groups.forEach((group, i) => {
      const { output, input, connected, tensor } = gradients[i]!;
      expect([group.output, group.input]).toEqual([output, input]);
      const what = `∂${output}/∂${input}`;
      expectClose(group.gradient, tensor, what);
      if (!connected) expect(group.count).toBe(0n);
      const { others, count } = group;
      expect(BigInt(group.paths.length) + (others?.count ?? 0n)).toBe(count);
      // Where all paths are listed, they alone make the gradient.
      const terms = [
        ...group.paths.map(({ value }) => value),
        ...(others === undefined ? [] : [others.value]),
      ];
      if (count > 0n) expectClose(sumOf(terms, tensor), tensor, what);
      const shares = [...group.paths, ...(others === undefined ? [] : [others])].map(({ share }) => share);
      if (shares.length > 0 && shares.every((share) => share !== undefined))
        expect(shares.reduce((sum, share) => sum + share!, 0)).toBeCloseTo(1, 6);
    });
  });
});

describe("the paths of the chain example", () => {
  it("are two, the larger one first", () => {
    const [byX] = paths(example("chain.ag"), 20);
    expect(byX!.paths.map(({ nodes }) => nodes.join(" "))).toEqual(["x z u w", "x z v log(v) w"]);
    expect(byX!.paths.map(({ value }) => value.data[0])).toEqual([3 * Math.cos(6), 1]);
    expect([byX!.count, byX!.others, byX!.isExact]).toEqual([2n, undefined, true]);
  });
});

describe("paths", () => {
  it("are counted exactly, and the largest of them found among many", () => {
    const steps = Array.from({ length: 80 }, (_, i) => `x${i + 1} = 0.5 * x${i} + 0.4 * x${i}`);
    const [group] = paths(subject(["x0 = 1", ...steps].join("\n")), 3);
    expect(group!.count).toBe(2n ** 80n);
    const expected = [0.5 ** 80, 0.5 ** 79 * 0.4, 0.5 ** 79 * 0.4];
    group!.paths.forEach(({ value }, i) => {
      expect(value.data[0]! / expected[i]!).toBeCloseTo(1, 12);
    });
    expect(group!.others!.count).toBe(2n ** 80n - 3n);
  });

  it("of choices add 0 where another way has been taken", () => {
    const [group] = paths(subject("x = 0; w = where(x > 0, sqrt(x), x)"), 20);
    expect(group!.paths.map(({ nodes, value }) => [nodes[1], value.data[0]])).toEqual([
      ["w", 1],
      ["sqrt(x)", 0],
    ]);
  });

  it("have no shares where the gradient is 0 or not finite", () => {
    const shares = (script: string) => paths(subject(script), 20)[0]!.paths.map(({ share }) => share);
    expect(shares("x = 2; w = x - x * 1")).toEqual([undefined, undefined]);
    expect(shares("x = 0; w = sqrt(x) + x")).toEqual([undefined, undefined]);
  });

  it("of tensors have shares along the gradient", () => {
    const [group] = paths(subject("x = [3, 4]; w = sum(x^2) + sum(x)"), 20);
    expect(group!.paths.map(({ value }) => [...value.data])).toEqual([
      [6, 8],
      [1, 1],
    ]);
    // The gradient is (7, 9).
    expect(group!.paths.map(({ share }) => share)).toEqual([
      expect.closeTo(114 / 130, 12),
      expect.closeTo(16 / 130, 12),
    ]);
  });
});

describe("the heaviest paths", () => {
  /** A graph of layers that all have an edge to all of the next one. */
  function layered(layers: number, width: number, weightOf: (i: number) => number) {
    const node = (id: number) => ({ id }) as OperatorNode;
    const [output, target] = [node(-1), node(-2)];
    const rows = Array.from({ length: layers }, (_, l) =>
      Array.from({ length: width }, (_, i) => node(l * width + i)),
    );
    const all = [[output], ...rows, [target]];
    const weights = new Map<PathEdge, number>();
    const edges = new Map<OperatorNode, PathEdge[]>();
    all.slice(0, -1).forEach((row, l) => {
      for (const from of row) {
        const list = all[l + 1]!.map((to) => ({ from, to }) as PathEdge);
        for (const edge of list) weights.set(edge, weightOf(weights.size));
        edges.set(from, list);
      }
    });
    const graph = { output, order: all.flat(), edges } as unknown as PathGraph;
    return { graph, target, weight: (edge: PathEdge) => weights.get(edge)! };
  }

  it("come in the order of a search through all", () => {
    const { graph, target, weight } = layered(4, 3, (i) => -((i * 7919) % 101) / 17);
    const found = [...heaviestPaths(graph, target, weight)].map((path) =>
      path.reduce((sum, edge) => sum + weight(edge), 0),
    );
    const all: number[] = [];
    const walk = (at: OperatorNode, sum: number) => {
      if (at === target) all.push(sum);
      for (const edge of graph.edges.get(at) ?? []) walk(edge.to, sum + weight(edge));
    };
    walk(graph.output, 0);
    expect(found.length).toBe(81);
    all.sort((p, q) => q - p);
    found.forEach((sum, i) => {
      expect(sum).toBeCloseTo(all[i]!, 10);
    });
  });

  it("are found one by one where all are equal", () => {
    const { graph, target, weight } = layered(200, 4, () => 0);
    const search = heaviestPaths(graph, target, weight);
    const first = Array.from({ length: 5 }, () => search.next().value!.length);
    expect(first).toEqual([201, 201, 201, 201, 201]);
  });
});
