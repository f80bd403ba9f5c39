import type { Detail, DetailContainer } from "./detail.js";

/** Which boxes stand together in one. */
export interface Fold {
  /** By box of the detail: the box of the picture. */
  readonly boxOf: readonly number[];
  /** By box of the picture, each after what it reads. */
  readonly boxes: readonly FoldedBox[];
}

export interface FoldedBox {
  /** The boxes of the detail that it stands for, in their order. */
  readonly members: readonly number[];
  /** `call`: a container that is closed; `definitions`: several of them. */
  readonly closed:
    | { readonly kind: "call"; readonly container: number }
    | { readonly kind: "definitions" }
    | undefined;
}

/** The depth that shows everything. */
export const deepest = ({ containers }: Detail): number =>
  containers.reduce((most, { depth }) => Math.max(most, depth), 0) + 1;

/** Folds what lies deeper than this: 0 leaves definitions, 1 their operations, each level more opens calls and loops. */
export function foldTo(detail: Detail, depth: number): Fold {
  const { boxes, containers } = detail;
  if (depth === 0) return ordered(detail, ownersOf(detail).map(String), () => undefined);
  const outermost = outermostClosed(containers, depth);
  const keys = boxes.map(({ container }, index) => {
    const closed = container === undefined ? undefined : outermost[container];
    if (closed === undefined) return String(index);
    const { kind, box } = containers[closed]!;
    return kind === "loop" ? String(box) : `call ${closed}`;
  });
  return ordered(detail, keys, (key) =>
    key.startsWith("call ") ? { kind: "call", container: Number(key.slice("call ".length)) } : undefined,
  );
}

/** Definitions one after the other in as many groups; outputs stand alone where they are few. */
export function foldToGroups(detail: Detail, groups: number): Fold {
  const definitions = foldTo(detail, 0);
  const isOutput = definitions.boxes.map(({ members }) => members.some((box) => detail.boxes[box]!.isOutput));
  const outputs = isOutput.filter(Boolean).length;
  const each = Math.ceil(definitions.boxes.length / groups);
  let group = 0;
  let size = 0;
  // Groups are stretches of an order in which each box stands after what it reads, so no two read each other.
  const groupOf = definitions.boxes.map((_, box) => {
    const isAlone = isOutput[box]! && outputs <= groups;
    if (isAlone || size >= each) {
      group += 1;
      size = 0;
    }
    size += isAlone ? each : 1;
    return group;
  });
  const keys = definitions.boxOf.map((box) => String(groupOf[box]));
  const counts = new Map<number, number>();
  for (const one of groupOf) counts.set(one, (counts.get(one) ?? 0) + 1);
  return ordered(detail, keys, (key) => (counts.get(Number(key))! > 1 ? { kind: "definitions" } : undefined));
}

/** By container: the outermost one around it that is closed, or itself. */
function outermostClosed(containers: readonly DetailContainer[], depth: number): (number | undefined)[] {
  const found: (number | undefined)[] = [];
  containers.forEach(({ depth: own, parent }, i) => {
    const outer = parent === undefined ? undefined : found[parent];
    found.push(outer ?? (own >= depth ? i : undefined));
  });
  return found;
}

/** By box: the definition that it is a part of, because nothing else reads it; else itself. */
function ownersOf({ boxes, edges }: Detail): number[] {
  const readers: number[][] = boxes.map(() => []);
  for (const { from, to, isCarry } of edges) if (!isCarry) readers[from]!.push(to);
  const owners = boxes.map((_, index) => index);
  for (let index = boxes.length - 1; index >= 0; index--) {
    if (boxes[index]!.isDefinition) continue;
    const found = new Set(readers[index]!.map((reader) => owners[reader]!));
    const [owner] = found;
    if (found.size === 1) owners[index] = owner!;
  }
  return owners;
}

/** Puts boxes with one key together, in an order in which each stands after what it reads. */
function ordered(
  { boxes, edges }: Detail,
  keys: readonly string[],
  closedOf: (key: string) => FoldedBox["closed"],
): Fold {
  const members = new Map<string, number[]>();
  boxes.forEach((_, index) => {
    const known = members.get(keys[index]!);
    if (known === undefined) members.set(keys[index]!, [index]);
    else known.push(index);
  });
  const reads = new Map<string, Set<string>>([...members.keys()].map((key) => [key, new Set()]));
  for (const { from, to, isCarry } of edges)
    if (!isCarry && keys[from] !== keys[to]) reads.get(keys[to]!)!.add(keys[from]!);
  const order: string[] = [];
  const entered = new Set<string>();
  const firsts = [...members.keys()].sort((a, b) => members.get(a)!.at(-1)! - members.get(b)!.at(-1)!);
  for (const first of firsts) {
    if (entered.has(first)) continue;
    entered.add(first);
    const stack = [{ key: first, rest: [...reads.get(first)!] }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = top.rest.shift();
      if (next === undefined) {
        order.push(top.key);
        stack.pop();
      } else if (!entered.has(next)) {
        entered.add(next);
        stack.push({ key: next, rest: [...reads.get(next)!] });
      }
    }
  }
  const places = new Map(order.map((key, place) => [key, place]));
  return {
    boxOf: keys.map((key) => places.get(key)!),
    boxes: order.map((key) => ({ members: members.get(key)!, closed: closedOf(key) })),
  };
}
