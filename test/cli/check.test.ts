import { readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { autograd, temporaryFile, temporaryFolder } from "../support/cli.js";

const check = (...args: readonly string[]) => autograd(["check", ...args]);

const right = "f(x) = sin(x)*x\nderivative f(x; dx) = (cos(x)*x + sin(x))*dx\nw = f(2*a)^2";
const wrong = right.replace("+ sin(x)", "+ 1.0001*sin(x)");
const hidden = "input x in (0, 4)\nf(x) = x^3\nderivative f(x; dx) = where(x > 2, 3.1, 3)*x^2*dx\nw = f(x)";

interface Entry {
  readonly kind: string;
  readonly name: string;
  readonly verdict: string;
  readonly checked: number;
  readonly total: number;
  readonly points: number;
  readonly at: "given" | number;
  readonly reproduce: string | null;
  readonly worst: {
    readonly element: string;
    readonly value: number;
    readonly reference: number;
    readonly slopes: { readonly below: number; readonly above: number } | null;
    readonly node: { readonly op: string } | null;
  } | null;
}

const entriesOf = (...args: readonly string[]): Entry[] => {
  const { stdout } = check(...args, "--format", "json");
  return (JSON.parse(stdout) as { files: { entries: Entry[] }[] }).files.flatMap(({ entries }) => entries);
};

describe("autograd check", () => {
  it("passes what is right", () => {
    const { code, stdout, stderr } = check("-e", right, "--set", "a=0.3");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("2 checks: 2 PASS");
  });

  it("fails what is wrong, and names the call and the rule", () => {
    const { code, stdout } = check("-e", wrong, "--set", "a=0.3");
    expect(code).toBe(1);
    expect(stdout).toMatch(/│ WRONG +│ ∂w\/∂a /);
    expect(stdout).toMatch(/│ WRONG +│ derivative f by x /);
    expect(stdout).toContain("wrong node   f(2*a = 0.6)");
    expect(stdout).toContain("--> -e:3:5");
    expect(stdout).toContain("2 checks: 2 WRONG");
  });

  it.each<[verdict: string, code: number, script: string, values: string[], options?: string[]]>([
    ["PASS", 0, "w = x*y", ["x=2", "y=3"]],
    ["KINK", 0, "w = abs(x)", ["x=0"]],
    ["UNSTABLE", 0, "w = log(1 + x) - x + x^2/2", ["x=1e-5"]],
    ["UNSTABLE", 1, "w = log(1 + x) - x + x^2/2", ["x=1e-5"], ["--max-digits-lost", "3"]],
    ["NONFINITE", 3, "w = sqrt(x)", ["x=0"]],
    ["DISCONTINUOUS", 1, "w = floor(x)", ["x=2"]],
    ["WRONG", 1, wrong.split("\n").slice(0, 2).join("\n").concat("\nw = f(x)"), ["x=1"]],
  ])("says %s with the exit code %i: %#", (verdict, code, script, values, options = []) => {
    const args = ["-e", script, ...values.flatMap((value) => ["--set", value]), ...options];
    expect(check(...args).code).toBe(code);
    expect(entriesOf(...args).map((entry) => entry.verdict)).toContain(verdict);
  });

  it("passes next to a kink, and tells the distance", () => {
    const distances = (x: string) =>
      (
        JSON.parse(check("-e", "w = abs(x - 1) + x", "--set", `x=${x}`, "--format", "json").stdout) as {
          files: { entries: { verdict: string; distance: number | null }[] }[];
        }
      ).files[0]!.entries.map(({ verdict, distance }) => [
        verdict,
        distance && Number(distance.toPrecision(3)),
      ]);
    expect(distances("1.00001")).toEqual([["PASS", 1e-5]]);
    expect(distances("0.9999999")).toEqual([["PASS", 1e-7]]);
    expect(distances("1.1")).toEqual([["PASS", null]]);
    expect(distances("1")).toEqual([["KINK", null]]);
  });

  it("checks asserts too, and the worst of all decides", () => {
    const script = "w = x^2\nassert w > 3\nassert grad(w, x) == 2*x within 1e-12";
    const entries = entriesOf("-e", script, "--set", "x=1");
    expect(entries.map(({ kind, verdict }) => [kind, verdict])).toEqual([
      ["gradient", "PASS"],
      ["assert", "WRONG"],
      ["assert", "PASS"],
    ]);
    expect(check("-e", script, "--set", "x=1").code).toBe(1);
    expect(check("-e", script, "--set", "x=2").code).toBe(0);
  });

  it("finds at samples what the given point does not show, and gives a command that shows it", () => {
    expect(check("-e", hidden, "--set", "x=1.5").code).toBe(0);
    const args = ["-e", hidden, "--set", "x=1.5", "--samples", "20", "--seed", "7"];
    expect(check(...args).code).toBe(1);
    const [entry] = entriesOf(...args);
    expect([entry!.verdict, entry!.points, typeof entry!.at]).toEqual(["WRONG", 21, "number"]);
    // Shrunk to a number of one digit.
    expect(entry!.reproduce).toMatch(/--set x=[34]$/);
    const x = entry!.reproduce!.split(" ").at(-1)!;
    expect(check("-e", hidden, "--set", x).code).toBe(1);
    // The same seed, the same samples.
    expect(check(...args).stdout).toBe(check(...args).stdout);
  });

  it("moves every element of small inputs, large ones in two directions unless every element is asked for", () => {
    const checked = (...options: string[]) =>
      entriesOf("-e", "w = sum(x^3)", "--set", "x=arange(100)/50", ...options).map((entry) => [
        entry.verdict,
        entry.checked,
        entry.total,
      ]);
    expect(checked()).toEqual([["PASS", 2, 100]]);
    expect(checked("--exhaustive")).toEqual([["PASS", 100, 100]]);
  });

  it("names one wrong element among many", () => {
    const script = `f(x) = sum(x^3)
derivative f(x; dx) = sum(3*x^2*(1 + (arange(500) == 321)*1e-6)*dx)
w = f(x)`;
    const [entry] = entriesOf("-e", script, "--set", "x=1 + arange(500)/500");
    expect([entry!.verdict, entry!.worst!.element, entry!.worst!.node!.op]).toEqual(["WRONG", "x[321]", "f"]);
  });

  it("makes samples simpler at which rules and asserts fail, too", () => {
    const script = `f(x) = x^3
derivative f(x; dx) = where(x > 2, 3.3, 3)*x^2*dx
input x in (0, 4) = 1
input y in (0, 4) = 1
w = f(x)*y
assert y < 3`;
    const { stdout } = check("-e", script, "--samples", "20", "--format", "json");
    const { files } = JSON.parse(stdout) as { files: { entries: Entry[] }[] };
    const commands = files[0]!.entries
      .map(({ reproduce }) => reproduce)
      .filter((command) => command !== null);
    expect(commands).toHaveLength(3);
    // One input of two, with two digits at most.
    for (const command of commands) expect(command).toMatch(/assert y < 3' --set [xy]=\d(\.\d)?$/);
  });

  it("says that the given inputs fail where samples fail as they do", () => {
    const inputs = wrong.replace(/^/, "input a in (0, 1) = 0.5\n");
    const { stdout } = check("-e", inputs, "--samples", "5");
    expect(stdout).toContain("2 checks: 2 WRONG");
    expect(stdout).toMatch(/element {6}a at the given inputs/);
    expect(stdout).toMatch(/element {6}x at the given inputs/);
  });

  it("tells of a rule from one number to one the derivative itself, with its slopes", () => {
    const rule = (script: string, x: string) =>
      entriesOf("-e", `${script}\nw = -2*f(-x)`, "--set", `x=${x}`).find(({ kind }) => kind === "rule")!
        .worst!;
    const { element, value, reference } = rule("f(x) = x^2\nderivative f(x; dx) = 3*x*dx", "-5");
    expect([element, value, reference]).toEqual(["x", 15, 10]);
    const { slopes } = rule("f(x) = relu(x)\nderivative f(x; dx) = 0.5*dx", "0");
    expect(slopes).toEqual({ below: 0, above: 1 });
  });

  it("reads the values beside a script where its inputs have none", () => {
    const folder = temporaryFolder(
      new Map([
        ["m.ag", "w = x^2"],
        ["m.json", '{"x": 3}'],
      ]),
    );
    expect(autograd(["check", "m.ag"], undefined, folder).code).toBe(0);
  });

  it("writes several formats at once, each where it belongs", () => {
    const folder = temporaryFolder(new Map([["m.ag", wrong]]));
    const args = [
      "check",
      "m.ag",
      "--set",
      "a=1",
      "--format",
      "junit",
      "--output",
      "r.xml",
      "--format",
      "tap",
    ];
    const { code, stdout } = autograd(args, undefined, folder);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^TAP version 14\n/);
    expect(readFileSync(path.join(folder, "r.xml"), "utf8")).toContain("<failure");
  });

  it("checks several files, and one that cannot be used makes the whole unusable", () => {
    const folder = temporaryFolder(
      new Map([
        ["a.ag", "input x = 1\nw = x^2"],
        ["b.ag", "w = sinn(x)"],
      ]),
    );
    const both = autograd(["check", "a.ag", "b.ag"], undefined, folder);
    expect(both.code).toBe(2);
    expect(both.stdout).toContain("no function `sinn`");
    expect(both.stdout).toContain("1 check in 2 files: 1 PASS; 1 file could not be checked");
    expect(autograd(["check", "a.ag"], undefined, folder).code).toBe(0);
  });

  it("gives the same with several processes", () => {
    const files = Array.from({ length: 5 }, (_, k): [string, string] => [
      `${k}.ag`,
      k === 2 ? wrong : k === 3 ? "w = sinn(x)" : `input a = ${k}.5\nw = a^${k}`,
    ]);
    const folder = temporaryFolder(new Map(files));
    const run = (...options: string[]) =>
      autograd(["check", ...files.map(([name]) => name), ...options], undefined, folder);
    const alone = run("--set", "a=1.5");
    expect(alone.stdout).toContain("∂w/∂a");
    expect(run("--set", "a=1.5", "--jobs", "3")).toEqual(alone);
  });

  it.each<[string, string[], RegExp]>([
    ["nothing to check", ["-e", "w = 2"], /nothing to check/],
    ["a name that is no input", ["-e", "u = x^2; w = u", "--set", "x=1", "--wrt", "u"], /moves inputs/],
    ["an input without a value", ["-e", "w = x^2"], /`x`/],
    ["an unknown format", ["-e", "w = x", "--format", "xml"], /junit/],
    ["an output without a format", ["-e", "w = x", "--output", "r.xml"], /--format/],
    ["a file that is not there", ["nowhere.ag"], /nowhere\.ag/],
    ["no script", [], /autograd check model\.ag/],
    ["a value that has none", ["-e", "w = inv(A)", "--set", "A=[[1,1],[1,1]]"], /singular/],
  ])("refuses %s", (_, args, message) => {
    const { code, stdout, stderr } = check(...args);
    expect(code).toBe(2);
    expect(stdout + stderr).toMatch(message);
  });

  it("warns of samples without domains", () => {
    const { code, stdout } = check("-e", "w = x^2", "--set", "x=1", "--samples", "5");
    expect(code).toBe(0);
    expect(stdout).toContain("no input is declared in a domain");
  });

  it("tells GitHub where it runs there", () => {
    const summary = temporaryFile("summary.md", "before\n");
    const keep = { ...process.env };
    Object.assign(process.env, { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summary });
    try {
      const { stdout } = check("-e", wrong, "--set", "a=1");
      expect(stdout).toContain("::error file=-e,line=3");
      expect(readFileSync(summary, "utf8")).toMatch(/^before\n### autograd check\n/);
    } finally {
      process.env = keep;
    }
  });
});

describe("a summary for GitHub that cannot be written", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("is an error like that of another file", () => {
    const folder = temporaryFolder(new Map());
    vi.stubEnv("GITHUB_ACTIONS", "true");
    vi.stubEnv("GITHUB_STEP_SUMMARY", path.join(folder, "nowhere", "summary.md"));
    const { code, stdout, stderr } = check("-e", right, "--set", "a=0.3");
    expect(stdout).toContain("2 checks: 2 PASS");
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: there is no folder `.*nowhere`\n/)]);
  });
});

describe("paths in reports", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("count from the root of the repository that a runner names", () => {
    const folder = temporaryFolder(new Map([["model.ag", "w = sqrt(0*x)"]]));
    const file = path.join(folder, "model.ag");
    vi.stubEnv("GITHUB_WORKSPACE", path.dirname(folder));
    vi.stubEnv("CI_PROJECT_DIR", folder);
    const told = (format: string) => check(file, "--set", "x=1", "--format", format).stdout;
    expect(told("github")).toContain(`file=${path.basename(folder)}/model.ag,line=1`);
    expect(told("gitlab")).toContain('"path": "model.ag"');
    expect(told("junit")).toContain(`<testsuite name="${path.basename(folder)}/model.ag"`);
  });
});
