import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeParameters } from "../../src/io/fit-writer.js";
import { readInputs } from "../../src/io/json-reader.js";
import { autograd, type Outcome, temporaryFile } from "../support/cli.js";

const run = (...args: readonly string[]) => autograd(["fit", ...args]);

interface Printed {
  readonly steps: number;
  readonly loss: { readonly start: number; readonly end: number; readonly history: readonly number[] };
  readonly params: Readonly<Record<string, unknown>>;
}

const json = (...args: readonly string[]): Printed => {
  const { code, stdout, stderr } = run(...args, "--json");
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as Printed;
};

const network = "examples/two-layer-network.ag";
const square = "param x = 3; w = (x - 1)^2";

describe("autograd fit", () => {
  it("goes down", () => {
    const { steps, loss } = json(network, "--steps", "300", "--rate", "0.3");
    expect([steps, loss.history.length]).toEqual([300, 301]);
    expect(loss.history.every((value, i) => i === 0 || value < loss.history[i - 1]!)).toBe(true);
    expect([loss.start, loss.end]).toEqual([loss.history[0], loss.history[300]]);
    expect(loss.end).toBeLessThan(0.1);
  });

  it("takes the steps that are asked for, 100 of 0.01 unless told otherwise", () => {
    // x - 1 shrinks by 1 - 2 * rate in each step.
    const byDefault = json("-e", square);
    expect(byDefault.steps).toBe(100);
    expect(byDefault.params.x).toBeCloseTo(1 + 2 * 0.98 ** 100, 12);
    expect(json("-e", square, "--steps", "2", "--rate", "0.25").params).toEqual({ x: 1.5 });
    expect(json("-e", square, "--steps", "0")).toEqual({
      steps: 0,
      loss: { start: 4, end: 4, history: [4] },
      params: { x: 3 },
    });
  });

  it("starts from given values, and fits what --wrt names", () => {
    const data = temporaryFile("data.json", '{"x": 2, "t": 0}');
    const script = "param x = 3; input t = 1; w = (x - t)^2";
    const options = ["-e", script, "--steps", "1", "--rate", "0.25", "-i", data];
    expect(json(...options).params).toEqual({ x: 1 });
    expect(json(...options, "-s", "x=5").params).toEqual({ x: 2.5 });
    expect(json(...options, "--wrt", "t").params).toEqual({ t: 1 });
    expect(json(...options, "--wrt", "t,x").params).toEqual({ t: 1, x: 1 });
    expect(
      autograd(["fit", "-e", "param x; w = x^2", "--steps", "1", "--json"], '{"x": 1}').stdout,
    ).toContain('"params":{"x":0.98}');
  });

  it("makes the chosen output small", () => {
    const script = "param x = 3; a = x^2; b = (x - 5)^2";
    expect(json("-e", script, "--of", "b", "--steps", "1", "--rate", "0.5").params).toEqual({ x: 5 });
  });

  it("prints tables, CSV and Markdown", () => {
    const options = ["-e", square, "--steps", "2", "--rate", "0.3"];
    expect(run(...options, "--precision", "3").stdout).toBe(`╭──────┬───────╮
│ step │ w     │
├──────┼───────┤
│ 0    │ 4     │
│ 1    │ 0.64  │
│ 2    │ 0.102 │
╰──────┴───────╯
╭───────────┬────────┬───────╮
│ parameter │ shape  │ value │
├───────────┼────────┼───────┤
│ x         │ scalar │ 1.32  │
╰───────────┴────────┴───────╯
`);
    const rows = run(...options, "--format", "csv")
      .stdout.trimEnd()
      .split("\n");
    expect(rows.map((row) => row.replace(/[^,]*$/, ""))).toEqual([
      "kind,name,index,",
      "loss,w,0,",
      "loss,w,1,",
      "loss,w,2,",
      "parameter,x,,",
    ]);
    expect(run(...options, "--format", "markdown").stdout).toMatch(
      /^\| step \| w \|\n[\s\S]+\n\n\| parameter \| shape \| value \|\n/,
    );
  });
});

