import type { BoxDetails, PageData, Picture } from "../../graph-results.js";
import { shapeText } from "../tensors.js";
import { visible } from "../text.js";
import { backwardFrames, forwardFrames } from "./frames.js";
import { briefGrad, countOf, fullTensor, kindNames, type PictureLook, sourceOf, titleOf } from "./labels.js";

/** What a page tells and plays, in words. */
export function pageData(picture: Picture, look: PictureLook): PageData {
  const { boxes, edges, passes } = picture;
  return {
    boxes: boxes.map((_, index) => detailsOf(picture, index, look)),
    edges: edges.map(({ from, to }) => ({ from, to })),
    forward: forwardFrames(picture, look),
    passes: passes.map((pass) => ({
      of: visible(pass.of),
      sumGrads: pass.sumGrads.map((tensor) => ({
        full:
          tensor === null
            ? `0 (${visible(pass.of)} does not depend on it)`
            : tensor
              ? fullTensor(tensor, look)
              : "",
        brief: tensor ? briefGrad(tensor, look) : "",
      })),
      frames: backwardFrames(picture, pass, look),
    })),
  };
}

function detailsOf({ boxes }: Picture, index: number, look: PictureLook): BoxDetails {
  const box = boxes[index]!;
  const { kind, isOutput, formula, shape, value, place, operations } = box;
  const folded = operations > 1 ? ` of ${countOf(operations, "operation")}` : "";
  return {
    title: titleOf(box),
    kind: `${isOutput ? "output, " : ""}${kindNames[kind]}${folded}`,
    formula: formula === undefined ? "" : visible(formula),
    shape: shape === undefined ? "" : shapeText(shape),
    value: value === undefined ? "" : fullTensor(value, look),
    place: place === undefined ? "" : visible(`${place.file}:${place.line}`),
    source: sourceOf(box),
  };
}
