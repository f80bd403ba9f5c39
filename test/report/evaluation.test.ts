import { describe, expect, test } from "vitest";
import { evaluationCsv } from "../../src/report/evaluation-csv.js";
import { evaluationMarkdown } from "../../src/report/evaluation-markdown.js";
import { evaluationTable, type TableOptions } from "../../src/report/evaluation-table.js";
import { displayWidth } from "../../src/report/text.js";
import type { Evaluation, Gradient } from "../../src/results.js";
import { sizeOf, type Tensor } from "../../src/tensor.js";

const tensor = (shape: number[], f: (i: number) => number): Tensor => ({
  shape,
  data: Float64Array.from({ length: sizeOf(shape) }, (_, i) => f(i)),
});
const gradient = (
  output: string,
  input: string,
  outputRank: number,
  value: Tensor,
  connected = true,
): Gradient => ({
  output,
  input,
  outputRank,
  connected,
  tensor: value,
});
const table = (evaluation: Evaluation, options?: TableOptions) => `\n${evaluationTable(evaluation, options)}`;

const scalars: Evaluation = {
  outputs: [{ name: "w", tensor: tensor([], () => 6) }],
  gradients: [
    gradient(
      "w",
      "x",
      0,
      tensor([], () => 1 / 3),
    ),
    gradient(
      "w",
      "θ₁",
      0,
      tensor([], () => 0),
      false,
    ),
  ],
};
const tensors: Evaluation = {
  outputs: [
    { name: "loss", tensor: tensor([], () => 0.5) },
    { name: "h", tensor: tensor([2], (i) => i - 0.25) },
  ],
  gradients: [
    gradient(
      "loss",
      "σ",
      0,
      tensor([2, 2], (i) => i * 1.5),
    ),
    gradient(
      "h",
      "σ",
      1,
      tensor([2, 2, 2], (i) => i),
    ),
    gradient(
      "h",
      "b",
      1,
      tensor([2, 3], (i) => i),
      true,
    ),
    gradient(
      "h",
      "c",
      1,
      tensor([2], () => 0),
      false,
    ),
  ],
};
const nodes: Evaluation = {
  outputs: [],
  gradients: [],
  nodes: [
    {
      name: "z",
      op: "mul",
      output: tensor([2], (i) => i),
      sumGrads: [
        gradient(
          "w",
          "z",
          0,
          tensor([2], () => -1),
        ),
        gradient(
          "v",
          "z",
          1,
          tensor([1, 2], () => 3),
        ),
      ],
    },
    {
      name: "x",
      op: "input",
      output: tensor([], () => 2),
      sumGrads: [
        gradient(
          "w",
          "x",
          0,
          tensor([], () => 4),
        ),
      ],
    },
  ],
};

