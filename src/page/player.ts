import type { Frame, PageData } from "../graph-results.js";
import { element } from "./dom.js";

/** Milliseconds between two steps, and how long a pass may take as a whole. */
const [quickest, slowest, whole] = [60, 900, 45_000];

/** Plays the passes: position 0 is before the first step, the last one is when everything is known. */
export class Player {
  readonly #data: PageData;
  readonly #boxes: ReadonlyMap<number, SVGElement>;
  readonly #edges: ReadonlyMap<number, SVGElement>;
  readonly #labels: ReadonlyMap<number, SVGElement>;
  readonly #slider = element("position", HTMLInputElement);
  readonly #play = element("play", HTMLButtonElement);
  readonly #says = element("says", HTMLParagraphElement);
  readonly #count = element("count", HTMLOutputElement);
  readonly #onStep: (box: Element) => void;
  #frames: readonly Frame[] = [];
  #pass = 0;
  #position = 0;
  #timer: number | undefined;

  constructor(
    data: PageData,
    parts: {
      readonly boxes: ReadonlyMap<number, SVGElement>;
      readonly edges: ReadonlyMap<number, SVGElement>;
      readonly labels: ReadonlyMap<number, SVGElement>;
    },
    onStep: (box: Element) => void,
  ) {
    this.#data = data;
    this.#boxes = parts.boxes;
    this.#edges = parts.edges;
    this.#labels = parts.labels;
    this.#onStep = onStep;
    this.#slider.addEventListener("input", () => this.go(Number(this.#slider.value)));
    this.#play.addEventListener("click", () => this.toggle());
    const button = (id: string, action: () => void) =>
      element(id, HTMLButtonElement).addEventListener("click", action);
    button("first", () => this.go(0));
    button("back", () => this.step(-1));
    button("next", () => this.step(1));
    button("last", () => this.go(Number.POSITIVE_INFINITY));
    const choice = element("pass", HTMLSelectElement);
    choice.addEventListener("change", () => this.#choosePass(Number(choice.value)));
    this.#choosePass(0);
  }

  /** The backward pass that is shown. */
  get pass(): number {
    return this.#pass;
  }

  step(by: number): void {
    this.go(this.#position + by);
  }

  /** Goes to a position by hand, which ends playing. */
  go(position: number): void {
    this.#stop();
    this.#set(position);
  }

  toggle(): void {
    if (this.#timer !== undefined) {
      this.#stop();
      return;
    }
    if (this.#position >= this.#frames.length) this.#set(0);
    this.#play.textContent = "Pause";
    const pause = Math.min(slowest, Math.max(quickest, whole / this.#frames.length));
    this.#timer = window.setInterval(() => {
      this.#set(this.#position + 1);
      if (this.#position >= this.#frames.length) this.#stop();
    }, pause);
  }

  #stop(): void {
    window.clearInterval(this.#timer);
    this.#timer = undefined;
    this.#play.textContent = "Play";
  }

  #choosePass(pass: number): void {
    this.#stop();
    this.#pass = pass;
    this.#frames = [...this.#data.forward, ...(this.#data.passes[pass]?.frames ?? [])];
    this.#slider.max = String(this.#frames.length);
    this.#set(this.#frames.length);
  }

  #set(position: number): void {
    this.#position = Math.min(this.#frames.length, Math.max(0, position));
    this.#slider.value = String(this.#position);
    const isAtEnd = this.#position === this.#frames.length;
    const frame = this.#frames[this.#position - 1];
    this.#count.textContent = `${frame?.pass ?? "start"}: step ${this.#position} of ${this.#frames.length}`;
    this.#says.textContent = frame?.says ?? "Nothing is computed yet.";
    this.#showNumbers(isAtEnd);
    for (const [index, one] of this.#edges) one.classList.toggle("active", !isAtEnd && frame?.edge === index);
    for (const [index, one] of this.#boxes) one.classList.toggle("current", !isAtEnd && frame?.box === index);
    const moved = frame === undefined ? undefined : this.#boxes.get(frame.box);
    if (moved !== undefined && !isAtEnd) this.#onStep(moved);
  }

  /** Values and sum_grads as far as they are known at this position. */
  #showNumbers(isAtEnd: boolean): void {
    const values = new Set<number>();
    const sums = new Map<number, string>();
    const passed = new Set<number>();
    for (const { pass, box, edge, shows, isComplete } of this.#frames.slice(0, this.#position)) {
      if (pass === "forward") {
        if (isComplete) values.add(box);
      } else {
        if (shows !== undefined) sums.set(box, shows);
        if (edge !== undefined) passed.add(edge);
      }
    }
    for (const [index, one] of this.#boxes) {
      for (const text of one.querySelectorAll(".value"))
        text.classList.toggle("ahead", !values.has(index) && !isAtEnd);
      const known =
        sums.get(index) ?? (isAtEnd ? this.#data.passes[this.#pass]?.sumGrads[index]?.brief : undefined);
      for (const text of one.querySelectorAll(".grad")) {
        text.classList.toggle("ahead", !known);
        if (known) text.textContent = known;
      }
      one.classList.toggle("waiting", !values.has(index) && !isAtEnd);
    }
    // The numbers beside edges are those of the first pass.
    for (const [edge, label] of this.#labels)
      label.classList.toggle("ahead", this.#pass !== 0 || (!passed.has(edge) && !isAtEnd));
  }
}
