import { describe, expect, test } from "vitest";
import { derivativeShapeText, formatDerivative, formatTensor, shapeText } from "../../src/report/tensors.js";
import type { Gradient } from "../../src/results.js";
import { sizeOf, type Tensor } from "../../src/tensor.js";

const tensor = (shape: number[], f: (i: number) => number): Tensor => ({
  shape,
  data: Float64Array.from({ length: sizeOf(shape) }, (_, i) => f(i)),
});
const derivative = (outputRank: number, t: Tensor, connected = true): Gradient => ({
  output: "w",
  input: "x",
  outputRank,
  connected,
  tensor: t,
});
const lines = (text: string) => text.split("\n");

describe("a tensor", () => {
  test("scalar, vector, empty", () => {
    expect(formatTensor(tensor([], () => 2.5))).toBe("2.5");
    expect(formatTensor(tensor([3], (i) => i / 2))).toBe("[0, 0.5, 1]");
    expect(formatTensor(tensor([0, 3], () => 0))).toBe("[]");
    expect(
      formatTensor(
        tensor([2], () => 1 / 3),
        { precision: 2 },
      ),
    ).toBe("[0.33, 0.33]");
  });

  test("a matrix has its decimal points below each other", () => {
    const values = [1, -2.25, 1e-7, 10, 0.5, Number.NaN];
    expect(lines(formatTensor(tensor([2, 3], (i) => values[i])))).toEqual([
      "[[ 1, -2.25,   1e-7],",
      " [10,  0.5,  NaN]]",
    ]);
  });

  test("higher ranks are matrices with an index", () => {
    expect(lines(formatTensor(tensor([2, 1, 2, 2], (i) => i)))).toEqual([
      "[0, 0, :, :] =",
      "  [[0, 1],",
      "   [2, 3]]",
      "[1, 0, :, :] =",
      "  [[4, 5],",
      "   [6, 7]]",
    ]);
  });

  test("a long vector is wrapped in columns, a longer one shortened", () => {
    expect(
      lines(
        formatTensor(
          tensor([12], (i) => i * 1000),
          { width: 30 },
        ),
      ),
    ).toEqual([
      "[    0,  1000,  2000,  3000,",
      "  4000,  5000,  6000,  7000,",
      "  8000,  9000, 10000, 11000]",
    ]);
    expect(
      formatTensor(
        tensor([900], (i) => i),
        { width: 30 },
      ),
    ).toBe("[0, 1, 2, 3, …, 897, 898, 899]");
    expect(formatTensor(tensor([1001], (i) => i))).toBe("[0, 1, 2, …, 998, 999, 1000]");
  });

  test("a wide matrix loses the columns in its middle, a large one rows as well", () => {
    expect(
      lines(
        formatTensor(
          tensor([2, 20], (i) => i),
          { width: 30 },
        ),
      ),
    ).toEqual(["[[ 0,  1,  2, …, 17, 18, 19],", " [20, 21, 22, …, 37, 38, 39]]"]);
    expect(lines(formatTensor(tensor([12, 784], (i) => i)))).toEqual([
      "[[   0,    1,    2, …,  781,  782,  783],",
      " [ 784,  785,  786, …, 1565, 1566, 1567],",
      " [1568, 1569, 1570, …, 2349, 2350, 2351],",
      " …",
      " [7056, 7057, 7058, …, 7837, 7838, 7839],",
      " [7840, 7841, 7842, …, 8621, 8622, 8623],",
      " [8624, 8625, 8626, …, 9405, 9406, 9407]]",
    ]);
    expect(lines(formatTensor(tensor([100, 3, 4], (i) => i))).slice(8, 18)).toEqual([
      "[2, :, :] =",
      "  [[24, 25, 26, 27],",
      "   [28, 29, 30, 31],",
      "   [32, 33, 34, 35]]",
      "…",
      "[97, :, :] =",
      "  [[1164, 1165, 1166, 1167],",
      "   [1168, 1169, 1170, 1171],",
      "   [1172, 1173, 1174, 1175]]",
      "[98, :, :] =",
    ]);
  });

  test("elements that are left out are not looked at", () => {
    const looked = new Set<string>();
    const data = new Proxy(new Float64Array(1e6), {
      get: (target, key) => {
        if (/^\d+$/.test(String(key))) looked.add(String(key));
        return Reflect.get(target, key, target) as unknown;
      },
    });
    formatTensor({ shape: [1000, 1000], data });
    formatTensor({ shape: [100, 100, 100], data });
    expect(looked.size).toBeLessThan(300);
  });

  test("lines stay within the width", () => {
    for (const shape of [[2, 3], [50], [3, 40], [999], [2, 3, 30], [1, 1000], [30, 30]]) {
      for (const width of [14, 20, 33, 60, 75]) {
        const t = tensor(shape, (i) => Math.sin(i + 1) * 10 ** (i % 3));
        for (const format of [formatTensor(t, { width }), formatDerivative(derivative(1, t), { width })]) {
          expect(Math.max(...lines(format).map((line) => line.length))).toBeLessThanOrEqual(
            Math.max(width, 19),
          );
        }
      }
    }
  });
});

