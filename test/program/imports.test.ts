import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse, print, type Script } from "../../grammar/index.js";
import { type CompileOptions, compile, type InputValue, locate, toPlain } from "../../src/index.js";
import { mostImports } from "../../src/limits.js";
import { evaluate } from "../support/run.js";

const files = (texts: Readonly<Record<string, string>>): CompileOptions => ({
  name: "main.ag",
  modules: new Map(Object.entries(texts)),
});

/** Everything that compiling and running gives notice of: `file:line:column code`, and where the notes point. */
function notices(script: string, options: CompileOptions, inputs: Readonly<Record<string, InputValue>> = {}) {
  const compiled = compile(script, options);
  const result = compiled.ok ? compiled.program.run(inputs) : compiled;
  const before = compiled.ok ? compiled.diagnostics : [];
  return [...before, ...result.diagnostics].map(({ code, span, notes }) => {
    const places = [span, ...notes.map((note) => note.span)].map((place) => {
      if (place === undefined) return "nowhere";
      const { line, column } = locate(place.source, place.start);
      return `${place.source.name}:${line}:${column}`;
    });
    return `${code} ${places.join(" ")}`;
  });
}

const layers = `# a library
const k = 2
param W = [1, 2]
dense(x) = tanh(W * x) * k
derivative scaled(x; dx) = 3 * dx
scaled(x) = 3 * x
norm2 = sum(W^2)
assert scaled(2) == 6
`;

describe("what is imported", () => {
  it("takes part as if it stood in the script", () => {
    const { outputs, gradients } = evaluate(
      'w = sum(dense(x)) + scaled(x) + norm2\nimport "layers.ag"\nx = 0.5',
      {},
      files({ "layers.ag": layers }),
    );
    const [a, b] = [Math.tanh(0.5), Math.tanh(1)];
    const [da, db] = [2 * (1 - a * a), 2 * (1 - b * b)];
    expect(outputs.w).toBeCloseTo(2 * (a + b) + 1.5 + 5, 12);
    expect(gradients.w!.x).toBeCloseTo(da + 2 * db + 3, 12);
    (gradients.w!.W as number[]).forEach((value, i) => {
      expect(value).toBeCloseTo([da * 0.5 + 2, db * 0.5 + 4][i]!, 12);
    });
  });

  it("reads the names of the script, and gives it dimensions and free names", () => {
    const modules = files({ "a.ag": "f(a) = a * base + free", "b.ag": "input X: [n]" });
    expect(evaluate('import "a.ag"\nbase = 3\nw = f(2)', { free: 1 }, modules).gradients).toEqual({
      w: { base: 2, free: 1 },
    });
    expect(evaluate('import "b.ag"\nw = n * sum(X)', { X: [1, 2] }, modules).gradients).toEqual({
      w: { X: [2, 2] },
    });
  });

  it("can be evaluated and differentiated by, by name", () => {
    const modules = files({ "a.ag": "u = x^2\nv = 3 * u\noutput v" });
    const options = { ...modules, of: ["v", "w"], wrt: ["u", "x"] };
    expect(evaluate('import "a.ag"\nx = 2\nw = u + v', {}, options)).toEqual({
      outputs: { v: 12, w: 16 },
      gradients: { v: { u: 3, x: 12 }, w: { u: 4, x: 16 } },
    });
    const compiled = compile('import "a.ag"\nx = 2\nw = u + v', { ...modules, all: true });
    const result = compiled.ok ? compiled.program.run() : compiled;
    if (!("evaluation" in result)) return expect.fail("it runs");
    expect(result.evaluation.nodes?.map(({ name }) => name)).toEqual(["x", "u", "v", "w"]);
  });

  it("has the inputs of imported files before those of the files that import them", () => {
    const modules = files({ "a.ag": 'import "b.ag"\np = u * a2', "b.ag": "u = b1 * b2" });
    const compiled = compile('w = p * m1\nimport "a.ag"', modules);
    expect(compiled.ok && compiled.program.inputs.map(({ name }) => name)).toEqual(["b1", "b2", "a2", "m1"]);
  });

  const examples = new URL("../../examples/", import.meta.url);
  const scripts = readdirSync(examples).filter((name) => name.endsWith(".ag"));
  const whole = scripts.map((name) => {
    const text = readFileSync(new URL(name, examples), "utf8");
    return { name, text, script: parse({ name, text }, { maxNesting: 500 }).script! };
  });

  it.each(whole.filter(({ script }) => script.statements.every(({ kind }) => kind !== "import")))(
    "is the same however the statements of examples/$name are spread over files",
    ({ name, text, script }) => {
      const json = name.replace(/\.ag$/, ".json");
      const inputs = readdirSync(examples).includes(json)
        ? (JSON.parse(readFileSync(new URL(json, examples), "utf8")) as Record<string, InputValue>)
        : {};
      const first = compile(text);
      if (!first.ok) return expect.fail(first.diagnostics[0]!.message);
      const { outputs, wrt } = first.program;
      const chosen = { of: outputs, wrt };
      const expected = evaluate(text, inputs, chosen);
      const names = ["main", "a.ag", "sub/b.ag", "sub/c.ag"];
      const places = fc.array(fc.nat(names.length - 1), {
        minLength: script.statements.length,
        maxLength: script.statements.length,
      });
      fc.assert(
        fc.property(places, (place) => {
          const texts = names.map((_, file) =>
            print({ statements: script.statements.filter((_s, i) => place[i] === file) }),
          );
          const [main, a, b, c] = texts;
          const modules = new Map([
            ["a.ag", `import "sub/c.ag"\n${a}`],
            ["sub/b.ag", `${b}import '../a.ag'; import "./c.ag"`],
            ["sub/c.ag", c!],
          ]);
          const spread = `import "sub/b.ag"\n${main}\nimport "a.ag"`;
          expect(evaluate(spread, inputs, { ...chosen, modules })).toEqual(expected);
        }),
        { numRuns: 5, seed: 7 },
      );
    },
  );
});

