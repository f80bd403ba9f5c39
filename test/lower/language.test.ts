import { describe, expect, it } from "vitest";
import { compile } from "../../src/index.js";
import { evaluate, problems } from "../support/run.js";

describe("values follow NumPy", () => {
  it.each<[string, unknown]>([
    ["-2^2", -4],
    ["2^3^2", 512],
    ["2^-1", 0.5],
    ["-3 * -2", 6],
    ["7 / 2 * 3", 10.5],
    ["1 - 2 - 3", -4],
    ["not 0 and 1 or 0", 1],
    ["1 < 2 and 2 <= 2 and 3 != 4", 1],
    ["mod(-1, 3)", 2],
    ["mod(1, -3)", -2],
    ["round([0.5, 1.5, 2.5, -0.5, 2.6])", [0, 2, 2, -0, 3]],
    ["sign([-2, 0, 3])", [-1, 0, 1]],
    ["clip([-1, 0.5, 2], 0, 1)", [0, 0.5, 1]],
    ["where([1, 0], [1, 2], -1)", [1, -1]],
    ["maximum([-1, 5], [-2, -3])", [-1, 5]],
    ["minimum([1, 5], [2, 3])", [1, 3]],
    ["1^inf", 1],
    ["[[1, 2], [3, 4]] @ [1, 1]", [3, 7]],
    ["[1, 1] @ [[1, 2], [3, 4]]", [4, 6]],
    ["[1, 2] @ [3, 4]", 11],
    [
      "[[1, 2], [3, 4]]'",
      [
        [1, 3],
        [2, 4],
      ],
    ],
    ["[1, 2]'", [1, 2]],
    [
      "[[1, 2], [3, 4]] * [[1], [10]]",
      [
        [1, 2],
        [30, 40],
      ],
    ],
    [
      "outer([1, 2], [3, 4])",
      [
        [3, 4],
        [6, 8],
      ],
    ],
    ["trace([[1, 2, 3], [4, 5, 6]])", 6],
    ["arange(4)", [0, 1, 2, 3]],
    ["arange(1, 2, 0.25)", [1, 1.25, 1.5, 1.75]],
    ["arange(3, 0, -1)", [3, 2, 1]],
    ["arange(3, 0)", []],
    ["linspace(0, 1, 3)", [0, 0.5, 1]],
    ["linspace(0.1, 0.7, 7)[-1]", 0.7],
    [
      "eye(2, 3)",
      [
        [1, 0, 0],
        [0, 1, 0],
      ],
    ],
    ["zeros(2, 0)", [[], []]],
    ["sum(zeros(0))", 0],
    ["full([2], pi)", [Math.PI, Math.PI]],
    [
      "ones((2, 2))",
      [
        [1, 1],
        [1, 1],
      ],
    ],
    ["arange(10)[2:8:3]", [2, 5]],
    ["arange(10)[::-4]", [9, 5, 1]],
    ["arange(10)[-3:]", [7, 8, 9]],
    ["arange(10)[20:]", []],
    ["reshape(arange(6), 2, -1)[:, 1]", [1, 4]],
    [
      "reshape(arange(8), [2, 2, 2])[..., 0]",
      [
        [0, 2],
        [4, 6],
      ],
    ],
    ["reshape(arange(8), [2, 2, 2])[1][0, 1]", 5],
    ["shape(zeros(4, 5))", [4, 5]],
    [
      "reshape(arange(6), shape(zeros(3, 2)))",
      [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
    ],
    ["logsumexp([-inf, -inf])", Number.NEGATIVE_INFINITY],
    ["logsumexp([1000, 1000])", 1000 + Math.LN2],
    ["softmax([1000, 1000])", [0.5, 0.5]],
    ["mean([[1, 2], [3, 4]], axis=0)", [2, 3]],
    ["max([[1, 5], [7, 2]], axis=-1, keepdims=True)", [[5], [7]]],
    [
      "stack(([1, 2], [3, 4]), axis=1)",
      [
        [1, 3],
        [2, 4],
      ],
    ],
    ["concatenate([[1, 2], [3, 4]])", [1, 2, 3, 4]],
    ["(1, 2, 3)[-1]", 3],
    ["{ a = 2; f(x) = x * a; f(3) + a }", 8],
    ["1_000.5e-1", 100.05],
    ["prod([[1, 2], [3, 4]], axis=0)", [3, 8]],
    ["prod(zeros(0))", 1],
    ["var([1, 2, 3, 6])", 3.5],
    ["var([1, 2, 3, 6], ddof=1)", 14 / 3],
    ["std([[1, 3], [2, 6]], axis=1)", [1, 2]],
    ["norm([[3, 4], [0, 0]], axis=1, keepdims=1)", [[5], [0]]],
    ["norm([3, 4] * 2^600) / 2^600", 5],
    ["norm([3, 4] * 2^-600) * 2^600", 5],
    ["cumsum([[1, 2], [3, 4]])", [1, 3, 6, 10]],
    [
      "cumsum([[1, 2], [3, 4]], axis=0)",
      [
        [1, 2],
        [4, 6],
      ],
    ],
    ["cumprod([2, 3, -1])", [2, 6, -6]],
    ["log_softmax([100, 0])", [-3.720075976020836e-44, -100]],
    ["leaky_relu([-1, 2])", [-0.01, 2]],
    ["elu([-inf, 0, 2], alpha=2)", [-2, 0, 2]],
    ["gelu([-inf, 0, inf])", [-0, 0, Number.POSITIVE_INFINITY]],
    ["silu([-inf, 0, inf])", [-0, 0, Number.POSITIVE_INFINITY]],
    ["erf([-inf, 0, inf])", [-1, 0, 1]],
    ["erfc(27)", 5.23705e-319],
    ["gammaln([1, 2, 0, -1])", [0, 0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]],
    ["split(arange(6), 3)[1]", [2, 3]],
    ["split(arange(6), [1, -2])[1]", [1, 2, 3]],
    ["split(arange(3), [2, 1])[1]", []],
    ["split([[1, 2], [3, 4]], 2, axis=-1)[0]", [[1], [3]]],
    ["take([10, 20, 30], -1)", 30],
    [
      "take([10, 20, 30], [[0, 1], [2, -1]])",
      [
        [10, 20],
        [30, 30],
      ],
    ],
    ["take([[1, 2], [3, 4]], [1], axis=1)", [[2], [4]]],
    ["flip([[1, 2], [3, 4]], axis=-1)[0]", [2, 1]],
    ["flip([[1, 2], [3, 4]])[0]", [4, 3]],
    ["roll(arange(5), 2)", [3, 4, 0, 1, 2]],
    ["roll(arange(5), -7)", [2, 3, 4, 0, 1]],
    [
      "roll([[1, 2], [3, 4]], 1)",
      [
        [4, 1],
        [2, 3],
      ],
    ],
    [
      "roll([[1, 2], [3, 4]], 1, axis=1)",
      [
        [2, 1],
        [4, 3],
      ],
    ],
    ["tile([1, 2], 2)", [1, 2, 1, 2]],
    ["tile(3, 2)", [3, 3]],
    ["pad(3, 1)", 3],
    ["take([1, 2], zeros(0))", []],
    ["flip(3)", 3],
    [
      "tile([1, 2], [2, 1])",
      [
        [1, 2],
        [1, 2],
      ],
    ],
    ["tile([[1], [2]], 2)[1]", [2, 2]],
    ["pad([1, 2], 1)", [0, 1, 2, 0]],
    ["pad([1, 2], (1, 2), value=9)", [9, 1, 2, 9, 9]],
    [
      "pad([[1]], ((1, 0), (0, 2)))",
      [
        [0, 0, 0],
        [1, 0, 0],
      ],
    ],
    ["[10, 20, 30][[0, 2, 1]]", [10, 30, 20]],
    ["[10, 20, 30][[[0], [-1]]]", [[10], [30]]],
    ["reshape(arange(6), 2, 3)[[1, 0], [2, 0]]", [5, 0]],
    [
      "reshape(arange(6), 2, 3)[[[0], [1]], [0, 2]]",
      [
        [0, 2],
        [3, 5],
      ],
    ],
    ["reshape(arange(6), 2, 3)[1, [2, 0]]", [5, 3]],
    [
      "reshape(arange(6), 2, 3)[:, [2, 0]]",
      [
        [2, 0],
        [5, 3],
      ],
    ],
    ["shape(zeros(2, 3, 4, 5)[0, :, [1, 2, 3]])", [3, 3, 5]],
    ["shape(zeros(2, 3, 4, 5)[:, [0, 1], [[1], [2]]])", [2, 2, 2, 5]],
    ["shape(rand(2, 3, seed=1))", [2, 3]],
    ["sum(randn([4, 3], seed=7) - randn(4, 3, seed=7))", 0],
  ])("%s", (expression, expected) => {
    expect(evaluate(`out = ${expression}`).outputs.out).toEqual(expected);
  });
});

describe("names", () => {
  it("takes free names, and definitions that read no name, as inputs", () => {
    const compiled = compile("k = 3\nz = k * x + pi");
    expect(compiled.ok && compiled.program.inputs.map(({ name, role }) => [name, role])).toEqual([
      ["k", "default"],
      ["x", "free"],
    ]);
    expect(evaluate("k = 3\nz = k * x", { x: 2 }).gradients).toEqual({ z: { k: 2, x: 3 } });
  });

  it("takes nothing but the declared inputs where one is declared", () => {
    const script = "input x\nparam w = 2\nk = 3\nz = k * x * w";
    expect(evaluate(script, { x: 5 })).toEqual({ outputs: { z: 30 }, gradients: { z: { x: 6, w: 15 } } });
    expect(problems("input x\nz = x + y", { x: 1 })).toEqual(['unknown-name at "y"']);
  });

  it("never differentiates constants", () => {
    expect(evaluate("const k = 3\nz = k * x", { x: 2 }).gradients).toEqual({ z: { x: 3 } });
  });

  it("shows the value of a script that only names numbers", () => {
    expect(evaluate("w = 2 * 3")).toEqual({ outputs: { w: 6 }, gradients: {} });
  });

  it("takes definitions in any order and shows those that nothing reads", () => {
    expect(evaluate("b = a + 1\na = x * 2\nc = a * a", { x: 3 }).outputs).toEqual({ b: 7, c: 36 });
    expect(evaluate("b = a + 1\na = x * 2\noutput a, b", { x: 3 }).outputs).toEqual({ a: 6, b: 7 });
  });

  it("unifies dimensions across inputs and reads their sizes", () => {
    const script = "input X: [n, m]\ninput w: [m]\nz = sum(X @ w) / n";
    expect(
      evaluate(script, {
        X: [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        w: [1, 1],
      }).outputs,
    ).toEqual({ z: 7 });
    expect(problems(script, { X: [[1, 2]], w: [1, 2, 3] })).toEqual(['dimension-conflict at "m"']);
    expect(problems(script, { X: [1, 2], w: [1, 2] })).toEqual(['declared-shape at "X"']);
  });

  it("evaluates a default that reads a dimension and a constant", () => {
    const script = "const c = 2\ninput X: [n, m]\nparam W: [m, 3] = c * ones(m, 3)\nz = sum(X @ W)";
    expect(evaluate(script, { X: [[1, 2]] }).outputs).toEqual({ z: 18 });
  });

  it("treats names that look the same as one (NFC)", () => {
    expect(evaluate("e\u0301 = x + 1\nz = \u00e9 * 2", { x: 1 }).outputs).toEqual({ z: 4 });
    expect(evaluate("z = \u00e9 * 2", { "e\u0301": 4 }).outputs).toEqual({ z: 8 });
  });

  it("keeps names such as __proto__ away from object properties", () => {
    const { outputs, gradients } = evaluate("__proto__ = constructor * 2", { constructor: 4 } as never);
    expect(Object.entries(outputs)).toEqual([["__proto__", 8]]);
    expect(Object.entries(gradients)).toEqual([["__proto__", { constructor: 2 }]]);
    expect(({} as Record<string, unknown>).constructor).toBe(Object);
  });
});

describe("functions", () => {
  it("takes blocks, tuples, keywords and functions of functions", () => {
    const script = `
      sq(a) = a^2
      soft(a, b) = {
        s = sq(a) + b
        log1p(exp(s))
      }
      pair(a, b) = (a + b, a - b)
      (p, q) = pair(b=y, a=x)
      z = soft(p, q)`;
    const expected = Math.log1p(Math.exp((2 + 1) ** 2 + 1));
    expect(evaluate(script, { x: 2, y: 1 }).outputs.z).toBeCloseTo(expected, 12);
  });

  it("reads definitions of the script and lets parameters hide them", () => {
    expect(evaluate("f(a) = a * k\nk = x + 1\na = 10\nz = f(2) + a * 0", { x: 3 }).outputs).toEqual({ z: 8 });
  });

  it("lowers repeated calls once, so that doubling sixty times stays small", () => {
    const lines = ["f0(x) = x"];
    for (let i = 1; i <= 60; i++) lines.push(`f${i}(x) = f${i - 1}(x) + f${i - 1}(x)`);
    expect(evaluate(`${lines.join("\n")}\nz = f60(x)`, { x: 1 })).toEqual({
      outputs: { z: 2 ** 60 },
      gradients: { z: { x: 2 ** 60 } },
    });
  });

  it("expands chains of calls far deeper than the call stack", () => {
    const lines = ["f0(x) = x + 1"];
    for (let i = 1; i <= 20_000; i++) lines.push(`f${i}(x) = f${i - 1}(x) + 1`);
    expect(evaluate(`${lines.join("\n")}\nz = f20000(x)`, { x: 1 }).outputs).toEqual({ z: 20_002 });
  });
});

describe("what is wrong is said where it stands", () => {
  it.each<[string, string[]]>([
    ["a = b; b = a", ['cycle at "b"']],
    ["f(x) = g(x); g(x) = f(x); z = f(y)", ['recursion at "g"']],
    ["a = x; a = y", ['redefinition at "a"']],
    ["f(a, a) = a; z = f(x, y)", ['redefinition at "a"']],
    ["sin = 3; z = sin * x", ['shadows-built-in at "sin"', 'not-a-value at "sin"']],
    ["f(max) = max; z = f(x)", ['shadows-built-in at "max"']],
    ["z = sinn(x)", ['unknown-function at "sinn"']],
    ["z = sin(x, y)", ['argument-count at "sin(x, y)"']],
    ["z = sum()", ['argument-count at "sum()"']],
    ["z = sum(x, axes=1)", ['unknown-keyword at "axes"']],
    ["z = sum(x, x=1)", ['repeated-argument at "x"']],
    ["z = sum(axis=1, x)", ['positional-after-keyword at "x"']],
    ["z = sum(axis=1)", ['missing-argument at "sum(axis=1)"']],
    ["f(a) = a; z = f(x, 1)", ['argument-count at "f(x, 1)"']],
    ["z = x(2)", ['unknown-function at "x"']],
    ["x = 1; z = x(2)", ['not-a-function at "x"']],
    ["f(a) = a; z = f + 1", ['not-a-value at "f"']],
    ["z = sin + 1", ['not-a-value at "sin"']],
    ["output q; z = x", ['unknown-output at "q"']],
    ["f(a) = a; output f; z = x", ['output-is-not-value at "f"']],
    ["f(a) = (a, a); z = f(x)", ['output-is-not-value at "z = f(x)"']],
    [
      "xs = [1, 2]; z = scan((h, x) -> (h + x, h), 0, xs)",
      ['output-is-not-value at "z = scan((h, x) -> (h + x, h), 0, xs)"'],
    ],
    ["const k = x; z = k", ['default-depends at "x"']],
    ["x = [1, 2]; y = [1, 2, 3]; z = x + y", ['broadcast at "x + y"']],
    ["A = ones(2, 3); z = A @ A", ['matmul at "A @ A"']],
    ["x = 2; z = x @ x", ['matmul at "x @ x"']],
    ["z = [[1, 2], [3]]", ['ragged-list at "[3]"']],
    ["x = [1, 2]; z = [x, 1]", ['ragged-list at "1"']],
    ["z = []", ['empty-list at "[]"']],
    ["x = [1, 2]; z = x[2]", ['index-range at "2"']],
    ["x = [1, 2]; z = x[0.5]", ['subscript at "0.5"']],
    ["x = [1, 2]; z = x[0, 0]", ['too-many-subscripts at "x[0, 0]"']],
    ["x = [1, 2]; z = x[::0]", ['subscript at "::0"']],
    ["x = [1, 2]; i = 1; z = x[i]", ['not-constant at "i"']],
    ["x = [1, 2]; z = sum(x, axis=1)", ['axis at "sum(x, axis=1)"']],
    ["x = [1, 2]; z = sum(x, axis=(0, -1))", ['shape-rule at "sum(x, axis=(0, -1))"']],
    ["x = zeros(0); z = max(x)", ['shape-rule at "max(x)"']],
    ["x = arange(6); z = reshape(x, 4, 2)", ['shape-rule at "reshape(x, 4, 2)"']],
    ["x = arange(6); z = reshape(x, -1, 4)", ['shape-rule at "reshape(x, -1, 4)"']],
    ["input x: [1.5]; z = x", ['dimension-size at "1.5"']],
    ["z = broadcast_to(3, -1)", ['shape-rule at "broadcast_to(3, -1)"']],
    ["z = broadcast_to(x, (-1, 2))", ['shape-rule at "broadcast_to(x, (-1, 2))"']],
    ["z = zeros(-1)", ['shape-rule at "zeros(-1)"']],
    ["z = zeros(1.5)", ['argument-kind at "1.5"']],
    ["z = prod([1, 2], axis=1)", ['axis at "prod([1, 2], axis=1)"']],
    ["z = cumsum([1, 2], axis=-2)", ['axis at "cumsum([1, 2], axis=-2)"']],
    ["z = split(arange(5), 2)", ['shape-rule at "split(arange(5), 2)"']],
    ["z = split(arange(5), 0)", ['shape-rule at "split(arange(5), 0)"']],
    ["z = split(zeros(0), 1e9)", ['shape-rule at "split(zeros(0), 1e9)"']],
    ["z = split(3, 1)", ['axis at "split(3, 1)"']],
    ["z = split(arange(4), 1.5)", ['argument-kind at "1.5"']],
    ["z = take([1, 2], 2)", ['index-range at "take([1, 2], 2)"']],
    ["z = take([1, 2], [0, 0.5])", ['argument-kind at "[0, 0.5]"']],
    ["i = 0; z = take([1, 2], i)", ['not-constant at "i"']],
    ["z = pad([1, 2], -1)", ['shape-rule at "pad([1, 2], -1)"']],
    ["z = pad([1, 2], [1, 2, 3])", ['shape-rule at "pad([1, 2], [1, 2, 3])"']],
    ["z = pad([1, 2], 1, value=[1, 2])", ['shape-rule at "pad([1, 2], 1, value=[1, 2])"']],
    ["z = pad([[1]], ((1, 2), (1, 2, 3)))", ['argument-kind at "((1, 2), (1, 2, 3))"']],
    ["z = tile([1, 2], -1)", ['shape-rule at "tile([1, 2], -1)"']],
    ["z = flip([1, 2], axis=(0, 0))", ['shape-rule at "flip([1, 2], axis=(0, 0))"']],
    ["z = rand(-1)", ['shape-rule at "rand(-1)"']],
    ["z = rand(2, seed=0.5)", ['argument-kind at "0.5"']],
    ["z = [1, 2][[0, 2]]", ['index-range at "[0, 2]"']],
    ["z = [1, 2][[0, 0.5]]", ['subscript at "[0, 0.5]"']],
    ["z = [1, 2][[0, 1]:]", ['subscript at "[0, 1]:"']],
    ["i = [0, 1]; z = [1, 2][i]", ['not-constant at "i"']],
    ["z = eye(3)[[0, 1], [0, 1, 2]]", ['broadcast at "eye(3)[[0, 1], [0, 1, 2]]"']],
    ["z = (1, 2)[[0, 1]]", ['subscript at "(1, 2)[[0, 1]]"']],
    ["(a, b) = split(arange(6), 3)", ['tuple-size at "(a, b) = split(arange(6), 3)"']],
    ["z = split(arange(4), 2) + 1", ['value-needed at "split(arange(4), 2)"']],
    ["(a, b) = x; z = a", ['not-a-tuple at "(a, b) = x"']],
    ["(a, b) = (x, x, x)", ['tuple-size at "(a, b) = (x, x, x)"']],
    ["z = (x, x) + 1", ['value-needed at "(x, x)"']],
    ['z = "text" + 1', ['value-needed at "\\"text\\""']],
    ["z = { a = b; b = 1; a }", ['used-too-early at "b"']],
    ["# nothing", ["no-outputs"]],
    ["z = x -> x", ["no-outputs"]],
    ["z = if x", ['syntax-expected at ""']],
    ["z = x; assert z == zz; input x", ['unknown-name at "zz"']],
    ["z = x; assert gradd(z, x) == 1", ['unknown-function at "gradd"']],
    ["z = x; assert grad(z) == 1", ['argument-count at "grad(z)"']],
    ["z = x; assert grad(z, 2 * x) == 1", ['derivative-by at "2 * x"']],
    ["z = x; assert grad(z, pi) == 1", ['derivative-by at "pi"']],
    ["z = x; assert [z, z] == 1 + [x, x, x]", ['assert-shapes at "[z, z] == 1 + [x, x, x]"']],
    ["z = x; assert [z, z] < [[x], [x]]", ['assert-shapes at "[z, z] < [[x], [x]]"']],
    ["z = x; assert [z] == [[x]]", ['assert-shapes at "[z] == [[x]]"']],
    ["z = x; assert (z, z) == x", ['value-needed at "(z, z)"']],
    ['z = x; assert z == "x"', ['value-needed at "\\"x\\""']],
    ['z = x; assert "x"', ['value-needed at "\\"x\\""']],
    ["z = x; assert z within 1", ['assert-not-comparison at "z"']],
    ["z = x; assert z == 1 and z < 2 rel 1", ['assert-not-comparison at "z == 1 and z < 2"']],
    ["z = x; assert not z == 1 within 0", ['assert-not-comparison at "not z == 1"']],
    ["z = x; assert z == x within -1e-9", ['assert-tolerance at "-1e-9"']],
    ["z = x; assert z == x within inf", ['assert-tolerance at "inf"']],
    ["z = x; assert z == x rel inf - inf", ['assert-tolerance at "inf - inf"']],
    ["z = x; assert z == x within [1]", ['assert-tolerance at "[1]"']],
    ['z = x; assert z == x within "1"', ['assert-tolerance at "\\"1\\""']],
    ["z = x; assert z == x within (1, 1)", ['assert-tolerance at "(1, 1)"']],
    ["z = x; assert z == x within x", ['not-constant at "x"']],
    [
      "z = x + [1]; assert z == 1; assert z[2] == 1; assert z[3] > 0",
      [2, 3].map((i) => `index-range at "${i}"`),
    ],
    ["z = x @ x; assert z == x; w = z", ['matmul at "x @ x"']],
    ["z = x; assert if z then [1, 2] else 0", ['branch-shapes at "if z then [1, 2] else 0"']],
    ["z = x; assert { pi = z; pi }", ['shadows-built-in at "pi"']],
    ['import "a.ag"; z = x', ['import-unavailable at "\\"a.ag\\""']],
    ["z = scan(x)", ['argument-count at "scan(x)"']],
  ])("%s", (script, expected) => {
    expect(problems(script, { x: 1, y: 2 }).filter((problem) => !problem.startsWith("unused-value"))).toEqual(
      expected,
    );
  });

  it("reports independent problems together, and not what follows from them", () => {
    expect(problems("a = x + [1, 2, 3]\nb = a * 2\nc = b + [1]\nd = x @ [1]", { x: [1, 2] })).toEqual([
      'broadcast at "x + [1, 2, 3]"',
      'matmul at "x @ [1]"',
    ]);
  });

  it("retraces the calls that led to a fault in a function", () => {
    const compiled = compile("f(a) = a @ a\ng(a) = f(a) + 1\nx = 1\nz = g(x)");
    expect(compiled.diagnostics[0]!.notes.map(({ message }) => message)).toEqual([
      "in this call of `f`",
      "in this call of `g`",
    ]);
  });

  it("finds shape errors before any value is given where the script tells the shapes", () => {
    expect(compile("input x: [3]\nz = x + [1, 2]").ok).toBe(false);
  });
});
