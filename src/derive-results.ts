/** A definition of a derived script, in the language and in LaTeX. */
export interface DerivedDefinition {
  readonly name: string;
  readonly nameLatex: string;
  /** The right side. */
  readonly formula: string;
  readonly latex: string;
  /** Operators on the right side; see docs/derive.md for what counts. */
  readonly operators: number;
}

/** The derivative of one output by one name, or by two of them. */
export interface Derived extends DerivedDefinition {
  readonly output: string;
  readonly outputLatex: string;
  /** One name, or two for a second derivative. */
  readonly by: readonly string[];
  readonly byLatex: readonly string[];
  readonly shape: readonly number[];
  /** Whether the output does not depend on it at all. */
  readonly isStructuralZero: boolean;
}

/** Derivatives as a script. */
export interface Derivation {
  /** Lines that declare inputs and constants. */
  readonly declarations: readonly string[];
  /** What is defined for the derivatives, in an order in which each stands after what it reads. */
  readonly definitions: readonly (DerivedDefinition & { readonly isConstant: boolean })[];
  /** By output, then by name. */
  readonly derivatives: readonly Derived[];
}
