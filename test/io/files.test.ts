import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Fault, locate } from "../../src/diagnostics.js";
import { decodeScript, readFileBytes, readScript, readStdin } from "../../src/io/files.js";
import { checkWritable, writeFileAtomically, writeStream } from "../../src/io/output.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "autograd-files-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const limit = { bytes: 1000, flag: "--max-input SIZE" };
const at = (name: string) => join(folder, name);
function diagnosticOf(action: () => unknown) {
  try {
    action();
  } catch (error) {
    if (error instanceof Fault) return error.diagnostics[0];
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("reading", () => {
  test("a file, up to and beyond the limit", () => {
    writeFileSync(at("n"), "x".repeat(1000));
    writeFileSync(at("n+1"), "x".repeat(1001));
    expect(readFileBytes(at("n"), limit).length).toBe(1000);
    const { message, hint, code } = diagnosticOf(() => readFileBytes(at("n+1"), limit));
    expect(code).toBe("limit");
    expect(message).toContain("n+1` has 1001 bytes (limit: 1000 bytes)");
    expect(hint).toContain("--max-input SIZE");
  });

  test("an empty file, and one larger than the first buffer", () => {
    writeFileSync(at("empty"), "");
    expect(readFileBytes(at("empty"), limit).length).toBe(0);
    const content = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));
    writeFileSync(at("large"), content);
    expect(content.equals(readFileBytes(at("large"), { ...limit, bytes: 1e6 }))).toBe(true);
  });

  test("what is not there, not a file, or not allowed", () => {
    expect(diagnosticOf(() => readFileBytes(at("none"), limit)).code).toBe("file-missing");
    expect(diagnosticOf(() => readFileBytes(folder, limit)).code).toBe("file-directory");
    writeFileSync(at("secret"), "x", { mode: 0 });
    // The superuser may read everything.
    if (process.getuid?.() !== 0) {
      expect(diagnosticOf(() => readFileBytes(at("secret"), limit)).code).toBe("file-permission");
    }
    expect(diagnosticOf(() => readFileBytes(at("a\0b"), limit)).code).toBe("file-read");
  });

  test.skipIf(process.platform === "win32")("a named pipe", async () => {
    execFileSync("mkfifo", [at("pipe")]);
    const writer = spawn("sh", ["-c", 'printf "{}" > "$0"', at("pipe")]);
    expect(Buffer.from(readFileBytes(at("pipe"), limit)).toString()).toBe("{}");
    await new Promise((resolve) => writer.on("close", resolve));
  });

  test("a script: byte order mark, encoding", () => {
    writeFileSync(at("bom.ag"), "\ufeffz = σ");
    expect(readScript(at("bom.ag"), limit).text).toBe("z = σ");
    const bad = Buffer.concat([Buffer.from("z = 1\nσ = "), Buffer.of(0xfe), Buffer.from("x")]);
    const { message, span } = diagnosticOf(() => decodeScript(bad, "bad.ag"));
    expect(message).toBe("not UTF-8 text: unexpected byte 0xfe at position 11");
    expect(locate(span!.source, span!.start)).toMatchObject({ line: 2, column: 5 });
  });

  test("a stream to its end, within the limit", async () => {
    const chunks = (n: number) => Readable.from(Array.from({ length: n }, () => Buffer.alloc(100)));
    expect((await readStdin(limit, chunks(10))).length).toBe(1000);
    expect((await readStdin(limit, chunks(0))).length).toBe(0);
    await expect(readStdin(limit, chunks(11))).rejects.toThrow("limit: 1000 bytes");
  });
});

