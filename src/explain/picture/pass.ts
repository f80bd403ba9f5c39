import type { OperatorNode } from "../../graph/node.js";
import type { PictureBox, PictureContribution, PictureEdge, PicturePass } from "../../graph-results.js";
import type { Tensor } from "../../tensor.js";
import type { Detail } from "./detail.js";
import type { Fold } from "./fold.js";

/** A backward pass over the boxes of a detail. */
export interface DetailPass {
  readonly of: string;
  /** The box of the output. */
  readonly from: number;
  readonly sumGrads: ReadonlyMap<OperatorNode, Tensor>;
  /** In the order in which they are made: by the boxes that pass and receive. */
  readonly contributions: readonly {
    readonly from: number;
    readonly to: number;
    readonly node: OperatorNode;
    readonly value: Tensor;
  }[];
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
  const sums = new Map<number, PictureContribution>();
  for (const { from, to, node, value } of pass.contributions) {
    const [passing, receiving] = [fold.boxOf[from]!, fold.boxOf[to]!];
    const edge = passing === receiving ? undefined : edgeOf(receiving, passing);
    if (edge === undefined) continue;
    const before = sums.get(edge)?.value;
    sums.delete(edge);
    // Where several values leave a box, there is no one number for what it receives.
    const isShown = nodes[receiving] === node;
    const sum = before === undefined ? value : added(before, value);
    const formula = formulaOf(boxes[passing]!, boxes[receiving]!);
    sums.set(edge, { edge, formula, value: isShown ? sum : undefined });
  }
  const isIdle = ({ kind }: PictureBox) => kind === "constant" || kind === "definitions";
  return {
    of: pass.of,
    from: fold.boxOf[pass.from]!,
    sumGrads: nodes.map((node, i) => {
      if (node === undefined) return undefined;
      return pass.sumGrads.get(node) ?? (isIdle(boxes[i]!) ? undefined : null);
    }),
    contributions: [...sums.values()],
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
