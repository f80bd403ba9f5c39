import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { autograd, temporaryFolder } from "../support/cli.js";

type Files = Readonly<Record<string, string | Uint8Array>>;

/** Runs `eval` in a folder with these files. */
function run(files: Files, args: readonly string[], stdin?: string) {
  return autograd(["eval", ...args], stdin, temporaryFolder(new Map(Object.entries(files))));
}

const layers = `import "nn/act.ag"
param W = [1, 2]
dense(x, w) = act(x * w)
unused = sum(W)
output unused
`;
const model: Files = {
  "main.ag": 'import "layers.ag"\nx = 0.5\nw = sum(dense(x, W))\n',
  "layers.ag": layers,
  "nn/act.ag": "act(x) = x^2\n",
};
const result = '{"outputs":{"w":1.25},"gradients":{"w":{"W":[0.5,1],"x":5}}}\n';

describe("a script of several files", () => {
  it("is evaluated and differentiated", () => {
    expect(run(model, ["main.ag", "--json"])).toEqual({ code: 0, stdout: result, stderr: "" });
  });

  it("may import one file under several names", () => {
    const folder = temporaryFolder(new Map(Object.entries(model)));
    symlinkSync("layers.ag", path.join(folder, "same.ag"));
    symlinkSync("nn", path.join(folder, "linked"));
    const more = 'import "layers.ag"; import "same.ag"; import "./nn/../layers.ag"\nimport "linked/act.ag"\n';
    writeFileSync(path.join(folder, "main.ag"), `${more}${model["main.ag"]}`);
    expect(autograd(["eval", "main.ag", "--json"], undefined, folder).stdout).toBe(result);
    // From elsewhere, and through a link to the script itself.
    mkdirSync(path.join(folder, "elsewhere"));
    symlinkSync("../main.ag", path.join(folder, "elsewhere", "entry.ag"));
    for (const script of ["../main.ag", "entry.ag", path.join(folder, "main.ag")]) {
      const outcome = autograd(["eval", script, "--json"], undefined, path.join(folder, "elsewhere"));
      expect(outcome).toEqual({ code: 0, stdout: result, stderr: "" });
    }
  });

  it("may be a diamond", () => {
    const files = {
      "main.ag": 'import "a.ag"\nimport "b.ag"\nw = fa(3) + fb(x)',
      "a.ag": 'import "c.ag"\nfa(x) = k * x',
      "b.ag": 'import "c.ag"\nfb(x) = k * x + 1',
      "c.ag": "const k = 2",
    };
    expect(run(files, ["main.ag", "--json", "--set", "x=1"]).stdout).toBe(
      '{"outputs":{"w":9},"gradients":{"w":{"x":2}}}\n',
    );
  });

  it("may come as a text or from standard input, and imports from the current folder then", () => {
    const texts = model["main.ag"] as string;
    const lines = texts.trim().split("\n");
    expect(run(model, [...lines.flatMap((line) => ["-e", line]), "--json"]).stdout).toBe(result);
    expect(run(model, ["-", "--json"], texts).stdout).toBe(result);
    expect(run({ "sub/main.ag": "" }, ["-e", 'import "main.ag"; w = 1']).stderr).toContain(
      "no file `main.ag`",
    );
  });

  it("takes values for what is imported, and names of it in --of, --wrt and --all", () => {
    expect(run(model, ["main.ag", "--json", "--set", "W=[1,1]"]).stdout).toContain('{"w":0.5}');
    expect(run(model, ["main.ag", "--json"], '{"W": [1, 1]}').stdout).toContain('{"w":1.25}');
    expect(run(model, ["main.ag", "--json", "--input", "-"], '{"W": [1, 1]}').stdout).toContain('{"w":0.5}');
    expect(run(model, ["main.ag", "--json", "--of", "unused", "--wrt", "W"]).stdout).toBe(
      '{"outputs":{"unused":3},"gradients":{"unused":{"W":[1,1]}}}\n',
    );
    const { nodes } = JSON.parse(run(model, ["main.ag", "--json", "--all"]).stdout) as { nodes: object };
    expect(Object.keys(nodes)).toEqual(["W", "x", "unused", "w"]);
  });

  it("runs the asserts of all of them", () => {
    const { code, stdout, stderr } = run({ ...model, "nn/act.ag": "act(x) = x^2\nassert act(3) == 8" }, [
      "main.ag",
      "--json",
    ]);
    expect([code, stdout]).toEqual([1, result]);
    expect(stderr).toContain(`--> ${path.join("nn", "act.ag")}:2:1`);
  });
});

