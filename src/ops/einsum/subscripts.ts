import { fault, type Span } from "../../diagnostics.js";
import { formatShape, type Shape } from "../../tensor.js";

/** The axes of every operand and of the result by label: a letter, or `...0`, `...1` for an axis that `...` stands for. */
export interface Subscripts {
  readonly operands: readonly (readonly string[])[];
  readonly output: readonly string[];
  readonly sizes: ReadonlyMap<string, number>;
}

const fail = (reason: string, span: Span | undefined, hint?: string) =>
  fault("shape-rule", { op: "`einsum`", reason, hint }, span);

/** NumPy's subscripts, `ij,jk->ik`, for operands of these shapes. Throws a `Fault` that says which part does not fit. */
export function readSubscripts(text: string, shapes: readonly Shape[], span: Span | undefined): Subscripts {
  const parts = text.replaceAll(" ", "").split("->");
  if (parts.length > 2) throw fail(`the subscripts "${text}" have more than one \`->\``, span);
  const [inputs, result] = parts as [string, string | undefined];
  const terms = inputs.split(",");
  if (terms.length !== shapes.length) {
    throw fail(
      `the subscripts "${text}" describe ${operands(terms.length)}, but ${given(shapes.length)}`,
      span,
    );
  }
  const split = terms.map((term, i) => letters(term, `operand ${i}`, span));
  const spread = Math.max(0, ...split.map((labels, i) => ellipsisRank(labels, shapes[i]!, i, span) ?? 0));
  const labelled = split.map((labels, i) => {
    const rank = ellipsisRank(labels, shapes[i]!, i, span) ?? 0;
    return expand(labels, ellipsis(spread).slice(spread - rank));
  });
  const sizes = sizesOf(labelled, shapes, span);
  const output =
    result === undefined
      ? [...ellipsis(spread), ...implicitOutput(split)]
      : explicitOutput(letters(result, "the result", span), spread, sizes, span);
  return { operands: labelled, output, sizes };
}

const operands = (n: number) => `${n} operand${n === 1 ? "" : "s"}`;
const given = (n: number) => `${n} ${n === 1 ? "is" : "are"} given`;

/** The labels of the axes that `...` stands for, counted from the last so that operands align there. */
const ellipsis = (rank: number) => Array.from({ length: rank }, (_, i) => `...${rank - 1 - i}`);

const expand = (labels: readonly string[], axes: readonly string[]) =>
  labels.flatMap((label) => (label === "..." ? axes : [label]));

/** Letters and at most one `...`. */
function letters(term: string, where: string, span: Span | undefined): string[] {
  const labels = term.match(/\.\.\.|./gu) ?? [];
  for (const label of labels) {
    if (label === ".")
      throw fail(
        `a single \`.\` stands in the subscripts of ${where}`,
        span,
        "write `...` for the axes in between",
      );
    if (label !== "..." && !/^[A-Za-z]$/.test(label))
      throw fail(
        `\`${label}\` in the subscripts of ${where} is not a letter`,
        span,
        "each letter names an axis: `ij,jk->ik`",
      );
  }
  if (labels.filter((label) => label === "...").length > 1)
    throw fail(`\`...\` stands twice in the subscripts of ${where}`, span);
  return labels;
}

/** How many axes `...` stands for; `undefined` where there is none. */
function ellipsisRank(
  labels: readonly string[],
  shape: Shape,
  operand: number,
  span: Span | undefined,
): number | undefined {
  const isOpen = labels.includes("...");
  const named = labels.length - Number(isOpen);
  if (isOpen ? named > shape.length : named !== shape.length) {
    throw fail(
      `the subscripts of operand ${operand} name ${isOpen ? "at least " : ""}${named} ax${named === 1 ? "i" : "e"}s, but its shape is ${formatShape(shape)}`,
      span,
      named < shape.length ? "`...` stands for the axes that are not named" : undefined,
    );
  }
  return isOpen ? shape.length - named : undefined;
}

/** The size of each label of one operand. Axes of one label have one size. */
function ownSizes(
  labels: readonly string[],
  shape: Shape,
  operand: number,
  span: Span | undefined,
): Map<string, number> {
  const sizes = new Map<string, number>();
  labels.forEach((label, axis) => {
    const before = sizes.get(label) ?? shape[axis]!;
    if (before !== shape[axis]) {
      throw fail(
        `the index \`${label}\` stands for axes of the sizes ${before} and ${shape[axis]} in operand ${operand}`,
        span,
        "a repeated index takes a diagonal, so its axes have one size",
      );
    }
    sizes.set(label, before);
  });
  return sizes;
}

/** The size of each label. Operands agree on it; 1 broadcasts, as in NumPy. */
function sizesOf(
  labelled: readonly (readonly string[])[],
  shapes: readonly Shape[],
  span: Span | undefined,
): Map<string, number> {
  const known = new Map<string, { size: number; operand: number }>();
  labelled.forEach((labels, operand) => {
    for (const [label, size] of ownSizes(labels, shapes[operand]!, operand, span)) {
      const before = known.get(label);
      if (before === undefined || before.size === 1) known.set(label, { size, operand });
      else if (size !== before.size && size !== 1) {
        const name = label.startsWith("...") ? "an axis of `...`" : `the index \`${label}\``;
        throw fail(
          `${name} has size ${before.size} in operand ${before.operand} and size ${size} in operand ${operand}`,
          span,
        );
      }
    }
  });
  return new Map([...known].map(([label, { size }]) => [label, size]));
}

/** Without `->`: the labels that stand once, in the order of the alphabet. */
function implicitOutput(split: readonly (readonly string[])[]): string[] {
  const all = split.flat().filter((label) => label !== "...");
  return all.filter((label) => all.indexOf(label) === all.lastIndexOf(label)).sort();
}

function explicitOutput(
  labels: readonly string[],
  spread: number,
  sizes: ReadonlyMap<string, number>,
  span: Span | undefined,
): string[] {
  labels.forEach((label, i) => {
    if (labels.indexOf(label) !== i) throw fail(`the index \`${label}\` stands twice in the result`, span);
    if (label !== "..." && !sizes.has(label))
      throw fail(`the index \`${label}\` of the result stands in no operand`, span);
  });
  if (spread > 0 && !labels.includes("...")) {
    throw fail(
      "`...` stands for axes of the operands, but is missing in the result",
      span,
      "sum over axes by naming them",
    );
  }
  return expand(labels, ellipsis(spread));
}