describe("--output", () => {
  it("is read by --input, and goes on as one longer run", () => {
    const whole = json(network, "--steps", "40", "--rate", "0.2");
    const file = temporaryFile("params.json", "");
    const half = json(network, "--steps", "15", "--rate", "0.2", "--output", file);
    expect(readFileSync(file, "utf8")).toBe(`${JSON.stringify(half.params)}\n`);
    const rest = json(network, "--steps", "25", "--rate", "0.2", "--input", file, "--output", file);
    expect(rest.params).toEqual(whole.params);
    expect([...half.loss.history, ...rest.loss.history.slice(1)]).toEqual(whole.loss.history);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(whole.params);
    expect(readdirSync(path.dirname(file))).toEqual(["params.json"]);
  });

  it("has the same doubles when it is read", () => {
    const double = fc.double({ noNaN: true, noDefaultInfinity: true });
    const tensor = fc.oneof(
      double.map((x) => ({ shape: [], data: Float64Array.of(x) })),
      fc.array(double, { minLength: 1, maxLength: 6 }).map((list) => ({
        shape: [list.length, 2],
        data: Float64Array.from([...list, ...list]),
      })),
    );
    const name = fc.stringMatching(/^[a-zσθ_][a-z₁0-9]{0,5}$/);
    fc.assert(
      fc.property(fc.uniqueArray(fc.record({ name, tensor }), { selector: (p) => p.name }), (parameters) => {
        const text = [...writeParameters(parameters)].join("");
        const read = readInputs(new TextEncoder().encode(text), "params.json");
        expect(read).toEqual(new Map(parameters.map((p) => [p.name, p.tensor])));
      }),
    );
  });

  it("replaces a file through a link and keeps its permissions", () => {
    const file = temporaryFile("params.json", "old");
    const link = path.join(path.dirname(file), "link.json");
    symlinkSync(file, link);
    chmodSync(file, 0o600);
    expect(run("-e", square, "--output", link).code).toBe(0);
    expect(JSON.parse(readFileSync(file, "utf8"))).toHaveProperty("x");
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it.skipIf(process.platform === "win32")("may be a pipe", () => {
    const command = `"${process.execPath}" bin/autograd.js fit -e '${square}' --steps 0 --json --output /dev/stdout | cat`;
    const { stdout, stderr } = spawnSync("sh", ["-c", command], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(stdout.split("\n")).toEqual(['{"x":3}', expect.stringContaining('"params":{"x":3}'), ""]);
  });

  it("is written where an assert fails, and left alone where the fit does not come to its end", () => {
    const file = temporaryFile("params.json", "old");
    const at = (...args: string[]) => run(...args, "--output", file).code;
    expect(at("-e", "param x = 1; w = x^4", "--rate", "1e3")).toBe(3);
    expect(at("-e", "param x = 1; w = 1 +")).toBe(2);
    expect(at("-e", "param x = 1; w = [x, x]")).toBe(2);
    expect(readFileSync(file, "utf8")).toBe("old");
    expect(at("-e", `${square}; assert w > 100`, "--steps", "0")).toBe(1);
    expect(readFileSync(file, "utf8")).toBe('{"x":3}\n');
    expect(readdirSync(path.dirname(file))).toEqual(["params.json"]);
  });

  it("that cannot be written is refused before anything runs", () => {
    const file = temporaryFile("params.json", "old");
    const folder = path.dirname(file);
    mkdirSync(path.join(folder, "folder"));
    // A script that is wrong, too: it is not even read.
    const refusal = (output: string) => {
      const { code, stdout, stderr } = run("-e", "w = (", "--output", output);
      expect([code, stdout]).toEqual([2, ""]);
      return stderr.split("\n")[0]!.replaceAll(folder, "…");
    };
    expect(refusal(path.join(folder, "folder"))).toBe("error: `…/folder` is a directory, not a file");
    expect(refusal(path.join(folder, "none", "p.json"))).toBe("error: there is no folder `…/none`");
    expect(refusal(path.join(file, "p.json"))).toBe("error: there is no folder `…/params.json`");
    expect(refusal(path.join(folder, "new/"))).toBe("error: there is no folder `…/new/`");
    expect(refusal("-")).toContain("Give the name of a file");
    expect(refusal("")).toContain("Give the name of a file");
    expect(readdirSync(folder).sort()).toEqual(["folder", "params.json"]);
    // Permissions do not stop an administrator.
    if (process.platform === "win32" || process.getuid?.() === 0) return;
    chmodSync(file, 0o400);
    expect(refusal(file)).toBe("error: no permission to write `…/params.json`");
    chmodSync(folder, 0o500);
    expect(refusal(path.join(folder, "new"))).toBe("error: no permission to write `…/new`");
    chmodSync(folder, 0o700);
  });
});

describe("exit codes", () => {
  it.each<[string, string[], number, string]>([
    ["no script", [], 2, "autograd fit -e"],
    ["a missing value", ["-e", "param x; w = x^2"], 2, "the input `x` has no value"],
    ["no parameter", ["-e", "x = 2; w = x^2"], 2, "`param x = …`, or name inputs with `--wrt x`"],
    [
      "a definition as a parameter",
      ["-e", "param x = 2; u = x^2; w = u", "--wrt", "u"],
      2,
      "`u` is a definition",
    ],
    [
      "a constant as a parameter",
      ["-e", "param x = 2; const k = 1; w = x * k", "--wrt", "k"],
      2,
      "`k` is a constant",
    ],
    ["an unknown parameter", ["-e", "param xx = 2; w = xx", "--wrt", "xy"], 2, "did you mean `xx`?"],
    ["two outputs", ["-e", "param x = 2; a = x; b = x^2"], 2, "2 outputs: `a`, `b`"],
    ["an unknown loss", ["-e", "param x = 2; loss = x", "--of", "los"], 2, "did you mean `loss`?"],
    ["two losses", ["-e", "param x = 2; a = x", "--of", "a,b"], 2, "Give one name"],
    ["no loss", ["-e", "param x = 2; assert x == 2"], 2, "the script has no output to make small"],
    ["a tensor as a loss", ["-e", "param x = [1, 2]; w = x^2"], 2, "`w` has the shape (2,)"],
    ["a loss that depends on no parameter", ["-e", "param x = 2; w = 2 * 3"], 2, "there is nothing to fit"],
    ["a rate of 0", ["-e", square, "--rate", "0"], 2, "a number above 0"],
    ["a negative rate", ["-e", square, "--rate=-1"], 2, "a number above 0"],
    ["an infinite rate", ["-e", square, "--rate", "1e999"], 2, "a number above 0"],
    ["a rate that is no number", ["-e", square, "--rate", "0x1"], 2, "a number above 0"],
    ["half a step", ["-e", square, "--steps", "1.5"], 2, "whole number from 0 to 100000000"],
    [
      "too little memory",
      ["-e", "param x = 1; w = sum(arange(1e6) * x)", "--max-memory", "1M"],
      2,
      "--max-memory",
    ],
    [
      "shapes that do not fit in an assert",
      ["-e", `${square}; assert [1, 2] == [1, 2, 3]`],
      2,
      "this assert compares",
    ],
    ["a failed assert", ["-e", `${square}; assert w < 1e-3`], 1, "assert failed"],
    ["a singular matrix at the start", ["-e", "param x = 0; w = inv([[x]])[0, 0]"], 2, "singular"],
  ])("%s", (_what, args, code, message) => {
    const outcome = run(...args);
    expect(outcome.stderr).toContain(message);
    expect(outcome.code).toBe(code);
    if (code === 2) expect(outcome.stdout).toBe("");
  });

  it("judges asserts at the end only", () => {
    const script = "param x = 3; w = (x - 1)^2; assert w < 1e-3; assert x == 1 within 0.1";
    expect(autograd(["eval", "-e", script]).code).toBe(1);
    const { code, stderr } = run("-e", script, "--rate", "0.1");
    expect([code, stderr]).toEqual([0, ""]);
  });

  it("runs no assert in the steps, so that one that has no value at the end still leaves the results", () => {
    const { code, stdout, stderr } = run(
      "-e",
      "param x = 1; w = x^2; assert inv([[x]]) == 1",
      "--rate",
      "0.5",
      "--steps",
      "1",
      "--json",
    );
    expect(JSON.parse(stdout).params).toEqual({ x: 0 });
    expect(stderr).toContain("singular");
    expect(code).toBe(3);
  });

  it("stops where the loss is not finite, with what was finite before", () => {
    const { code, stdout, stderr } = run("-e", "param x = 1; w = x^4", "--rate", "1e3", "--json");
    expect(code).toBe(3);
    const { steps, params, loss } = JSON.parse(stdout) as Printed;
    expect(loss.history.length).toBe(steps + 1);
    expect([...loss.history, params.x].every(Number.isFinite)).toBe(true);
    expect(stderr).toContain(`error: step ${steps + 1} is not finite: `);
    expect(stderr).toContain(`; the loss \`w\` of step ${steps} was `);
    expect(stderr).toContain("hint: take a smaller `--rate`, or scale the inputs");
  });

  it("warns where the loss has grown, and only there", () => {
    const script = ["-e", "param x = 3; w = (x - 1)^2", "--steps", "10", "--json"];
    const grown = run(...script, "--rate", "5");
    expect(grown.code).toBe(0);
    expect(grown.stderr).toContain("warning: `w` grew from 4 to 4.86307e+19");
    expect(grown.stderr).toContain("hint: take a smaller `--rate`");
    expect(run(...script, "--rate", "0.1").stderr).toBe("");
    expect(run(...script, "--rate", "1").stderr).toBe(""); // from side to side, and no higher
  });

  it("names the gradient that is not finite", () => {
    const { code, stdout, stderr } = run(
      "-e",
      "param x = 1; param y = 1; w = sqrt(x) + y",
      "--rate",
      "2",
      "--json",
    );
    expect(stderr).toContain("step 2 is not finite: ∂w/∂x; the loss `w` of step 1 was -1");
    expect([code, JSON.parse(stdout).params]).toEqual([3, { x: 0, y: -1 }]);
  });

  it("prints nothing where the start is not finite", () => {
    const { code, stdout, stderr } = run("-e", "param x = 0; w = log(x)");
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr).toContain("not finite at the start: w");
  });

  it("treats a parameter that is not finite from the start, and not connected, as eval treats results", () => {
    const args = [
      "-e",
      "param x = 1; param y = [1, inf]; w = x^2",
      "--steps",
      "1",
      "--rate",
      "0.5",
      "--json",
    ];
    const as = (policy: string) => run(...args, "--nonfinite", policy);
    expect(JSON.parse(as("string").stdout).params).toEqual({ x: 0, y: [1, "Infinity"] });
    expect(JSON.parse(as("null").stdout).params).toEqual({ x: 0, y: [1, null] });
    expect(as("string")).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("warning: not finite: y"),
    });
    expect(as("error")).toMatchObject({
      code: 3,
      stdout: "",
      stderr: expect.stringContaining("nothing is printed"),
    });
  });

  it("stops where a matrix becomes singular", () => {
    const script = "param x = 1; w = x + 0 * inv([[x]])[0, 0]";
    const { code, stdout, stderr } = run("-e", script, "--rate", "0.5", "--json");
    expect([code, JSON.parse(stdout).params]).toEqual([3, { x: 0.5 }]);
    expect(stderr).toContain("error: step 2 cannot be computed; the loss `w` of step 1 was 0.5");
    expect(stderr).toContain("error: the matrix is singular");
  });
});

