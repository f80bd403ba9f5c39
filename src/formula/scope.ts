/** Names that are taken, and new ones beside them. */
export class Scope {
  readonly #taken: Set<string>;

  readonly #isReserved: (name: string) => boolean;

  constructor(taken: Iterable<string>, isReserved: (name: string) => boolean = () => false) {
    this.#taken = new Set(taken);
    this.#isReserved = isReserved;
  }

  /** The stem itself where it is free, else with the first number that is; `numbered` begins with 1. */
  fresh(stem: string, numbered = false): string {
    let found = numbered ? `${stem}1` : stem;
    for (let i = numbered ? 2 : 1; this.#taken.has(found) || this.#isReserved(found); i++)
      found = `${stem}${i}`;
    this.#taken.add(found);
    return found;
  }

  /** Names that are taken here but not outside: those of parameters of a function. */
  inner(): Scope {
    return new Scope(this.#taken, this.#isReserved);
  }
}
