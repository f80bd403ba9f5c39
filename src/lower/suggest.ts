import { distance } from "fastest-levenshtein";

/**
 * The known name nearest to a misspelt one, if one is near enough to be meant. Among equally near names the one that
 * begins most alike wins: people seldom miss the first letters.
 */
export function suggest(name: string, known: Iterable<string>): string | undefined {
  const most = Math.max(1, Math.floor(name.length / 3));
  let best: { readonly name: string; readonly edits: number; readonly prefix: number } | undefined;
  for (const candidate of known) {
    if (candidate.toLowerCase() === name.toLowerCase() && candidate !== name) return candidate;
    if (candidate === name || Math.abs(candidate.length - name.length) > most) continue;
    const edits = isSwap(name, candidate) ? 1 : distance(name, candidate);
    if (edits > most || edits >= Math.max(name.length, candidate.length)) continue;
    const prefix = commonPrefix(name, candidate);
    if (best === undefined || edits < best.edits || (edits === best.edits && prefix > best.prefix)) {
      best = { name: candidate, edits, prefix };
    }
  }
  return best?.name;
}

/** Two neighbouring letters the other way round: one slip of the fingers, though two edits. */
function isSwap(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const at = commonPrefix(a, b);
  return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
}

function commonPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}
