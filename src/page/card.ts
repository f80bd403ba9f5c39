import type { PageData } from "../graph-results.js";
import { add, element } from "./dom.js";

/** The card beside a box, under the pointer or with the keyboard's focus: all that is known of it. */
export class Card {
  readonly #card = element("card", HTMLDivElement);
  readonly #data: PageData;

  constructor(data: PageData) {
    this.#data = data;
  }

  /** `pass` is the backward pass whose sum_grad is told. */
  show(box: number, beside: Element, pass: number): void {
    const { title, kind, formula, shape, value, place, source } = this.#data.boxes[box]!;
    const card = this.#card;
    card.replaceChildren();
    add(card, "h2", "", title);
    add(card, "p", "kind", kind);
    if (formula !== title) add(card, "p", "formula", formula);
    this.#field("shape", shape);
    this.#field("value", value);
    this.#field("sum_grad", this.#data.passes[pass]?.sumGrads[box]?.full ?? "");
    this.#field("line", place);
    add(card, "pre", "source", source);
    card.hidden = false;
    this.#place(beside);
  }

  hide(): void {
    this.#card.hidden = true;
  }

  #field(name: string, text: string): void {
    if (text === "") return;
    add(this.#card, "h3", "", name);
    add(this.#card, "pre", `field-${name}`, text);
  }

  /** To the right of the box, or where there is room. */
  #place(beside: Element): void {
    const gap = 12;
    const stage = this.#card.parentElement!.getBoundingClientRect();
    const target = beside.getBoundingClientRect();
    const { width, height } = this.#card.getBoundingClientRect();
    const right = target.right + gap;
    const x = right + width <= stage.right ? right : Math.max(stage.left, target.left - gap - width);
    const y = Math.min(Math.max(stage.top, target.top), Math.max(stage.top, stage.bottom - height));
    this.#card.style.left = `${x - stage.left}px`;
    this.#card.style.top = `${y - stage.top}px`;
  }
}
