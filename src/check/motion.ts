import { Fault } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import { isLoop } from "../ops/loop.js";
import type { BranchRule, Op } from "../ops/op.js";
import type { Calculus } from "../ops/vocabulary.js";
import { sub } from "../precise/double-double.js";
import { evaluatePrecisely, type PreciseOptions } from "../precise/evaluate.js";
import { elementOf, type PreciseTensor } from "../precise/tensor.js";
import { type Direction, moved, randomSource } from "./directions.js";
import { type Held, held } from "./held.js";
import { type Chord, hiddenSlopes } from "./resolution.js";
import { nudged, type Point, roundingOf } from "./rounding.js";
import { stillBut } from "./still.js";

/** The outputs at one place of a motion. */
export interface Sample {
  readonly outputs: readonly PreciseTensor[];
  /** For each operation that is put together of pieces, in each step of a loop, the pieces that its elements lie in. */
  readonly pieces: readonly PreciseTensor[];
  readonly isFinite: boolean;
}

/** How often values are changed at random. */
const nudges = 4;

/** The outputs of a graph, in double-doubles, along straight lines through a point. */
export class Motion {
  readonly #b: Calculus;
  readonly #outputs: readonly OperatorNode[];
  readonly #point: Point;
  readonly #branches = new Map<OperatorNode, Branch>();
  readonly #starts = new Map<string, Sample>();
  readonly #parts = new Map<string, Held>();
  readonly #strayed = new Map<string, readonly Float64Array[] | undefined>();
  /** Whether values changed at random, with all that does not move, have left the pieces of the point. */
  #isLeft = false;
  #rounding: readonly Float64Array[] | undefined;
  #each: Motion[] | undefined;

