import { type Expression, printExpression } from "../../grammar/index.js";
import { hessians } from "../autodiff/hessian.js";
import { asTensor } from "../autodiff/jacobian.js";
import { derivatives } from "../autodiff/reverse.js";
import type { Derivation, Derived } from "../derive-results.js";
import { Fault } from "../diagnostics.js";
import { latexOf } from "../formula/latex.js";
import { nameLatex } from "../formula/latex-words.js";
import { filledOf } from "../formula/numbers.js";
import { operatorsIn } from "../formula/operators.js";
import { planOf } from "../formula/plan.js";
import { Scope } from "../formula/scope.js";
import { name } from "../formula/terms.js";
import { write } from "../formula/write.js";
import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import { Journal } from "../lower/journal.js";
import { isBuiltin } from "../ops/builtins.js";
import { isLoop } from "../ops/loop.js";
import type { Calculus } from "../ops/vocabulary.js";
import { type Named, requireScalars, tensorsByName } from "../program/named.js";
import type { Program, ProgramTrace } from "../program/program.js";
import type { Shape, Tensor } from "../tensor.js";
import { declarationsOf, namesOf } from "./declarations.js";
import { namedNodes, type OwnNames, ownNames } from "./own-names.js";
import { openDimensions, withPlaceholders, withSizes } from "./placeholders.js";
import { readable } from "./readable.js";

export interface DeriveOptions {
  /** 1 for gradients and Jacobians, 2 for Hessians, whose outputs must be scalars. */
  readonly order: 1 | 2;
}

/** A derivative before it is written. */
interface Asked {
  readonly output: string;
  readonly by: readonly string[];
  readonly shape: Shape;
  /** `null`: a structural zero. */
  readonly node: OperatorNode | null;
}

/** The derivatives of a program's outputs as a script. Throws a `Fault` where something does not fit. */
export function derive(
  program: Program,
  values: ReadonlyMap<string, Tensor>,
  options: DeriveOptions,
): Derivation {
  const known = withPlaceholders(program, values);
  const open = openDimensions(program, known);
  return (
    (open.length > 0 ? forAnySizes(program, known, open, options) : undefined) ??
    derived(program, known, options)
  );
}

