import type { Picture } from "../../graph-results.js";

/** How the parts of a text are written that shows boxes within clusters. */
export interface NestedWriter {
  readonly box: (index: number, indent: string) => string;
  readonly open: (index: number, indent: string) => string;
  readonly close: (indent: string) => string;
}

/** The boxes in their order, clusters around them: each where its first box stands. */
export function nested({ boxes, clusters }: Picture, writer: NestedWriter): string[] {
  // By cluster: its boxes, and the clusters in it as negative numbers.
  const contents = new Map<number | undefined, number[]>();
  const listed = new Set<number>();
  const add = (cluster: number | undefined, entry: number) => {
    const known = contents.get(cluster);
    if (known === undefined) contents.set(cluster, [entry]);
    else known.push(entry);
  };
  boxes.forEach(({ cluster }, index) => {
    add(cluster, index);
    for (let inner = cluster; inner !== undefined && !listed.has(inner); inner = clusters[inner]!.parent) {
      listed.add(inner);
      add(clusters[inner]!.parent, ~inner);
    }
  });
  const lines: string[] = [];
  const stack = [{ entries: contents.get(undefined) ?? [], next: 0 }];
  while (stack.length > 0) {
    const top = stack.at(-1)!;
    const entry = top.entries[top.next++];
    const indent = "  ".repeat(stack.length);
    if (entry === undefined) {
      stack.pop();
      if (stack.length > 0) lines.push(writer.close("  ".repeat(stack.length)));
    } else if (entry >= 0) lines.push(writer.box(entry, indent));
    else {
      lines.push(writer.open(~entry, indent));
      stack.push({ entries: contents.get(~entry) ?? [], next: 0 });
    }
  }
  return lines;
}
