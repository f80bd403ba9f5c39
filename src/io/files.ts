import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type Fault, fault, type Source } from "../diagnostics.js";
import { formatBytes } from "../limits.js";
import { systemReason } from "./system-errors.js";
import { decodeUtf8, findInvalidUtf8, looksLikeUtf16 } from "./utf8.js";

/** The most bytes that are read, and the flag that raises this limit. */
export interface SizeLimit {
  readonly bytes: number;
  readonly flag: string;
}

const FIRST_BUFFER = 2 ** 16;
/** What the system reads in one call at most. */
const LARGEST_READ = 2 ** 30;

/**
 * The bytes of a file, or of anything else that opens like one, such as a named pipe.
 *
 * @throws Fault if there is no such file, it cannot be read, or it is larger than the limit
 */
export function readFileBytes(path: string, limit: SizeLimit): Uint8Array {
  try {
    const file = openSync(path, "r");
    try {
      const stat = fstatSync(file);
      if (stat.isDirectory()) throw fault("file-directory", { path });
      if (stat.size > limit.bytes) throw tooLarge(path, formatBytes(stat.size), limit);
      return readToEnd(file, path, stat.size, limit);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw readFault(path, error);
  }
}

/** The size that a file claims is only where to start: that of a pipe is 0, and a file may grow meanwhile. */
function readToEnd(file: number, path: string, expected: number, limit: SizeLimit): Uint8Array {
  // One byte more than expected, so that the end is met without growing.
  let buffer = new Uint8Array(Math.max(expected + 1, FIRST_BUFFER));
  let size = 0;
  for (;;) {
    const count = readSync(file, buffer, size, Math.min(buffer.length - size, LARGEST_READ), null);
    if (count === 0) return buffer.subarray(0, size);
    size += count;
    if (size > limit.bytes) throw tooLarge(path, `more than ${formatBytes(limit.bytes)}`, limit);
    if (size === buffer.length) {
      const larger = new Uint8Array(Math.min(2 * buffer.length, limit.bytes + 1));
      larger.set(buffer);
      buffer = larger;
    }
  }
}

/**
 * Everything on standard input, to its end. Asynchronous, so that an interrupt is noticed while it waits.
 *
 * @throws Fault if it cannot be read, or is larger than the limit
 */
export async function readStdin(
  limit: SizeLimit,
  stream: AsyncIterable<Uint8Array> = process.stdin,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      size += chunk.length;
      if (size > limit.bytes) throw tooLarge(STDIN, `more than ${formatBytes(limit.bytes)}`, limit);
      chunks.push(chunk);
    }
  } catch (error) {
    throw readFault(STDIN, error);
  }
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size);
}

/** What standard input is called in messages. */
export const STDIN = "<stdin>";

/** The bytes of a file, or of standard input if the path is `-`; `name` is what to call them in messages. */
export async function readBytes(
  path: string,
  limit: SizeLimit,
): Promise<{ name: string; bytes: Uint8Array }> {
  return path === "-"
    ? { name: STDIN, bytes: await readStdin(limit) }
    : { name: path, bytes: readFileBytes(path, limit) };
}

/**
 * A script as text, without a byte order mark.
 *
 * @throws Fault if it cannot be read, is larger than the limit, or is not UTF-8
 */
export function readScript(path: string, limit: SizeLimit): Source {
  return decodeScript(readFileBytes(path, limit), path);
}

/**
 * The text of a script that was read from elsewhere, such as standard input.
 *
 * @throws Fault if it is not UTF-8, with the position of the first bad byte
 */
export function decodeScript(bytes: Uint8Array, name: string): Source {
  const text = decodeUtf8(bytes);
  if (text !== undefined) return { name, text };
  const position = findInvalidUtf8(bytes);
  // The text up to the bad byte is good, and enough to show the place.
  const before = decodeUtf8(bytes.subarray(0, position)) ?? "";
  const span = { source: { name, text: `${before}\uFFFD` }, start: before.length, end: before.length + 1 };
  throw fault("not-utf8", { byte: bytes[position], position, utf16: looksLikeUtf16(bytes) }, span);
}

/**
 * Whether standard input holds data: a pipe, a socket or a file. A terminal, `/dev/null` and a closed standard
 * input do not, and reading them unasked would wait for someone to type.
 */
export function stdinIsDataSource(): boolean {
  try {
    const stat = fstatSync(0);
    return stat.isFIFO() || stat.isFile() || stat.isSocket();
  } catch {
    return false;
  }
}

function tooLarge(path: string, size: string, limit: SizeLimit): Fault {
  return fault("limit", {
    what: `\`${path}\` has ${size}`,
    limit: formatBytes(limit.bytes),
    flag: limit.flag,
  });
}

/** An error of the operating system as a `Fault`; any other as it is. */
export function readFault(path: string, error: unknown): unknown {
  const { code, reason } = systemReason(error);
  switch (code) {
    case undefined:
      return error;
    case "ENOENT":
      return fault("file-missing", { path });
    case "EISDIR":
      return fault("file-directory", { path });
    case "EACCES":
    case "EPERM":
      return fault("file-permission", { path, action: "read" });
    default:
      return fault("file-read", { path, reason });
  }
}