describe("what is wrong with an import", () => {
  it.each<[string, Files, string[]]>([
    [
      "a cycle",
      { "main.ag": 'import "a/a.ag"', "a/a.ag": '\nimport "../main.ag"' },
      ["the imports form a cycle: main.ag → a/a.ag → main.ag", "--> a/a.ag:2:8", "= hint:"],
    ],
    [
      "a file above the folder",
      { "main.ag": 'import "../secret.ag"' },
      ["`../secret.ag` lies outside of the folder of the script", "--> main.ag:1:8", "= hint:"],
    ],
    [
      "a missing file",
      { "main.ag": 'import "none.ag"' },
      ["no file `none.ag`", "--> main.ag:1:8", "= hint:"],
    ],
    [
      "a directory",
      { "main.ag": 'import "a.ag"', "a.ag/b.ag": "" },
      ["`a.ag` is a directory", "--> main.ag:1:8", "= hint:"],
    ],
    [
      "a file that is not UTF-8",
      { "main.ag": 'import "a.ag"', "a.ag": Buffer.from("# caf\xe9", "latin1") },
      ["not UTF-8 text", "--> a.ag:1:6", "imported here", "--> main.ag:1:8", "= hint:"],
    ],
    [
      "a file that is too large",
      { "main.ag": 'import "a.ag"', "a.ag": "#".repeat(1001) },
      ["`a.ag` has 1001 bytes (limit: 1000 bytes)", "--> main.ag:1:8", "--max-script"],
    ],
    ["an absolute path", { "main.ag": 'import "/a.ag"' }, ["absolute path", "--> main.ag:1:8", "= hint:"]],
    [
      "another ending",
      { "main.ag": 'import "a.json"' },
      ["does not end in `.ag`", "--> main.ag:1:8", '`import "a.ag"`'],
    ],
  ])("%s is shown where it stands", (_what, files, expected) => {
    const { code, stdout, stderr } = run(files, ["main.ag", "--max-script", "1000"]);
    expect([code, stdout]).toEqual([2, ""]);
    for (const part of expected)
      expect(stderr).toContain(part.replaceAll("a/a.ag:", path.join("a", "a.ag:")));
    expect(stderr.match(/^error/gm)).toHaveLength(1);
  });

  it("a link that leaves the folder of the script is refused", () => {
    const folder = temporaryFolder(
      new Map([
        ["home/main.ag", 'import "link.ag"; w = k'],
        ["k.ag", "const k = 1"],
      ]),
    );
    symlinkSync("../k.ag", path.join(folder, "home", "link.ag"));
    const { code, stdout, stderr } = autograd(["eval", "home/main.ag"], undefined, folder);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(
      `is a link to \`${path.join(folder, "k.ag")}\`, outside of the folder of the script`,
    );
    // From the folder above, it does not leave.
    const above = autograd(["eval", "-e", 'import "home/main.ag"', "--of", "w", "--json"], undefined, folder);
    expect(above.stdout).toBe('{"outputs":{"w":1},"gradients":{"w":{}}}\n');
  });

  it("is all shown at once, with the errors of the files that are there", () => {
    const files = {
      "main.ag": 'import "a.ag"\nimport "none.ag"\nimport "b.ag"',
      "a.ag": "u = (",
      "b.ag": "v = )",
    };
    expect(run(files, ["main.ag"]).stderr).toMatchInlineSnapshot(`
      "error: expected \`)\` to close the \`(\` at line 1, found the end of the text
       --> a.ag:1:6
        |
      1 | u = (
        |      ^
        = note: opened here
       --> a.ag:1:5
        |
      1 | u = (
        |     ^

      error: there is no file \`none.ag\` to import
       --> main.ag:2:8
        |
      2 | import "none.ag"
        |        ^^^^^^^^^
        = hint: a path starts from the folder of the file that imports it

      error: this \`)\` closes nothing
       --> b.ag:1:5
        |
      1 | v = )
        |     ^
        = hint: remove it, or add the bracket that it closes
      "
    `);
  });

  it("shows a name that two files define in both", () => {
    const files = { "main.ag": 'import "a.ag"\nact(x) = x', "a.ag": "# first\nact(x) = 2 * x" };
    expect(run(files, ["main.ag"]).stderr).toMatchInlineSnapshot(`
      "error: \`act\` is defined twice
       --> main.ag:2:1
        |
      2 | act(x) = x
        | ^^^
        = note: first defined here
       --> a.ag:2:1
        |
      2 | act(x) = 2 * x
        | ^^^
        = hint: give one of them another name
      "
    `);
  });
});