describe("writing a file", () => {
  test("new, replaced, and through a symbolic link", () => {
    writeFileAtomically(at("out"), ["a", Buffer.from("b"), "σ"]);
    expect(readFileSync(at("out"), "utf8")).toBe("abσ");
    chmodSync(at("out"), 0o640);
    symlinkSync(at("out"), at("link"));
    writeFileAtomically(at("link"), ["new"]);
    expect(readFileSync(at("out"), "utf8")).toBe("new");
    expect(statSync(at("out")).mode & 0o777).toBe(0o640);
  });

  test("a failure half-way leaves the old content and no other file", () => {
    mkdirSync(at("folder"));
    const path = join(at("folder"), "out");
    writeFileSync(path, "old");
    const chunks = function* () {
      yield "new";
      throw new Error("half-way");
    };
    expect(() => writeFileAtomically(path, chunks())).toThrow("half-way");
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(at("folder"))).toEqual(["out"]);
  });

  test("where it cannot be", () => {
    expect(diagnosticOf(() => writeFileAtomically(folder, ["x"])).code).toBe("file-directory");
    expect(diagnosticOf(() => writeFileAtomically(at("none/out"), ["x"])).code).toBe("folder-missing");
  });

  test("finding out whether it can be leaves everything as it is", () => {
    mkdirSync(at("checked"));
    const path = join(at("checked"), "out");
    checkWritable(path);
    expect(readdirSync(at("checked"))).toEqual([]);
    writeFileSync(path, "old");
    checkWritable(path);
    expect(readdirSync(at("checked"))).toEqual(["out"]);
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(diagnosticOf(() => checkWritable(at("checked"))).code).toBe("file-directory");
    expect(diagnosticOf(() => checkWritable(at("none/out"))).code).toBe("folder-missing");
    expect(diagnosticOf(() => checkWritable(at("none/"))).code).toBe("folder-missing");
  });

  test.skipIf(process.platform === "win32")("a device is written directly", () => {
    checkWritable("/dev/null");
    writeFileAtomically("/dev/null", ["x"]);
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
  });
});

describe("writing to a stream", () => {
  const failing = (code: string) =>
    new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })),
    });

  test("waits for the reader", async () => {
    const received: string[] = [];
    let produced = 0;
    const slow = new Writable({
      highWaterMark: 1,
      write: (chunk, _encoding, done) => {
        received.push(String(chunk));
        expect(produced - received.length).toBeLessThanOrEqual(1);
        setTimeout(done, 1);
      },
    });
    const chunks = function* () {
      for (; produced < 5; produced++) yield String(produced);
    };
    expect(await writeStream(chunks(), slow, "<test>")).toBe(true);
    expect(received.join("")).toBe("01234");
  });

  test("a reader that went away is no error, a full disk is", async () => {
    expect(await writeStream(["a", "b"], failing("EPIPE"), "<test>")).toBe(false);
    await expect(writeStream(["a"], failing("ENOSPC"), "<test>")).rejects.toThrow("cannot write `<test>`");
  });
});

describe.skipIf(process.platform === "win32")("as a process", () => {
  let program: string;
  beforeAll(() => {
    program = at("program.mjs");
    buildSync({
      stdin: {
        contents: `
          import { readStdin, stdinIsDataSource } from "./src/io/files.js";
          import { writeStdout } from "./src/io/output.js";
          if (process.argv[2] === "flood" || process.argv[2] === "flood-unblocked") {
            // A shared pipe that does not block: what is written faster than it is read comes back as EAGAIN.
            if (process.argv[2] === "flood-unblocked") process.stdout._handle.setBlocking(false);
            const chunks = function* () { for (let i = 0; i < 1e4; i++) yield "y\\n".repeat(1000); };
            process.stderr.write(String(await writeStdout(chunks())));
          } else if (process.argv[2] === "count") {
            process.stdout.write(String((await readStdin({ bytes: 1e9, flag: "" })).length));
          } else process.stdout.write(String(stdinIsDataSource()));`,
        resolveDir: process.cwd(),
      },
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: program,
    });
  });
  const shell = (command: string) =>
    execFileSync("bash", ["-c", command.replaceAll("PROGRAM", `"${process.execPath}" "${program}"`)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });

  test.each([
    ["echo x | PROGRAM", "true"],
    ["PROGRAM < /etc/hosts", "true"],
    ["PROGRAM < /dev/null", "false"],
    ["PROGRAM <&-", "false"],
    ["head -c 1000000 /dev/zero | PROGRAM count", "1000000"],
    ["(printf a; sleep 0.2; printf b) | PROGRAM count", "2"],
    ["PROGRAM count < /dev/null", "0"],
    ["PROGRAM count <&-", "0"],
    ["(PROGRAM flood 2>&3 | head -n 1) 3>&1", "y\nfalse"],
    ["(PROGRAM flood 2>&3 | wc -l | tr -d ' ') 3>&1", "true10000000\n"],
    ["(PROGRAM flood-unblocked 2>&3 | (sleep 0.2; wc -l | tr -d ' ')) 3>&1", "true10000000\n"],
    ["(PROGRAM flood-unblocked 2>&3 | head -n 1) 3>&1", "y\nfalse"],
  ])("%s", (command, expected) => {
    expect(shell(command)).toBe(expected);
  });
});