describe("tables", () => {
  test("of scalars", () => {
    expect(table(scalars)).toMatchInlineSnapshot(`
      "
      ╭────────┬────────┬───────╮
      │ output │ shape  │ value │
      ├────────┼────────┼───────┤
      │ w      │ scalar │ 6     │
      ╰────────┴────────┴───────╯
      ╭──────────┬────────┬───────────────────╮
      │ gradient │ shape  │ value             │
      ├──────────┼────────┼───────────────────┤
      │ ∂w/∂x    │ scalar │ 0.333333          │
      │ ∂w/∂θ₁   │ scalar │ 0 (not connected) │
      ╰──────────┴────────┴───────────────────╯
      "
    `);
  });

  test("of tensors", () => {
    expect(table(tensors)).toMatchInlineSnapshot(`
      "
      ╭────────┬────────┬───────────────╮
      │ output │ shape  │ value         │
      ├────────┼────────┼───────────────┤
      │ loss   │ scalar │ 0.5           │
      │ h      │ 2      │ [-0.25, 0.75] │
      ╰────────┴────────┴───────────────╯
      ╭──────────┬────────────┬──────────────────────╮
      │ gradient │ shape      │ value                │
      ├──────────┼────────────┼──────────────────────┤
      │ ∂loss/∂σ │ 2×2        │ [[0, 1.5],           │
      │          │            │  [3, 4.5]]           │
      ├──────────┼────────────┼──────────────────────┤
      │ ∂h/∂σ    │ 2 | 2×2    │ ∂h[0]/∂σ =           │
      │          │            │   [[0, 1],           │
      │          │            │    [2, 3]]           │
      │          │            │ ∂h[1]/∂σ =           │
      │          │            │   [[4, 5],           │
      │          │            │    [6, 7]]           │
      ├──────────┼────────────┼──────────────────────┤
      │ ∂h/∂b    │ 2 | 3      │ ∂h[0]/∂b = [0, 1, 2] │
      │          │            │ ∂h[1]/∂b = [3, 4, 5] │
      ├──────────┼────────────┼──────────────────────┤
      │ ∂h/∂c    │ 2 | scalar │ 0 (not connected)    │
      ╰──────────┴────────────┴──────────────────────╯
      "
    `);
  });

  test("of all nodes; outputs that do not fit side by side get tables of their own", () => {
    expect(table(nodes)).toMatchInlineSnapshot(`
      "
      ╭──────┬───────┬────────┬────────┬─────────────┬───────────────────╮
      │ node │ op    │ shape  │ output │ sum_grad ∂w │ sum_grad ∂v       │
      ├──────┼───────┼────────┼────────┼─────────────┼───────────────────┤
      │ z    │ mul   │ 2      │ [0, 1] │ [-1, -1]    │ ∂v[0]/∂z = [3, 3] │
      │ x    │ input │ scalar │ 2      │ 4           │                   │
      ╰──────┴───────┴────────┴────────┴─────────────┴───────────────────╯
      "
    `);
    expect(table(nodes, { width: 60 })).toMatchInlineSnapshot(`
      "
      ╭──────┬───────┬────────┬────────┬─────────────╮
      │ node │ op    │ shape  │ output │ sum_grad ∂w │
      ├──────┼───────┼────────┼────────┼─────────────┤
      │ z    │ mul   │ 2      │ [0, 1] │ [-1, -1]    │
      │ x    │ input │ scalar │ 2      │ 4           │
      ╰──────┴───────┴────────┴────────┴─────────────╯
      ╭──────┬───────┬────────┬────────┬─────────────╮
      │ node │ op    │ shape  │ output │ sum_grad ∂v │
      ├──────┼───────┼────────┼────────┼─────────────┤
      │ z    │ mul   │ 2      │ [0, 1] │ ∂v[0]/∂z =  │
      │      │       │        │        │   [3, 3]    │
      ├──────┼───────┼────────┼────────┼─────────────┤
      │ x    │ input │ scalar │ 2      │             │
      ╰──────┴───────┴────────┴────────┴─────────────╯
      "
    `);
    expect(table(nodes, { gradients: false })).toMatchInlineSnapshot(`
      "
      ╭──────┬───────┬────────┬────────╮
      │ node │ op    │ shape  │ output │
      ├──────┼───────┼────────┼────────┤
      │ z    │ mul   │ 2      │ [0, 1] │
      │ x    │ input │ scalar │ 2      │
      ╰──────┴───────┴────────┴────────╯
      "
    `);
  });

  test("fit the terminal and stay aligned, whatever the names", () => {
    const wide: Evaluation = {
      outputs: [
        { name: "損失", tensor: tensor([], () => 1) },
        { name: "a".repeat(60), tensor: tensor([40, 40], (i) => Math.sin(i)) },
        { name: "x\u0304", tensor: tensor([90], (i) => Math.sin(i)) },
      ],
      gradients: [
        gradient(
          "a".repeat(60),
          "b".repeat(60),
          2,
          tensor([3, 4, 50], (i) => Math.cos(i)),
        ),
      ],
    };
    for (const width of [72, 80, 100, 200]) {
      for (const part of evaluationTable(wide, { width }).split(/(?=╭)/)) {
        const widths = new Set(part.trimEnd().split("\n").map(displayWidth));
        expect(widths.size).toBe(1);
        expect(Math.max(...widths)).toBeLessThanOrEqual(width);
      }
    }
  });

  test("colour changes nothing but colour", () => {
    const colored = evaluationTable(tensors, { color: true });
    expect(colored).toContain("\x1b[");
    const escapes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, "g");
    expect(colored.replace(escapes, "")).toBe(evaluationTable(tensors));
  });

  test("precision", () => {
    expect(evaluationTable(scalars, { precision: 3 })).toContain("│ 0.333 ");
    expect(evaluationTable(scalars, { precision: "exact" })).toContain("│ 0.3333333333333333 ");
  });
});

describe("very long tables", () => {
  const evaluation = (count: number): Evaluation => ({
    outputs: Array.from({ length: count }, (_, i) => ({
      name: `y${i}`,
      tensor: { shape: [], data: Float64Array.of(i) },
    })),
    gradients: [],
  });

  test("a thousand rows are shown whole", () => {
    const table = evaluationTable(evaluation(1000));
    expect(table).toContain("y500 ");
    expect(table).not.toContain("more");
  });

  test("of more, both ends are shown and the number left out", () => {
    const lines = evaluationTable(evaluation(100_000)).split("\n");
    expect(lines.length).toBeLessThan(110);
    expect(lines.join("\n")).toMatch(/│ y49 .*\n│ … 99900 more .*\n│ y99950 /);
  });
});

