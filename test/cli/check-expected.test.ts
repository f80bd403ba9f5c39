import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { autograd, temporaryFile, temporaryFolder } from "../support/cli.js";

const script = `
input W: [2,3] = [[1,2,3],[4,5,6]]
input x: [3] = [0.1, 0.2, 0.3]
input b
y = tanh(W @ x) + b
w = sum(y^2)
output y, w
`;

interface Report {
  readonly files: readonly {
    readonly diagnostics: readonly { code: string; severity: string; message: string }[];
    readonly entries: readonly {
      readonly kind: string;
      readonly name: string;
      readonly verdict: string;
      readonly points: number;
      readonly worst: { readonly element: string; readonly value: number; readonly reference: number } | null;
    }[];
  }[];
}

function check(...args: readonly string[]) {
  const { code, stdout, stderr } = autograd(["check", ...args, "--format", "json"]);
  const report = (stdout === "" ? { files: [] } : JSON.parse(stdout)) as Report;
  const [{ diagnostics, entries } = { diagnostics: [], entries: [] }] = report.files;
  return {
    code,
    stderr,
    diagnostics: diagnostics.map((d) => `${d.severity} ${d.code}`),
    messages: diagnostics.map(({ message }) => message),
    expected: entries.filter(({ kind }) => kind === "expected"),
    others: entries.filter(({ kind }) => kind !== "expected").length,
  };
}

const verdicts = (found: ReturnType<typeof check>) => found.expected.map(({ verdict }) => verdict);

function model(...more: readonly (readonly [string, string])[]) {
  const folder = temporaryFolder(new Map([["model.ag", script], ["data.json", '{"b": 0.5}'], ...more]));
  const at = (name: string) => path.join(folder, name);
  return { folder, at, file: at("model.ag"), inputs: ["--input", at("data.json")] };
}

const printed = (file: string, ...args: readonly string[]) => {
  const { code, stdout } = autograd(["eval", file, "--json", ...args]);
  expect(code).toBe(0);
  return stdout;
};

