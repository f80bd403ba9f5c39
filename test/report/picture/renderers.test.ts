import { describe, expect, test } from "vitest";
import type { Picture } from "../../../src/graph-results.js";
import { dotOf } from "../../../src/report/picture/dot.js";
import { backwardFrames, forwardFrames } from "../../../src/report/picture/frames.js";
import { htmlOf } from "../../../src/report/picture/html.js";
import { pictureJson } from "../../../src/report/picture/json.js";
import { layOut, type Rectangle } from "../../../src/report/picture/layout.js";
import { mermaidOf } from "../../../src/report/picture/mermaid.js";
import { svgOf } from "../../../src/report/picture/svg.js";
import { treeOf } from "../../../src/report/picture/text.js";
import { chain, pictureOfScript } from "../../support/pictures.js";
import { parseXml, type XmlElement } from "../../support/xml.js";

const { picture } = pictureOfScript(chain, { title: "chain.ag" });

/** Everything that some format would read as its own. */
const wild = "</script><!-- ]]> &amp; \"'`\\N #quot; %% {{}} \u202e\u2028\u0000 x\\";
const wildPicture: Picture = {
  title: wild,
  view: "forward",
  boxes: (["input", "operation"] as const).map((kind, i) => ({
    kind,
    name: wild,
    formula: wild,
    isOutput: i === 1,
    shape: [],
    value: undefined,
    operations: 1,
    cluster: 0,
    place: { file: wild, line: 1, text: wild },
  })),
  clusters: [{ kind: "call", label: wild, parent: undefined }],
  edges: [{ from: 0, to: 1, isCarry: false }],
  passes: [
    {
      of: wild,
      from: 1,
      sumGrads: [undefined, null],
      contributions: [{ edge: 0, formula: wild, slope: wild, value: undefined }],
    },
  ],
  folding: undefined,
};

const readSvg = (svg: string) => parseXml(`<?xml version="1.0" encoding="UTF-8"?>${svg}`);

/** The elements below one that have this name. */
const named = (root: XmlElement, name: string): XmlElement[] =>
  root.children.flatMap((child) =>
    typeof child === "string" ? [] : [...(child.name === name ? [child] : []), ...named(child, name)],
  );
const textOf = (element: XmlElement): string =>
  element.children.map((child) => (typeof child === "string" ? child : textOf(child))).join("");

describe("SVG", () => {
  test("is well-formed, and says of each box what it is, for those who hear it", async () => {
    const root = readSvg(svgOf(picture, await layOut(picture, {}), {}));
    expect(root.attributes.role).toBe("img");
    const titles = named(root, "title").map(textOf);
    expect(titles[0]).toBe("Computation graph of chain.ag");
    expect(titles).toContain(
      "z = f(x, y) = x * y, 6, sum_grad 1.2935 (operation)\nchain.ag:1: f(x, y) = x * y",
    );
    const texts = named(root, "text").map(textOf);
    expect(texts).toEqual(expect.arrayContaining(["input", "operation", "output", "k(u, v)", "0.96017"]));
  });

  test("lays out from top to bottom, with no two boxes over each other", async () => {
    const { picture } = pictureOfScript(
      "y = map(a -> { b = sin(a); b * a + cos(b) }, [1, 2, 3])\nz = sum(y) * y",
    );
    const { boxes, edges } = await layOut(picture, {});
    edges.forEach(({ points }, i) => {
      if (!picture.edges[i]!.isCarry) expect(points.at(-1)!.y).toBeGreaterThan(points[0]!.y);
    });
    const overlaps = (p: Rectangle, q: Rectangle) =>
      p.x < q.x + q.width && q.x < p.x + p.width && p.y < q.y + q.height && q.y < p.y + p.height;
    boxes.forEach((p, i) => {
      for (const q of boxes.slice(i + 1)) expect(overlaps(p, q)).toBe(false);
    });
  });

  test("lays the same picture out the same way", async () => {
    expect(await layOut(picture, {})).toEqual(await layOut(picture, {}));
  });

  test("is drawn for a picture of nothing", async () => {
    const empty = { ...picture, boxes: [], clusters: [], edges: [], passes: [] };
    expect(named(readSvg(svgOf(empty, await layOut(empty, {}), {})), "title")).toHaveLength(1);
  });
});