describe("outputs", () => {
  const outputs = (script: string, texts: Readonly<Record<string, string>>) => {
    const compiled = compile(script, files(texts));
    return compiled.ok ? compiled.program.outputs : compiled.diagnostics.map(({ code }) => code);
  };

  it.each<[string, string, string, string[]]>([
    ["definitions of the script alone", "w = 2 * x", "v = 3 * x", ["w"]],
    ["not those that an imported file reads", "w = 2 * x\nz = w", "v = 3 * w", ["z"]],
    ["not what the imported file calls its outputs", "w = 2 * x", "v = 3 * x\noutput v", ["w"]],
    ["what the script asks for", "w = 2 * x\noutput v, x", "v = 3 * x", ["v", "x"]],
    ["numbers where the script has nothing else", "w = 2 * 3", "c = 5", ["w"]],
    ["nothing else", "", "v = 3 * x", ["no-outputs"]],
    ["nothing where there are asserts", "", "v = 3 * x\nassert v > 0", []],
  ])("are %s", (_what, script, text, expected) => {
    expect(outputs(`import "a.ag"\n${script}`, { "a.ag": text })).toEqual(expected);
  });

  it("are checked in imported files, too", () => {
    expect(notices('import "a.ag"\nw = x', files({ "a.ag": "output q" }))).toEqual([
      "unknown-output a.ag:1:8",
    ]);
  });

  it("come with a hint where only imported files define something", () => {
    const compiled = compile('import "a.ag"', files({ "a.ag": "v = x" }));
    expect(compiled.diagnostics[0]!.hint).toContain("`output`");
  });
});

describe("gradients", () => {
  const library = files({
    "a.ag": "param W = 2\nparam V = 3\nu = 2 * W\nf(x) = V * x\nassert V == 3",
  });

  it.each<[string, CompileOptions, object]>([
    ["w = 2 * x", {}, { w: { x: 2 } }],
    ["w = u * x", {}, { w: { W: 4, x: 4 } }],
    ["w = f(x)", {}, { w: { V: 2, x: 3 } }],
    ["w = 2 * x", { of: ["u"] }, { u: { W: 2, x: 0 } }],
    ["w = 2 * x", { wrt: ["V"] }, { w: { V: 0 } }],
    ["w = 2 * x\nv = u", { of: ["w"] }, { w: { W: 0, x: 2 } }],
    ["w = 2 * x\nassert V > 0", {}, { w: { V: 0, x: 2 } }],
  ])("of %s with %o are by what the script uses of an imported file", (script, options, expected) => {
    const { gradients } = evaluate(`import "a.ag"\nx = 2\n${script}`, {}, { ...library, ...options });
    expect(gradients).toEqual(expected);
  });
});

