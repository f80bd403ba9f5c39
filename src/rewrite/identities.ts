import { arithmeticIdentities } from "./identities/arithmetic.js";
import { choiceIdentities } from "./identities/choice.js";
import { diagonalIdentities } from "./identities/diagonal.js";
import { elementwiseIdentities } from "./identities/elementwise.js";
import { embeddingIdentities } from "./identities/embedding.js";
import { indexingIdentities } from "./identities/indexing.js";
import { reductionIdentities } from "./identities/reduction.js";
import { shapingIdentities } from "./identities/shaping.js";
import type { Identity } from "./identity.js";

/** Every identity, in the order in which they are tried. */
export const identities: readonly Identity[] = [
  ...shapingIdentities,
  ...embeddingIdentities,
  // Before the arithmetic, which then sees what repeats only once.
  ...elementwiseIdentities,
  ...arithmeticIdentities,
  ...choiceIdentities,
  ...reductionIdentities,
  ...diagonalIdentities,
  ...indexingIdentities,
];
