/** What a TAP document says. */
export interface TapDocument {
  readonly points: readonly TapPoint[];
  readonly comments: readonly string[];
  /** Why everything is skipped, if the plan is of nothing. */
  readonly reason: string | undefined;
}

export interface TapPoint {
  readonly isOk: boolean;
  readonly description: string;
  readonly directive: string | undefined;
  readonly yaml: Readonly<Record<string, string | number>> | undefined;
  readonly subtest: TapDocument | undefined;
}

/** Reads TAP 14 as its grammar has it, and refuses every line that is none of TAP, which a harness would pass over. */
export function parseTap(text: string): TapDocument {
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  if (/\r/.test(text)) throw new Error("a carriage return, which ends lines");
  const lines = text.slice(0, -1).split("\n");
  if (lines.shift() !== "TAP version 14") throw new Error("no version");
  return readDocument(lines);
}

function readDocument(lines: string[]): TapDocument {
  const [, planned, reason] = /^1\.\.(\d+)(?: # (.*))?$/.exec(lines.shift() ?? "") ?? [];
  if (planned === undefined) throw new Error("no plan");
  const points: TapPoint[] = [];
  const comments: string[] = [];
  while (lines.length > 0) {
    const [, name] = /^# Subtest: (.*)$/.exec(lines[0]) ?? [];
    if (name !== undefined) points.push(readSubtest(lines, name, points.length + 1));
    else if (lines[0].startsWith("#")) comments.push(lines.shift()!);
    else points.push(readPoint(lines, points.length + 1).point);
  }
  if (points.length !== Number(planned)) throw new Error(`${points.length} points, but ${planned} planned`);
  return { points, comments, reason };
}

function readSubtest(lines: string[], name: string, number: number): TapPoint {
  lines.shift();
  const inner: string[] = [];
  while (lines[0]?.startsWith("    ")) inner.push(lines.shift()!.slice(4));
  const subtest = readDocument(inner);
  const { point, raw } = readPoint(lines, number);
  if (raw !== name) throw new Error(`the subtest ${name} ends with ${raw}`);
  return { ...point, subtest };
}

function readPoint(lines: string[], number: number): { point: TapPoint; raw: string } {
  const line = lines.shift() ?? "";
  const [, status, id, rest] = /^(ok|not ok) (\d+) - (.*)$/.exec(line) ?? [];
  if (status === undefined || Number(id) !== number) throw new Error(`no test point ${number}: ${line}`);
  // A number sign behind an odd number of backslashes is escaped.
  const [, raw, directive] = /^((?:[^\\#]|\\.)*?)(?:\s+#\s+(.*))?$/.exec(rest) ?? [];
  if (raw === undefined) throw new Error(`an unescaped character: ${rest}`);
  const yaml = lines[0] === "  ---" ? readYaml(lines) : undefined;
  const description = raw.replace(/\\([\\#])/g, "$1");
  return { point: { isOk: status === "ok", description, directive, yaml, subtest: undefined }, raw };
}

/** The YAML that we write: a mapping of strings in quotes, numbers, and blocks of lines. */
function readYaml(lines: string[]): Record<string, string | number> {
  lines.shift();
  const members: Record<string, string | number> = {};
  for (let line = lines.shift(); line !== "  ..."; line = lines.shift()) {
    const [, name, value] = /^ {2}([a-z_]+): (.+)$/.exec(line ?? "") ?? [];
    if (name === undefined || name in members) throw new Error(`no member: ${line}`);
    if (value !== "|") members[name] = scalar(value);
    else {
      const block: string[] = [];
      while (lines[0] === "" || /^ {4}/.test(lines[0] ?? "")) block.push(lines.shift()!.slice(4));
      // The first line tells how far the block is indented.
      if (block[0] === undefined || /^( |$)/.test(block[0])) throw new Error("a block without a first line");
      members[name] = block.join("\n");
    }
  }
  return members;
}

const special: Readonly<Record<string, number>> = {
  ".nan": Number.NaN,
  ".inf": Number.POSITIVE_INFINITY,
  "-.inf": Number.NEGATIVE_INFINITY,
};

function scalar(text: string): string | number {
  if (text.startsWith('"')) {
    const value = JSON.parse(text) as string;
    if (/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]/u.test(text))
      throw new Error("a character that YAML has not");
    return value;
  }
  if (text in special) return special[text];
  if (!/^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/.test(text)) throw new Error(`no number: ${text}`);
  return Number(text);
}