describe("text of a user", () => {
  test("stays text in SVG", async () => {
    const root = readSvg(svgOf(wildPicture, await layOut(wildPicture, {}), {}));
    const shown = wild
      .replace("\u202e", "\\u{202e}")
      .replace("\u2028", "\\u{2028}")
      .replace("\u0000", "\\x00");
    expect(textOf(named(root, "title")[1]!)).toContain(shown);
  });

  test("stays text in HTML, within elements, attributes and data", async () => {
    const html = htmlOf(wildPicture, await layOut(wildPicture, {}), {});
    expect(html.match(/<\/script>/g)).toHaveLength(2);
    expect(html.match(/<!--/g)).toBeNull();
    const [, data] = /<script type="application\/json" id="data">([^<]*)<\/script>/.exec(html)!;
    const { boxes } = JSON.parse(data!) as { boxes: { source: string }[] };
    expect(boxes[0]!.source).toContain("</script><!-- ]]> &amp;");
  });

  test("stays text in DOT: Graphviz reads back what was written", async () => {
    const { instance } = await import("@viz-js/viz");
    const dot = dotOf(wildPicture, {});
    const { objects } = (await instance()).renderJSON(dot, { format: "dot_json" }) as {
      objects: { name: string; label?: string }[];
    };
    expect(objects.map(({ name }) => name)).toEqual(["cluster_0", "b0", "b1"]);
    expect(dot).not.toMatch(/[^\\]"[^;,\]\n{}]*<\/script>"{2}/);
  });

  test("stays text in Mermaid: no quote or bracket of an element ends a label", () => {
    const labels = mermaidOf(wildPicture, {})
      .split("\n")
      .filter((line) => line.includes("b0(["));
    expect(labels).toHaveLength(1);
    expect(labels[0]).toMatch(/^ +b0\(\["[^"`<>\\]*(<br>[^"`<>\\]*)*"\]\)$/);
  });

  test("stays text in a terminal", () => {
    const tree = treeOf(wildPicture, { width: 400 });
    expect([...tree].filter((c) => c !== "\n" && (c < " " || c === "\u202e" || c === "\u2028"))).toEqual([]);
  });
});

describe("the tree", () => {
  test("shows a box that several read once, and mentions it elsewhere", () => {
    expect(treeOf(picture, {})).toBe(`w = u + log(v)  3.3041  sum_grad 1
├─ u = g(z) = sin(z)  -0.27942  sum_grad 1
│  └─ z = f(x, y) = x * y  6  sum_grad 1.2935
│     ├─ x  2  sum_grad 3.8805  input
│     └─ y  3  sum_grad 2.587  input
└─ log(v)  3.5835  sum_grad 1
   └─ v = h(z) = z^2  36  sum_grad 0.027778
      └─ z  ↑

↑ stands above
`);
  });

  test("of a graph with 2^60 paths has a line for each box, within the width of the terminal", () => {
    const lines = Array.from(
      { length: 60 },
      (_, i) => `name_of_a_value_${i + 1} = name_of_a_value_${i} + name_of_a_value_${i} * 2`,
    );
    const deep = pictureOfScript(`name_of_a_value_0 = 1\n${lines.join("\n")}`, { depth: 1 }).picture;
    for (const width of [40, 80, 120]) {
      const shown = treeOf(deep, { width }).split("\n");
      expect(shown.length).toBeLessThan(4 * deep.boxes.length);
      expect(Math.max(...shown.map(({ length }) => length))).toBeLessThanOrEqual(width);
    }
  });
});

describe("the two passes", () => {
  test("show a value when the last operand has come", () => {
    const says = forwardFrames(picture, {}).map(({ says }) => says);
    expect(says).toEqual([
      "x = 2",
      "y = 3",
      "z reads x",
      "z = f(x, y) = x * y = 6",
      "u = g(z) = sin(z) = -0.27942",
      "v = h(z) = z^2 = 36",
      "log(v) = 3.5835",
      "w reads u",
      "w = u + log(v) = 3.3041",
    ]);
  });

  test("add up what is passed back, and end in the gradients", () => {
    const frames = backwardFrames(picture, picture.passes[0]!, {});
    const ofZ = frames.filter(({ says }) => says.startsWith("sum_grad(z)"));
    expect(ofZ.map(({ says, isComplete }) => [says, isComplete])).toEqual([
      ["sum_grad(z) = sum_grad(v) × ∂v/∂z = 0.027778 × 2 * z = 0.33333", false],
      ["sum_grad(z) += sum_grad(u) × ∂u/∂z = 1 × cos(z) = 0.96017, together 1.2935", true],
    ]);
    expect(frames[0]!.says).toBe("sum_grad(w) = 1");
    const last = new Map(frames.map(({ box, shows }) => [picture.boxes[box]!.name, shows]));
    expect([last.get("x"), last.get("y")]).toEqual(["sum_grad 3.8805", "sum_grad 2.587"]);
  });
});

/** What the backward pass of a script says. */
const saidOf = (script: string, depth?: number) => {
  const { picture } = pictureOfScript(script, depth === undefined ? {} : { depth });
  return backwardFrames(picture, picture.passes[0]!, {}).map(({ says }) => says);
};

test.each([
  ["a quotient", "x = 4\ny = log(x)", "sum_grad(x) = sum_grad(y) × ∂y/∂x = 1 × 1 / x = 0.25"],
  ["a sign, in parentheses", "x = 3\ny = 2 - x", "sum_grad(x) = sum_grad(y) × ∂y/∂x = 1 × (-1) = -1"],
  [
    "a difference as a factor",
    "a = 2\nb = 5\nx = 3\ny = (a - b) * x",
    "sum_grad(x) = sum_grad(y) × ∂y/∂x = 1 × (a - b) = -3",
  ],
  [
    "what a tensor passes",
    "x = [1, 2]\nt = sin(x)\ny = sum(t)",
    "sum_grad(x) = sum_grad(t) * cos(x) = [0.5403, -0.41615]",
  ],
  [
    "a sum_grad that is no number",
    "x = 3\nt = x^2\ny = t * [1, 2]",
    "sum_grad(x) = sum_grad(t) × ∂t/∂x = sum_grad(t) × 2 * x = [6, 12]",
  ],
])("a local derivative is written out: %s", (_, script, expected) => {
  expect(saidOf(script).some((says) => says.endsWith(expected))).toBe(true);
});

test("a closed box, a loop, or more contributions than anybody reads have no formula", () => {
  const twice = "f(a) = a^2 + sin(a)\nx = 2\ny = f(x)";
  expect(saidOf(twice, 1)).toContain("sum_grad(x) = sum_grad(y) × ∂y/∂x = 3.5839");
  const loop = "x = [1, 2]\ny = fold((s, a) -> s * a, 3, x)";
  expect(saidOf(loop)).toContain("sum_grad(x) = sum_grad(y) × ∂y/∂x = [6, 3]");
  const long = (n: number) =>
    `x0 = 1\n${Array.from({ length: n }, (_, i) => `x${i + 1} = x${i} * 1`).join("\n")}\n`;
  expect(saidOf(long(2001), 1).at(-1)).toBe("sum_grad(x0) = sum_grad(x1) × ∂x1/∂x0 = 1");
  expect(saidOf(long(9), 1).at(-1)).toBe("sum_grad(x0) = sum_grad(x1) × ∂x1/∂x0 = 1 × 1 = 1");
});

test("a sum of three contributions grows by one after the other", () => {
  const { picture } = pictureOfScript("x = [1, 2]\ny = sum(x^2) + sum(3 * x) + sum(x) * 5");
  const frames = backwardFrames(picture, picture.passes[0]!, {});
  const ofX = frames.filter(({ says }) => says.startsWith("sum_grad(x)")).map(({ shows }) => shows);
  // In the order of the backward pass: 5, then 3, then 2x.
  expect(ofX).toEqual(["sum_grad [5, 5]", "sum_grad [8, 8]", "sum_grad [10, 12]"]);
});

describe("JSON", () => {
  test("has nodes, edges and contributions with exact numbers, those that are not finite as strings", () => {
    const { picture } = pictureOfScript("x = [[1, 0], [2, 3]]\ny = sum(1 / x)");
    const { nodes, edges, passes } = JSON.parse(pictureJson(picture)) as {
      nodes: { name: string; value: unknown; shape: number[] }[];
      edges: unknown[];
      passes: { of: string; sum_grads: unknown[] }[];
    };
    expect(nodes[0]).toMatchObject({
      name: "x",
      shape: [2, 2],
      value: [
        [1, 0],
        [2, 3],
      ],
      kind: "input",
    });
    expect(nodes.at(-1)!.value).toBe("Infinity");
    expect(edges).toHaveLength(2);
    expect(passes[0]).toMatchObject({ of: "y" });
    expect(passes[0]!.sum_grads[0]).toEqual([
      [-1, "-Infinity"],
      [-0.25, -1 / 9],
    ]);
  });
});
