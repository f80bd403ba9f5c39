import type { TaylorStep } from "../check-results.js";
import type { DoubleDouble } from "../precise/double-double.js";
import { along, coordinate, everywhere, type Line } from "./directions.js";
import { type Reference, referencesAlong } from "./ladder.js";
import type { Motion, Sample } from "./motion.js";
import { taylorSteps } from "./taylor.js";

/** Inputs of more elements than this move in directions in which all elements do, unless every one is asked for. */
const mostCoordinates = 48;

/** How many directions stand for the coordinates of a large input. */
const directionCount = 2;

/** A direction in which an input has moved, and what differences along it say of all outputs. */
export interface Move {
  readonly line: Line;
  /** Which element moves; undefined where all do. */
  readonly element: number | undefined;
  /** By output. */
  readonly references: readonly Reference[];
}

/** The directions in which one input moves; what is asked for twice is computed once. */
export class Moves {
  readonly size: number;
  readonly scales: Float64Array;
  readonly #motion: Motion;
  readonly #start: Sample;
  readonly #input: string;
  readonly #isEveryOne: boolean;
  readonly #random: () => number;
  readonly #known = new Map<number, Move>();
  #directions: Move[] | undefined;
  #everywhere: Float64Array | undefined;

  constructor(
    motion: Motion,
    start: Sample,
    input: string,
    scales: Float64Array,
    exhaustive: boolean,
    random: () => number,
  ) {
    this.#motion = motion;
    this.#start = start;
    this.#input = input;
    this.scales = scales;
    this.size = scales.length;
    this.#isEveryOne = exhaustive || scales.length <= mostCoordinates;
    this.#random = random;
  }

  /** Every coordinate, or directions that stand for them. */
  all(): readonly Move[] {
    if (this.#isEveryOne) return Array.from({ length: this.size }, (_, i) => this.coordinate(i));
    this.#directions ??= Array.from({ length: directionCount }, () =>
      this.#move(everywhere(this.scales, this.#random), undefined),
    );
    return this.#directions;
  }

  /** The speeds of a direction in which all elements move. */
  everywhere(): Float64Array {
    this.#everywhere ??= along(this.#input, everywhere(this.scales, this.#random)).speeds;
    return this.#everywhere;
  }

  coordinate(element: number): Move {
    const known = this.#known.get(element) ?? this.#move(coordinate(this.scales, element), element);
    this.#known.set(element, known);
    return known;
  }

  /** The elements from one to before another, as in a direction. */
  part({ line: { speeds, length } }: Move, from: number, to: number): Move {
    return this.#move(
      speeds.map((speed, i) => (i >= from && i < to ? speed * length : 0)),
      undefined,
    );
  }

  taylor({ line }: Move, at: readonly [output: number, element: number], slope: DoubleDouble): TaylorStep[] {
    return taylorSteps(this.#motion, this.#start, line, at, slope);
  }

  #move(speeds: Float64Array, element: number | undefined): Move {
    const line = along(this.#input, speeds);
    return { line, element, references: referencesAlong(this.#motion, line) };
  }
}
