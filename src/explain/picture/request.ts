import type { Diagnostic } from "../../diagnostics.js";
import type { Picture } from "../../graph-results.js";
import type { Limits } from "../../limits.js";

export interface PictureRequest {
  readonly title: string;
  /** How deep calls and loops are open. Default: as deep as the picture stays readable. */
  readonly depth: number | undefined;
  /** The graph of the derivatives, instead of that of the script. */
  readonly isBackward: boolean;
  /** Whether every input has a value of its own; stand-ins give shapes only. */
  readonly isComputed: boolean;
  readonly limits: Limits;
}

export interface PictureAnswer {
  readonly picture: Picture;
  /** What is left out of it, and why. */
  readonly diagnostics: readonly Diagnostic[];
}
