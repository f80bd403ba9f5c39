/** An element of an XML document; texts stand among its children. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (XmlElement | string)[];
}

const NAME = /[A-Za-z_:][\w:.-]*/y;
const ILLEGAL = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const predefined: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/**
 * Reads an XML 1.0 document, and refuses what is not well-formed. It knows elements, attributes, texts and references, which
 * is all that our writers use: comments, CDATA sections, processing instructions and document types are refused, too.
 */
export function parseXml(document: string): XmlElement {
  const illegal = ILLEGAL.exec(document);
  if (illegal !== null) throw new Error(`illegal character at ${illegal.index}`);
  return new XmlReader(document.replace(/\r\n?/g, "\n")).read();
}

class XmlReader {
  private at = 0;

  constructor(private readonly text: string) {}

  read(): XmlElement {
    this.expect(/<\?xml version="1\.0" encoding="UTF-8"\?>/y, "the declaration");
    this.accept(/\s*/y);
    const root = this.element();
    this.accept(/\s*/y);
    if (this.at < this.text.length) throw this.error("something behind the root");
    return root;
  }

  private element(): XmlElement {
    this.expect(/</y, "<");
    const name = this.expect(NAME, "a name");
    const attributes: Record<string, string> = {};
    while (this.accept(/\s+(?=[^\s/>])/y) !== undefined) {
      const key = this.expect(NAME, "a name");
      if (key in attributes) throw this.error(`a second ${key}`);
      this.expect(/\s*=\s*/y, "=");
      const quoted = this.expect(/"[^"<]*"|'[^'<]*'/y, "a value in quotes, without <");
      // White space that is not written as a reference becomes a blank.
      attributes[key] = this.resolved(quoted.slice(1, -1).replace(/\s/g, " "));
    }
    this.accept(/\s*/y);
    if (this.accept(/\/>/y) !== undefined) return { name, attributes, children: [] };
    this.expect(/>/y, ">");
    const children = this.children();
    this.expect(/<\//y, "an end tag");
    if (this.expect(NAME, "a name") !== name) throw this.error(`no end tag of ${name}`);
    this.expect(/\s*>/y, ">");
    return { name, attributes, children };
  }

  private children(): (XmlElement | string)[] {
    const children: (XmlElement | string)[] = [];
    for (;;) {
      const text = this.accept(/[^<]+/y);
      if (text !== undefined) {
        if (text.includes("]]>")) throw this.error("]]> in a text");
        children.push(this.resolved(text));
      } else if (this.text.startsWith("</", this.at) || this.at >= this.text.length) return children;
      else children.push(this.element());
    }
  }

  private resolved(text: string): string {
    return text.replace(/&([^;&]*;?)/g, (_, reference: string) => {
      const [, entity, decimal, hexadecimal] =
        /^(?:([a-z]+)|#([0-9]+)|#x([0-9a-fA-F]+));$/.exec(reference) ?? [];
      const character =
        entity === undefined
          ? String.fromCodePoint(decimal === undefined ? Number.parseInt(hexadecimal, 16) : Number(decimal))
          : predefined[entity];
      if (character === undefined || ILLEGAL.test(character)) throw this.error(`the reference &${reference}`);
      return character;
    });
  }

  private accept(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  private expect(pattern: RegExp, what: string): string {
    const found = this.accept(pattern);
    if (found === undefined) throw this.error(`no ${what}`);
    return found;
  }

  private error(what: string): Error {
    return new Error(`${what} at ${this.at}: ${this.text.slice(this.at, this.at + 40)}`);
  }
}

export const elementsOf = ({ children }: XmlElement): XmlElement[] =>
  children.filter((child): child is XmlElement => typeof child !== "string");

export const textOf = ({ children }: XmlElement): string =>
  children.filter((child) => typeof child === "string").join("");
