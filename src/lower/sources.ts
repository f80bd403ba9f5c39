import type { Script } from "../../grammar/index.js";
import type { Source, Span } from "../diagnostics.js";

/** Compares places of a script: by the order in which its files stand in it, then by their position in the file. */
export function byPlace({ source, statements }: Script): (a: Span, b: Span) => number {
  const ranks = new Map<Source, number>();
  for (const { span } of statements) if (!ranks.has(span.source)) ranks.set(span.source, ranks.size);
  if (!ranks.has(source)) ranks.set(source, ranks.size);
  return (a, b) => ranks.get(a.source)! - ranks.get(b.source)! || a.start - b.start;
}
