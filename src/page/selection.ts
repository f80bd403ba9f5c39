import type { PageData } from "../graph-results.js";
import { element } from "./dom.js";
import { reached } from "./reach.js";

/** Names in a list that is read aloud. */
const longestList = 8;

/** The box that was clicked: what it depends on and what depends on it stand out. */
export class Selection {
  readonly #data: PageData;
  readonly #boxes: ReadonlyMap<number, SVGElement>;
  readonly #edges: ReadonlyMap<number, SVGElement>;
  readonly #graph = element("graph", SVGSVGElement);
  readonly #says = element("selection", HTMLParagraphElement);
  #chosen: number | undefined;

  constructor(
    data: PageData,
    boxes: ReadonlyMap<number, SVGElement>,
    edges: ReadonlyMap<number, SVGElement>,
  ) {
    this.#data = data;
    this.#boxes = boxes;
    this.#edges = edges;
    this.choose(undefined);
  }

  /** Chooses a box, or none; the same one again is let go. */
  choose(box: number | undefined): void {
    this.#chosen = box === this.#chosen ? undefined : box;
    const chosen = this.#chosen;
    this.#graph.classList.toggle("selecting", chosen !== undefined);
    const up = chosen === undefined ? undefined : reached(chosen, this.#data.edges, "up");
    const down = chosen === undefined ? undefined : reached(chosen, this.#data.edges, "down");
    for (const [index, one] of this.#boxes) {
      one.classList.toggle("chosen", index === chosen);
      one.classList.toggle("up", up?.boxes.has(index) === true);
      one.classList.toggle("down", down?.boxes.has(index) === true);
      one.setAttribute("aria-pressed", String(index === chosen));
    }
    for (const [index, one] of this.#edges) {
      one.classList.toggle("up", up?.edges.has(index) === true);
      one.classList.toggle("down", down?.edges.has(index) === true);
    }
    this.#says.textContent =
      up === undefined || down === undefined
        ? "Click a box to see what it depends on and what depends on it."
        : `${this.#data.boxes[chosen!]!.title} depends on ${this.#list(up.boxes)}; on it depends ${this.#list(down.boxes)}.`;
  }

  #list(boxes: ReadonlySet<number>): string {
    const names = [...boxes].sort((a, b) => a - b).map((box) => this.#data.boxes[box]!.title);
    if (names.length === 0) return "nothing";
    const rest = names.length - longestList;
    return `${names.slice(0, longestList).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
  }
}
