import { derivatives } from "../../autodiff/reverse.js";
import { diagnose, Fault, fault } from "../../diagnostics.js";
import { Engine } from "../../engine/engine.js";
import type { OperatorNode } from "../../graph/node.js";
import { topologicalOrder } from "../../graph/topology.js";
import type { BoxKind } from "../../graph-results.js";
import type { Limits } from "../../limits.js";
import { isLoop } from "../../ops/loop.js";
import { tensorsByName } from "../../program/named.js";
import type { Program, ProgramTrace } from "../../program/program.js";
import { optimise } from "../../rewrite/optimise.js";
import { sizeOf, type Tensor } from "../../tensor.js";
import type { Detail, DetailBox, DetailEdge } from "./detail.js";
import { applied, atom, type Piece } from "./formula.js";
import { draw } from "./picture.js";
import type { PictureAnswer, PictureRequest } from "./request.js";

/** Constants of more elements are boxes, and longer formulas have a name. */
const largestInline = 6;
const longestInner = 18;

/** The graph of the derivatives, as simplified as it is run: sum_grads down to those of inputs, over values of the forward pass. */
export function backwardPicture(
  program: Program,
  inputs: ReadonlyMap<string, Tensor>,
  { title, depth, isComputed, limits }: Omit<PictureRequest, "isBackward">,
): PictureAnswer {
  const trace = program.trace(inputs, { all: true });
  const { targets, names, leaves } = derivativeNodes(program, trace);
  const order = topologicalOrder(targets, (node) => leaves.has(node));
  const kinds = new Map(
    program.inputs.map(({ name, role }) => [name, role === "param" ? "param" : "input"] as const),
  );
  const detail = detailOf(order, new Set(targets), { names, leaves, kinds });
  const shown = detail.boxes.flatMap(({ node }) => node ?? []);
  const { values, problem } = isComputed ? run(shown, trace, limits) : nothing;
  const picture = draw(detail, {
    title,
    view: "backward",
    depth,
    valueOf: (node) => values.get(node),
    passes: [],
  });
  return { picture, diagnostics: [...trace.warnings, ...trace.lowered.warnings, ...problem] };
}

interface Derived {
  /** The derivatives that are asked for. */
  readonly targets: readonly OperatorNode[];
  /** What derivatives are called that others read as well. */
  readonly names: ReadonlyMap<OperatorNode, string>;
  /** Values of the forward pass, by their names: there the graph ends. */
  readonly leaves: ReadonlyMap<OperatorNode, string>;
}

function derivativeNodes(program: Program, { b, lowered, evaluate }: ProgramTrace): Derived {
  const outputs = tensorsByName(lowered, program.outputs);
  const wrt = new Set(program.wrt);
  tensorsByName(lowered, program.wrt);
  const named = [...lowered.nodes];
  const found = outputs.flatMap(([of, output]) => {
    const nodes = named.map(([, node]) => node);
    return derivatives(b, output, nodes).flatMap((node, i) => {
      const [name] = named[i]!;
      if (node === null) return [];
      const label = outputs.length === 1 ? `sum_grad(${name})` : `∂${of}/∂${name}`;
      return [{ node, label, isTarget: wrt.has(name) }];
    });
  });
  if (!found.some(({ isTarget }) => isTarget)) throw fault("no-derivative-graph", { names: program.outputs });
  const simple = optimise(
    b,
    { values: named.map(([, node]) => node), derivatives: found.map(({ node }) => node) },
    { evaluate },
  );
  const names = new Map<OperatorNode, string>();
  const targets = new Set<OperatorNode>();
  // Those that are asked for go first: a sum_grad that is equal to another has its name.
  for (const isTarget of [true, false]) {
    found.forEach((one, i) => {
      const node = simple.derivatives[i]!;
      if (one.isTarget !== isTarget) return;
      if (!names.has(node)) names.set(node, one.label);
      if (isTarget) targets.add(node);
    });
  }
  const leaves = new Map<OperatorNode, string>();
  simple.values.forEach((node, i) => {
    if (!leaves.has(node) && !names.has(node) && node.op.name !== "constant") leaves.set(node, named[i]![0]);
  });
  return { targets: [...targets], names, leaves };
}