describe("warnings", () => {
  it("are about what the script itself has and does not need", () => {
    const library = files({
      "a.ag": "const k = 1\ninput y = 2\nf(x) = x\nu = f(y) * [[1], [2]] * [1, 2]\nt = u",
    });
    expect(notices('import "a.ag"\ninput q = 1\nconst c = 2\nw = 2 * x\ninput x = 1', library)).toEqual([
      "unconnected-input main.ag:2:7",
      "unused-definition main.ag:3:7",
      "both-expand a.ag:4:5",
    ]);
  });

  it("are given for the same place in two files", () => {
    const library = files({ "a.ag": "u = x * [1, 2]", "b.ag": "v = x * [3, 4]" });
    const script = 'import "a.ag"; import "b.ag"\nw = u + v';
    expect(notices(script, library, { x: [[1], [2]] })).toEqual([
      "both-expand a.ag:1:5",
      "both-expand b.ag:1:5",
    ]);
  });
});

describe("asserts", () => {
  it("of imported files run, in the order of the files", () => {
    const library = files({ "a.ag": "assert x == 1\nassert x == 2" });
    const compiled = compile('assert w == 5\nimport "a.ag"\nx = 2\nw = 2 * x', library);
    const result = compiled.ok ? compiled.program.run() : compiled;
    if (!("evaluation" in result)) return expect.fail("it runs");
    const asserts = result.evaluation.asserts?.map(({ text, passed, span }) => [
      span.source.name,
      text,
      passed,
    ]);
    expect(asserts).toEqual([
      ["a.ag", "assert x == 1", false],
      ["a.ag", "assert x == 2", true],
      ["main.ag", "assert w == 5", false],
    ]);
  });
});

describe("names", () => {
  it.each<[string, string, string, string[]]>([
    ["twice", "f(x) = x\nw = f(2)", "\nf(x) = 2 * x", ["redefinition main.ag:2:1 a.ag:2:1"]],
    ["of built-ins", "w = 1", "sin(x) = x", ["shadows-built-in a.ag:1:1"]],
    ["in a cycle", "w = v", "v = w", ["cycle a.ag:1:5"]],
    ["of functions in a cycle", "f(x) = g(x); w = f(2)", "g(x) = f(x)", ["recursion a.ag:1:8"]],
    [
      "with two derivatives",
      "derivative f(x; dx) = dx\nw = f(x)",
      "f(x) = x\nderivative f(x; dx) = dx",
      ["derivative-twice main.ag:2:12 a.ag:2:12"],
    ],
    [
      "that nothing declares, where the imported file declares its inputs",
      "w = x + z",
      "input x = 2",
      ["unknown-name main.ag:2:9 a.ag:1:7"],
    ],
    [
      "that nothing declares, where the script declares its inputs",
      "input x = 2\nw = x",
      "input y = 1; v = zz\nu = z",
      ["unknown-name a.ag:1:18", "unknown-name a.ag:2:5"],
    ],
    [
      "that nothing declares, in a file without inputs",
      "input x = 2\nw = x",
      "v = z",
      ["unknown-name a.ag:1:5 main.ag:2:7"],
    ],
  ])("%s", (_what, script, text, expected) => {
    expect(notices(`import "a.ag"\n${script}`, files({ "a.ag": text }))).toEqual(expected);
  });

  it("without a value are asked for where they stand first", () => {
    expect(notices('w = x + u\nimport "a.ag"', files({ "a.ag": "# free\n\nu = 2 * x" }))).toEqual([
      "missing-value a.ag:3:9",
    ]);
    expect(notices('import "a.ag"\nw = 2 * u', files({ "a.ag": "input u" }))).toEqual([
      "missing-value a.ag:1:7",
    ]);
  });
});

describe("errors in several files", () => {
  const script = 'import "a.ag"\nimport "b.ag"\nw = f(x)\nz = v';

  it.each<[string, string, string, string[]]>([
    ["of syntax", "f(x) = (x", "v = 1 + )\nu = * 2", ["a.ag:1", "b.ag:1", "b.ag:2"]],
    ["of names", "f(x) = sinn(x)", "v = coss(2)", ["a.ag:1", "b.ag:1"]],
    ["of shapes", "f(x) = x @ x", "v = [x, 2] + [1, 2, 3]", ["a.ag:1", "b.ag:1"]],
    ["while running", "f(x) = inv(x * zeros(2, 2))", "\nv = inv(x * zeros(3, 3))", ["a.ag:1", "b.ag:2"]],
  ])("%s are shown together, each in its file", (_what, a, b, expected) => {
    const found = notices(script, files({ "a.ag": a, "b.ag": b }), { x: 2 });
    expect(found.map((notice) => notice.split(" ")[1]!.replace(/:\d+$/, "")).sort()).toEqual(expected);
  });

  it("are told apart where they stand at the same place", () => {
    const library = files({ "a.ag": "u = inv(ones(2, 2) * x)", "b.ag": "v = inv(ones(3, 3) * x)" });
    const found = notices('import "a.ag"; import "b.ag"; w = sum(u) + sum(v)', library, { x: 0 });
    expect(found.sort()).toEqual(["no-result a.ag:1:5", "no-result b.ag:1:5"]);
  });
});

