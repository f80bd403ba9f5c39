import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { autograd, temporaryFolder } from "../support/cli.js";

const script = ["-e", "y = sum(exp(sin(x)) * 2)", "-s", "x=linspace(0, 1, 10000)"];
const profile = (...args: string[]) => autograd(["eval", ...script, "--profile", ...args]);

interface Cost {
  readonly milliseconds: number;
  readonly share: number;
  readonly forward: number;
  readonly backward: number;
}

interface ProfileJson {
  readonly engine: string;
  readonly milliseconds: number;
  readonly lines: readonly (Cost & {
    file: string;
    line: number;
    text: string;
    nodes: number;
    bytes: number;
  })[];
  readonly ops: readonly (Cost & { op: string; nodes: number; elements: number })[];
  readonly groups: readonly { share: number; ops: string[]; reductions: string[]; lines: unknown[] }[];
}

const sum = (costs: readonly Cost[], key: keyof Cost) => costs.reduce((total, cost) => total + cost[key], 0);

describe("autograd eval --profile", () => {
  it("prints tables behind the results", () => {
    const { code, stdout, stderr } = profile("--no-grad");
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const headings = [...stdout.matchAll(/╭.*\n│ (.*) │\n/g)].map(([, cells]) => cells!.split(/ +│ +/));
    expect(headings.map((cells) => cells.map((cell) => cell.trim()))).toEqual([
      ["output", "shape", "value"],
      ["profile", ""],
      ["line", "time", "share", "stored", "nodes", "source"],
      ["op", "time", "share", "nodes", "elements", "per element"],
      ["fused", "share", "lines", "shape", "operations"],
    ]);
    expect(stdout).toMatch(/│ 1 +│ .* │ y = sum\(exp\(sin\(x\)\) \* 2\) │/);
    expect(stdout).toMatch(/│ 1 +│ 10000 +│ sin, exp, mul → sum +│/);
    expect(stdout).toContain("│ 40, by 1 group");
  });

  it("prints Markdown", () => {
    const { stdout } = profile("--format", "markdown");
    expect(stdout).toContain("| line | forward | backward | share | stored | nodes | source |");
    expect(stdout).toContain("| `y = sum(exp(sin(x)) * 2)` |");
    expect(stdout.match(/^\| --- /gm)).toHaveLength(6);
  });

  it("is a member of JSON, in which lines and operations add up", () => {
    const { stdout } = profile("--json");
    const found = JSON.parse(stdout) as { outputs: object; gradients: object; profile: ProfileJson };
    expect(Object.keys(found)).toEqual(["outputs", "gradients", "profile"]);
    const { lines, ops, groups, milliseconds, ...facts } = found.profile;
    expect(Object.keys(facts)).toEqual([
      "engine",
      "threads",
      "runs",
      "timings",
      "nodes",
      "instructions",
      "strips",
      "bytes",
    ]);
    expect(facts).toMatchObject({
      engine: "JavaScript",
      nodes: { forward: 4, backward: 3 },
      instructions: { written: 1, run: 1 },
      strips: { instructions: 1, cut: 40 },
    });
    for (const costs of [lines, ops]) {
      expect(sum(costs, "milliseconds")).toBeCloseTo(milliseconds, 9);
      expect(sum(costs, "share")).toBeCloseTo(1, 9);
    }
    expect(sum(lines, "forward")).toBeCloseTo(sum(ops, "forward"), 9);
    expect(lines).toMatchObject([{ file: "-e", line: 1, text: "y = sum(exp(sin(x)) * 2)", nodes: 7 }]);
    expect(ops.map(({ op, nodes, elements }) => `${nodes} ${op} ${elements}`).toSorted()).toEqual([
      "1 cos 10000",
      "1 exp 10000",
      "1 sin 10000",
      "1 sum 10000",
      "3 mul 30000",
    ]);
    expect(groups).toMatchObject([
      { shape: [10_000], reductions: ["sum"], lines: [{ file: "-e", line: 1 }] },
    ]);
    expect(groups[0]!.share).toBeCloseTo(1, 9);
    expect(groups[0]!.ops.toSorted()).toEqual(["cos", "exp", "mul", "mul", "mul", "sin"]);
  });

  it("has no place in CSV", () => {
    const { code, stdout, stderr } = profile("--format", "csv");
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toBe("error: option '--profile' cannot be used with option '--format csv'\n");
  });

  it("names the files of imported lines", () => {
    const folder = temporaryFolder(
      new Map([
        ["main.ag", 'import "lib/base.ag"\ny = twice(x) + 1'],
        ["lib/base.ag", "twice(a) = 2 * sin(a)"],
      ]),
    );
    const { code, stdout } = autograd(["eval", "main.ag", "-s", "x=1", "--profile"], undefined, folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(/│ main\.ag:2 +│/);
    expect(stdout).toMatch(/│ lib\/base\.ag:1 +│/);
  });

  it("reads as docs/language.md shows it", () => {
    const page = readFileSync("docs/language.md", "utf8");
    const [, command, shown] = /^```text\n\$ autograd (.* --profile.*)\n([\s\S]*?)^```$/m.exec(page)!;
    const args = [...command!.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
    const printed = autograd(args).stdout;
    expect(withoutTimes(printed)).toEqual(withoutTimes(shown!));
  });
});

/** Rows are in the order of their times, and columns as wide as these. */
const withoutTimes = (tables: string) =>
  tables
    .replace(/[\d.]+ (ns|µs|ms|s|%)/g, "#")
    .replace(/│ runs .*│/, "│ runs #│")
    .replace(/─+/g, "─")
    .replace(/ +/g, " ")
    .split("\n")
    .toSorted();