describe("a derivative", () => {
  test("of a scalar has the input's shape", () => {
    expect(
      formatDerivative(
        derivative(
          0,
          tensor([2], (i) => i),
        ),
      ),
    ).toBe("[0, 1]");
    expect(
      formatDerivative(
        derivative(
          0,
          tensor([2], () => 0),
          false,
        ),
      ),
    ).toBe("0 (not connected)");
  });

  test("of a tensor names the element of the output", () => {
    expect(
      lines(
        formatDerivative(
          derivative(
            1,
            tensor([2], (i) => i + 0.5),
          ),
        ),
      ),
    ).toEqual(["∂w[0]/∂x = 0.5", "∂w[1]/∂x = 1.5"]);
    expect(
      lines(
        formatDerivative(
          derivative(
            1,
            tensor([11, 2], (i) => 10 - i),
          ),
        ),
      ).slice(8),
    ).toEqual(["∂w[8]/∂x  = [ -6,  -7]", "∂w[9]/∂x  = [ -8,  -9]", "∂w[10]/∂x = [-10, -11]"]);
    expect(
      lines(
        formatDerivative(
          derivative(
            2,
            tensor([1, 2, 2, 2], (i) => i),
          ),
        ),
      ),
    ).toEqual(["∂w[0, 0]/∂x =", "  [[0, 1],", "   [2, 3]]", "∂w[0, 1]/∂x =", "  [[4, 5],", "   [6, 7]]"]);
    expect(
      lines(
        formatDerivative(
          derivative(
            1,
            tensor([1, 2, 1, 2], (i) => i),
          ),
        ),
      ),
    ).toEqual(["∂w[0]/∂x[0, :, :] =", "  [[0, 1]]", "∂w[0]/∂x[1, :, :] =", "  [[2, 3]]"]);
  });

  test("large ones keep the ends of the output's axes and of the input's", () => {
    expect(
      lines(
        formatDerivative(
          derivative(
            1,
            tensor([40, 50], (i) => i),
          ),
        ),
      ).slice(1, 5),
    ).toEqual([
      "∂w[1]/∂x  = [  50,   51,   52, …,   97,   98,   99]",
      "∂w[2]/∂x  = [ 100,  101,  102, …,  147,  148,  149]",
      "…",
      "∂w[37]/∂x = [1850, 1851, 1852, …, 1897, 1898, 1899]",
    ]);
  });

  test("shapes", () => {
    expect(shapeText([])).toBe("scalar");
    expect(shapeText([2, 3])).toBe("2×3");
    expect(
      derivativeShapeText(
        derivative(
          0,
          tensor([3], () => 0),
        ),
      ),
    ).toBe("3");
    expect(
      derivativeShapeText(
        derivative(
          1,
          tensor([2, 3, 4], () => 0),
        ),
      ),
    ).toBe("2 | 3×4");
    expect(
      derivativeShapeText(
        derivative(
          1,
          tensor([2], () => 0),
        ),
      ),
    ).toBe("2 | scalar");
  });
});
