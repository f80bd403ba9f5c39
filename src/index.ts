/**
 * The library: compile a script once, run it with values, read outputs and gradients. The command line goes through
 * this same door.
 */

export type { Mode } from "./autodiff/jacobian.js";
export type { Diagnostic, Note, Position, Source, Span } from "./diagnostics.js";
export { locate } from "./diagnostics.js";
export type { BlasChoice } from "./engine/native/open.js";
export type { Limits } from "./limits.js";
export { defaultLimits, largestLimits } from "./limits.js";
export { evaluateExpression } from "./program/expression.js";
export type { Module, Modules } from "./program/imports.js";
export { type PlainDerivative, type PlainElements, type PlainEvaluation, toPlain } from "./program/plain.js";
export {
  type BindResult,
  type Bound,
  type Compiled,
  type CompileOptions,
  compile,
  type Program,
  type ProgramInput,
  type RunResult,
} from "./program/program.js";
export { type InputValue, type Nested, toNested } from "./program/values.js";
export type {
  AssertFailure,
  AssertResult,
  Comparison,
  Coordinates,
  Cost,
  Evaluation,
  FusedGroup,
  Gradient,
  HessianBlock,
  Layout,
  LineCost,
  NamedTensor,
  NodeRow,
  OpCost,
  Profile,
  SourceLine,
  Sparsity,
} from "./results.js";
export type { Shape, Tensor } from "./tensor.js";
