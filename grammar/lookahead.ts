import type { IToken, TokenType } from "chevrotain";
import { EOF } from "chevrotain";
import { vocabulary } from "./tokens.js";

/*
 * Chevrotain works out at start-up, by running every rule in a recording mode, which tokens lead into which
 * alternative. For a command that runs for some milliseconds this is too dear, and the answer never changes, so
 * `scripts/generate.mjs` writes it to `generated/lookahead.ts` and the parser of valid text starts from there.
 */

/** One choice of the grammar: the tokens, by name, that lead into each alternative or into an optional part. */
export type Choice =
  | { readonly key: number; readonly alternatives: readonly string[] }
  | { readonly key: number; readonly optional: string };

/** What Chevrotain calls to choose: an alternative's number, or whether to enter an optional part. */
type Lookahead = (this: Upcoming) => number | boolean | undefined;

interface Upcoming {
  LA_FAST(distance: number): IToken;
}

/** The members of Chevrotain's parser that its types leave out. */
export interface ParserInternals {
  selfAnalysisDone: boolean;
  lookAheadFuncsCache: Map<number, Lookahead>;
}

const indexOf = ({ tokenTypeIdx }: TokenType): number => tokenTypeIdx!;

/** Installs choices worked out before, in place of Chevrotain's analysis. */
export function installChoices(parser: ParserInternals, choices: readonly Choice[]): void {
  const indices = new Map([...vocabulary, EOF].map((type) => [type.name, indexOf(type)]));
  for (const choice of choices) {
    const table: (number | boolean)[] = new Array(largest(indices) + 1).fill(
      "optional" in choice ? false : -1,
    );
    const fill = (names: string, value: number | boolean) => {
      for (const name of names.split(" ")) table[indices.get(name)!] = value;
    };
    if ("optional" in choice) fill(choice.optional, true);
    else for (const [alternative, names] of choice.alternatives.entries()) fill(names, alternative);
    parser.lookAheadFuncsCache.set(choice.key, decide(table));
  }
  parser.selfAnalysisDone = true;
}

const largest = (indices: ReadonlyMap<string, number>) => Math.max(...indices.values());

const decide = (table: readonly (number | boolean)[]): Lookahead =>
  function lookahead() {
    const choice = table[this.LA_FAST(1).tokenTypeIdx];
    return choice === -1 ? undefined : choice;
  };

/** Reads the choices off a parser that Chevrotain has analysed, by asking about every token. */
export function readChoices(parser: ParserInternals): Choice[] {
  return [...parser.lookAheadFuncsCache].map(([key, lookahead]) => {
    const leading = new Map<number | boolean, string[]>();
    for (const type of [...vocabulary, EOF]) {
      const token: IToken = { image: "", startOffset: 0, tokenTypeIdx: indexOf(type), tokenType: type };
      const choice = lookahead.call({ LA_FAST: () => token });
      if (choice === undefined || choice === false) continue;
      leading.set(choice, [...(leading.get(choice) ?? []), type.name]);
    }
    const optional = leading.get(true);
    if (optional !== undefined) return { key, optional: optional.join(" ") };
    const names = [...leading]
      .toSorted(([a], [b]) => Number(a) - Number(b))
      .map(([, types]) => types.join(" "));
    return { key, alternatives: names };
  });
}
