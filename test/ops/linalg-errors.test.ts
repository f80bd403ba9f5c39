import { describe, expect, it } from "vitest";
import { compile, type InputValue } from "../../src/index.js";

/** The messages about a script, or about a run of it. */
function messages(script: string, inputs: Readonly<Record<string, InputValue>>): string[] {
  const compiled = compile(script);
  const result = compiled.ok ? compiled.program.run(inputs) : compiled;
  return result.diagnostics.map(({ message, span }) => {
    const place = span === undefined ? "" : ` at ${span.source.text.slice(span.start, span.end)}`;
    return `${message}${place}`;
  });
}

const m23 = [
  [1, 2, 3],
  [4, 5, 6],
];
const m22 = [
  [1, 2],
  [3, 4],
];

describe("what does not fit is said before anything is computed", () => {
  it.each<[string, string]>([
    ["det(a)", "`det`: needs a square matrix, but the shape is (2, 3)"],
    ["slogdet(a)[0]", "`slogdet`: needs a square matrix, but the shape is (2, 3)"],
    ["inv(a)", "`inv`: needs a square matrix, but the shape is (2, 3)"],
    ["solve(a, [1, 2])", "`solve`: needs a square matrix, but the shape is (2, 3)"],
    ["cholesky(a)", "`cholesky`: needs a square matrix, but the shape is (2, 3)"],
    ["eigvalsh(a)", "`eigvalsh`: needs a square matrix, but the shape is (2, 3)"],
    ["eigh(a)[0]", "`eigh`: needs a square matrix, but the shape is (2, 3)"],
    ["expm(a)", "`expm`: needs a square matrix, but the shape is (2, 3)"],
    ["det(a[0])", "`det`: needs a matrix, but the shape is (3,)"],
    ["qr(a[0])[0]", "`qr`: needs a matrix, but the shape is (3,)"],
    ["svd(a[0, 0])[0]", "`svd`: needs a matrix, but the shape is ()"],
    ["tril(a[0])", "`tril`: needs a matrix, but the shape is (3,)"],
    ["diag(a[0, 0])", "`diag`: needs a vector or a matrix, but the shape is ()"],
    ["diag([a, a])", "`diag`: needs a vector or a matrix, but the shape is (2, 2, 3)"],
    ["solve(s, 1)", "`solve`: b must be a vector or a matrix, not a scalar"],
    ["solve(s, [1, 2, 3])", "`solve`: cannot combine the shapes (2, 2) and (3,): A has 2 rows, b has 3"],
    ["solve(s, a')", "`solve`: cannot combine the shapes (2, 2) and (3, 2): A has 2 rows, b has 3"],
    [
      "solve([s, s], [s, s, s])",
      "`solve`: cannot combine the shapes (2, 2, 2) and (3, 2, 2): the batch axes do not broadcast",
    ],
    [
      "svd(a, full_matrices=1)[0]",
      "`svd`: the full matrices of the shape (2, 3) have columns that are not determined, and so no derivative",
    ],
    [
      "tensordot(a, s, 1)",
      "`tensordot`: axis 1 of the shape (2, 3) has size 3, but axis 0 of the shape (2, 2) has size 2",
    ],
    ["tensordot(a, s, 3)", "`tensordot`: cannot sum over 3 axes of the shapes (2, 3) and (2, 2)"],
    ["tensordot(a, s, ([0, 1], [0]))", "`tensordot`: the lists of axes have different lengths, 2 and 1"],
    ["tensordot(a, s, ([0, 0], [0, 1]))", "`tensordot`: the axes 0, 0 name one axis twice"],
    ["tensordot(a, s, (2, 0))", "`tensordot`: axis 2 is out of range for the shape (2, 3)"],
    [
      "tensordot(a, s, [1, 2, 3])",
      "the argument `axes` of `tensordot` must be a whole number or a pair of lists of axes, not a tensor of shape (3,)",
    ],
    ["einsum(a, s)", "the argument `subscripts` of `einsum` must be a string, not a tensor of shape (2, 3)"],
    ['einsum("ij")', "`einsum` takes at least 2 arguments, but 1 is given"],
    ['einsum("ij", a, s)', '`einsum`: the subscripts "ij" describe 1 operand, but 2 are given'],
    ['einsum("ij,jk", a)', '`einsum`: the subscripts "ij,jk" describe 2 operands, but 1 is given'],
    ['einsum("ij->i->j", a)', '`einsum`: the subscripts "ij->i->j" have more than one `->`'],
    ['einsum("i1", a)', "`einsum`: `1` in the subscripts of operand 0 is not a letter"],
    ['einsum("ij>i", a)', "`einsum`: `>` in the subscripts of operand 0 is not a letter"],
    ['einsum("ij->é", a)', "`einsum`: `é` in the subscripts of the result is not a letter"],
    ['einsum("i.j", a)', "`einsum`: a single `.` stands in the subscripts of operand 0"],
    ['einsum("i......", a)', "`einsum`: `...` stands twice in the subscripts of operand 0"],
    ['einsum("ij,ijk", a, s)', "`einsum`: the subscripts of operand 1 name 3 axes, but its shape is (2, 2)"],
    ['einsum("i", a)', "`einsum`: the subscripts of operand 0 name 1 axis, but its shape is (2, 3)"],
    [
      'einsum("...ijk", a)',
      "`einsum`: the subscripts of operand 0 name at least 3 axes, but its shape is (2, 3)",
    ],
    ['einsum("ij,jk", a, s)', "`einsum`: the index `j` has size 3 in operand 0 and size 2 in operand 1"],
    ['einsum("...,...", a, s)', "`einsum`: an axis of `...` has size 3 in operand 0 and size 2 in operand 1"],
    ['einsum("ii", a)', "`einsum`: the index `i` stands for axes of the sizes 2 and 3 in operand 0"],
    ['einsum("ii", a[:1])', "`einsum`: the index `i` stands for axes of the sizes 1 and 3 in operand 0"],
    ['einsum("ij->ii", a)', "`einsum`: the index `i` stands twice in the result"],
    ['einsum("ij->k", a)', "`einsum`: the index `k` of the result stands in no operand"],
    ['einsum("i...->i", a)', "`einsum`: `...` stands for axes of the operands, but is missing in the result"],
  ])("%s: %s", (expression, message) => {
    const found = messages(`out = ${expression} + 0 * sum(a) * sum(s)`, { a: m23, s: m22 });
    expect(found.map((text) => text.split(" at ")[0])).toEqual([message.split(" at ")[0]]);
    expect(found[0]!.startsWith(message)).toBe(true);
  });
});

