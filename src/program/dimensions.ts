import { type Diagnostic, diagnose } from "../diagnostics.js";
import type { InputSpec } from "../lower/resolve.js";
import { formatShape, type Shape, sameShape } from "../tensor.js";

/** The sizes of named dimensions, which must agree wherever a name stands. */
export class Dimensions {
  readonly known = new Map<string, number>();
  readonly #first = new Map<string, string>();
  readonly #problems: Diagnostic[];

  constructor(problems: Diagnostic[]) {
    this.#problems = problems;
  }

  unify({ name, shape: declared, span }: InputSpec, shape: Shape): void {
    if (declared === undefined) return;
    const expected = declared.map((size, axis) =>
      size.kind === "number" ? size.value : (shape[axis] ?? -1),
    );
    if (!sameShape(expected, shape)) {
      const form = formatShape(declared.map((size) => (size.kind === "number" ? size.value : size.name)));
      this.#problems.push(
        diagnose("declared-shape", { name, declared: form, actual: formatShape(shape) }, span),
      );
      return;
    }
    declared.forEach((size, axis) => {
      if (size.kind === "number") return;
      const known = this.known.get(size.name);
      const actual = shape[axis]!;
      if (known === undefined) {
        this.known.set(size.name, actual);
        this.#first.set(size.name, name);
      } else if (known !== actual) {
        const first = this.#first.get(size.name)!;
        this.#problems.push(
          diagnose(
            "dimension-conflict",
            { dimension: size.name, first, size: known, name, actual },
            size.span,
          ),
        );
      }
    });
  }
}