describe("--expected", () => {
  it("keeps a file apart from what --update has written under the same name elsewhere", () => {
    const { file, inputs, at, folder } = model();
    expect(autograd(["check", file, ...inputs, "--update"]).code).toBe(0);
    const other = path.join(temporaryFolder(new Map([["model.grads.json", ""]])), "model.grads.json");
    writeFileSync(other, readFileSync(at("model.grads.json"), "utf8").replace(/"w": ?[-\d.]+/, '"w":77'));
    const found = check(file, ...inputs, "--expected", other);
    expect(found.code).toBe(1);
    const wrong = found.expected.filter(({ verdict }) => verdict === "WRONG").map(({ name }) => name);
    expect(wrong).toEqual([`w in ${other}`]);
    expect(found.expected.map(({ name }) => name)).toContain(`w in ${folder}/model.grads.json`);
    expect(found.expected.every(({ points }) => points === 1)).toBe(true);
  });

  it.each([[[]], [["--sparse"]], [["--all"]]])("passes with what eval prints: %s", (options) => {
    const { file, inputs, at } = model();
    writeFileSync(at("g.json"), printed(file, ...inputs, ...options));
    const found = check(file, ...inputs, "--expected", at("g.json"));
    expect([found.code, found.diagnostics, found.others]).toEqual([0, [], 6]);
    expect(found.expected.map(({ name, verdict }) => [name, verdict])).toEqual([
      ["y in g.json", "PASS"],
      ["w in g.json", "PASS"],
      ["∂y/∂W in g.json", "PASS"],
      ["∂y/∂x in g.json", "PASS"],
      ["∂y/∂b in g.json", "PASS"],
      ["∂w/∂W in g.json", "PASS"],
      ["∂w/∂x in g.json", "PASS"],
      ["∂w/∂b in g.json", "PASS"],
    ]);
  });

  it("names the element that differs", () => {
    const { file, inputs, at } = model();
    const results = JSON.parse(printed(file, ...inputs));
    const right = results.gradients.w.W[1][0];
    results.gradients.w.W[1][0] *= 1.00001;
    writeFileSync(at("g.json"), JSON.stringify(results));
    const found = check(file, ...inputs, "--expected", at("g.json"));
    expect(found.code).toBe(1);
    const wrong = found.expected.filter(({ verdict }) => verdict === "WRONG");
    expect(wrong.map(({ name, worst }) => [name, worst!.element, worst!.value, worst!.reference])).toEqual([
      ["∂w/∂W in g.json", "W[1,0]", results.gradients.w.W[1][0], right],
    ]);
    const lax = check(file, ...inputs, "--expected", at("g.json"), "--tolerance", "1e-4");
    expect([lax.code, new Set(verdicts(lax))]).toEqual([0, new Set(["PASS"])]);
  });

  it("fails for what is not finite", () => {
    const { file, inputs, at } = model();
    const results = JSON.parse(printed(file, ...inputs));
    results.gradients.w.x[2] = "NaN";
    writeFileSync(at("g.json"), JSON.stringify(results));
    const found = check(file, ...inputs, "--expected", at("g.json"));
    expect([found.code, found.expected.find(({ verdict }) => verdict !== "PASS")!.worst!.element]).toEqual([
      3,
      "x[2]",
    ]);
  });

  it.each([
    ['{"gradients": {}}', "claim-missing"],
    ['{"gradients": {"q": {}}}', "claim-unknown"],
    ['{"gradients": {"w": {"x": [1, 2]}}}', "claim-shape"],
    ['{"gradients": {"w": {"x": [1, 2', "json-syntax"],
    ["", "json-syntax"],
  ])("cannot use %s", (text, code) => {
    const { file, inputs, at } = model(["g.json", text]);
    const found = check(file, ...inputs, "--expected", at("g.json"));
    expect([found.code, found.diagnostics, found.expected, found.others]).toEqual([
      2,
      [`error ${code}`],
      [],
      6,
    ]);
    const { stdout } = autograd(["check", file, ...inputs, "--expected", at("g.json")]);
    expect(stdout).toContain(`--> ${at("g.json")}:1:`);
  });

  it("tells of one script, at the values that the file is for", () => {
    const { file, inputs, at } = model();
    writeFileSync(at("g.json"), printed(file, ...inputs));
    const two = check(file, file, ...inputs, "--expected", at("g.json"));
    expect([two.code, two.diagnostics]).toEqual([2, ["error expected-many"]]);
    expect(check(file, ...inputs, "--update").code).toBe(0);
    const other = check(file, "--set", "b=1", "--expected", at("model.grads.json"), "--no-baseline");
    expect([other.code, other.diagnostics]).toEqual([2, ["error expected-inputs"]]);
    const none = check(file, ...inputs, "--expected", at("none.json"));
    expect([none.code, none.diagnostics]).toEqual([2, ["error file-missing"]]);
  });

  it("may have more than the part that is asked for", () => {
    const { file, inputs, at } = model();
    writeFileSync(at("g.json"), printed(file, ...inputs));
    const found = check(file, ...inputs, "--expected", at("g.json"), "--of", "w", "--wrt", "x");
    expect([found.code, found.expected.map(({ name }) => name)]).toEqual([
      0,
      ["w in g.json", "∂w/∂x in g.json"],
    ]);
  });
});

