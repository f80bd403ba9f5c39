import type { OperatorNode } from "../../graph/node.js";
import type { PictureBox, PictureEdge, PicturePass } from "../../graph-results.js";
import type { Tensor } from "../../tensor.js";
import { mostFormulas } from "../local.js";
import type { Detail } from "./detail.js";
import type { Fold } from "./fold.js";

/** What a box of a detail is called. */
export type TitleOf = (box: number) => string;

/** What one box of a detail passes back to another. */
export interface DetailContribution {
  /** The box that passes. */
  readonly from: number;
  /** The box that receives. */
  readonly to: number;
  /** The value of the one that receives. */
  readonly node: OperatorNode;
  readonly value: Tensor;
  /** Whether the one that passes is a scalar. */
  readonly isScalar: boolean;
  /** For a scalar its derivative, for others what they pass; none where nobody would read it. */
  readonly formula: (titleOf: TitleOf) => string | undefined;
}

/** A backward pass over the boxes of a detail. */
export interface DetailPass {
  readonly of: string;
  /** The box of the output. */
  readonly from: number;
  readonly sumGrads: ReadonlyMap<OperatorNode, Tensor>;
  /** In the order in which they are added up. */
  readonly contributions: readonly DetailContribution[];
}

/** What a pass is told of the picture that it is folded to. */
export interface FoldedPicture {
  readonly detail: Detail;
  readonly fold: Fold;
  readonly boxes: readonly PictureBox[];
  readonly edges: readonly PictureEdge[];
  /** By box: whose value it shows. */
  readonly nodes: readonly (OperatorNode | undefined)[];
}

/** Adds up what passes between two boxes, whatever is folded into them. */
export function foldPass(pass: DetailPass, picture: FoldedPicture): PicturePass {
  const { fold, boxes, nodes } = picture;
  const edgeOf = edgeFinder(picture);
  // A sum is there when its last term is; a map that is set anew puts that at its end.
  const sums = new Map<number, Sum>();
  for (const contribution of pass.contributions) {
    const { from, to, node, value } = contribution;
    const [passing, receiving] = [fold.boxOf[from]!, fold.boxOf[to]!];
    const edge = passing === receiving ? undefined : edgeOf(receiving, passing);
    if (edge === undefined) continue;
    const before = sums.get(edge);
    sums.delete(edge);
    // Of several values that leave a box, the number is that of the one that it shows.
    const isShown = nodes[receiving] === node;
    const sum = before?.value === undefined ? value : added(before.value, value);
    // A derivative is written out where one box stands for one step, and passes one value.
    const isOne = before === undefined && isShown && fold.boxes[passing]!.members.length === 1;
    sums.set(edge, {
      passing,
      receiving,
      value: isShown ? sum : before?.value,
      only: isOne ? contribution : undefined,
    });
  }
  const isIdle = ({ kind }: PictureBox) => kind === "constant" || kind === "definitions";
  const titleOf = titlesOf(picture);
  return {
    of: pass.of,
    from: fold.boxOf[pass.from]!,
    sumGrads: nodes.map((node, i) => {
      if (node === undefined) return undefined;
      return pass.sumGrads.get(node) ?? (isIdle(boxes[i]!) ? undefined : null);
    }),
    contributions: [...sums].map(([edge, { passing, receiving, value, only }]) => {
      const written = sums.size <= mostFormulas ? only?.formula(titleOf) : undefined;
      const product = formulaOf(boxes[passing]!, boxes[receiving]!);
      if (written === undefined) return { edge, formula: product, slope: undefined, value };
      return only!.isScalar
        ? { edge, formula: product, slope: written, value }
        : { edge, formula: written, slope: undefined, value };
    }),
  };
}

/** What passes along an edge. */
interface Sum {
  readonly passing: number;
  readonly receiving: number;
  readonly value: Tensor | undefined;
  /** What alone passes there. */
  readonly only: DetailContribution | undefined;
}

/** Boxes of a detail as the picture names them: a call that is closed is written as a call. */
function titlesOf({ detail, fold, boxes, nodes }: FoldedPicture): TitleOf {
  const titled = ({ name, formula }: Pick<PictureBox, "name" | "formula">) => name ?? formula ?? "";
  return (box) => {
    const [own, folded] = [detail.boxes[box]!, fold.boxOf[box]!];
    const isCall = fold.boxes[folded]!.closed?.kind === "call" && nodes[folded] === own.node;
    return titled(isCall ? boxes[folded]! : own);
  };
}

const longestName = 24;

function formulaOf(passing: PictureBox, receiving: PictureBox): string {
  const nameOf = ({ name, formula }: PictureBox) => {
    const text = name ?? formula ?? "";
    return text.length <= longestName ? text : `${text.slice(0, longestName - 1)}…`;
  };
  const inner = (box: PictureBox) => (box.name === undefined ? `(${nameOf(box)})` : nameOf(box));
  return `sum_grad(${nameOf(passing)}) × ∂${inner(passing)}/∂${inner(receiving)}`;
}

/** The edge between two boxes. What goes into an open loop has an edge to a box inside it. */
function edgeFinder({ detail: { boxes, containers }, fold, edges }: FoldedPicture) {
  const byEnds = new Map<string, number>();
  const note = (from: number, to: number, edge: number) => {
    const key = `${from} ${to}`;
    if (!byEnds.has(key)) byEnds.set(key, edge);
  };
  edges.forEach(({ from, to, isCarry }, edge) => {
    if (!isCarry) note(from, to, edge);
  });
  edges.forEach(({ from, to, isCarry }, edge) => {
    if (isCarry) return;
    let inner = boxes[fold.boxes[to]!.members.at(-1)!]!.container;
    for (; inner !== undefined; inner = containers[inner]!.parent) {
      const loop = containers[inner]!.box;
      if (loop !== undefined) note(from, fold.boxOf[loop]!, edge);
    }
  });
  return (from: number, to: number): number | undefined => byEnds.get(`${from} ${to}`);
}

function added(a: Tensor, b: Tensor): Tensor {
  return { shape: a.shape, data: a.data.map((x, i) => x + b.data[i]!) };
}
