import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile, toPlain } from "../../src/index.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The fenced blocks of a page that are marked with this word. */
function blocks(page: string, mark: string): string[] {
  const text = readFileSync(path.join(root, page), "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${mark}\\n([^]*?)^\`\`\`$`, "gm"))].map(([, body]) => body!);
}

/** A folder with the built program under the name that a user types. */
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "autograd-"));
  const command = path.join(folder, "autograd");
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${root}bin/autograd.js" "$@"\n`);
  chmodSync(command, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a terminal shows for a command: standard output, then what went to standard error. */
function shown(command: string): string {
  const { stdout, stderr } = spawnSync("sh", ["-c", command], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, PATH: `${folder}${path.delimiter}${process.env.PATH}` },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return stdout + stderr;
}

describe.each(["README.md", "docs/trace.md"])("%s", (page) => {
  const sessions = blocks(page, "console").flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((session) => {
        const end = session.indexOf("\n");
        return [session.slice(0, end), session.slice(end + 1)] as const;
      }),
  );

  it.each(sessions)("shows what this prints: %s", (command, output) => {
    expect(shown(command)).toBe(output);
  });
});

describe("the library example of README.md", () => {
  it("gives the gradients that its comment shows", () => {
    const [example] = blocks("README.md", "js");
    expect(example).toContain('compile("w = sum(x^2) * y")');
    expect(example).toContain("run({ x: [1, 2], y: 3 })");
    expect(example).toContain("// { x: [ 6, 12 ], y: 5 }");
    const compiled = compile("w = sum(x^2) * y");
    const result = compiled.ok ? compiled.program.run({ x: [1, 2], y: 3 }) : compiled;
    expect("evaluation" in result && toPlain(result.evaluation).gradients.w).toEqual({ x: [6, 12], y: 5 });
  });
});

describe("the scripts of docs/language.md", () => {
  it.each(blocks("docs/language.md", "ag").map((text, i) => [i + 1, text] as const))(
    "block %i runs",
    (_i, text) => {
      const compiled = compile(text);
      const result = compiled.ok ? compiled.program.run({}) : compiled;
      expect(result.diagnostics.map(({ message }) => message)).toEqual([]);
      const asserts = "evaluation" in result ? (result.evaluation.asserts ?? []) : [];
      expect(asserts.filter(({ passed }) => !passed)).toEqual([]);
    },
  );
});
