import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { autograd, temporaryFile, temporaryFolder } from "../support/cli.js";
import { answering, nodeCommand, pythonCommand } from "../support/peers.js";

const script = `
input a: [2] in (1, 2) = [1.25, 1.5]
input t in (0, 3) = 0.1
w = sum(sin(a * t))
`;

/** Of this script, by hand. */
const gradient = `{
  outputs: { w: inputs.a.reduce((sum, a) => sum + Math.sin(a * inputs.t), 0) },
  gradients: { w: {
    a: inputs.a.map((a) => inputs.t * Math.cos(a * inputs.t)),
    t: inputs.a.reduce((sum, a) => sum + a * Math.cos(a * inputs.t), 0),
  } },
}`;

interface Report {
  readonly files: readonly {
    readonly diagnostics: readonly { code: string; message: string; lines: readonly string[] | null }[];
    readonly entries: readonly {
      readonly kind: string;
      readonly name: string;
      readonly verdict: string;
      readonly points: number;
      readonly at: "given" | number;
      readonly reproduce: string | null;
      readonly worst: { readonly element: string; readonly value: unknown; readonly message: string } | null;
    }[];
  }[];
}

function check(command: string, ...args: readonly string[]) {
  const file = temporaryFile("model.ag", script);
  return { file, ...run([file, "--against", command, ...args]) };
}

function run(args: readonly string[]) {
  const { code, stdout, stderr } = autograd(["check", ...args, "--format", "json"]);
  const report = (stdout === "" ? { files: [] } : JSON.parse(stdout)) as Report;
  const [{ diagnostics, entries } = { diagnostics: [], entries: [] }] = report.files;
  const against = entries.filter(({ kind }) => kind === "against");
  return { code, stderr, report, diagnostics, entries, against, codes: diagnostics.map((d) => d.code) };
}

/** The lines that this program has appended to a file. */
const linesOf = (file: string) => readFileSync(file, "utf8").trimEnd().split("\n");
const note = (file: string, what: string) =>
  `require("node:fs").appendFileSync(${JSON.stringify(file)}, ${what} + "\\n");`;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(20);
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // What has ended and waits for whoever adopts it is not alive.
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, "utf8"));
};

