import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import type { Journal } from "../lower/journal.js";
import type { Named } from "../program/named.js";
import type { ProgramTrace } from "../program/program.js";

const kinds = ["definitions", "constants", "locals"] as const;

/** Names of a script, by what gives them: a definition, a constant, a local definition. */
export type OwnNames = Readonly<Record<(typeof kinds)[number], ReadonlyMap<OperatorNode, string>>>;

/** Names of parameters of functions: these say what a function makes of them, not what they are. */
const parametersIn = ({ entities }: ProgramTrace["resolution"]) =>
  entities.flatMap((entity) =>
    entity.kind === "function" ? entity.node.parameters.map(({ name }) => name) : [],
  );

/** The nodes that have names in a script. Names of locals that stand for something else, too, are left out. */
export function namedNodes(
  { lowered, resolution }: ProgramTrace,
  journal: Journal,
  taken: readonly string[],
): Record<(typeof kinds)[number], readonly Named[]> {
  const [definitions, constants] = [[...lowered.nodes], [...lowered.constants]];
  const isTop = new Set([...definitions, ...constants].map(([, node]) => node));
  const byName = new Map<string, OperatorNode[]>();
  for (const node of topologicalOrder([...isTop])) {
    const name = journal.nameOf(node);
    if (name === undefined || isTop.has(node)) continue;
    byName.set(name, [...(byName.get(name) ?? []), node]);
  }
  const isTaken = new Set([...taken, ...parametersIn(resolution)]);
  const locals = [...byName].flatMap(([name, nodes]): Named[] =>
    nodes.length === 1 && !isTaken.has(name) ? [[name, nodes[0]!]] : [],
  );
  return { definitions, constants, locals };
}

/** The same for what these nodes have become, in the order definitions, constants, locals. A node has its first name only. */
export function ownNames(named: ReturnType<typeof namedNodes>, become: readonly OperatorNode[]): OwnNames {
  const names = { definitions: new Map(), constants: new Map(), locals: new Map() };
  const taken = new Set<OperatorNode>();
  let next = 0;
  for (const kind of kinds) {
    for (const [text] of named[kind]) {
      const node = become[next]!;
      next += 1;
      if (taken.has(node) || !isWorthName(node)) continue;
      taken.add(node);
      names[kind].set(node, text);
    }
  }
  return names;
}

/** Inputs have a name, and scalars say more as numbers. */
const isWorthName = ({ op, shape }: OperatorNode) =>
  op.name !== "input" && (shape.length > 0 || op.name !== "constant");
