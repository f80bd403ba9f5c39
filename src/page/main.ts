// The script of the page that `autograd graph --format html` writes: zoom and pan, a card for each box, what depends on
// what, and the two passes step by step.
import type { PageData } from "../graph-results.js";
import { Card } from "./card.js";
import { element, numbered } from "./dom.js";
import { Player } from "./player.js";
import { Selection } from "./selection.js";
import { View } from "./view.js";

const data = JSON.parse(element("data", HTMLScriptElement).textContent ?? "") as PageData;
const graph = element("graph", SVGSVGElement);
const boxes = numbered(graph, ".box", "data-box");
const edges = numbered(graph, ".edge", "data-edge");
const labels = numbered(graph, ".contribution", "data-edge");

const card = new Card(data);
const selection = new Selection(data, boxes, edges);
const player = new Player(data, { boxes, edges, labels }, (box) => view.reveal(box));
// When everything around the drawing has its size.
const view = new View();

for (const [index, box] of boxes) {
  // What a browser would show beside the card.
  const title = box.querySelector("title");
  box.setAttribute("aria-label", title?.textContent ?? "");
  title?.remove();
  box.setAttribute("role", "button");
  box.setAttribute("tabindex", "0");
  const show = () => card.show(index, box, player.pass);
  box.addEventListener("pointerenter", show);
  box.addEventListener("pointerleave", () => card.hide());
  box.addEventListener("focus", () => {
    if (!box.matches(":focus-visible")) return;
    view.reveal(box);
    show();
  });
  box.addEventListener("blur", () => card.hide());
}

graph.addEventListener("click", ({ target }) => {
  if (view.wasDragged) return;
  const box = target instanceof Element ? target.closest(".box") : null;
  selection.choose(box === null ? undefined : Number(box.getAttribute("data-box")));
});

/** Keys that work wherever the focus is, unless it is where they mean something else. */
const keys: Readonly<Record<string, () => void>> = {
  ArrowRight: () => player.step(1),
  ArrowLeft: () => player.step(-1),
  Home: () => player.go(0),
  End: () => player.go(Number.POSITIVE_INFINITY),
  " ": () => player.toggle(),
  "+": () => view.zoom(1.3),
  "-": () => view.zoom(1 / 1.3),
  "0": () => view.fit(),
  Escape: () => {
    card.hide();
    selection.choose(undefined);
  },
};

document.addEventListener("keydown", (event) => {
  const { key, target, ctrlKey, metaKey, altKey } = event;
  if (ctrlKey || metaKey || altKey || !(target instanceof Element)) return;
  if (target.matches("select, input") || (target.matches("button") && key === " ")) return;
  const box = target.closest(".box");
  if (box !== null && key === "Enter") {
    selection.choose(Number(box.getAttribute("data-box")));
    return;
  }
  const action = Object.hasOwn(keys, key) ? keys[key] : undefined;
  if (action === undefined) return;
  event.preventDefault();
  action();
});
