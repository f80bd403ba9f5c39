import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { autograd, temporaryFile } from "../support/cli.js";
import { parseXml } from "../support/xml.js";

const run = (...args: readonly string[]) => autograd(["sensitivity", ...args]);
const script = ["-e", "z = x^2 * y", "--set", "y=3"];

/** The JSON of a run that has nothing to complain of. */
const json = (...args: readonly string[]) => {
  const { code, stdout, stderr } = run(...args, "--json");
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
};

/** The messages of a run that is refused. */
const refused = (...args: readonly string[]) => {
  const { code, stdout, stderr } = run(...args);
  expect([code, stdout]).toEqual([2, ""]);
  return [...stderr.matchAll(/^error: (.*)$/gm)].map(([, message]) => message);
};

describe("autograd sensitivity", () => {
  it("prints elasticities, and the variance of what is uncertain", () => {
    const { code, stdout, stderr } = run(...script, "-s", "x=2 ± 0.1", "--sigma", "y=0.2");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(`z = 12
elasticity: per cent of z for one per cent of the input
╭───────┬───────┬──────────┬────────────┬──────────────────────────────────────╮
│ input │ value │ gradient │ elasticity │                                      │
├───────┼───────┼──────────┼────────────┼──────────────────────────────────────┤
│ x     │     2 │       12 │          2 │ ████████████████████████████████████ │
│ y     │     3 │        4 │          1 │ ██████████████████                   │
╰───────┴───────┴──────────┴────────────┴──────────────────────────────────────╯

z = 12 ± 1.44222 (12 %)
share of the variance, to first order
╭───────┬─────────┬────────┬──────────────────────────────────────────╮
│ input │ value   │ share  │                                          │
├───────┼─────────┼────────┼──────────────────────────────────────────┤
│ x     │ 2 ± 0.1 │ 69.2 % │ ████████████████████████████████████████ │
│ y     │ 3 ± 0.2 │ 30.8 % │ █████████████████▊                       │
╰───────┴─────────┴────────┴──────────────────────────────────────────╯
`);
  });

  it("reads an uncertainty in every form that says the same", () => {
    const file = temporaryFile("data.json", '{"x": {"value": 2, "sigma": 0.1}}');
    const matrix = temporaryFile("data.json", '{"x": {"value": 2, "covariance": [[0.010000000000000002]]}}');
    const joint = temporaryFile("joint.json", '{"x": 0.010000000000000002}');
    const expected = json(...script, "-s", "x=2", "--sigma", "x=0.1").uncertainties;
    expect(expected.z.sigma).toBeCloseTo(1.2, 12);
    for (const forms of [
      ["-s", "x=2±0.1"],
      ["-s", "x = 2 +/- 1/10"],
      ["-s", "x=2+-0.1"],
      ["-i", file],
      ["-i", matrix],
      ["-s", "x=2", "--covariance", joint],
    ])
      expect(json(...script, ...forms).uncertainties).toEqual(expected);
  });

  it("lets the command line stand in for what a file says", () => {
    const file = temporaryFile(
      "data.json",
      '{"x": {"value": 2, "sigma": 0.1}, "y": {"value": 3, "sigma": 1}}',
    );
    const joint = temporaryFile("joint.json", '{"x, y": [[4, 0], [0, 9]]}');
    const sigmas = (...args: readonly string[]) => {
      const { inputs } = json("-e", "z = x + y", "-i", file, ...args).uncertainties.z;
      return [inputs.x.sigma, inputs.y.sigma];
    };
    expect(sigmas()).toEqual([0.1, 1]);
    expect(sigmas("--sigma", "x=5")).toEqual([5, 1]);
    expect(sigmas("-s", "x=9")).toEqual([0.1, 1]);
    expect(sigmas("--covariance", joint)).toEqual([2, 3]);
  });

  it("propagates what --wrt does not ask elasticities for", () => {
    const { elasticities, uncertainties } = json(...script, "-s", "x=2±0.1", "--wrt", "y");
    expect(Object.keys(elasticities.z.inputs)).toEqual(["y"]);
    expect(Object.keys(uncertainties.z.inputs)).toEqual(["x"]);
  });

  it("has the covariance of all elements of the outputs", () => {
    const { covariance } = json("-e", "u = [x, 2*x]; v = -x", "-s", "x=1±1");
    expect(covariance).toEqual({
      outputs: ["u[0]", "u[1]", "v"],
      matrix: [
        [1, 2, -1],
        [2, 4, -2],
        [-1, -2, 1],
      ],
    });
  });

  it("sums up what --top leaves out", () => {
    const { stdout } = run("-e", "s = sum(x)", "-s", "x=[1,2,3,4] ± 1", "--top", "2", "--format", "markdown");
    expect(stdout).toContain(
      "| x\\[3\\] | `4` | `1` | `0.4` |\n| x\\[2\\] | `3` | `1` | `0.3` |\n| … 2 more |  |  | `30 %` |",
    );
    expect(stdout).toContain("| … 2 more |  | `50 %` |");
  });

  it("shows gradients where elasticities are not defined", () => {
    const { code, stdout } = run("-e", "y = a - b", "-s", "a=1", "-s", "b=1");
    expect(code).toBe(0);
    expect(stdout).toContain("y is 0: elasticities are not defined, so the gradient itself is shown\n");
    expect(stdout).toContain("│ b     │     1 │       -1 │");
    expect(json("-e", "y = a - b", "-s", "a=1", "-s", "b=1").elasticities.y.inputs.a.elasticity).toBe(null);
  });

  it("ends with 3 where something is not finite, and says what", () => {
    const { code, stdout, stderr } = run("-e", "y = sqrt(x) + 1", "-s", "x=0");
    expect([code, stderr]).toEqual([3, "warning: not finite: ∂y/∂x\n"]);
    expect(stdout).toContain("│ x     │     0 │ Infinity │ not defined │");
    expect(stdout).not.toContain("NaN %");
    expect(run("-e", "y = x", "-s", "x=inf", "--nonfinite", "error").stdout).toBe("");
    const nothing = run("-e", "y = log(x)", "-s", "x=-1±1");
    expect([nothing.code, nothing.stdout]).toEqual([3, expect.stringContaining("y = NaN ± NaN\n")]);
  });

  it("says so where an output has no elements", () => {
    const { code, stdout } = run("-e", "y = x[:0]", "-s", "x=[1, 2] ± 1", "--rounding");
    expect([code, stdout]).toEqual([0, "y has no elements\nthere is nothing to tell of it\n"]);
  });

  it("bounds rounding errors, with digits and sources", () => {
    const { code, stdout } = run("-e", "y = (1 + x) - 1", "-s", "x=1e-10", "--rounding");
    expect(code).toBe(0);
    expect(stdout).toContain("│ y      │ 1e-10 │ 1.11e-16 │  1.11e-6 │           5 │");
    expect(stdout).toMatch(/│ 1 {4}│ add {7}│ \(1 \+ x\) +│ {2}100 %/);
    const { rounding } = json("-e", "y = (1 + x) - 1", "-s", "x=1e-10", "--rounding");
    expect(rounding.y.sources[0]).toMatchObject({ op: "add", text: "(1 + x)", file: "-e", line: 1 });
  });

  it("writes CSV, a table for each kind", () => {
    expect(
      run(...script, "-s", "x=2±0.1", "--format", "csv").stdout,
    ).toBe(`output,input,index,value,gradient,elasticity
z,x,,2,12,2
z,y,,3,4,1

output,input,index,value,sigma,share
z,,,12,1.2000000000000002,
z,x,,2,0.1,1
`);
    expect(run("-e", "y = x / 3", "-s", "x=3", "--rounding", "--format", "csv").stdout).toBe(
      `output,value,bound,relative,digits\ny,1,${2 ** -53},${2 ** -53},15\n`,
    );
  });

  it("draws SVG, to a file that is whole or not there", () => {
    const file = path.join(temporaryFile("empty", ""), "..", "chart.svg");
    const drawn = run(...script, "-s", "x=2±0.1", "--format", "svg", "--output", file);
    expect([drawn.code, drawn.stdout, drawn.stderr]).toEqual([0, "", ""]);
    const text = readFileSync(file, "utf8");
    expect(text).toBe(run(...script, "-s", "x=2±0.1", "--format", "svg").stdout);
    expect(() => parseXml(`<?xml version="1.0" encoding="UTF-8"?>\n${text}`)).not.toThrow();
    const folder = path.join(file, "..", "folder");
    mkdirSync(folder);
    expect(refused(...script, "-s", "x=2", "--format", "svg", "--output", folder)[0]).toMatch(/folder/);
    const failing = path.join(file, "..", "failing.svg");
    expect(refused(...script, "--format", "svg", "--output", failing)[0]).toMatch(/no value/);
    expect(existsSync(failing)).toBe(false);
    expect(readdirSync(path.dirname(file)).sort()).toEqual(["chart.svg", "empty", "folder"]);
  });

  it("refuses what it cannot use, all of it at once", () => {
    expect(refused(...script, "-s", "x=2", "--sigma", "yy=1", "--sigma", "k=1")).toEqual([
      "an uncertainty is given for `yy`, but the script has no such input",
      "an uncertainty is given for `k`, but the script has no such input",
    ]);
    expect(refused("-e", "const k = 2; input x = 1; y = k*x", "--sigma", "k=1")).toEqual([
      "an uncertainty is given for `k`, but `k` is a constant, not an input",
    ]);
    expect(refused(...script, "-s", "x=[1±0.1]", "-s", "y=±2", "--sigma", "x")).toEqual([
      "`x` is not of the form NAME=SIGMA",
      "`±` stands between a whole value and its standard deviation, not within brackets",
      "there is no value before `±`",
    ]);
    expect(refused(...script, "-s", "x=2", "--of", "q")).toEqual(["`q` is not a name in this script"]);
    expect(refused("-e", "y = 2 * 3", "--wrt", "y", "--set", "x=1±1")[0]).toMatch(/no such input/);
    expect(refused("-e", "const a = 1; y = 2 * a")).toEqual([
      "there is no input that an output could be sensitive to",
    ]);
    expect(refused("-e", "y = x", "-s", "x=arange(2000)")[0]).toMatch(/outputs of up to 1000 elements/);
  });

  it("is the only command that knows ±, but not the only one that reads uncertain values", () => {
    const { code, stderr } = autograd(["eval", ...script, "-s", "x=2±0.1"]);
    expect(code).toBe(2);
    expect(stderr).toContain("`autograd sensitivity` propagates uncertainties");
    const file = temporaryFile("data.json", '{"x": {"value": 2, "sigma": 0.1}}');
    expect(autograd(["eval", ...script, "-i", file, "--json"]).stdout).toBe(
      '{"outputs":{"z":12},"gradients":{"z":{"x":12,"y":4}}}\n',
    );
  });
});
