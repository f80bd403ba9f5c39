import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { diagnose, Fault, fault } from "../diagnostics.js";
import { formatBytes } from "../limits.js";
import type { SizeLimit } from "./files.js";
import { writeStream } from "./output.js";
import { systemReason } from "./system-errors.js";
import { Tail } from "./tail.js";

export interface PeerOptions {
  /** How long an answer may take. */
  readonly seconds: number;
  /** How long an answer may be. */
  readonly limit: SizeLimit;
}

/** How long a command may take to end by itself once its input has ended, and to tell why it has ended, in milliseconds. */
const graceAtEnd = 1000;
const graceForReasons = 300;

/** How much of what nobody has asked for is kept, to be shown. */
const mostUnasked = 2 ** 16;

const NEWLINE = 0x0a;
const isBlank = (bytes: Uint8Array) =>
  bytes.every((byte) => byte === 0x20 || byte === NEWLINE || byte === 0x0d || byte === 0x09);

const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

interface Waiting {
  readonly answer: (line: Uint8Array) => void;
  readonly fail: (reason: Fault) => void;
}

/**
 * A command of the user that answers each line by one line. The shell runs it as the user wrote it: everything else goes
 * through its standard input. It runs in a process group of its own, so that what it starts ends with it: when `end` is
 * called, and also when this process is interrupted or ends otherwise.
 */
export class Peer {
  readonly command: string;
  readonly #options: PeerOptions;
  readonly #child: ChildProcess;
  readonly #errors = new Tail();
  /** The beginning of a line, or what nobody has asked for. */
  #parts: Uint8Array[] = [];
  #size = 0;
  #waiting: Waiting | undefined;
  #answers = 0;
  #hasStopped = false;
  #isEnding = false;
  #failure: Fault | undefined;
  /** Resolve when the process has ended, and when its output has, too. */
  readonly #exited: Promise<unknown>;
  readonly #closed: Promise<unknown>;
  readonly #removeHandlers: () => void;

