import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Fault } from "../../src/diagnostics.js";
import { fileModules, placeIn } from "../../src/io/modules.js";

/**
 * ```
 * outside.ag  outside/secret.ag
 * home/main.ag  home/a.ag  home/nn/b.ag  home/folder.ag/c.ag
 * home/link.ag → a.ag             home/nn/up.ag → ../a.ag         home/linked → nn
 * home/escape.ag → ../outside.ag  home/escaped → ../outside       home/round.ag → round.ag
 * home/broken.ag → nowhere.ag     home/absolute.ag → /…/home/a.ag home/back.ag → ../home/a.ag
 * other/entry.ag → ../home/main.ag                                alias → home
 * ```
 */
let top: string;
const at = (...names: string[]) => path.join(top, ...names);
beforeAll(() => {
  top = realpathSync(mkdtempSync(path.join(tmpdir(), "autograd-modules-")));
  for (const folder of ["home/nn", "home/folder.ag", "outside", "other"])
    mkdirSync(at(folder), { recursive: true });
  const files = [
    "outside.ag",
    "outside/secret.ag",
    "home/main.ag",
    "home/a.ag",
    "home/nn/b.ag",
    "home/folder.ag/c.ag",
  ];
  for (const file of files) writeFileSync(at(file), `# ${file}`);
  const links: [string, string][] = [
    ["home/link.ag", "a.ag"],
    ["home/nn/up.ag", "../a.ag"],
    ["home/linked", "nn"],
    ["home/escape.ag", "../outside.ag"],
    ["home/escaped", "../outside"],
    ["home/round.ag", "round.ag"],
    ["home/broken.ag", "nowhere.ag"],
    ["home/absolute.ag", at("home/a.ag")],
    ["home/back.ag", "../home/a.ag"],
    ["home/to-folder.ag", "nn"],
    ["other/entry.ag", "../home/main.ag"],
    ["alias", "home"],
  ];
  for (const [link, target] of links) symlinkSync(target, at(link));
});
afterAll(() => rmSync(top, { recursive: true }));

const limits = { script: 1000 };
const main = { name: "main", text: "" };
const before = process.cwd();
beforeEach(() => process.chdir(top));
afterEach(() => process.chdir(before));

/** What is wrong with an import. */
function problem(asked: string, file: string | undefined = "home/main.ag", script = limits) {
  try {
    fileModules(main, file, script)(asked);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { code, message, span } = error.diagnostics[0]!;
    return { code, message, place: span?.source.name };
  }
  return expect.fail("nothing is wrong");
}

describe("a file that is imported", () => {
  test.each<[string, string, string]>([
    ["a.ag", "a.ag", "home/a.ag"],
    ["nn/b.ag", "nn/b.ag", "home/nn/b.ag"],
    ["folder.ag/c.ag", "folder.ag/c.ag", "home/folder.ag/c.ag"],
    ["link.ag", "a.ag", "home/a.ag"],
    ["nn/up.ag", "a.ag", "home/a.ag"],
    ["linked/b.ag", "nn/b.ag", "home/nn/b.ag"],
    ["linked/up.ag", "a.ag", "home/a.ag"],
    ["absolute.ag", "a.ag", "home/a.ag"],
    ["back.ag", "a.ag", "home/a.ag"],
  ])("asked for as %s, is %s", (asked, place, file) => {
    expect(fileModules(main, "home/main.ag", limits)(asked)).toEqual({
      path: place,
      source: { name: path.normalize(file), text: `# ${file}` },
    });
  });

  test("is read once, whatever path leads to it", () => {
    const find = fileModules(main, "home/main.ag", limits);
    const first = find("a.ag");
    writeFileSync(at("home/a.ag"), "# changed");
    try {
      for (const asked of ["a.ag", "link.ag", "nn/up.ag", "linked/up.ag"]) expect(find(asked)).toBe(first);
      expect(fileModules(main, "home/main.ag", limits)("a.ag").source.text).toBe("# changed");
    } finally {
      writeFileSync(at("home/a.ag"), "# home/a.ag");
    }
  });

  test("may be the script itself", () => {
    for (const file of ["home/main.ag", "other/entry.ag", "alias/main.ag", "./home/../home/main.ag"]) {
      const found = fileModules(main, file, limits)("main.ag");
      expect(found.path).toBe("main.ag");
      expect(found.source).toBe(main);
    }
  });

  test.each<[string, string | undefined, string, string]>([
    ["from another folder", "home/main.ag", "nn/b.ag", "home/nn/b.ag"],
    ["with a dot", "./home/main.ag", "nn/b.ag", "home/nn/b.ag"],
    ["by a folder that is a link", "alias/main.ag", "nn/b.ag", "alias/nn/b.ag"],
    ["as standard input", "-", "home/nn/b.ag", "home/nn/b.ag"],
    ["as a text", undefined, "home/nn/b.ag", "home/nn/b.ag"],
  ])("is named as it is found from the current folder, for a script given %s", (_how, file, asked, name) => {
    expect(fileModules(main, file, limits)(asked).source.name).toBe(path.normalize(name));
  });

  test.skipIf(process.platform === "win32")(
    "is found from the current folder for a script from a pipe",
    () => {
      execFileSync("mkfifo", [at("home/script")]);
      expect(fileModules(main, "home/script", limits)("home/nn/b.ag").path).toBe("home/nn/b.ag");
    },
  );

  test("is named in full where the script is an absolute path or a link to another folder", () => {
    for (const file of [at("home/main.ag"), "other/entry.ag"])
      expect(fileModules(main, file, limits)("nn/b.ag").source.name).toBe(at("home/nn/b.ag"));
  });

  test("has the size of a script at most", () => {
    writeFileSync(at("home/large.ag"), "#".repeat(1000));
    expect(fileModules(main, "home/main.ag", limits)("large.ag").source.text.length).toBe(1000);
    const { code, message } = problem("large.ag", "home/main.ag", { script: 999 });
    expect(code).toBe("limit");
    expect(message).toContain(`\`${path.normalize("home/large.ag")}\` has 1000 bytes (limit: 999 bytes)`);
  });

  test("has a byte order mark or none", () => {
    writeFileSync(at("home/bom.ag"), "\ufeffk = σ");
    expect(fileModules(main, "home/main.ag", limits)("bom.ag").source.text).toBe("k = σ");
  });
});