/** The derivatives where their formulas are the same for two choices of open sizes: then they hold for all. */
function forAnySizes(
  program: Program,
  known: ReadonlyMap<string, Tensor>,
  open: readonly string[],
  options: DeriveOptions,
): Derivation | undefined {
  try {
    const [one, other] = [5, 11].map((first) =>
      derived(program, withSizes(program, known, open, first), options),
    );
    const formulas = ({ definitions, derivatives }: Derivation) =>
      [...definitions, ...derivatives].map(({ name: text, formula }) => `${text} = ${formula}`).join("\n");
    return formulas(one!) === formulas(other!) ? one : undefined;
  } catch (error) {
    // What is wrong is told for the values that there are.
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

function derived(
  program: Program,
  values: ReadonlyMap<string, Tensor>,
  { order }: DeriveOptions,
): Derivation {
  const journal = new Journal();
  const traced = program.trace(values, { journal });
  const { b, lowered } = traced;
  const outputs = tensorsByName(lowered, program.outputs);
  const wrt = tensorsByName(lowered, program.wrt);
  if (order === 2) requireScalars(outputs, "hessian-of-tensor");
  const asked = order === 1 ? firstOrder(b, outputs, wrt) : secondOrder(traced, outputs, wrt);
  const roots = asked.flatMap(({ node }) => (node === null ? [] : [node]));
  const named = namedNodes(traced, journal, namesOf(traced.resolution));
  const ownNodes = Object.values(named).flatMap((list) => list.map(([, node]) => node));
  const simple = readable(b, [...roots, ...ownNodes]);
  return written(traced, asked, simple.slice(0, roots.length), ownNames(named, simple.slice(roots.length)));
}

function firstOrder(b: Calculus, outputs: readonly Named[], wrt: readonly Named[]): Asked[] {
  const nodes = wrt.map(([, node]) => node);
  return outputs.flatMap(([output, node]) =>
    derivatives(b, node, nodes).map((derivative, i) => {
      const [input, by] = wrt[i]!;
      return { output, by: [input], shape: [...node.shape, ...by.shape], node: derivative };
    }),
  );
}

/** The blocks on and below the diagonal: the others are their transposes. */
function secondOrder(
  { b, evaluate }: ProgramTrace,
  outputs: readonly Named[],
  wrt: readonly Named[],
): Asked[] {
  const nodes = wrt.map(([, node]) => node);
  return outputs.flatMap(([output, node]) => {
    const blocks = hessians(b, node, nodes, evaluate);
    return wrt.flatMap(([first, { shape }], i) =>
      wrt.map(([second, other], k) => ({
        output,
        by: [first, second],
        shape: [...shape, ...other.shape],
        node: asTensor(b, blocks[i]![k]!, shape, other.shape),
      })),
    );
  });
}

const nameOf = ({ output, by }: Asked): string => {
  if (by.length === 1) return `d${output}_d${by[0]}`;
  const [first, second] = by;
  return first === second ? `d2${output}_d${first}2` : `d2${output}_d${first}d${second}`;
};

/** Names that no script may give a meaning, or that would read as something else. */
const reserved = [
  "if",
  "then",
  "else",
  "and",
  "or",
  "not",
  "in",
  "within",
  "rel",
  "input",
  "param",
  "const",
  "output",
  "assert",
  "import",
  "derivative",
];

function written(
  { resolution }: ProgramTrace,
  asked: readonly Asked[],
  found: readonly OperatorNode[],
  names: OwnNames,
): Derivation {
  const declared = declarationsOf(resolution);
  const scope = new Scope([...namesOf(resolution), ...reserved], isBuiltin);
  const own = asked.map((one) => scope.fresh(nameOf(one)));
  const bindings = new Map<OperatorNode, Expression>();
  const definable = new Map(names.definitions);
  const always = new Set<OperatorNode>();
  for (const [node, text] of names.constants) {
    if (declared.constants.has(text)) bindings.set(node, name(text));
    else {
      definable.set(node, text);
      always.add(node);
    }
  }
  // A derivative that others read is written under its own name.
  const owners = new Map<OperatorNode, string>();
  const connected = asked.flatMap((one, i) => (one.node === null ? [] : [own[i]!]));
  found.forEach((node, i) => {
    if (!owners.has(node)) owners.set(node, connected[i]!);
  });
  const varying = dependentOnInputs(found);
  for (const [node, text] of owners)
    if (varying.has(node) && !isLoop(node) && !definable.has(node) && !bindings.has(node))
      definable.set(node, text);
  const isNamed = (node: OperatorNode) => bindings.has(node) || definable.has(node);
  const plan = planOf(found, { isNamed, isLeaf: (node) => bindings.has(node) });
  const { definitions, values } = write(plan, [...owners.keys()], {
    bindings,
    names: definable,
    always,
    locals: names.locals,
    scope,
    shares: true,
  });
  const expressions = new Map([...owners.keys()].map((node, i) => [node, values[i]!]));
  const isOwn = new Set(connected);
  for (const { name: text, node, value } of definitions) if (isOwn.has(text)) expressions.set(node, value);
  const line = (text: string, value: Expression) => ({
    name: text,
    nameLatex: nameLatex(text),
    formula: printExpression(value),
    latex: latexOf(value),
    operators: operatorsIn(value),
  });
  let next = 0;
  const lines = asked.map((one, i): Derived => {
    const { output, by, shape } = one;
    const about = {
      output,
      outputLatex: nameLatex(output),
      by,
      byLatex: by.map(nameLatex),
      shape,
      isStructuralZero: one.node === null,
    };
    if (one.node === null) return { ...line(own[i]!, zerosOf(shape)), ...about };
    const node = found[next]!;
    const owner = owners.get(node)!;
    const value = owner === own[i] ? expressions.get(node)! : name(owner);
    next += 1;
    return { ...line(own[i]!, value), ...about };
  });
  return {
    declarations: declared.lines,
    definitions: definitions
      .filter(({ name: text }) => !isOwn.has(text))
      .map(({ name: text, node, value }) => ({
        ...line(text, value),
        isConstant: !varying.has(node),
      })),
    derivatives: lines,
  };
}

const zerosOf = (shape: Shape): Expression => filledOf(0, shape);

/** The nodes that depend on an input. */
function dependentOnInputs(roots: readonly OperatorNode[]): ReadonlySet<OperatorNode> {
  const found = new Set<OperatorNode>();
  for (const node of topologicalOrder(roots))
    if (node.op.name === "input" || node.inputs.some((input) => found.has(input))) found.add(node);
  return found;
}