describe("--update", () => {
  it("writes the gradients beside the script, with which later runs compare", () => {
    const { folder, file, inputs, at } = model();
    expect(verdicts(check(file, ...inputs))).toEqual([]);
    const first = check(file, ...inputs, "--update");
    expect([first.code, first.stderr, verdicts(first)]).toEqual([0, "", []]);
    expect(readdirSync(folder).sort()).toEqual(["data.json", "model.ag", "model.grads.json"]);
    const baseline = at("model.grads.json");
    const written = readFileSync(baseline, "utf8");
    expect(written).toBe(
      `{"inputs":{"W":[[1,2,3],[4,5,6]],"x":[0.1,0.2,0.3],"b":0.5},${printed(file, ...inputs).slice(1)}`,
    );

    const same = check(file, ...inputs);
    expect([same.code, same.diagnostics, verdicts(same)]).toEqual([0, [], Array(8).fill("PASS")]);
    const without = check(file, ...inputs, "--no-baseline");
    expect([without.code, verdicts(without)]).toEqual([0, []]);

    // Another formula for the same names: right in itself, but not what it was.
    writeFileSync(file, script.replace("tanh", "sin"));
    const changed = check(file, ...inputs);
    expect([changed.code, changed.others]).toEqual([1, 6]);
    expect(changed.expected.filter(({ verdict }) => verdict === "WRONG")).toHaveLength(7);
    expect(check(file, ...inputs, "--no-baseline").code).toBe(0);
    expect(check(file, ...inputs, "--update").code).toBe(0);
    expect(readFileSync(baseline, "utf8")).not.toBe(written);
    expect(check(file, ...inputs).code).toBe(0);
  });

  it("is compared with once, also where --expected names it", () => {
    const { file, inputs, at } = model();
    check(file, ...inputs, "--update");
    const found = check(file, ...inputs, "--expected", at("model.grads.json"));
    expect([found.code, found.expected.map(({ points }) => points)]).toEqual([0, Array(8).fill(1)]);
  });

  it("records the inputs, so that other ones are not compared, but told of", () => {
    const { file, inputs } = model();
    check(file, ...inputs, "--update");
    const other = check(file, "--set", "b=0.25");
    expect([other.code, other.diagnostics, verdicts(other)]).toEqual([0, ["warning baseline-inputs"], []]);
    expect(other.messages[0]).toContain("made with other values of `b`");
  });

  it("is needed again where the script has other names", () => {
    const { file, inputs } = model();
    check(file, ...inputs, "--update");
    writeFileSync(file, `${script.replace("output y, w", "output y, w, v")}v = sum(x)\n`);
    const found = check(file, ...inputs);
    expect([found.code, found.diagnostics]).toEqual([2, ["error claim-missing"]]);
  });

  it("writes NaN and infinities, which never pass", () => {
    const file = temporaryFile("pole.ag", "x = 0\nw = 1/x\n");
    expect(check(file, "--update").code).not.toBe(0);
    expect(readFileSync(file.replace(".ag", ".grads.json"), "utf8")).toBe(
      '{"inputs":{"x":0},"outputs":{"w":"Infinity"},"gradients":{"w":{"x":"-Infinity"}}}\n',
    );
    expect(verdicts(check(file))).toEqual(["NONFINITE", "NONFINITE"]);
  });

  it("needs a script in a file", () => {
    const found = check("-e", "x = 1; w = x^2", "--update");
    expect([found.code, found.diagnostics]).toEqual([2, ["error baseline-nowhere"]]);
  });

  it("leaves what is there where it cannot write", () => {
    const { folder, file, inputs, at } = model(["model.grads.json", "old"]);
    chmodSync(at("model.grads.json"), 0o444);
    chmodSync(folder, 0o555);
    const { code } = check(file, ...inputs, "--update");
    chmodSync(folder, 0o755);
    const isRoot = process.getuid?.() === 0;
    // Root may write everywhere; then it is replaced as a whole, with its mode.
    expect(code).toBe(isRoot ? 0 : 2);
    expect(readFileSync(at("model.grads.json"), "utf8") === "old").toBe(!isRoot);
    expect(statSync(at("model.grads.json")).mode & 0o777).toBe(0o444);
    expect(readdirSync(folder).sort()).toEqual(["data.json", "model.ag", "model.grads.json"]);
  });

  it("keeps a file for each of several scripts", () => {
    const folder = temporaryFolder(
      new Map([
        ["a.ag", "x = 1; w = x^2"],
        ["b.txt", "x = 2; w = x^3"],
      ]),
    );
    const files = ["a.ag", "b.txt"].map((name) => path.join(folder, name));
    expect(check(...files, "--update").code).toBe(0);
    expect(["a.grads.json", "b.txt.grads.json"].map((name) => existsSync(path.join(folder, name)))).toEqual([
      true,
      true,
    ]);
    const { stdout } = autograd(["check", ...files]);
    expect(stdout).toContain("6 checks in 2 files: 6 PASS");
  });
});