describe("a command that answers", () => {
  it("passes where it is right, at every point", () => {
    const { code, against, codes } = check(nodeCommand(answering(gradient)), "--samples", "5");
    expect([code, codes]).toEqual([0, []]);
    expect(against.map(({ name, verdict, points }) => [name, verdict, points])).toEqual([
      ["w of the command", "PASS", 6],
      ["∂w/∂a of the command", "PASS", 6],
      ["∂w/∂t of the command", "PASS", 6],
    ]);
  });

  it("may leave out outputs, its last line's end, and what else it has to say on standard error", () => {
    const short = nodeCommand(
      `console.error("warming up");
      process.stdin.once("data", (line) => {
        const { inputs } = JSON.parse(line);
        process.stdout.write("\\n\\r\\n" + JSON.stringify({ gradients: ${gradient}.gradients }));
        process.stdin.destroy();
      });`,
    );
    const { code, against, codes } = check(short);
    expect([code, codes, against.length]).toEqual([0, [], 2]);
  });

  it("is told where it is wrong, who is right, and how to see it again", () => {
    const wrong = gradient.replace("a * Math.cos", "(a > 1.9 ? 1.01 : 1) * a * Math.cos");
    const command = nodeCommand(answering(wrong));
    const { code, against, file } = check(command, "--samples", "30", "--of", "w");
    expect(code).toBe(1);
    const own = against.find(({ verdict }) => verdict === "WRONG")!;
    expect(against.filter(({ verdict }) => verdict === "WRONG")).toHaveLength(1);
    expect([own.name, own.worst!.element, typeof own.at]).toEqual(["∂w/∂t of the command", "t", "number"]);
    expect(own.worst!.message).toMatch(
      /^the command's derivative differs from ours; ours is nearer to the true one/,
    );
    expect(own.reproduce).toContain(`autograd check ${file} --set 'a=[`);
    expect(own.reproduce).toContain(" --of w --against ");
    // Only what it takes to fail: an a above 1.9, as a round number, and t as it was given.
    expect(own.reproduce).not.toContain("t=");
    expect(own.reproduce).toMatch(/a=\[(1\.25|[\d.]{3,6}),(1\.5|[\d.]{3,6})\]/);
    // As it stands there, it fails at the given point.
    const words = spawnSync(
      "sh",
      ["-c", `${own.reproduce!.replace("autograd", `${process.execPath} bin/autograd.js`)} --format json`],
      { encoding: "utf8" },
    );
    expect(words.status).toBe(1);
    expect(words.stdout).toContain('"at":"given"');
  });

  it("shows its standard error where it is wrong", () => {
    const wrong = answering(
      gradient.replace("Math.cos", "Math.sin"),
      'console.error("using the wrong formula")',
    );
    const { code, diagnostics } = check(nodeCommand(wrong));
    expect([code, diagnostics.map(({ lines }) => lines)]).toEqual([1, [["using the wrong formula"]]]);
  });

  it("gets every input as the same double, and the file as it was named", () => {
    const seen = temporaryFile("seen", "");
    const program = answering(gradient, "").replace("const { file", `${note(seen, "line")} const { file`);
    const file = temporaryFile("it's.ag", "input a = [0.1, 1e300, -0]; input b = 1/3; w = sum(a * b)");
    const answer = "{ gradients: { w: { a: [1/3, 1/3, 1/3], b: 0.1 + 1e300 } } }";
    const { code } = run([
      file,
      "--against",
      nodeCommand(program.replace(gradient, answer)),
      "--set",
      "b=1/3",
    ]);
    expect(code).toBe(0);
    expect(linesOf(seen)).toEqual([
      JSON.stringify({ file, inputs: { a: [0.1, 1e300, 0], b: 1 / 3 } }).replace("1e+300,0]", "1e+300,-0]"),
    ]);
  });

  it("exchanges what is not finite as strings", () => {
    const answer = '{ gradients: { w: { x: inputs.x === -Infinity ? "-Infinity" : 3 } } }';
    const args = [
      "-e",
      "input x; w = 0.5 * x^2",
      "--set",
      "x=-1/0",
      "--against",
      nodeCommand(answering(answer)),
    ];
    const { against } = run(args);
    expect(against.map(({ verdict, worst }) => [verdict, worst!.value])).toEqual([
      ["NONFINITE", "-Infinity"],
    ]);
  });

  it("is started once for all points of all files, through the shell, and lives no longer", () => {
    const log = temporaryFile("log", "");
    const program = answering(gradient, note(log, '"start " + process.argv[2] + " " + process.pid'));
    const folder = temporaryFolder(
      new Map([
        ["a.ag", script],
        ["b.ag", script],
      ]),
    );
    const files = ["a.ag", "b.ag"].map((name) => path.join(folder, name));
    const command = `WORD="x y"; exec ${nodeCommand(program)} "$WORD"`;
    const { code, report } = run([...files, "--samples", "3", "--against", command]);
    expect([code, report.files.map(({ entries }) => entries.length)]).toEqual([0, [5, 5]]);
    const lines = linesOf(log);
    expect(lines).toEqual([expect.stringMatching(/^start x y \d+$/)]);
    expect(isAlive(Number(lines[0]!.split(" ").at(-1)))).toBe(false);
  });

  it("may answer 100 MB in pieces, and be asked as much as it reads slowly", () => {
    const pieces = `
      const head = '{"gradients": {"w": {"x": ';
      let size = 0, rest = "";
      process.stdin.on("data", (chunk) => {
        size += chunk.length;
        process.stdin.pause();
        setTimeout(() => process.stdin.resume(), 1);
        if (chunk[chunk.length - 1] !== 10) return;
        process.stdout.write(head);
        const blanks = Buffer.alloc(2 ** 20, " ");
        let k = 0;
        const more = () => {
          while (k < 100) {
            k += 1;
            if (!process.stdout.write(blanks)) return void process.stdout.once("drain", more);
          }
          process.stdout.write("[" + Array(200000).fill(2).join(",") + "]}}}\\n");
        };
        more();
      });`;
    const file = temporaryFile("large.ag", "input x: [200000] = linspace(0, 1, 200000); w = sum(2 * x)");
    const { code, against } = run([file, "--against", nodeCommand(pieces), "--timeout", "60"]);
    expect([code, against.map(({ verdict }) => verdict)]).toEqual([0, ["PASS"]]);
  });
});