describe("a file that is not imported", () => {
  test.each<[string, string, string]>([
    ["none.ag", "import-missing", "home/none.ag"],
    ["none/a.ag", "import-missing", "home/none/a.ag"],
    ["a.ag/b.ag", "import-missing", "home/a.ag/b.ag"],
    ["broken.ag", "import-missing", "home/broken.ag"],
    ["folder.ag", "import-not-a-file", "home/folder.ag"],
    ["to-folder.ag", "import-not-a-file", "home/nn"],
    ["escape.ag", "import-outside", "home/escape.ag"],
    ["escaped/secret.ag", "import-outside", "home/escaped/secret.ag"],
    ["round.ag", "file-read", "home/round.ag"],
    ["a\0.ag", "file-read", "home/a\0.ag"],
    [`${"a".repeat(300)}.ag`, "file-read", `home/${"a".repeat(300)}.ag`],
  ])("%j: %s", (asked, code, name) => {
    const found = problem(asked);
    expect(found.code).toBe(code);
    expect(found.message).toContain(`\`${path.normalize(name)}\``);
  });

  test("lies behind a link that leaves the folder, and is named", () => {
    expect(problem("escape.ag").message).toContain(`a link to \`${at("outside.ag")}\``);
    // The folder of the script is where the link leads.
    expect(problem("escape.ag", "other/entry.ag").code).toBe("import-outside");
    expect(problem("entry.ag", "other/entry.ag").code).toBe("import-missing");
  });

  test("may be imported by a script higher up", () => {
    expect(fileModules(main, undefined, limits)("home/escape.ag").path).toBe("outside.ag");
  });

  test("is not UTF-8: the place is in it", () => {
    writeFileSync(at("home/latin.ag"), Buffer.from("# caf\xe9", "latin1"));
    expect(problem("latin.ag")).toMatchObject({ code: "not-utf8", place: path.normalize("home/latin.ag") });
  });

  test.skipIf(process.platform === "win32")("is a pipe, and nobody waits for it", () => {
    execFileSync("mkfifo", [at("home/pipe.ag")]);
    expect(problem("pipe.ag")).toMatchObject({ code: "import-not-a-file" });
  });

  test("may not be read", () => {
    writeFileSync(at("home/secret.ag"), "", { mode: 0 });
    chmodSync(at("home/secret.ag"), 0);
    // The superuser may read everything.
    if (process.getuid?.() !== 0) expect(problem("secret.ag").code).toBe("file-permission");
  });

  test("is not looked for before it is asked for", () => {
    expect(() => fileModules(main, "none/main.ag", limits)).not.toThrow();
  });
});

describe("a place in a folder", () => {
  test.each<[string, string, string | undefined]>([
    ["/a/b", "/a/b/c.ag", "c.ag"],
    ["/a/b", "/a/b/c/d.ag", "c/d.ag"],
    ["/a/b", "/a/b/..c/d.ag", "..c/d.ag"],
    ["/a/b", "/a/bc/d.ag", undefined],
    ["/a/b", "/a/c.ag", undefined],
    ["/a/b", "/a", undefined],
    ["/", "/c.ag", "c.ag"],
  ])("%s has %s at %s", (folder, target, expected) => {
    expect(placeIn(folder, target, path.posix)).toBe(expected);
  });

  test.each<[string, string, string | undefined]>([
    ["C:\\a", "C:\\a\\b\\c.ag", "b\\c.ag"],
    ["C:\\a", "c:\\A\\c.ag", "c.ag"],
    ["C:\\a", "D:\\a\\c.ag", undefined],
    ["C:\\a", "C:\\c.ag", undefined],
    ["C:\\a", "\\\\host\\a\\c.ag", undefined],
  ])("on Windows, too: %s has %s at %s", (folder, target, expected) => {
    expect(placeIn(folder, target, path.win32)).toBe(expected);
  });
});
