import { describe, expect, it } from "vitest";
import { autograd, temporaryFile } from "../support/cli.js";

describe("autograd why", () => {
  it("explains a value, and ends with 0", () => {
    const { code, stdout, stderr } = autograd(["why", "w", "-e", "w = log(x)", "-s", "x=0"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("w is -Infinity\n");
    expect(stdout).toContain(" --> -e:1:5\n");
    expect(stdout).toContain("reason: log(0) is -∞");
  });

  it("takes what eval suggests as it stands", () => {
    const script = temporaryFile("a model.ag", "input x\ninput y = [1, 2]\nw = sum(sqrt(x) * y)");
    const input = temporaryFile("in.json", '{"x": [0, 4]}');
    const { stderr } = autograd(["eval", script, "-i", input, "-s", "y=[0, 1]"]);
    const [, command] = /hint: `autograd (.*)` finds out why/.exec(stderr)!;
    const words = [...command!.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
    const { code, stdout } = autograd(words);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^∂w\/∂x\[0\] is NaN \(1 of 2 elements is not finite\)\n/);
  });

  it("takes a derivative as eval prints it, and in ASCII", () => {
    const ask = (name: string) => autograd(["why", name, "-e", "w = x - x", "-s", "x=1"]).stdout;
    expect(ask("∂w/∂x")).toContain("cancelled");
    expect(ask("w/x")).toBe(ask("∂w/∂x"));
    expect(ask("x")).toBe(ask("w/x"));
  });

  it("chooses among outputs the one that is wrong, or the one that is named", () => {
    const args = ["why", "x", "-e", "a = 2 * x; b = sqrt(x)", "-s", "x=0"];
    expect(autograd(args).stdout).toContain("∂b/∂x is Infinity");
    expect(autograd([...args, "--of", "a"]).stdout).toBe("∂a/∂x is 2: nothing is wrong with it\n");
  });

  it("prints JSON", () => {
    const { stdout } = autograd(["why", "w/x", "-e", "w = sum(relu(x))", "-s", "x=[1,-2]", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      name: "∂w/∂x",
      index: [1],
      value: 0,
      count: { affected: 1, total: 2 },
      causes: [
        {
          kind: "zero by value",
          at: { op: "relu", line: 1, column: 9, text: "relu(x)", index: [1] },
          reads: [{ name: "x", index: [1], value: -2 }],
          sumGrad: { value: 1 },
          chain: [{ name: "relu(x)" }, { name: "x", is: "derivative", value: 0 }],
        },
      ],
    });
  });

  it.each([
    ["an unknown name", ["losss", "-e", "loss = x^2", "-s", "x=1"], "did you mean `loss`?"],
    ["an unknown input", ["loss/y", "-e", "loss = xy^2", "-s", "xy=1"], "`y` is not a name in this script"],
    ["a function", ["f", "-e", "f(a) = a; w = f(x)", "-s", "x=1"], "`f` is a function"],
    ["no name", ["model.ag"], "write `autograd why NAME model.ag`"],
    ["neither a name nor a derivative", ["w/x/y", "-e", "w = x"], "is neither a name nor a derivative"],
    [
      "an element that is not there",
      ["w/x[2]", "-e", "w = sum(x)", "-s", "x=[1,2]"],
      "`x` has no element [2]",
    ],
    ["a missing value", ["w", "-e", "w = x"], "the input `x` has no value"],
    ["a matrix that has no inverse", ["w", "-e", "w = inv(x)", "-s", "x=zeros(2,2)"], "singular"],
  ])("refuses %s", (_, args, message) => {
    const { code, stdout, stderr } = autograd(["why", ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });
});
