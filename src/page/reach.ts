/** What can be reached from a box along edges: upwards to what it depends on, or downwards to what depends on it. */
export function reached(
  start: number,
  edges: readonly { readonly from: number; readonly to: number }[],
  direction: "up" | "down",
): { readonly boxes: ReadonlySet<number>; readonly edges: ReadonlySet<number> } {
  const leaving = new Map<number, { readonly edge: number; readonly box: number }[]>();
  edges.forEach(({ from, to }, edge) => {
    const [near, far] = direction === "up" ? [to, from] : [from, to];
    const known = leaving.get(near);
    if (known === undefined) leaving.set(near, [{ edge, box: far }]);
    else known.push({ edge, box: far });
  });
  const boxes = new Set([start]);
  const taken = new Set<number>();
  const pending = [start];
  for (let box = pending.pop(); box !== undefined; box = pending.pop())
    for (const next of leaving.get(box) ?? []) {
      taken.add(next.edge);
      if (boxes.has(next.box)) continue;
      boxes.add(next.box);
      pending.push(next.box);
    }
  boxes.delete(start);
  return { boxes, edges: taken };
}