interface Labels extends Pick<Derived, "names" | "leaves"> {
  readonly kinds: ReadonlyMap<string, BoxKind>;
}

/** A box for every node; small constants stand in formulas. */
function detailOf(
  order: readonly OperatorNode[],
  targets: ReadonlySet<OperatorNode>,
  { names, leaves, kinds }: Labels,
): Detail {
  const boxes: DetailBox[] = [];
  const edges: DetailEdge[] = [];
  const boxOf = new Map<OperatorNode, number>();
  const mentions = new Map<OperatorNode, Piece>();
  let next = 1;
  for (const node of order) {
    const leaf = leaves.get(node);
    const isConstant = leaf === undefined && node.op.name === "constant";
    const value = isConstant ? constantText(node) : undefined;
    if (value !== undefined && !targets.has(node)) {
      mentions.set(node, { text: value, precedence: value.startsWith("-") ? 6 : 9 });
      continue;
    }
    const formula =
      leaf !== undefined
        ? atom("from the forward pass")
        : isConstant
          ? atom(value ?? "constant")
          : formulaOf(node, mentions);
    const given = leaf ?? names.get(node);
    const isLong = formula.text.length > longestInner && !targets.has(node);
    const name = given ?? (isLong && !isConstant ? `t${next++}` : undefined);
    mentions.set(node, name === undefined ? formula : atom(name));
    const kind =
      leaf !== undefined
        ? (kinds.get(leaf) ?? "operation")
        : isConstant
          ? "constant"
          : isLoop(node)
            ? "loop"
            : "operation";
    const box =
      boxes.push({
        kind,
        name,
        formula: leaf !== undefined && kinds.has(leaf) ? undefined : formula.text,
        isOutput: targets.has(node),
        isOperation: leaf === undefined && !isConstant,
        shape: node.shape,
        node,
        container: undefined,
        isDefinition: given !== undefined,
        span: node.span,
      }) - 1;
    boxOf.set(node, box);
    if (leaf !== undefined) continue;
    for (const from of new Set(node.inputs.map((input) => boxOf.get(input))))
      if (from !== undefined) edges.push({ from, to: box, isCarry: false });
  }
  return { boxes, containers: [], edges };
}

function formulaOf(node: OperatorNode, mentions: ReadonlyMap<OperatorNode, Piece>): Piece {
  const operands = node.inputs.map((input) => mentions.get(input)!);
  if (isLoop(node))
    return atom(
      `loop of ${node.op.loop.length} step${node.op.loop.length === 1 ? "" : "s"}(${operands.map(({ text }) => text).join(", ")})`,
    );
  return applied(node.op.name, operands);
}

function constantText({ shape, attributes: { value } }: OperatorNode): string | undefined {
  if (typeof value === "number" && sizeOf(shape) <= largestInline)
    return String(Number(value.toPrecision(6)));
  if (typeof value !== "object" || !("data" in value) || sizeOf(shape) > largestInline || shape.length > 1)
    return undefined;
  const texts = Array.from(value.data, (x) => String(Number(x.toPrecision(6))));
  return shape.length === 0 ? texts[0] : `[${texts.join(", ")}]`;
}

const nothing = { values: new Map<OperatorNode, Tensor>(), problem: [] };

function run(nodes: readonly OperatorNode[], { values: inputs }: ProgramTrace, limits: Limits) {
  try {
    const results = new Engine(nodes, limits).run(inputs);
    return { values: new Map(nodes.map((node, i) => [node, results[i]!])), problem: [] };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const reasons = error.diagnostics.map(({ message }) => message);
    return { ...nothing, problem: [diagnose("picture-not-computed", { reasons })] };
  }
}