  constructor(b: Calculus, outputs: readonly OperatorNode[], point: Point) {
    this.#b = b;
    ({ outputs: this.#outputs, point: this.#point } = held(b, outputs, point));
  }

  /** How many outputs there are. */
  get count(): number {
    return this.#outputs.length;
  }

  /** Each output alone. */
  each(): readonly Motion[] {
    this.#each ??= this.#outputs.map((output) => new Motion(this.#b, [output], this.#point));
    return this.#each;
  }

  /** At the point itself, of what moves along a direction. */
  start(direction: Direction): Sample {
    const key = keyOf(direction);
    const known = this.#starts.get(key) ?? this.at(direction, 0);
    this.#starts.set(key, known);
    return known;
  }

  /** Whether what moves along a direction has numbers to move from. */
  isDefinedAlong(direction: Direction): boolean {
    return [...direction].every(([name, speeds]) => {
      const { hi } = this.#point.get(name)!;
      return speeds.every((speed, i) => speed === 0 || Number.isFinite(hi[i]));
    });
  }

  /** By output: how uncertain rounding makes each element of it. */
  rounding(): readonly Float64Array[] {
    if (this.#rounding !== undefined) return this.#rounding;
    const known = this.#outputs.map((output) => roundingOf(this.#b, output, this.#point));
    if (topologicalOrder(this.#outputs).some(isLoop)) this.#nudge(known);
    this.#rounding = known;
    return known;
  }

  /**
   * Adds what comes of rounding in the steps of loops, which no derivative has been taken of: how far outputs go when all
   * values on the way are changed a little at random (as in Vignes, A stochastic arithmetic, 1993).
   */
  #nudge(known: readonly Float64Array[]): void {
    const random = randomSource(1);
    const right = this.#sampleOf(this.#outputs, this.#point);
    for (let run = 0; run < nudges; run++) {
      const sample = this.#nudgedBy(random);
      // Another piece has another value, which is no rounding: `strayed` tells of that.
      if (sample === undefined || !isSamePiece(right, sample)) {
        this.#isLeft = true;
        continue;
      }
      for (const [k, own] of known.entries()) {
        for (let i = 0; i < own.length; i++) {
          const off = sub(elementOf(sample.outputs[k]!, i), elementOf(right.outputs[k]!, i)).hi;
          if (Math.abs(off) > own[i]!) own[i] = Math.abs(off);
        }
      }
    }
  }

  /** `undefined` where the script has no value then, as where a loop does not come to an end. */
  #nudgedBy(
    random: () => number,
    outputs: readonly OperatorNode[] = this.#outputs,
    point: Point = this.#point,
  ): Sample | undefined {
    try {
      return this.#sampleOf(outputs, point, nudged(random));
    } catch (error) {
      if (error instanceof Fault) return undefined;
      throw error;
    }
  }

  /**
   * By output, by element: how far outputs go where rounding changes how many steps loops make, and with that how many
   * pieces there are. Only values that move along a direction count. `undefined` where it does not.
   */
  strayed(direction: Direction): readonly Float64Array[] | undefined {
    this.rounding();
    if (!this.#isLeft) return undefined;
    const key = keyOf(direction);
    if (!this.#strayed.has(key)) this.#strayed.set(key, this.#strayedAlong(direction));
    return this.#strayed.get(key);
  }

  #strayedAlong(direction: Direction): readonly Float64Array[] | undefined {
    const { outputs, point } = this.#partFor(direction);
    const start = this.start(direction);
    const random = randomSource(1);
    const others = Array.from({ length: nudges }, () => this.#nudgedBy(random, outputs, point)).filter(
      (sample) => sample?.pieces.length !== start.pieces.length,
    );
    if (others.length === 0) return undefined;
    return start.outputs.map((own, k) =>
      own.hi.map((_, i) =>
        others.reduce((most, other) => {
          const off = other && Math.abs(sub(elementOf(other.outputs[k]!, i), elementOf(own, i)).hi);
          // What has no value then may be anything.
          return off !== undefined && Number.isFinite(off) ? Math.max(most, off) : Number.POSITIVE_INFINITY;
        }, 0),
      ),
    );
  }

  /** At the distance `step` along a direction; pieces of what does not move are left out. */
  at(direction: Direction, step: number): Sample {
    const { outputs, point } = this.#partFor(direction);
    return this.#sampleOf(outputs, moved(point, direction, step));
  }

  #sampleOf(nodes: readonly OperatorNode[], point: Point, change?: PreciseOptions["change"]): Sample {
    const pieces: PreciseTensor[] = [];
    const outputs = evaluatePrecisely(nodes, point, {
      ...(change === undefined ? {} : { change }),
      visit: (node, inputs, value) => {
        const branch = this.#branchOf(node);
        if (branch !== undefined) pieces.push(branch(inputs, value));
      },
    });
    return { outputs, pieces, isFinite: outputs.every(({ hi }) => hi.every(Number.isFinite)) };
  }

  /** As `hiddenSlopes` has it: what a chord of a line does not tell of the slopes of the outputs. */
  hidden(direction: Direction, long: Chord, short: Chord): Float64Array[] | undefined {
    return hiddenSlopes(this.#b, this.#partFor(direction), direction, long, short);
  }

  #partFor(direction: Direction): Held {
    const key = keyOf(direction);
    const known =
      this.#parts.get(key) ??
      stillBut(this.#b, { outputs: this.#outputs, point: this.#point }, new Set(direction.keys()));
    this.#parts.set(key, known);
    return known;
  }

  #branchOf(node: OperatorNode): Branch | undefined {
    const op = node.op as Op;
    if (op.branch === undefined) return undefined;
    const known = this.#branches.get(node);
    if (known !== undefined) return known;
    const made = branchOf(this.#b, node, op.branch);
    this.#branches.set(node, made);
    return made;
  }
}

const keyOf = (direction: Direction) => [...direction.keys()].join("\n");

/** The pieces that the elements of a node lie in, from the values of its inputs and its own. */
type Branch = (inputs: readonly PreciseTensor[], value: PreciseTensor) => PreciseTensor;

function branchOf(b: Calculus, node: OperatorNode, branch: BranchRule): Branch {
  // A blank keeps the names apart from those of a script.
  const placeholder = (name: string, { shape }: OperatorNode) => b.apply("input", [], { name, shape });
  const inputs = node.inputs.map((input, i) => placeholder(`operand ${i}`, input));
  // The rule of a tensor operation reads operands and attributes through the result, so it gets one computed again.
  const isScalar = (node.op as Op).kind === "scalar";
  const own = isScalar ? placeholder("value", node) : b.builder.node(node.op, inputs, node.attributes);
  const piece = branch(b, inputs, own);
  return (operands, result) => {
    const values = new Map(operands.map((operand, i) => [`operand ${i}`, operand]));
    values.set("value", result);
    return evaluatePrecisely([piece], values)[0]!;
  };
}

/** Whether two samples lie in the same pieces everywhere. */
export function isSamePiece(p: Sample, q: Sample): boolean {
  return (
    p.pieces.length === q.pieces.length &&
    p.pieces.every((own, k) => {
      const other = q.pieces[k]!;
      // All digits: the number of a piece may be larger than 2⁵³.
      return isSame(own.hi, other.hi) && isSame(own.lo, other.lo) && own.hi.every(isCountable);
    })
  );
}

/** Whether the next piece has another number: those of `mod` may have more than 32 digits. */
const isCountable = (piece: number) => !(Math.abs(piece) >= 2 ** 100);

const isSame = (p: Float64Array, q: Float64Array): boolean =>
  p.length === q.length && p.every((x, i) => Object.is(x, q[i]) || x === q[i]);
