import type { Frame, Picture, PictureContribution, PicturePass } from "../../graph-results.js";
import type { Tensor } from "../../tensor.js";
import { visible } from "../text.js";
import { briefGrad, briefTensor, mentionOf, type PictureLook, titleOf } from "./labels.js";

/** The forward pass, edge by edge: a box shows its value when everything that it reads has come. */
export function forwardFrames({ boxes, edges }: Picture, look: PictureLook): Frame[] {
  const incoming = edgesInto(edges, boxes.length);
  return boxes.flatMap((box, index): Frame[] => {
    const shows = box.value === undefined ? undefined : briefTensor(box.value, look);
    const title = titleOf(box);
    const number = box.value === undefined ? undefined : mentionOf(box.value, look);
    const says = [title, box.name === undefined ? undefined : box.formula, number]
      .filter((part) => part !== undefined && part !== "")
      .join(" = ");
    const last = { pass: "forward" as const, box: index, says, isComplete: true };
    const complete = shows === undefined ? last : { ...last, shows };
    const reads = incoming[index]!;
    if (reads.length === 0) return [complete];
    return reads.map((edge, i) =>
      i === reads.length - 1
        ? { ...complete, edge }
        : {
            pass: "forward",
            box: index,
            edge,
            says: `${title} reads ${titleOf(boxes[edges[edge]!.from]!)}`,
            isComplete: false,
          },
    );
  });
}

/** The edges along which a box gets what it reads; a carry comes from the step before. */
function edgesInto(edges: Picture["edges"], count: number): number[][] {
  const incoming: number[][] = Array.from({ length: count }, () => []);
  edges.forEach(({ to, isCarry }, edge) => {
    if (!isCarry) incoming[to]!.push(edge);
  });
  return incoming;
}

/** The backward pass, contribution by contribution: each is added to the sum_grad of the box that it reaches. */
export function backwardFrames(picture: Picture, pass: PicturePass, look: PictureLook): Frame[] {
  const { boxes, edges } = picture;
  const left = new Map<number, number>();
  for (const { edge } of pass.contributions) {
    const box = edges[edge]!.from;
    left.set(box, (left.get(box) ?? 0) + 1);
  }
  const sums = new Map<number, Tensor>();
  const frames: Frame[] = [];
  const add = (
    box: number,
    says: string,
    sum: Tensor | null | undefined,
    rest: Omit<Frame, "pass" | "box" | "says">,
  ) => frames.push({ pass: "backward", box, says, ...rest, ...(sum ? { shows: briefGrad(sum, look) } : {}) });
  const nameOf = (box: number) => `sum_grad(${titleOf(boxes[box]!)})`;
  const formulaOf = ({ edge, formula, slope }: PictureContribution) => {
    if (slope === undefined) return visible(formula);
    const passing = edges[edge]!.to;
    const received = pass.sumGrads[passing];
    const factor = received?.shape.length === 0 ? mentionOf(received, look) : nameOf(passing);
    return `${visible(formula)} = ${factor} × ${asFactor(visible(slope))}`;
  };
  const equal = (value: Tensor | null | undefined) => (value ? ` = ${mentionOf(value, look)}` : "");
  const seed = pass.sumGrads[pass.from];
  add(pass.from, `${nameOf(pass.from)}${equal(seed)}`, seed, { isComplete: true });
  for (const contribution of pass.contributions) {
    const { edge, value } = contribution;
    const box = edges[edge]!.from;
    const rest = left.get(box)! - 1;
    left.set(box, rest);
    const before = sums.get(box);
    const sum = value === undefined || before === undefined ? value : added(before, value);
    if (sum !== undefined) sums.set(box, sum);
    // What the engine has added up is what everyone else prints.
    const shown = rest === 0 ? (pass.sumGrads[box] ?? sum) : sum;
    const total = before === undefined ? "" : `, together ${shown ? mentionOf(shown, look) : "more"}`;
    const sign = before === undefined ? "=" : "+=";
    const says = `${nameOf(box)} ${sign} ${formulaOf(contribution)}${equal(value)}${total}`;
    add(box, says, shown, { edge, isComplete: rest === 0 });
  }
  return frames;
}

/** Signs that need no parentheses behind `×`. */
const products: ReadonlySet<string> = new Set(["*", "/"]);

/** A formula behind `×`, in parentheses where they are needed. */
function asFactor(formula: string): string {
  // Only what is outside of all brackets can come apart.
  let outside = formula;
  for (let shorter = ""; shorter !== outside; ) {
    shorter = outside;
    outside = shorter.replace(/\([^()[\]]*\)|\[[^()[\]]*\]/g, "_");
  }
  const [first, ...rest] = outside.split(" ");
  const isProduct = rest.every((word, i) => i % 2 === 1 || products.has(word));
  return isProduct && !first!.startsWith("-") ? formula : `(${formula})`;
}

function added(a: Tensor, b: Tensor): Tensor {
  return { shape: a.shape, data: a.data.map((x, i) => x + b.data[i]!) };
}
