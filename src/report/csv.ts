/** Chunks are about this long. */
const CHUNK = 2 ** 16;

/** A header and rows, in chunks of bounded size. */
export function* csv(header: string, rows: Iterable<string>): Generator<string> {
  let chunk = header;
  for (const row of rows) {
    chunk += row;
    if (chunk.length >= CHUNK) {
      yield chunk;
      chunk = "";
    }
  }
  if (chunk !== "") yield chunk;
}

/** The next index in row-major order. */
export function advance(index: number[], shape: readonly number[]): void {
  for (let axis = index.length - 1; axis >= 0; axis--) {
    index[axis] += 1;
    if (index[axis] < shape[axis]) return;
    index[axis] = 0;
  }
}

/** A field, in quotes if it holds a character that would end it. */
export function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
