import type { OperatorNode } from "../../graph/node.js";
import type { Folding, Picture, PictureBox, PictureCluster, PictureEdge } from "../../graph-results.js";
import { SourceLines } from "../../program/source-lines.js";
import type { Tensor } from "../../tensor.js";
import type { Detail, DetailBox } from "./detail.js";
import { deepest, type Fold, type FoldedBox, foldTo, foldToGroups } from "./fold.js";
import { type DetailPass, foldPass } from "./pass.js";

/** More boxes than these are no picture for people: it folds by itself until they are fewer. */
export const mostBoxes = 300;
/** Groups of definitions, where even these are too many. */
const groups = 60;
const longestSource = 60;

/** What is drawn, and with which numbers. */
export interface DrawOptions {
  readonly title: string;
  readonly view: Picture["view"];
  /** How deep calls and loops are open. Default: as deep as the picture stays readable. */
  readonly depth: number | undefined;
  /** Values, where they are known. */
  readonly valueOf: ((node: OperatorNode) => Tensor | undefined) | undefined;
  readonly passes: readonly DetailPass[];
}

/** Folds a graph to a picture. */
export function draw(detail: Detail, options: DrawOptions): Picture {
  const { fold, folding } = choose(detail, options.depth);
  const lines = new SourceLines();
  const { clusters, clusterOf, prefixes } = clustersOf(detail, fold);
  const exits = exitsOf(detail, fold);
  const mains = fold.boxes.map((box, i) => mainOf(box, exits[i]!));
  const boxes = fold.boxes.map((folded, i): PictureBox => {
    const main = mains[i] === undefined ? undefined : detail.boxes[mains[i]]!;
    const members = folded.members.map((member) => detail.boxes[member]!);
    const operations = members.filter(({ isOperation }) => isOperation).length;
    const place = lines.of((main ?? members[0]!).span);
    const shown = labelsOf(detail, folded, main, prefixes.get(i));
    return {
      ...shown,
      isOutput: members.some(({ isOutput }) => isOutput),
      shape: main?.shape,
      value: main?.node === undefined ? undefined : options.valueOf?.(main.node),
      // A loop that is closed counts what it does, and not itself.
      operations: main?.kind === "loop" || main?.kind === "branch" ? Math.max(1, operations - 1) : operations,
      cluster: clusterOf[i],
      place,
    };
  });
  const edges = edgesOf(detail, fold);
  const nodes = mains.map((main) => (main === undefined ? undefined : detail.boxes[main]!.node));
  return {
    title: options.title,
    view: options.view,
    boxes,
    clusters,
    edges,
    passes: options.passes.map((pass) => foldPass(pass, { detail, fold, boxes, edges, nodes })),
    folding,
  };
}

/** What to fold: what was asked for, or as little as makes the picture readable. */
function choose(detail: Detail, depth: number | undefined): { fold: Fold; folding: Folding | undefined } {
  const whole = deepest(detail);
  const all = detail.boxes.length;
  if (depth !== undefined) {
    const fold = foldTo(detail, Math.min(depth, whole));
    const folding = depth >= whole ? undefined : { depth, isAutomatic: false, isGrouped: false, all };
    return { fold, folding };
  }
  for (let level = whole; level >= 0; level--) {
    const fold = foldTo(detail, level);
    if (fold.boxes.length > mostBoxes) continue;
    const folding = level === whole ? undefined : { depth: level, isAutomatic: true, isGrouped: false, all };
    return { fold, folding };
  }
  return {
    fold: foldToGroups(detail, groups),
    folding: { depth: 0, isAutomatic: true, isGrouped: true, all },
  };
}

/** By folded box: its members whose values leave it, or are asked for. */
function exitsOf({ boxes, edges }: Detail, { boxOf, boxes: folded }: Fold): number[][] {
  const exits = folded.map(() => new Set<number>());
  for (const { from, to } of edges) if (boxOf[from] !== boxOf[to]) exits[boxOf[from]!]!.add(from);
  boxes.forEach(({ isOutput }, index) => {
    if (isOutput) exits[boxOf[index]!]!.add(index);
  });
  return exits.map((one) => [...one]);
}