describe("a file", () => {
  /** A loader that says what it was asked for. */
  function recorded(texts: Readonly<Record<string, string>>) {
    const asked: string[] = [];
    const modules = (path: string) => {
      asked.push(path);
      const text = new Map(Object.entries(texts)).get(path);
      return text === undefined ? undefined : { path, source: { name: path, text } };
    };
    return { asked, modules };
  }

  it("that several import counts once", () => {
    const { asked, modules } = recorded({
      "a.ag": 'import "nn/c.ag"\nfa(x) = fc(x) + 1',
      "b.ag": 'import "nn/../nn/./c.ag"\nfb(x) = fc(x) + 2',
      "nn/c.ag": "fc(x) = 2 * x",
    });
    const script = 'import "a.ag"\nimport "b.ag"\nimport "a.ag"\nx = 1\nw = fa(x) + fb(x)';
    expect(evaluate(script, {}, { modules }).outputs).toEqual({ w: 7 });
    expect([...new Set(asked)]).toEqual(["a.ag", "b.ag", "nn/c.ag"]);
  });

  it("is one file by its name, whatever its path", () => {
    const modules = (path: string) => ({
      path: "real/a.ag",
      source: { name: "A", text: `# ${path}\nf(x) = 2 * x` },
    });
    expect(evaluate('import "a.ag"; import "b.ag"; w = f(x)', { x: 2 }, { modules }).outputs).toEqual({
      w: 4,
    });
  });

  it("imports relative to where it is, not to where it was asked for", () => {
    const { asked, modules } = recorded({ "real/b.ag": "k = 2" });
    const linked = (path: string) =>
      path === "link.ag"
        ? { path: "real/a.ag", source: { name: "elsewhere/a.ag", text: 'import "b.ag"' } }
        : modules(path);
    expect(evaluate('import "link.ag"; w = k * x', { x: 2 }, { modules: linked }).outputs).toEqual({ w: 4 });
    expect(asked).toEqual(["real/b.ag"]);
  });

  it("that is not there is an error at each import of it", () => {
    expect(notices('import "a.ag"\nimport "none.ag"', files({ "a.ag": '\nimport "sub/none.ag"' }))).toEqual([
      "import-missing main.ag:2:8",
      "import-missing a.ag:2:8",
    ]);
  });

  it("that cannot be had because there are no files is an error", () => {
    const { diagnostics } = compile('import "a.ag"\nw = x');
    expect(diagnostics.map(({ code, hint }) => [code, hint])).toEqual([
      ["import-unavailable", expect.stringContaining("`modules`")],
    ]);
  });

  it("is not asked for where the script has an error of syntax", () => {
    const { asked, modules } = recorded({});
    expect(notices('import "a.ag"\nw = (', { modules })).toHaveLength(1);
    expect(asked).toEqual([]);
  });

  it("whose loader fails is not a matter of the script", () => {
    const modules = () => {
      throw new Error("the disk is on fire");
    };
    expect(() => compile('import "a.ag"', { modules })).toThrow("the disk is on fire");
  });
});

describe("cycles", () => {
  const cycles = (texts: Readonly<Record<string, string>>, script = 'import "a.ag"; w = 1') =>
    compile(script, files(texts)).diagnostics.map(({ message }) => message.split(": ")[1]);

  it.each<[string, Record<string, string>, string[]]>([
    ["a file and itself", { "a.ag": 'import "./a.ag"' }, ["a.ag → a.ag"]],
    ["the script", { "a.ag": 'import "main.ag"' }, ["main.ag → a.ag → main.ag"]],
    [
      "three files",
      { "a.ag": 'import "b/b.ag"', "b/b.ag": 'import "c.ag"', "b/c.ag": 'import "../a.ag"' },
      ["a.ag → b/b.ag → b/c.ag → a.ag"],
    ],
    [
      "two cycles",
      { "a.ag": 'import "a.ag"\nimport "b.ag"', "b.ag": 'import "a.ag"' },
      ["a.ag → a.ag", "a.ag → b.ag → a.ag"],
    ],
  ])("of %s are shown with their path", (_what, texts, expected) => {
    expect(cycles({ ...texts, "main.ag": "never read" })).toEqual(expected);
  });

  it("stand at the import that closes them", () => {
    const library = files({ "a.ag": 'import "b.ag"', "b.ag": '\n  import "a.ag"' });
    expect(notices('import "a.ag"', library)).toEqual(["import-cycle b.ag:2:10"]);
  });
});