describe("markdown", () => {
  test("of tensors", () => {
    expect(`\n${evaluationMarkdown(tensors)}`).toMatchInlineSnapshot(`
      "
      | output | shape | value |
      | --- | --- | --- |
      | loss | scalar | \`0.5\` |
      | h | 2 | \`[-0.25, 0.75]\` |

      | gradient | shape | value |
      | --- | --- | --- |
      | ∂loss/∂σ | 2×2 | \`[[0, 1.5],\`<br>\` [3, 4.5]]\` |
      | ∂h/∂σ | 2 \\| 2×2 | \`∂h[0]/∂σ =\`<br>\`  [[0, 1],\`<br>\`   [2, 3]]\`<br>\`∂h[1]/∂σ =\`<br>\`  [[4, 5],\`<br>\`   [6, 7]]\` |
      | ∂h/∂b | 2 \\| 3 | \`∂h[0]/∂b = [0, 1, 2]\`<br>\`∂h[1]/∂b = [3, 4, 5]\` |
      | ∂h/∂c | 2 \\| scalar | \`0 (not connected)\` |
      "
    `);
  });

  test("of nodes, with names that mean something", () => {
    expect(`\n${evaluationMarkdown(nodes)}`).toMatchInlineSnapshot(`
      "
      | node | op | shape | output | sum\\_grad ∂w | sum\\_grad ∂v |
      | --- | --- | --- | --- | --- | --- |
      | z | mul | 2 | \`[0, 1]\` | \`[-1, -1]\` | \`∂v[0]/∂z = [3, 3]\` |
      | x | input | scalar | \`2\` | \`4\` |  |
      "
    `);
    const odd: Evaluation = { outputs: [{ name: "a_b|c*", tensor: tensor([], () => 1) }], gradients: [] };
    expect(evaluationMarkdown(odd)).toContain("| a\\_b\\|c\\* | scalar | `1` |");
  });
});

describe("csv", () => {
  const csv = (evaluation: Evaluation, options = {}) => [...evaluationCsv(evaluation, options)].join("");

  test("one row for each number", () => {
    expect(`\n${csv(scalars)}`).toMatchInlineSnapshot(`
      "
      kind,output,input,output_index,input_index,value
      output,w,,,,6
      gradient,w,x,,,0.3333333333333333
      gradient,w,θ₁,,,0
      "
    `);
    expect(`\n${csv({ ...tensors, gradients: tensors.gradients.slice(0, 2) })}`).toMatchInlineSnapshot(`
      "
      kind,output,input,output_index,input_index,value
      output,loss,,,,0.5
      output,h,,0,,-0.25
      output,h,,1,,0.75
      gradient,loss,σ,,0 0,0
      gradient,loss,σ,,0 1,1.5
      gradient,loss,σ,,1 0,3
      gradient,loss,σ,,1 1,4.5
      gradient,h,σ,0,0 0,0
      gradient,h,σ,0,0 1,1
      gradient,h,σ,0,1 0,2
      gradient,h,σ,0,1 1,3
      gradient,h,σ,1,0 0,4
      gradient,h,σ,1,0 1,5
      gradient,h,σ,1,1 0,6
      gradient,h,σ,1,1 1,7
      "
    `);
    expect(`\n${csv(nodes)}`).toMatchInlineSnapshot(`
      "
      kind,output,input,output_index,input_index,value
      node,,z,,0,0
      node,,z,,1,1
      sum_grad,w,z,,0,-1
      sum_grad,w,z,,1,-1
      sum_grad,v,z,0,0,3
      sum_grad,v,z,0,1,3
      node,,x,,,2
      sum_grad,w,x,,,4
      "
    `);
  });

  test("numbers, quoting, options", () => {
    const odd: Evaluation = {
      outputs: [{ name: 'a"b,c', tensor: tensor([4], (i) => [-0, Number.NaN, Infinity, 0.1 + 0.2][i]) }],
      gradients: [
        gradient(
          "a",
          "b",
          0,
          tensor([], () => 1),
        ),
      ],
    };
    expect(csv(odd, { gradients: false }).split("\n").slice(1)).toEqual([
      'output,"a""b,c",,0,,-0',
      'output,"a""b,c",,1,,NaN',
      'output,"a""b,c",,2,,Infinity',
      'output,"a""b,c",,3,,0.30000000000000004',
      "",
    ]);
    expect(csv(odd, { precision: 3 })).toContain(",0.3\n");
  });

  test("comes in chunks", () => {
    const large: Evaluation = {
      outputs: [{ name: "x", tensor: tensor([300, 300], (i) => i) }],
      gradients: [],
    };
    const chunks = [...evaluationCsv(large)];
    expect(Math.max(...chunks.map((c) => c.length))).toBeLessThan(70_000);
    expect(chunks.join("").split("\n").length).toBe(90_002);
    expect(chunks.at(-1)).toContain("output,x,,299 299,,89999\n");
  });
});
