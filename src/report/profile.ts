import type { Cost, FusedGroup, LineCost, OpCost, Profile, SourceLine } from "../results.js";
import { formatNumber } from "./numbers.js";
import { shapeText } from "./tensors.js";

/** One of the tables that show a profile, column by column. */
export type Sheet = readonly SheetColumn[];

export interface SheetColumn {
  readonly heading: string;
  /** Numbers stand on the right; source text gets the room that is left, and so do lists of words. */
  readonly kind: "name" | "number" | "source" | "words";
  readonly cells: readonly string[];
}

/** Further rows are added up in one. */
const mostRows = 20;

/** What a run has taken as a whole, by line, by operation, and by group of fused operations. */
export function profileSheets(profile: Profile): Sheet[] {
  const { lines, groups } = profile;
  return [
    factsSheet(profile),
    ...(lines.length > 0 ? [linesSheet(profile), opsSheet(profile)] : []),
    ...(groups.length > 0 ? [groupsSheet(profile)] : []),
  ];
}

const timeUnits = [
  ["s", 1e3],
  ["ms", 1],
  ["µs", 1e-3],
] as const;

/** `1.25 ms`, `340 µs`: three digits. */
export function formatTime(milliseconds: number): string {
  const rounded = Number(milliseconds.toPrecision(3));
  if (rounded === 0) return "0";
  const [unit, size] = timeUnits.find(([, least]) => rounded >= least) ?? ["ns", 1e-6];
  return `${formatNumber(rounded / size, 3)} ${unit}`;
}

const sizeUnits = [
  ["GiB", 2 ** 30],
  ["MiB", 2 ** 20],
  ["KiB", 2 ** 10],
  ["B", 1],
] as const;

/** `1.25 MiB`, `340 B`: three digits. */
export function formatSize(bytes: number): string {
  const found = sizeUnits.find(([, size]) => bytes >= size);
  if (found === undefined) return "0";
  const [unit, size] = found;
  const amount = bytes / size;
  return `${Number(amount.toPrecision(amount < 1000 ? 3 : 4))} ${unit}`;
}

const percent = (part: number, whole: number) => `${(whole === 0 ? 0 : (100 * part) / whole).toFixed(1)} %`;

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

function factsSheet(profile: Profile): Sheet {
  const { engine, threads, milliseconds, runs, timings, nodes, instructions, strips, bytes } = profile;
  const files = filesOf(profile);
  const loops = instructions.run === instructions.written ? "" : `, run ${instructions.run} times by loops`;
  const parts = `inputs ${formatSize(bytes.inputs)}, constants ${formatSize(bytes.constants)}`;
  const facts: readonly (readonly [string, string])[] = [
    ...(files.length === 1 ? [["script", files[0]!] as const] : []),
    ["engine", threads === 1 ? engine : `${engine}, ${threads} threads`],
    ["time", formatTime(milliseconds)],
    ["runs", runs.count === 1 ? "1" : `${runs.count}, the first took ${formatTime(runs.first)}`],
    ["clock", `${plural(timings.count, "timing")} a run, less ${formatTime(timings.cost)} each`],
    ["nodes", `${nodes.forward} of values, ${nodes.backward} of derivatives`],
    ["instructions", `${instructions.written}${loops}`],
    [
      "strips",
      strips.instructions === 0 ? "none" : `${strips.cut}, by ${plural(strips.instructions, "group")}`,
    ],
    ["arena", `${formatSize(bytes.arena)} (${parts})`],
  ];
  return [
    { heading: "profile", kind: "name", cells: facts.map(([name]) => name) },
    { heading: "", kind: "words", cells: facts.map(([, fact]) => fact) },
  ];
}

/** The files of the lines. */
const filesOf = ({ lines }: Profile) => [...new Set(lines.flatMap(({ place }) => place?.file ?? []))];

/** What a column shows of a row, and of the sum of the rows that are left out. */
interface Field<Row> {
  readonly heading: string;
  readonly kind: SheetColumn["kind"];
  readonly cell: (row: Row) => string;
}

/** The first rows, and the others as one, under the name that the first column gives it. */
function sheet<Row>(
  rows: readonly Row[],
  fields: readonly Field<Row>[],
  add: (others: readonly Row[]) => Row,
): Sheet {
  const others = rows.length > mostRows + 1 ? rows.slice(mostRows) : [];
  const shown = rows.slice(0, rows.length - others.length);
  return fields.map(({ heading, kind, cell }, i) => ({
    heading,
    kind,
    cells: [
      ...shown.map(cell),
      ...(others.length === 0 ? [] : [i === 0 ? `and ${others.length} others` : cell(add(others))]),
    ],
  }));
}

