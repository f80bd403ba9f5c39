import type { Span } from "../diagnostics.js";

/** A dependency of one entity on another, through a name. */
export interface Edge<E> {
  readonly to: E;
  readonly name: string;
  readonly span: Span;
}

/**
 * The entities, each after those it depends on, and the cycles met on the way, each as the edges that go around it.
 * Depth first with a stack of its own: chains of definitions may be very long.
 */
export function dependencyOrder<E>(
  entities: readonly E[],
  edgesOf: (entity: E) => readonly Edge<E>[],
): { readonly order: readonly E[]; readonly cycles: readonly (readonly Edge<E>[])[] } {
  const order: E[] = [];
  const cycles: Edge<E>[][] = [];
  const state = new Map<E, "open" | "done">();
  const path: { readonly entity: E; readonly edges: readonly Edge<E>[]; next: number }[] = [];
  const enter = (entity: E) => {
    state.set(entity, "open");
    path.push({ entity, edges: edgesOf(entity), next: 0 });
  };
  for (const root of entities) {
    if (!state.has(root)) enter(root);
    while (path.length > 0) {
      const top = path[path.length - 1]!;
      const edge = top.edges[top.next++];
      if (edge === undefined) {
        state.set(top.entity, "done");
        order.push(top.entity);
        path.pop();
      } else if (state.get(edge.to) === "open") {
        const from = path.findIndex(({ entity }) => entity === edge.to);
        cycles.push(path.slice(from).map((step) => step.edges[step.next - 1]!));
      } else if (!state.has(edge.to)) {
        enter(edge.to);
      }
    }
  }
  return { order, cycles };
}
