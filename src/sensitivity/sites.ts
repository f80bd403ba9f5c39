import { loopNode } from "../autodiff/loops.js";
import { passes } from "../autodiff/reverse.js";
import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import { isLoop, type Loop, type LoopOp, parameter, piecesOf, takePiece } from "../ops/loop.js";
import type { Op, ScalarOp } from "../ops/op.js";
import type { ScalarOpName, TensorOpName } from "../ops/registry.js";
import type { Calculus } from "../ops/vocabulary.js";
import { type Shape, sizeOf } from "../tensor.js";
import { steepest } from "./kinks.js";
import { relative, scalarRounding } from "./scalar-rounding.js";
import { type Perturbation, tensorRounding } from "./tensor-rounding.js";

/** A place where values are rounded. */
export interface Site {
  /** The node of the script's graph, or of a loop's body. */
  readonly origin: OperatorNode;
  /** What to differentiate by: the node itself, or a placeholder that is 0 and added where the rounding is. */
  readonly place: OperatorNode;
  /** How far each element may be off, in units of 2⁻⁵³; one for each step, of a node in a loop. */
  readonly size: OperatorNode;
}

/** A graph for the propagation of errors. */
export interface Perturbed {
  readonly outputs: readonly OperatorNode[];
  readonly sites: readonly Site[];
  /** Names and shapes of the placeholders. */
  readonly placeholders: ReadonlyMap<string, Shape>;
}

/**
 * The same values with a place to differentiate by at each rounding. Errors pass where a script lets no derivative
 * pass: barriers are left out, and so are derivatives that functions state for themselves. What each step of a loop rounds
 * is a sequence that the loop reads, so its derivative has every step.
 */
export function perturbed(b: Calculus, outputs: readonly OperatorNode[]): Perturbed {
  const placeholders = new Map<string, Shape>();
  const span = b.builder.span;
  const whole = new Walk(b, placeholders, false);
  const made = whole.make(outputs, []);
  b.builder.span = span;
  return { outputs: made, sites: whole.sites, placeholders };
}

class Walk {
  readonly sites: Site[] = [];
  readonly #b: Calculus;
  readonly #placeholders: Map<string, Shape>;
  /** In the body of a loop, no node can be differentiated by from outside. */
  readonly #isBody: boolean;
  readonly #made = new Map<OperatorNode, OperatorNode>();
  /** Loops that stack their roundings behind what they gave before. */
  readonly #loops = new Map<OperatorNode, OperatorNode>();
  readonly #places = new Set<OperatorNode>();

  constructor(b: Calculus, placeholders: Map<string, Shape>, isBody: boolean) {
    this.#b = b;
    this.#placeholders = placeholders;
    this.#isBody = isBody;
  }

  /** The images of these nodes; `parameters` stay as they are. */
  make(roots: readonly OperatorNode[], parameters: readonly OperatorNode[]): OperatorNode[] {
    for (const one of parameters) this.#made.set(one, one);
    for (const node of topologicalOrder(roots)) {
      if (this.#made.has(node)) continue;
      this.#b.builder.span = node.span;
      this.#made.set(node, this.#image(node));
    }
    return roots.map((root) => this.#made.get(root)!);
  }

  #image(node: OperatorNode): OperatorNode {
    const inputs = node.inputs.map((input) => this.#made.get(input)!);
    const { name } = node.op;
    // The first input of a function with a derivative of its own is its value.
    if (name === "stop_gradient" || name === "custom") return inputs[0]!;
    if (isLoop(node)) return this.#loop(node, inputs);
    const [source] = node.inputs;
    const wide = name === "slice" && source !== undefined ? this.#loops.get(source) : undefined;
    if (wide !== undefined) inputs[0] = wide;
    const exact = this.#same(node, inputs);
    const found = perturbationsOf(this.#b, exact);
    const moved = [...exact.inputs];
    for (const { input, size } of found) {
      if (input === undefined || !passes(exact, input)) continue;
      const place = this.#placeholder(size.shape);
      this.sites.push({ origin: node, place, size });
      moved[input] = this.#b.add(moved[input]!, place);
    }
    const value = this.#steepest(this.#same(exact, moved));
    const own = found.find(({ input }) => input === undefined);
    if (own === undefined) return value;
    const size = this.#b.broadcastTo(own.size, node.shape);
    if (!this.#isBody) {
      // Nodes that a barrier kept apart may be one now: their roundings are the same.
      if (!this.#places.has(value)) this.sites.push({ origin: node, place: value, size });
      this.#places.add(value);
      return value;
    }
    const place = this.#placeholder(node.shape);
    this.sites.push({ origin: node, place, size });
    return this.#b.add(value, place);
  }

  #same(node: OperatorNode, inputs: readonly OperatorNode[]): OperatorNode {
    const isSame = inputs.every((input, i) => input === node.inputs[i]);
    return isSame ? node : this.#b.builder.node(node.op, inputs, node.attributes);
  }

  #steepest(node: OperatorNode): OperatorNode {
    const name = node.op.name as keyof typeof steepest;
    return steepest[name]?.(this.#b, node) ?? node;
  }

  #placeholder(shape: Shape): OperatorNode {
    const made = parameter(this.#b, "rounding", shape);
    this.#placeholders.set(made.attributes.name as string, shape);
    return made;
  }

  /** The loop with the roundings of its steps as sequences, and their sizes stacked. */
  #loop(node: OperatorNode & { readonly op: LoopOp }, inputs: readonly OperatorNode[]): OperatorNode {
    const b = this.#b;
    const { loop } = node.op;
    const { body, carries, sequences, length } = loop;
    // Those of a step are parameters of the body, and no inputs of the whole.
    const inside = new Walk(b, new Map(), true);
    const results = inside.make(body.results, body.parameters);
    b.builder.span = node.span;
    const { sites } = inside;
    const at = carries + sequences;
    const wide: Loop = {
      ...loop,
      body: {
        parameters: [
          ...body.parameters.slice(0, at),
          ...sites.map(({ place }) => place),
          ...body.parameters.slice(at),
        ],
        results: [...results, ...sites.map(({ size }) => size)],
      },
      sequences: sequences + sites.length,
    };
    const places = sites.map(({ place }) => this.#placeholder([length, ...place.shape]));
    const made = loopNode(b, wide, [...inputs.slice(0, at), ...places, ...inputs.slice(at)]);
    this.#loops.set(node, made);
    const pieces = piecesOf(wide).slice(results.length);
    for (const [k, { origin }] of sites.entries())
      this.sites.push({ origin, place: places[k]!, size: takePiece(b, made, pieces[k]!) });
    const counts = [...node.shape];
    return sites.length === 0 ? made : b.apply("slice", [made], { starts: [0], steps: [1], counts });
  }
}

function perturbationsOf(b: Calculus, node: OperatorNode): readonly Perturbation[] {
  if (node.inputs.length === 0 || sizeOf(node.shape) === 0) return [];
  const op = node.op as Op;
  if (op.kind === "tensor") return tensorRounding[op.name as TensorOpName]?.(b, node) ?? [];
  const rule = scalarRounding[(op as ScalarOp).name as ScalarOpName];
  if (rule === 0) return [];
  return [{ size: typeof rule === "number" ? relative(b, node, rule) : rule(b, node) }];
}