describe("messages", () => {
  it("warns of parameters without influence, once", () => {
    const script = "param x = 1; param y = 2; w = x^2";
    const { code, stderr, stdout } = run("-e", script, "--json");
    expect(code).toBe(0);
    expect(stderr.match(/warning: `w` does not depend on `y`/g)?.length).toBe(1);
    expect((JSON.parse(stdout) as Printed).params.y).toBe(2);
    expect(run("-e", script, "--quiet").stderr).toBe("");
  });

  it("tells of a parameter that leaves its domain, and of one that was outside from the start once", () => {
    const script = "param x in [0, 10] = 3; param y in [0, 1] = 2; w = (x + 1)^2 + 0 * y";
    const { stderr } = run("-e", script, "--rate", "0.5", "--steps", "1");
    expect(stderr.match(/^warning: .*/gm)).toEqual([
      "warning: `y` is declared in [0, 1], but `y` is 2",
      "warning: `x` is declared in [0, 10], but `x` is -1",
    ]);
  });

  it("shows no progress where standard error is no terminal", () => {
    expect(run(network, "--steps", "3000").stderr).toBe("");
  });
});

/** Loaded into a process: says when it begins to listen for SIGINT. */
const announcer = `data:text/javascript,import { writeSync } from "node:fs";
process.on("newListener", (event) => { if (event === "SIGINT") writeSync(2, "listening\\n"); });`;

