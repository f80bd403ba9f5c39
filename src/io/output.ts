import {
  appendFileSync,
  closeSync,
  existsSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import type { Writable } from "node:stream";
import { fault } from "../diagnostics.js";
import { systemReason } from "./system-errors.js";

/**
 * Writes a file so that it holds either its old content or all of the new one: into a temporary file in the same
 * folder, which then takes the place of the old one. What is not a regular file (`/dev/stdout`, a named pipe) is
 * written directly.
 *
 * @throws Fault if the file cannot be written; whatever producing the chunks throws, after cleaning up
 */
export function writeFileAtomically(path: string, chunks: Iterable<string | Uint8Array>): void {
  prepared(path, ({ target, temporary, mode }) => {
    if (temporary === undefined) {
      writeChunks(openSync(target, "w"), chunks);
      return;
    }
    writeChunks(openSync(temporary, "wx", mode), chunks);
    renameSync(temporary, target);
  });
}

/**
 * Adds text to a file that others write to as well.
 *
 * @throws Fault if it cannot be written
 */
export function appendToFile(path: string, text: string): void {
  try {
    appendFileSync(path, text);
  } catch (error) {
    throw writeFault(path, error);
  }
}

/**
 * Finds out whether a file can be written later on, before work begins whose result it is to hold. Leaves it as it is.
 *
 * @throws Fault if it cannot
 */
export function checkWritable(path: string): void {
  prepared(path, ({ temporary, mode }) => {
    if (temporary === undefined) return;
    closeSync(openSync(temporary, "wx", mode));
    unlinkSync(temporary);
  });
}

/** How a file is to be written. */
interface Destination {
  readonly target: string;
  /** Absent for what is not a regular file. */
  readonly temporary: string | undefined;
  readonly mode: number;
}

/** Looks at what is there and writes to it, or not; the temporary file does not outlive a failure. */
function prepared(path: string, write: (destination: Destination) => void): void {
  try {
    const target = resolveLink(path);
    const stat = statSync(target, { throwIfNoEntry: false });
    if (stat?.isDirectory()) throw fault("file-directory", { path });
    // Not to be taken for a file of that name.
    if (stat === undefined && (path.endsWith("/") || path.endsWith(sep)))
      throw fault("folder-missing", { path });
    if (stat !== undefined && !stat.isFile()) {
      write({ target, temporary: undefined, mode: 0 });
      return;
    }
    // Permissions of an existing file are kept; it must be writable itself, although only its folder is changed.
    if (stat !== undefined) closeSync(openSync(target, "r+"));
    const temporary = join(dirname(target), `.${basename(target)}.${crypto.randomUUID().slice(-12)}.tmp`);
    try {
      write({ target, temporary, mode: stat === undefined ? 0o666 : stat.mode & 0o777 });
    } catch (error) {
      removeIfPresent(temporary);
      throw error;
    }
  } catch (error) {
    throw writeFault(path, error);
  }
}

/** Where a symbolic link leads, so that the link stays and its target is replaced. */
function resolveLink(path: string): string {
  try {
    const target = realpathSync(path);
    // What `/dev/stdout` leads to has a name, but no place, where it is a pipe.
    return existsSync(target) ? target : path;
  } catch {
    return path;
  }
}

function writeChunks(file: number, chunks: Iterable<string | Uint8Array>): void {
  try {
    for (const chunk of chunks) {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      let written = 0;
      while (written < bytes.length) written += writeSync(file, bytes, written);
    }
  } finally {
    closeSync(file);
  }
}

function removeIfPresent(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It was never created; the first error is the one to report.
  }
}

function writeFault(path: string, error: unknown): unknown {
  const { code, reason } = systemReason(error);
  switch (code) {
    case undefined:
      return error;
    case "ENOENT":
    case "ENOTDIR":
      return fault("folder-missing", { path: dirname(path) });
    case "EISDIR":
      return fault("file-directory", { path });
    case "EACCES":
    case "EPERM":
      return fault("file-permission", { path, action: "write" });
    default:
      return fault("file-write", { path, reason });
  }
}

/** A standard stream: its descriptor, its name in messages, and the stream itself, which costs 5 ms to set up. */
interface Standard {
  readonly descriptor: number;
  readonly name: string;
  readonly stream: () => Writable;
}

const stdout: Standard = { descriptor: 1, name: "<stdout>", stream: () => process.stdout };
const stderr: Standard = { descriptor: 2, name: "<stderr>", stream: () => process.stderr };

/**
 * Writes to standard output at the pace at which it is read, and returns once everything has left the process.
 * False if the reader went away (`| head`): no more chunks are produced then, and that is no error.
 *
 * @throws Fault if the output cannot be written, for instance because the disk is full
 */
export const writeStdout = (chunks: Iterable<string | Uint8Array>): Promise<boolean> =>
  writeTo(stdout, chunks);

/** The same for standard error; where that fails there is nowhere left to say so, and it returns false. */
export async function writeStderr(chunks: Iterable<string | Uint8Array>): Promise<boolean> {
  try {
    return await writeTo(stderr, chunks);
  } catch {
    return false;
  }
}

async function writeTo(target: Standard, chunks: Iterable<string | Uint8Array>): Promise<boolean> {
  const iterator = chunks[Symbol.iterator]();
  for (let next = iterator.next(); next.done !== true; next = iterator.next()) {
    let bytes = typeof next.value === "string" ? Buffer.from(next.value) : next.value;
    while (bytes.length > 0) {
      try {
        bytes = bytes.subarray(writeSync(target.descriptor, bytes));
      } catch (error) {
        const { code, reason } = systemReason(error);
        if (code === "EPIPE") return false;
        if (code !== "EAGAIN") throw fault("file-write", { path: target.name, reason });
        // The pipe is full and does not block: only the stream can wait for the reader.
        return writeStream(rest(bytes, iterator), target.stream(), target.name);
      }
    }
  }
  return true;
}

function* rest<T>(first: T, others: Iterator<T>): Generator<T> {
  yield first;
  for (let next = others.next(); next.done !== true; next = others.next()) yield next.value;
}

/** Writes the chunks one after another, each when the one before has left. False if the reader went away. */
export async function writeStream(
  chunks: Iterable<string | Uint8Array>,
  stream: Writable,
  name: string,
): Promise<boolean> {
  // A failed write is reported twice, to its callback and as an event, which would end the process if unheard.
  const ignore = () => {};
  stream.on("error", ignore);
  try {
    for (const chunk of chunks) await write(stream, chunk);
  } catch (error) {
    if (!(error instanceof StreamError)) {
      stream.off("error", ignore);
      throw error;
    }
    // The event may still be under way, so the listener stays.
    const { code, reason } = systemReason(error.cause);
    if (code === "EPIPE" || code === "ERR_STREAM_DESTROYED") return false;
    throw fault("file-write", { path: name, reason });
  }
  stream.off("error", ignore);
  return true;
}

/** Tells errors of the stream from those of whatever produces the chunks. */
class StreamError extends Error {}

function write(stream: Writable, chunk: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(chunk, (error) => {
      if (error) reject(new StreamError("write failed", { cause: error }));
      else resolve();
    });
  });
}
