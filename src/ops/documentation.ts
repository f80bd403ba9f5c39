/** The headings of the reference, in its order. */
export const families = [
  "elementwise",
  "exponential",
  "trigonometric",
  "hyperbolic",
  "learning",
  "special",
  "reductions",
  "linear algebra",
  "shape",
  "creation",
  "derivatives",
  "loops",
] as const;

export type Family = (typeof families)[number];

/** What the reference tells of a function of the language, besides its name and its signature. */
export interface Documentation {
  readonly family: Family;
  /** What it computes. */
  readonly doc: string;
  /** Its derivative, as a formula or in words. */
  readonly derivative: string;
  /** What holds at kinks, ties, poles and the like. */
  readonly conventions?: string;
  /** Where it is defined, if that is not everywhere. */
  readonly defined?: string;
  /** A line of a script that shows it. */
  readonly example: string;
}

/** The documentation alone, out of a definition that holds more. */
export function documentationOf(definition: Documentation): Documentation {
  const { family, doc, derivative, conventions, defined, example } = definition;
  return {
    family,
    doc,
    derivative,
    example,
    ...(conventions === undefined ? {} : { conventions }),
    ...(defined === undefined ? {} : { defined }),
  };
}