const sum = <Row>(rows: readonly Row[], of: (row: Row) => number) =>
  rows.reduce((total, row) => total + of(row), 0);

const timeOf = ({ forward, backward }: Cost) => forward + backward;

/** Where there are derivatives, their time has a column of its own. */
function costFields({ milliseconds, nodes }: Profile): Field<Cost>[] {
  const times: Field<Cost>[] =
    nodes.backward === 0
      ? [{ heading: "time", kind: "number", cell: (cost) => formatTime(timeOf(cost)) }]
      : [
          { heading: "forward", kind: "number", cell: ({ forward }) => formatTime(forward) },
          { heading: "backward", kind: "number", cell: ({ backward }) => formatTime(backward) },
        ];
  return [
    ...times,
    { heading: "share", kind: "number", cell: (cost) => percent(timeOf(cost), milliseconds) },
  ];
}

const addCosts = (costs: readonly Cost[]): Cost => ({
  forward: sum(costs, ({ forward }) => forward),
  backward: sum(costs, ({ backward }) => backward),
});

const noPlace = "(no place)";

/** The name of the file stands before the number where there are several. */
const namePlaces = (profile: Profile) => {
  const isOne = filesOf(profile).length <= 1;
  return ({ file, line }: SourceLine) => (isOne ? `${line}` : `${file}:${line}`);
};

function linesSheet(profile: Profile): Sheet {
  const nameOf = namePlaces(profile);
  return sheet<LineCost>(
    profile.lines,
    [
      { heading: "line", kind: "name", cell: ({ place }) => (place ? nameOf(place) : noPlace) },
      ...costFields(profile),
      { heading: "stored", kind: "number", cell: ({ bytes }) => formatSize(bytes) },
      { heading: "nodes", kind: "number", cell: ({ nodes }) => `${nodes}` },
      { heading: "source", kind: "source", cell: ({ place }) => place?.text ?? "" },
    ],
    (others) => ({
      ...addCosts(others),
      place: undefined,
      bytes: sum(others, ({ bytes }) => bytes),
      nodes: sum(others, ({ nodes }) => nodes),
    }),
  );
}

function opsSheet(profile: Profile): Sheet {
  const perElement = (row: OpCost) => (row.elements === 0 ? "" : formatTime(timeOf(row) / row.elements));
  return sheet<OpCost>(
    profile.ops,
    [
      { heading: "op", kind: "name", cell: ({ op }) => op },
      ...costFields(profile),
      { heading: "nodes", kind: "number", cell: ({ nodes }) => `${nodes}` },
      { heading: "elements", kind: "number", cell: ({ elements }) => `${elements}` },
      { heading: "per element", kind: "number", cell: perElement },
    ],
    (others) => ({
      ...addCosts(others),
      op: "",
      nodes: sum(others, ({ nodes }) => nodes),
      elements: sum(others, ({ elements }) => elements),
    }),
  );
}

function groupsSheet(profile: Profile): Sheet {
  const { groups, milliseconds: total } = profile;
  const nameOf = namePlaces(profile);
  return sheet<FusedGroup>(
    groups,
    [
      { heading: "fused", kind: "number", cell: ({ milliseconds }) => formatTime(milliseconds) },
      { heading: "share", kind: "number", cell: ({ milliseconds }) => percent(milliseconds, total) },
      { heading: "lines", kind: "name", cell: ({ places }) => places.map(nameOf).join(", ") },
      { heading: "shape", kind: "name", cell: ({ shape }) => (shape.length === 0 ? "" : shapeText(shape)) },
      { heading: "operations", kind: "words", cell: operationsText },
    ],
    (others) => ({
      milliseconds: sum(others, ({ milliseconds }) => milliseconds),
      places: [],
      shape: [],
      ops: [],
      reductions: [],
    }),
  );
}

/** Stands between elementwise operations and the reductions that end them. */
export const ARROW = "→";

/** `sin, exp, mul → sum`. */
const operationsText = ({ ops, reductions }: FusedGroup) =>
  [ops, reductions].flatMap((names) => (names.length === 0 ? [] : [names.join(", ")])).join(` ${ARROW} `);
