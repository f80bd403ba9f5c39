import { type Expression, printExpression } from "../../grammar/index.js";
import { hessians } from "../autodiff/hessian.js";
import { asTensor } from "../autodiff/jacobian.js";
import { derivatives } from "../autodiff/reverse.js";
import type { Derivation, Derived } from "../derive-results.js";
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
import { isBuiltin } from "../ops/builtins.js";
import type { Calculus } from "../ops/vocabulary.js";
import { type Named, requireScalars, tensorsByName } from "../program/named.js";
import type { Program, ProgramTrace } from "../program/program.js";
import type { Shape, Tensor } from "../tensor.js";
import { declarationsOf, namesOf } from "./declarations.js";
import { withPlaceholders } from "./placeholders.js";
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
  { order }: DeriveOptions,
): Derivation {
  const traced = program.trace(withPlaceholders(program, values));
  const { b, lowered } = traced;
  const outputs = tensorsByName(lowered, program.outputs);
  const wrt = tensorsByName(lowered, program.wrt);
  if (order === 2) requireScalars(outputs, "hessian-of-tensor");
  const asked = order === 1 ? firstOrder(b, outputs, wrt) : secondOrder(traced, outputs, wrt);
  const roots = asked.flatMap(({ node }) => (node === null ? [] : [node]));
  const named = namedNodes(traced);
  const simple = readable(b, [...roots, ...named.map(([, node]) => node)]);
  const found = simple.slice(0, roots.length);
  const names = new Map<OperatorNode, string>();
  named.forEach(([text], i) => {
    const node = simple[roots.length + i]!;
    if (!names.has(node) && node.op.name !== "input") names.set(node, text);
  });
  return written(traced, asked, found, names);
}

/** The nodes that have names in the script: definitions first, then constants. */
const namedNodes = ({ lowered }: ProgramTrace): Named[] => [...lowered.nodes, ...lowered.constants];

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
  { resolution, lowered }: ProgramTrace,
  asked: readonly Asked[],
  found: readonly OperatorNode[],
  names: ReadonlyMap<OperatorNode, string>,
): Derivation {
  const declared = declarationsOf(resolution);
  const scope = new Scope([...namesOf(resolution), ...reserved], isBuiltin);
  const own = asked.map((one) => scope.fresh(nameOf(one)));
  const bindings = new Map<OperatorNode, Expression>();
  for (const [text, node] of lowered.constants)
    if (declared.constants.has(text) && isWorthName(node)) bindings.set(node, name(text));
  const definable = new Map([...names].filter(([node]) => !bindings.has(node) && isWorthName(node)));
  // What several derivatives are is written once.
  const repeated = new Map<OperatorNode, string>();
  const isNamed = (node: OperatorNode) => bindings.has(node) || definable.has(node);
  const plan = planOf(found, { isNamed, isLeaf: (node) => bindings.has(node) });
  const varying = dependentOnInputs(found);
  const { definitions, values } = write(plan, found, { bindings, names: definable, scope, shares: true });
  const line = (text: string, value: Expression) => ({
    name: text,
    nameLatex: nameLatex(text),
    formula: printExpression(value),
    latex: latexOf(value),
    operators: operatorsIn(value),
  });
  let next = 0;
  const derived = asked.map((one, i): Derived => {
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
    const known = repeated.get(node);
    const value = known === undefined ? values[next]! : name(known);
    repeated.set(node, own[i]!);
    next += 1;
    return { ...line(own[i]!, value), ...about };
  });
  return {
    declarations: declared.lines,
    definitions: definitions.map(({ name: text, node, value }) => ({
      ...line(text, value),
      isConstant: !varying.has(node),
    })),
    derivatives: derived,
  };
}

const zerosOf = (shape: Shape): Expression => filledOf(0, shape);

/** Scalars say more as numbers than under the name of a constant. */
const isWorthName = ({ op, shape }: OperatorNode) => shape.length > 0 || op.name !== "constant";

/** The nodes that depend on an input. */
function dependentOnInputs(roots: readonly OperatorNode[]): ReadonlySet<OperatorNode> {
  const found = new Set<OperatorNode>();
  for (const node of topologicalOrder(roots))
    if (node.op.name === "input" || node.inputs.some((input) => found.has(input))) found.add(node);
  return found;
}
