/** What a message says and what it advises. */
export interface Wording {
  readonly message: string;
  readonly hint?: string;
  readonly warning?: true;
  /** Lines of another program that belong to the message. */
  readonly lines?: readonly string[];
}

/** A name or a piece of a script, as messages show it. */
export const quote = (name: string) => `\`${name}\``;

/** The hint for a name that may be misspelt; `otherwise` where nothing is like it. */
export const didYouMean = (suggestion: string | undefined, otherwise?: string): { hint?: string } => {
  if (suggestion !== undefined) return { hint: `did you mean ${quote(suggestion)}?` };
  return otherwise === undefined ? {} : { hint: otherwise };
};

/** `1 element`, `2 elements`. */
export const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? "" : "s"}`;