  constructor(command: string, options: PeerOptions) {
    this.command = command;
    this.#options = options;
    this.#child = spawn(command, {
      shell: true,
      // A group of its own; Windows has none, and another console would pop up.
      detached: process.platform !== "win32",
      windowsHide: true,
      stdio: ["pipe", "pipe", "pipe"],
    });
    const { stdin, stdout, stderr } = this.#child;
    this.#exited = new Promise((resolve) => {
      this.#child.once("exit", resolve);
      this.#child.once("error", resolve);
    });
    this.#closed = new Promise((resolve) => {
      this.#child.once("close", resolve);
      this.#child.once("error", resolve);
    });
    this.#child.on("error", (error) => {
      const { reason } = systemReason(error);
      this.#failure = fault("peer-start", { command, reason });
      this.#waiting?.fail(this.#failure);
    });
    const ignore = () => {};
    for (const stream of [stdin, stdout, stderr]) stream?.on("error", ignore);
    stdout?.on("data", (chunk: Uint8Array) => this.#take(chunk));
    stdout?.on("end", () => void this.#stop());
    stderr?.on("data", (chunk: Uint8Array) => this.#errors.add(chunk));
    this.#removeHandlers = whenThisProcessEnds(() => this.#kill());
  }

  /**
   * The line that answers a line, which comes in pieces. One question at a time.
   *
   * @throws Fault if there is no answer, or not in time; with the last lines of the standard error. No other answer comes then
   */
  async ask(question: Iterable<string>): Promise<Uint8Array> {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return await this.#answerTo(question);
    } catch (error) {
      this.#kill();
      if (!(error instanceof Fault)) throw error;
      this.#failure = this.explained(error);
      throw this.#failure;
    }
  }

  /** With the last lines of the command's standard error, if there are any. */
  explained(reason: Fault): Fault {
    return new Fault([...reason.diagnostics, ...this.errors()]);
  }

  /** The last lines of its standard error, if there are any. */
  errors() {
    const lines = this.#errors.lines();
    return lines.length === 0 ? [] : [diagnose("peer-errors", { command: this.command, lines })];
  }

  /** Ends its input, and then the command itself and whatever it has started. */
  async end(): Promise<void> {
    this.#isEnding = true;
    const { stdin, stdout, stderr } = this.#child;
    stdin?.end();
    // Whoever is about to write something may do so before ending.
    stdout?.resume();
    if (this.#failure === undefined) await within(graceAtEnd, this.#exited);
    this.#kill();
    await within(graceAtEnd, this.#exited);
    for (const stream of [stdin, stdout, stderr]) stream?.destroy();
    this.#removeHandlers();
  }

  async #answerTo(question: Iterable<string>): Promise<Uint8Array> {
    const { stdin, stdout } = this.#child;
    const { command } = this;
    if (!isBlank(this.#unfinished())) throw fault("peer-talks", { command, text: this.#shown() });
    this.#clear();
    const { seconds } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, fail) => {
      timer = setTimeout(() => {
        // An answer that has arrived while this process was busy counts.
        setImmediate(() => fail(fault("peer-silent", { command, seconds })));
      }, seconds * 1000);
    });
    const line = new Promise<Uint8Array>((answer, fail) => {
      this.#waiting = { answer, fail };
    });
    if (this.#hasStopped) void this.#stop();
    stdout?.resume();
    // Whoever does not read the question may still say why, or answer.
    const asked = writeStream(question, stdin!, command).catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error;
    });
    const both = Promise.all([line, asked]);
    // Nobody listens to what loses the race.
    for (const promise of [both, tooLate]) promise.catch(() => {});
    try {
      const [found] = await Promise.race([both, tooLate]);
      this.#answers += 1;
      return found;
    } finally {
      clearTimeout(timer);
      this.#waiting = undefined;
    }
  }

  #take(chunk: Uint8Array): void {
    if (this.#isEnding) return;
    let rest = chunk;
    while (this.#waiting !== undefined) {
      const end = rest.indexOf(NEWLINE);
      if (end < 0) break;
      this.#keep(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
      this.#deliver();
    }
    this.#keep(rest);
    const { limit } = this.#options;
    if (this.#waiting === undefined) {
      if (this.#size > mostUnasked) this.#child.stdout?.pause();
    } else if (this.#size > limit.bytes) {
      const parameters = { command: this.command, limit: formatBytes(limit.bytes), flag: limit.flag };
      this.#waiting.fail(fault("peer-long", parameters));
      this.#waiting = undefined;
    }
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#parts.push(bytes);
    this.#size += bytes.length;
  }

  #unfinished(): Uint8Array {
    if (this.#parts.length > 1) this.#parts = [Buffer.concat(this.#parts)];
    return this.#parts[0] ?? new Uint8Array();
  }

  #clear(): void {
    this.#parts = [];
    this.#size = 0;
  }

  /** What has come so far is the answer, unless it is an empty line. */
  #deliver(): void {
    const line = this.#unfinished();
    this.#clear();
    if (isBlank(line)) return;
    this.#waiting?.answer(line);
    this.#waiting = undefined;
  }

  /** The beginning of what has come, in a few characters. */
  #shown(): string {
    const text = new TextDecoder().decode(this.#unfinished().subarray(0, 400)).trim();
    const characters = [...text];
    return characters.length > 60 ? `${characters.slice(0, 59).join("")}…` : text;
  }

  /** There is no more output: what has come is an answer whose line has no end, or there is none. */
  async #stop(): Promise<void> {
    this.#hasStopped = true;
    this.#deliver();
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    await within(graceForReasons, this.#closed);
    const { exitCode, signalCode } = this.#child;
    const how =
      signalCode !== null
        ? `was ended by ${signalCode}`
        : exitCode !== null
          ? `has ended (exit code ${exitCode})`
          : "has closed its standard output";
    waiting.fail(fault("peer-ended", { command: this.command, how, answers: this.#answers }));
  }

  #kill(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    if (process.platform === "win32") {
      spawnSync("taskkill", ["/pid", String(pid), "/T", "/F"], { stdio: "ignore", windowsHide: true });
      return;
    }
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // All of them have ended.
    }
  }
}

/** Waits for an event, but no longer than this. */
async function within(milliseconds: number, event: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([event, late]);
  clearTimeout(timer);
}

/** Does something when this process is interrupted, told to end, or ends by itself. Returns what undoes that. */
function whenThisProcessEnds(action: () => void): () => void {
  const handlers = Object.entries(signals).map(([signal, number]) => {
    const handler = () => {
      action();
      process.exit(128 + number);
    };
    process.on(signal, handler);
    return () => void process.off(signal, handler);
  });
  process.on("exit", action);
  return () => {
    for (const remove of handlers) remove();
    process.off("exit", action);
  };
}