describe("a command that does not answer", () => {
  it("has no more than its time", () => {
    const { code, codes, entries, against } = check(
      nodeCommand("setInterval(() => {}, 1000);"),
      "--timeout",
      "0.3",
    );
    expect([code, codes]).toEqual([2, ["peer-silent"]]);
    expect([entries.length, against.length]).toEqual([2, 0]);
  });

  it("has no more time for the later points, and those before stay", () => {
    const slow = answering(`n < 2 ? ${gradient} : (() => { for (;;); })()`);
    const { code, codes, against } = check(nodeCommand(slow), "--timeout", "2", "--samples", "4");
    expect([code, codes, against.map(({ points }) => points)]).toEqual([2, ["peer-silent"], [2, 2, 2]]);
  });

  it("may not even read what it is asked", () => {
    const file = temporaryFile("large.ag", "input x: [500000] = linspace(0, 1, 500000); w = sum(2 * x)");
    const { code, codes } = run([
      file,
      "--against",
      nodeCommand("setInterval(() => {}, 1000);"),
      "--timeout",
      "0.5",
    ]);
    expect([code, codes]).toEqual([2, ["peer-silent"]]);
  });

  it("tells how it has ended, with the last lines of its standard error", () => {
    const dying = `
      for (let i = 1; i <= 30; i++) console.error("line " + i + " \\u001b[31m");
      process.stdin.once("data", () => process.exit(7));`;
    const { code, diagnostics } = check(nodeCommand(dying));
    expect([code, diagnostics.map((d) => d.code)]).toEqual([2, ["peer-ended", "peer-errors"]]);
    expect(diagnostics[0]!.message).toMatch(/ has ended \(exit code 7\) without an answer$/);
    expect(diagnostics[1]!.lines).toEqual(Array.from({ length: 20 }, (_, i) => `line ${i + 11} \u001b[31m`));
    const table = autograd([
      "check",
      "-e",
      "w = x^2",
      "--set",
      "x=1",
      "--against",
      nodeCommand(dying),
    ]).stdout;
    expect(table).toContain("\n | line 30 \\x1b[31m\n");
    expect(table).not.toContain("line 10");
  });

  it("is one that ends after some answers, in this file and in the next ones", () => {
    const dying = answering(`n < 3 ? ${gradient} : process.exit(1)`);
    const folder = temporaryFolder(
      new Map([
        ["a.ag", script],
        ["b.ag", script],
        ["c.ag", script],
      ]),
    );
    const files = ["a.ag", "b.ag", "c.ag"].map((name) => path.join(folder, name));
    const { code, report } = run([...files, "--samples", "1", "--against", nodeCommand(dying)]);
    expect(code).toBe(2);
    expect(
      report.files.map(({ diagnostics }) => diagnostics.map((d) => d.message.replace(/.*` /, ""))),
    ).toEqual([[], ["has ended (exit code 1) after 3 answers"], ["has ended (exit code 1) after 3 answers"]]);
  });

  it.each([
    ["kill -9 $$", /` was ended by SIGKILL without an answer$/],
    ["exec >&-; exec sleep 60", /` has closed its standard output without an answer$/],
    ["no-such-command-here", /` has ended \(exit code 127\) without an answer$/],
    ["exit 0", /` has ended \(exit code 0\) without an answer$/],
  ])("%s", (command, message) => {
    const { code, diagnostics } = check(command);
    expect([code, diagnostics[0]!.message]).toEqual([2, expect.stringMatching(message)]);
  });
});

describe("a command that answers rubbish", () => {
  it.each([
    ["hello", "malformed JSON: expected `{`, found `hello`"],
    ["[1]", "malformed JSON: expected `{`, found `[`"],
    ['{"gradients": {"w": {"a": [1, nan]}}}', "`gradients.w.a[1]`: JSON has no number `nan`"],
    ['{"gradients": {"w": {"a": [1, 2]}}}', "the gradient of `w` by `t` is missing"],
    [
      '{"gradients": {"w": {"a": 1, "t": 1}}}',
      "`gradients.w.a` has the shape (), but what it is compared with has the shape (2,)",
    ],
    [
      '{"gradients": {"w": {"a": [1',
      "malformed JSON in `gradients.w.a[0]`: expected `,` or `]`, found the end",
    ],
  ])("is told where: %s", (answer, message) => {
    const program = answering(JSON.stringify(answer), 'console.error("as you like it")');
    const { code, diagnostics } = check(nodeCommand(program), "--samples", "2");
    expect([code, diagnostics.map((d) => d.message)]).toEqual([
      2,
      [message, expect.stringContaining("has written to its standard error")],
    ]);
  });

  it("is shown in a few characters", () => {
    const program = answering(
      `'{"gradients": {"w": {"a": [' + "1, ".repeat(1e6) + 'oops' + ", 1".repeat(1e6) + "]}}}"`,
    );
    const args = ["check", "-e", script, "--against", nodeCommand(program)];
    const { code, stdout } = autograd(args);
    expect(code).toBe(2);
    expect(stdout).toMatch(/--> <answer at the given inputs>:1:3000028\n/);
    expect(stdout).toContain("1, oops, 1");
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThan(200);
  });

  it("says more than it is asked", () => {
    const program = answering(`JSON.stringify(${gradient}) + "\\ndone in 1 ms"`);
    const { code, diagnostics } = check(nodeCommand(program), "--samples", "1");
    expect(code).toBe(2);
    expect(diagnostics[0]!.message).toMatch(/ writes what it was not asked for: `done in 1 ms`$/);
  });

  it("never stops talking", () => {
    const { code, codes } = check("yes '{'", "--samples", "1");
    expect([code, codes]).toEqual([2, ["json-syntax"]]);
    const endless = check(
      `${nodeCommand('const x = "x".repeat(1e6); const more = () => process.stdout.write(x, more); more();')}`,
      "--max-input",
      "20M",
    );
    expect([endless.code, endless.codes]).toEqual([2, ["peer-long"]]);
  });
});

describe("the processes of a command", () => {
  /** Who answers has a child, and both tell who they are; whatever the test finds, they do not outlive it. */
  const leaves = (pids: string, answer: string) => {
    onTestFinished(() => {
      for (const pid of pidsIn(pids).filter(isAlive)) process.kill(pid, "SIGKILL");
    });
    return answering(
      answer,
      `const child = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: ["ignore", "inherit", "inherit"] });
      ${note(pids, "process.pid + ' ' + child.pid")}`,
    );
  };
  const pidsIn = (file: string) => readFileSync(file, "utf8").trim().split(/\s+/).filter(Boolean).map(Number);

  it.each([
    ["has answered", gradient],
    ["has failed", "process.exit(1)"],
    ["is stuck", "(() => { for (;;); })()"],
  ])("end when it %s", async (_, answer) => {
    const pids = temporaryFile("pids", "");
    check(nodeCommand(leaves(pids, answer)), "--timeout", "1");
    expect(pidsIn(pids)).toHaveLength(2);
    await until(() => !pidsIn(pids).some(isAlive));
  });

  it.each(["SIGINT", "SIGTERM"] as const)("end with an interrupted check: %s", async (signal) => {
    const pids = temporaryFile("pids", "");
    const command = nodeCommand(leaves(pids, "(() => { for (;;); })()"));
    const child = spawn(process.execPath, ["bin/autograd.js", "check", "-e", script, "--against", command], {
      stdio: "ignore",
    });
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    await until(() => pidsIn(pids).length === 2);
    expect(pidsIn(pids).every(isAlive)).toBe(true);
    child.kill(signal);
    expect(await ended).toBe(signal === "SIGINT" ? 130 : 143);
    await until(() => !pidsIn(pids).some(isAlive));
  });
});

const hasPython = spawnSync("python3", ["--version"]).status === 0;
if (!hasPython) console.warn("python3 is absent: gradients in Python are not checked");

describe.skipIf(!hasPython)("a gradient in Python", () => {
  const python = (slope: string) => `
import json, math, sys

for line in sys.stdin:
    inputs = json.loads(line)["inputs"]
    a, t = inputs["a"], inputs["t"]
    gradients = {"a": [t * ${slope}(ai * t) for ai in a], "t": sum(ai * math.cos(ai * t) for ai in a)}
    print(json.dumps({"outputs": {"w": sum(math.sin(ai * t) for ai in a)}, "gradients": {"w": gradients}}), flush=True)
`;

  it("is right", () => {
    const { code, against } = check(pythonCommand(python("math.cos")), "--samples", "10", "--timeout", "60");
    expect([code, against.map(({ verdict, points }) => [verdict, points])]).toEqual([
      0,
      [
        ["PASS", 11],
        ["PASS", 11],
        ["PASS", 11],
      ],
    ]);
  });

  it("is as short as docs/check.md shows it", () => {
    const [, program] = /```python\n(.*?)```/s.exec(readFileSync("docs/check.md", "utf8"))!;
    const args = ["-e", "input x in (0, 1) = [1, 2, 3]; w = sum(x^2)", "--timeout", "60", "--samples", "3"];
    const { code, against } = run([...args, "--against", pythonCommand(program!)]);
    expect([code, against.map(({ verdict, points }) => [verdict, points])]).toEqual([0, [["PASS", 4]]]);
  });

  it("is wrong", () => {
    const { code, against } = check(pythonCommand(python("-math.cos")), "--samples", "10", "--timeout", "60");
    expect(code).toBe(1);
    expect(
      against.filter(({ verdict }) => verdict === "WRONG").map(({ name, worst }) => [name, worst!.element]),
    ).toEqual([["∂w/∂a of the command", expect.stringMatching(/^a\[[01]\]$/)]]);
  });
});