describe("many files", () => {
  const chain = (count: number): CompileOptions => {
    const next = (i: number) => (i < count ? `import "${i + 1}.ag"` : `k = x * ${count}`);
    return { modules: new Map(Array.from({ length: count }, (_, i) => [`${i + 1}.ag`, next(i + 1)])) };
  };
  const script = 'import "1.ag"\nw = k';

  it("are imported up to a limit, one through the other", () => {
    expect(evaluate(script, { x: 2 }, chain(mostImports)).outputs).toEqual({ w: 2 * mostImports });
    const { diagnostics } = compile(script, chain(mostImports + 1));
    expect(diagnostics.map(({ message }) => message)).toEqual([
      `the script imports more than ${mostImports} files`,
    ]);
  });

  it("are imported up to a limit, side by side", () => {
    const all = (count: number) => Array.from({ length: count }, (_, i) => `import "${i}.ag"`).join("\n");
    const modules = (path: string) => ({ path, source: { name: path, text: "# nothing" } });
    expect(evaluate(`${all(mostImports)}\nw = 1`, {}, { modules }).outputs).toEqual({ w: 1 });
    expect(notices(`${all(mostImports + 5)}\nw = 1`, { modules })).toEqual([
      `import-count <script>:${mostImports + 1}:8`,
    ]);
  });
});

describe("paths", () => {
  const error = (path: string) => {
    const { diagnostics } = compile(`import ${JSON.stringify(path)}\nw = 1`, files({}));
    return diagnostics.map(({ code, message, hint }) => `${code}: ${message}; ${hint}`).join();
  };

  it.each<[string, string]>([
    ["a.ag", "a.ag"],
    ["./a.ag", "a.ag"],
    ["a/b/../c.ag", "a/c.ag"],
    ["a//b.ag", "a/b.ag"],
    ["a/../b/../c.ag", "c.ag"],
    ["..a/...ag", "..a/...ag"],
    ["σ θ.ag", "σ θ.ag"],
    ["__proto__.ag", "__proto__.ag"],
  ])("%s leads to %s", (written, path) => {
    const script = `import ${JSON.stringify(written)}\nw = k`;
    expect(evaluate(script, {}, { modules: new Map([[path, "const k = 5"]]) }).outputs).toEqual({ w: 5 });
  });

  it.each<[string, string]>([
    ["../a.ag", "import-outside: `../a.ag` lies outside"],
    ["a/../../a.ag", "import-outside"],
    ["", "import-path: the path is empty"],
    ["/a.ag", "is an absolute path"],
    ["//host/a.ag", "is an absolute path"],
    ["\\\\host\\a.ag", "is an absolute path"],
    ["C:/a.ag", "is an absolute path"],
    ["c:a.ag", "is an absolute path"],
    ["https://example.org/a.ag", "is a URL"],
    ["file:///a.ag", "is a URL"],
    ["a\\b.ag", 'has a backslash; folders are parted by `/`: `import "a/b.ag"`'],
    ["a\nb.ag", "holds a control character"],
    ["a", 'does not end in `.ag`, as every script does; write `import "a.ag"`'],
    ["nn/a.txt", 'does not end in `.ag`, as every script does; write `import "nn/a.ag"`'],
    ["nn/", 'write `import "nn.ag"`'],
    ["a.AG", "does not end in `.ag`"],
    ["a.ag/..", "does not end in `.ag`"],
    ["toString.ag", "import-missing"],
  ])("%s is refused", (written, expected) => {
    expect(error(written)).toContain(expected);
  });

  it("leave the folder of the script from no file in it", () => {
    const library = files({ "a/b.ag": 'import "../../a.ag"\nimport "../a.ag"', "a.ag": "" });
    expect(notices('import "a/b.ag"\nw = 1', library)).toEqual(["import-outside a/b.ag:1:8"]);
  });
});

describe("plain data and printing", () => {
  it("go through imports unchanged", () => {
    const script: Script = parse({ name: "a", text: 'import "a.ag"\nw = 1' }, { maxNesting: 9 }).script!;
    expect(print(script)).toBe('import "a.ag"\nw = 1\n');
    const compiled = compile(print(script), files({ "a.ag": "" }));
    const result = compiled.ok ? compiled.program.run() : compiled;
    expect("evaluation" in result && toPlain(result.evaluation).outputs).toEqual({ w: 1 });
  });
});