/** The member that a folded box shows: what it is for comes last, and of a call what it returns. */
function mainOf({ members, closed }: FoldedBox, exits: readonly number[]): number | undefined {
  if (closed === undefined) return members.at(-1);
  // What a call returns comes last, whatever else derivatives read of it.
  return closed.kind === "call" && exits.length > 0 ? Math.max(...exits) : undefined;
}

type Shown = Pick<PictureBox, "kind" | "name" | "formula">;

function labelsOf(
  { boxes, containers }: Detail,
  { members, closed }: FoldedBox,
  main: DetailBox | undefined,
  prefix: string | undefined,
): Shown {
  if (closed?.kind === "call")
    return { kind: "call", name: main?.name, formula: containers[closed.container]!.label };
  if (main === undefined) {
    const named = members.flatMap((member) => boxes[member]!.name ?? []);
    const range = named.length < 2 ? named : [named[0]!, named.at(-1)!];
    return { kind: "definitions", name: undefined, formula: range.join(" … ") };
  }
  const { kind, name, formula } = main;
  if (members.length === 1) {
    const full = prefix === undefined || prefix === formula ? formula : `${prefix} = ${formula}`;
    return { kind, name, formula: full };
  }
  // Names of what is folded are of no use: what is written is.
  const { span } = main;
  const source = span?.source.text
    .slice(span.start, Math.min(span.end, span.start + longestSource))
    .replace(/\s+/g, " ");
  return { kind, name, formula: source ?? formula };
}

/** The open containers; a call of one operation is told in its box instead. */
function clustersOf(
  { boxes, containers }: Detail,
  { boxes: folded }: Fold,
): {
  readonly clusters: PictureCluster[];
  readonly clusterOf: (number | undefined)[];
  readonly prefixes: ReadonlyMap<number, string>;
} {
  const containerOf = folded.map(({ members, closed }) => {
    if (closed?.kind === "definitions") return undefined;
    return closed === undefined ? boxes[members.at(-1)!]!.container : containers[closed.container]!.parent;
  });
  const contents = new Map<number, number>();
  for (const start of containerOf)
    for (let inner = start; inner !== undefined; inner = containers[inner]!.parent)
      contents.set(inner, (contents.get(inner) ?? 0) + 1);
  const prefixes = new Map<number, string>();
  containerOf.forEach((start, box) => {
    const labels: string[] = [];
    for (let inner = start; inner !== undefined; inner = containers[inner]!.parent)
      if (isDropped(inner)) labels.unshift(containers[inner]!.label);
    if (labels.length > 0) prefixes.set(box, labels.join(" = "));
  });
  const places = new Map<number, number>();
  const clusters: PictureCluster[] = [];
  containers.forEach(({ kind, label }, index) => {
    if (!contents.has(index) || isDropped(index)) return;
    places.set(index, clusters.length);
    clusters.push({ kind, label, parent: clusterAround(containers[index]!.parent) });
  });
  return { clusters, clusterOf: containerOf.map(clusterAround), prefixes };

  function isDropped(container: number): boolean {
    return containers[container]!.kind === "call" && contents.get(container) === 1;
  }

  function clusterAround(start: number | undefined): number | undefined {
    let inner = start;
    while (inner !== undefined && isDropped(inner)) inner = containers[inner]!.parent;
    return inner === undefined ? undefined : places.get(inner);
  }
}

function edgesOf({ edges }: Detail, { boxOf }: Fold): PictureEdge[] {
  const seen = new Set<string>();
  return edges.flatMap(({ from: first, to: second, isCarry }) => {
    const [from, to] = [boxOf[first]!, boxOf[second]!];
    const key = `${from} ${to} ${isCarry}`;
    if (from === to || seen.has(key)) return [];
    seen.add(key);
    return [{ from, to, isCarry }];
  });
}
