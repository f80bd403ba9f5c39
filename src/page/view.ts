import { element } from "./dom.js";

const [smallest, largest] = [0.02, 8];
const margin = 24;

/** Zoom and pan: the part of the drawing that the window shows. */
export class View {
  readonly #svg = element("graph", SVGSVGElement);
  readonly #viewport = element("viewport", SVGGElement);
  readonly #size = { width: Number(this.#svg.dataset.width), height: Number(this.#svg.dataset.height) };
  readonly #pointers = new Map<number, { x: number; y: number }>();
  #scale = 1;
  #x = 0;
  #y = 0;
  #isFitted = true;
  /** Whether the pointer has moved since it went down: then its end is no click. */
  #isDragged = false;

  constructor() {
    this.#listen();
    this.fit();
  }

  get wasDragged(): boolean {
    return this.#isDragged;
  }

  /** Shows everything; small drawings are not blown up. */
  fit(): void {
    const { width, height } = this.#svg.getBoundingClientRect();
    const room = { width: Math.max(1, width - 2 * margin), height: Math.max(1, height - 2 * margin) };
    this.#scale = Math.min(1.4, room.width / this.#size.width, room.height / this.#size.height);
    this.#x = (width - this.#size.width * this.#scale) / 2;
    this.#y = (height - this.#size.height * this.#scale) / 2;
    this.#isFitted = true;
    this.#apply();
  }

  /** Makes everything larger by a factor around a point of the window; without one, around the middle. */
  zoom(factor: number, clientX?: number, clientY?: number): void {
    const { left, top, width, height } = this.#svg.getBoundingClientRect();
    const x = clientX === undefined ? width / 2 : clientX - left;
    const y = clientY === undefined ? height / 2 : clientY - top;
    const scale = Math.min(largest, Math.max(smallest, this.#scale * factor));
    const ratio = scale / this.#scale;
    this.#x = x - (x - this.#x) * ratio;
    this.#y = y - (y - this.#y) * ratio;
    this.#scale = scale;
    this.#isFitted = false;
    this.#apply();
  }

  pan(dx: number, dy: number): void {
    this.#x += dx;
    this.#y += dy;
    this.#isFitted = false;
    this.#apply();
  }

  /** Moves an element into the window that is not in it. */
  reveal(target: Element): void {
    const outer = this.#svg.getBoundingClientRect();
    const inner = target.getBoundingClientRect();
    const away = (low: number, high: number, from: number, to: number) =>
      high < from + margin || low > to - margin ? (from + to - low - high) / 2 : 0;
    const dx = away(inner.left, inner.right, outer.left, outer.right);
    const dy = away(inner.top, inner.bottom, outer.top, outer.bottom);
    if (dx !== 0 || dy !== 0) this.pan(dx, dy);
  }

  #apply(): void {
    this.#viewport.setAttribute("transform", `translate(${this.#x} ${this.#y}) scale(${this.#scale})`);
  }

  #listen(): void {
    const svg = this.#svg;
    svg.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
        this.zoom(Math.exp(-event.deltaY * lines * 0.0015), event.clientX, event.clientY);
      },
      { passive: false },
    );
    svg.addEventListener("pointerdown", ({ pointerId, clientX, clientY }) => {
      if (this.#pointers.size === 0) this.#isDragged = false;
      this.#pointers.set(pointerId, { x: clientX, y: clientY });
    });
    svg.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel", "pointerleave"] as const)
      svg.addEventListener(end, ({ pointerId }) => this.#pointers.delete(pointerId));
    element("zoom-in", HTMLButtonElement).addEventListener("click", () => this.zoom(1.3));
    element("zoom-out", HTMLButtonElement).addEventListener("click", () => this.zoom(1 / 1.3));
    element("zoom-fit", HTMLButtonElement).addEventListener("click", () => this.fit());
    // The window, or the lines of text below the drawing.
    new ResizeObserver(() => {
      if (this.#isFitted) this.fit();
    }).observe(svg);
  }

  /** One pointer drags; two pinch. */
  #move({ pointerId, clientX, clientY }: PointerEvent): void {
    const before = this.#pointers.get(pointerId);
    if (before === undefined) return;
    const [dx, dy] = [clientX - before.x, clientY - before.y];
    // A hand that clicks is not quite still.
    if (!this.#isDragged && Math.hypot(dx, dy) < 4) return;
    this.#isDragged = true;
    const others = [...this.#pointers].filter(([id]) => id !== pointerId).map(([, point]) => point);
    const [other] = others;
    if (other === undefined) this.pan(dx, dy);
    else {
      const distance = (x: number, y: number) => Math.max(1, Math.hypot(x - other.x, y - other.y));
      const factor = distance(clientX, clientY) / distance(before.x, before.y);
      this.zoom(factor, (clientX + other.x) / 2, (clientY + other.y) / 2);
    }
    this.#pointers.set(pointerId, { x: clientX, y: clientY });
  }
}
