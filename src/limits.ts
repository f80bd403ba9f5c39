/** What a run may use, in one place: every message about a limit takes its figure and its flag from here. */
export interface Limits {
  /** How deep expressions may nest. */
  readonly nesting: number;
  /** How many nodes the graph, with its derivatives, may have. */
  readonly nodes: number;
  /** Bytes of the arena in which one evaluation keeps its values. */
  readonly memory: number;
  /** Bytes of one script. */
  readonly script: number;
  /** Bytes of one input file. */
  readonly input: number;
}

const MiB = 2 ** 20;
const GiB = 2 ** 30;

export const defaultLimits: Limits = {
  nesting: 500,
  nodes: 5_000_000,
  memory: 4 * GiB,
  script: 64 * MiB,
  input: 1 * GiB,
};

/** What a flag can raise each limit to: the call stack, 32-bit offsets and the runtime's longest string decide. */
export const largestLimits: Limits = {
  nesting: 1_000,
  nodes: 100_000_000,
  memory: 16 * GiB - 8,
  script: 256 * MiB,
  input: 2 * GiB - 1,
};

export const limitFlags: Readonly<Record<keyof Limits, string>> = {
  nesting: "--max-nesting N",
  nodes: "--max-nodes N",
  memory: "--max-memory SIZE",
  script: "--max-script SIZE",
  input: "--max-input SIZE",
};

/** `1.5 GiB`, `64 MiB`, `12 bytes`. */
export function formatBytes(bytes: number): string {
  for (const [unit, size] of [
    ["GiB", GiB],
    ["MiB", MiB],
    ["KiB", 2 ** 10],
  ] as const) {
    if (bytes >= size) return `${Number((bytes / size).toFixed(2))} ${unit}`;
  }
  return `${bytes} bytes`;
}

/** How many calls of one function may be expanded inside each other: one that is passed to itself would go on for ever. */
export const mostNestedCalls = 500;

/**
 * How many functions that state their own derivative may stand in each other's rules, one inside the other. Each takes
 * some of the call stack, so no flag raises this.
 */
export const mostNestedRules = 200;

/** How many files a script may import, itself and through others. Nobody writes so many by hand, so no flag raises this. */
export const mostImports = 1_000;
