/** The element of this id, which the page has. */
export function element<Kind extends Element>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
}

/** The elements that have a number under this attribute, by that number. */
export function numbered(root: Element, selector: string, attribute: string): Map<number, SVGElement> {
  const found = new Map<number, SVGElement>();
  for (const one of root.querySelectorAll<SVGElement>(selector))
    found.set(Number(one.getAttribute(attribute)), one);
  return found;
}

/** Texts are set as texts: what a user wrote is never read as markup. */
export function add(parent: Element, tag: string, className: string, text: string): void {
  if (text === "") return;
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  parent.append(made);
}