/** Runs the program and interrupts it once it listens, after something else has happened meanwhile. */
function interrupted(args: readonly string[], meanwhile: () => void = () => {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const process_ = spawn(process.execPath, ["--import", announcer, "bin/autograd.js", "fit", ...args]);
    let stdout = "";
    let stderr = "";
    process_.stdout.on("data", (chunk) => {
      stdout += String(chunk);
    });
    process_.stderr.on("data", (chunk) => {
      const before = stderr.length;
      stderr += String(chunk);
      if (before > 0) return;
      meanwhile();
      process_.kill("SIGINT");
    });
    process_.on("error", reject);
    process_.on("close", (code) => resolve({ code, stdout, stderr: stderr.replace("listening\n", "") }));
  });
}

describe.skipIf(process.platform === "win32")("an interrupt", () => {
  const endless = ["-e", square, "--steps", "100000000", "--rate", "1e-9"];

  it("ends the run after the present step with the results so far", async () => {
    const file = temporaryFile("params.json", "old");
    const { code, stdout, stderr } = await interrupted([...endless, "--json", "--output", file]);
    const { steps, loss, params } = JSON.parse(stdout) as Printed;
    expect(code).toBe(130);
    expect(steps).toBeLessThan(100_000_000);
    expect(loss.history.length).toBe(steps + 1);
    expect(stderr).toContain(`warning: interrupted after step ${steps} of 100000000; \`${file}\` holds`);
    expect(stderr).toContain(`--input ${file}`);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(params);
    // As many steps in one go end at the same place.
    expect(json("-e", square, "--steps", String(steps), "--rate", "1e-9").params).toEqual(params);
  });

  it("prints the results where they can no longer be written", async () => {
    const folder = path.dirname(temporaryFile("data.json", ""));
    const args = [...endless, "--json", "--output", path.join(folder, "params.json")];
    const { code, stdout, stderr } = await interrupted(args, () => rmSync(folder, { recursive: true }));
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toHaveProperty("params.x");
    expect(stderr).toContain(`error: there is no folder \`${folder}\``);
    expect(stderr).toMatch(/warning: interrupted after step \d+ of 100000000\n/);
  });

  it("judges no assert, and is silent with --quiet", async () => {
    const args = ["-e", `${square}; assert w > 100`, ...endless.slice(2), "--quiet"];
    const { code, stdout, stderr } = await interrupted(args);
    expect([code, stderr]).toEqual([130, ""]);
    expect(stdout).toContain("│ parameter │");
  });
});

