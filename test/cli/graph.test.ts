import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { autograd, temporaryFolder } from "../support/cli.js";

const chain = path.resolve("examples/chain.ag");
const emptyFolder = () => temporaryFolder(new Map());

test("writes a picture named after the script into the current folder, and says so", () => {
  const folder = emptyFolder();
  expect(autograd(["graph", chain], undefined, folder)).toEqual({
    code: 0,
    stdout: "",
    stderr: "wrote chain.svg\n",
  });
  expect(readdirSync(folder)).toEqual(["chain.svg"]);
  expect(readFileSync(path.join(folder, "chain.svg"), "utf8")).toMatch(/^<svg (.|\n)*<\/svg>\n$/);
});

test("writes a page, where it is told to", () => {
  const folder = emptyFolder();
  const args = ["graph", chain, "--format", "html", "--output", "a page.html"];
  expect(autograd(args, undefined, folder)).toEqual({ code: 0, stdout: "", stderr: "" });
  const html = readFileSync(path.join(folder, "a page.html"), "utf8");
  expect(html).toMatch(/^<!doctype html>/);
  expect(html).not.toMatch(/(src|href)="(?!data:)/);
});

test.each([
  ["dot", /^digraph "chain\.ag" \{/],
  ["mermaid", /^%% Computation graph of chain\.ag\nflowchart TD\n/],
  ["text", /^w = u \+ log\(v\) {2}3\.3041 {2}sum_grad 1\n├─ u/],
  ["json", /^\{"title":"chain\.ag","view":"forward","nodes":\[/],
])("prints %s on standard output", (format, expected) => {
  const { code, stdout, stderr } = autograd(["graph", chain, "--format", format]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(expected);
});

test("--json is JSON, --output - a picture on standard output", () => {
  expect(JSON.parse(autograd(["graph", chain, "--json"]).stdout)).toMatchObject({ folded: null });
  expect(autograd(["graph", chain, "--output", "-"]).stdout).toMatch(/^<svg /);
});

test("--backward draws the derivatives, --depth folds, --of and --wrt choose", () => {
  const text = (...args: string[]) => autograd(["graph", chain, "--format", "text", ...args]).stdout;
  expect(text("--backward", "--wrt", "z")).toMatch(/^sum_grad\(z\) = .* {2}1\.2935\n/);
  expect(text("--depth", "1")).toMatch(
    /^folded to depth 1 \(of 7 boxes\)\n\nw = k\(u, v\) {2}3\.3041 {2}2 operations/,
  );
  expect(text("--of", "u", "--wrt", "x")).toMatch(/ y {2}3 {2}not connected {2}input\n/);
  expect(text("--no-grad")).not.toContain("sum_grad");
});

test("without values, draws shapes, and says what is missing", () => {
  const script = "input A: [2, 3]\ninput x: [3]\ny = sum(A @ x)";
  const { code, stdout, stderr } = autograd(["graph", "-e", script, "--format", "text"]);
  expect(stdout).toContain("A @ x  vector of 2\n");
  expect(stderr).toContain("warning: `A`, `x` have no value: the graph is drawn without values\n");
  expect(code).toBe(0);
  const assumed = autograd(["graph", "-e", "y = a * b", "--format", "text", "--quiet"]);
  expect(assumed).toEqual({ code: 0, stdout: "y = a * b\n├─ a  input\n└─ b  input\n", stderr: "" });
});

test.each([
  ["an unknown name", ["-e", "total = 2 * 3", "--of", "totl"], /did you mean `total`/],
  ["shapes that do not fit what was assumed", ["-e", "y = a @ b"], /the inputs `a`, `b` have no value/],
  ["a dimension without a size", ["-e", "input x: [n]\ny = sum(x)"], /the input `x` has no value/],
  ["no derivative", ["-e", "const k = 2\ny = 3 * k + zeros(2)", "--backward"], /no derivative to draw/],
  ["an empty name as output", ["-e", "y = 2", "-o", ""], /Give the name of a file/],
  ["a folder as output", ["-e", "y = 2", "-o", "."], /folder|directory/],
  ["nothing to open", ["-e", "y = 2", "--format", "dot", "--open"], /--output FILE/],
])("refuses %s, and writes nothing", (_, args, message) => {
  const folder = emptyFolder();
  const { code, stdout, stderr } = autograd(["graph", ...args], undefined, folder);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(message);
  expect(readdirSync(folder)).toEqual([]);
});

test("too many boxes fold, and too many that were asked for are refused", () => {
  const folder = emptyFolder();
  const lines = Array.from({ length: 2200 }, (_, i) => `x${i + 1} = sin(x${i})`);
  const script = path.join(
    temporaryFolder(new Map([["long.ag", `x0 = 1\n${lines.join("\n")}\n`]])),
    "long.ag",
  );
  const folded = autograd(["graph", script], undefined, folder);
  expect(folded.code).toBe(0);
  expect(folded.stderr).toMatch(
    /^warning: 2201 boxes are too many for one picture: definitions stand together in groups/,
  );
  expect(readFileSync(path.join(folder, "long.svg"), "utf8")).toContain("2201 boxes are too many");
  const refused = autograd(["graph", script, "--depth", "1", "-o", "all.svg"], undefined, folder);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/2201 boxes would be too large: the most is 2000\n {2}hint: .*--of NAME/);
  expect(existsSync(path.join(folder, "all.svg"))).toBe(false);
});
