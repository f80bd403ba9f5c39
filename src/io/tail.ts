/** How many lines, and how many bytes of them, are kept. */
const mostLines = 20;
const mostBytes = 2 ** 16;

/** The end of a text that comes in pieces. */
export class Tail {
  #bytes: Uint8Array = new Uint8Array();

  add(chunk: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]).subarray(-mostBytes);
  }

  /** The last lines of it, without blanks at their ends. */
  lines(): string[] {
    const text = new TextDecoder().decode(this.#bytes).trimEnd();
    if (text === "") return [];
    return text
      .split(/\r\n|\r|\n/)
      .slice(-mostLines)
      .map((line) => line.trimEnd());
  }
}