/** `script` of util-linux runs a command in a terminal of its own. */
const hasTerminals =
  existsSync("/usr/bin/script") &&
  spawnSync("script", ["--version"], { encoding: "utf8" }).stdout.includes("util-linux");

describe.skipIf(!hasTerminals)("in a terminal", () => {
  /** Everything that a terminal gets until a first line of progress, a Ctrl-C and the end. */
  function inTerminal(options: string): Promise<{ code: number | null; shown: string }> {
    const command = `'${process.execPath}' bin/autograd.js fit -e '${square}' --steps 100000000 --rate 1e-9 ${options}`;
    return new Promise((resolve, reject) => {
      const terminal = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
        env: { ...process.env, TERM: "xterm" },
      });
      let shown = "";
      let isStopped = false;
      terminal.stdout.on("data", (chunk) => {
        shown += String(chunk);
        if (isStopped || !shown.includes("/100000000  w ")) return;
        isStopped = true;
        terminal.stdin.write("\u0003");
      });
      terminal.on("error", reject);
      terminal.on("close", (code) => resolve({ code, shown }));
    });
  }

  it("shows the step and the loss on a line that is removed, and obeys Ctrl-C", async () => {
    const { code, shown } = await inTerminal("--no-color");
    expect(code).toBe(130);
    const [, line] = shown.split("\r", 2);
    expect(line).toMatch(/^[━─]+ +\d+\/100000000 {2}w [\d.]+/);
    expect(line).toContain("\u001b[K");
    expect(shown).toContain("\r\u001b[K╭");
    expect(shown).toContain("interrupted after step");
  });
});