describe("what has no result is said where it is asked for", () => {
  const singular = [
    [1, 2],
    [2, 4],
  ];
  const flat = [
    [1, 0],
    [0, 0],
    [0, 0],
  ];
  const ball = [
    [3, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  it.each<[string, InputValue, string]>([
    ["out = inv(x)", singular, "the matrix is singular: pivot 2 is 0 at inv(x)"],
    ["out = solve(x, [1, 2])", singular, "the matrix is singular: pivot 2 is 0 at solve(x, [1, 2])"],
    [
      "out = inv(x)",
      [m22, singular],
      "the matrix is singular: pivot 2 is 0 (in matrix (1,) of the batch) at inv(x)",
    ],
    ["out = slogdet(x)[1]", singular, "the matrix is singular: pivot 2 is 0 at slogdet(x)"],
    ["out = cholesky(x)", m22, "the matrix is not positive definite: pivot 2 is not positive at cholesky(x)"],
    [
      "out = eigh(x)[1]",
      ball,
      "the eigenvalues at the places 0 and 1 are equal, so their eigenvectors have no derivative at eigh(x)",
    ],
    [
      "out = svd(x)[0]",
      ball,
      "the singular values at the places 1 and 2 are equal, so their singular vectors have no derivative at svd(x)",
    ],
    [
      "out = svd(x)[2]",
      [
        [1, 0, 0],
        [0, 0, 0],
      ],
      "the singular value at the place 1 is 0, so its singular vectors have no derivative at svd(x)",
    ],
    [
      "out = qr(x)[0]",
      flat,
      "`qr` has no derivative here: the columns are linearly dependent, element (1, 1) of R is 0 at qr(x)",
    ],
  ])("%s for %o", (script, x, message) => {
    expect(messages(script, { x })).toEqual([message]);
  });

  it("says it of the value alone where no derivative is asked for, and not of what has a value", () => {
    for (const script of [
      "out = eigh(x)[1]",
      "out = svd(x)[0]",
      "out = qr(x)[0]",
      "out = slogdet(x)[1]",
      "out = det(x)",
    ]) {
      const compiled = compile(script, { gradients: false });
      expect(
        compiled.ok &&
          compiled.program.run({
            x: [
              [0, 0],
              [0, 0],
            ],
          }).ok,
        script,
      ).toBe(true);
    }
  });

  it("gives NaN for a matrix that is not finite, without an error", () => {
    const x = [
      [1, Number.NaN],
      [Number.NaN, 1],
    ];
    for (const call of [
      "inv(x)",
      "det(x)",
      "cholesky(x)",
      "eigvalsh(x)",
      "svd(x)[1]",
      "qr(x)[1]",
      "expm(x)",
    ]) {
      const compiled = compile(`out = sum(${call})`);
      const result = compiled.ok ? compiled.program.run({ x }) : compiled;
      if (!("evaluation" in result)) return expect.fail(result.diagnostics[0]!.message);
      expect(result.evaluation.outputs[0]!.tensor.data[0], call).toBeNaN();
    }
  });

  it("says the same again for the next values, and works for good ones", () => {
    const compiled = compile("out = sum(inv(x))");
    if (!compiled.ok) return expect.fail("the script compiles");
    const runs = [singular, m22, singular].map((x) => compiled.program.run({ x }).ok);
    expect(runs).toEqual([false, true, false]);
  });
});
