import { diagnose, fault } from "../../diagnostics.js";
import type { Program } from "../../program/program.js";
import type { Tensor } from "../../tensor.js";
import { backwardPicture } from "./backward.js";
import { forwardPicture } from "./forward.js";
import type { PictureAnswer, PictureRequest } from "./request.js";

/** A script as a picture. Throws a `Fault` where there is nothing to draw. */
export function pictureOf(
  program: Program,
  inputs: ReadonlyMap<string, Tensor>,
  request: PictureRequest,
): PictureAnswer {
  const { picture, diagnostics } = (request.isBackward ? backwardPicture : forwardPicture)(
    program,
    inputs,
    request,
  );
  // A file of functions.
  if (picture.boxes.length === 0) throw fault("no-outputs", { isImporting: false });
  const { folding } = picture;
  if (!folding?.isAutomatic) return { picture, diagnostics };
  return { picture, diagnostics: [...diagnostics, diagnose("picture-folded", folding)] };
}
