import type { Engine, EngineProfile } from "../engine/engine.js";
import type { Mark, Part } from "../engine/marks.js";
import { type CostModel, measureCosts } from "../engine/op-costs.js";
import type { Timing } from "../engine/stopwatch.js";
import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import { isLoop } from "../ops/loop.js";
import type { Cost, FusedGroup, LineCost, OpCost, Profile, SourceLine } from "../results.js";
import type { Tensor } from "../tensor.js";
import { SourceLines } from "./source-lines.js";

interface Ran {
  readonly results: readonly Tensor[];
  readonly profile?: Profile;
}

type Run = (inputs: ReadonlyMap<string, Tensor>) => Ran;

const bytesPerElement = 8;

export const plainRun =
  (engine: Engine): Run =>
  (inputs) => ({ results: engine.run(inputs) });

/** As `plainRun`, by an engine with marks. What the values need counts as forward, everything else as backward. */
export function profiledRun(engine: Engine, values: readonly OperatorNode[]): Run {
  const forward = new Set(topologicalOrder(values));
  const lines = new SourceLines();
  const isTogether = (one: Mark, next: Mark) => {
    const [a, b] = [one.parts[0]!.node, next.parts[0]!.node];
    return (
      isTiny(one) &&
      isTiny(next) &&
      lines.of(a.span) === lines.of(b.span) &&
      forward.has(a) === forward.has(b)
    );
  };
  return (inputs) => {
    const measured = engine.profile(inputs, isTogether);
    return { results: measured.results, profile: profileOf(measured, forward, lines) };
  };
}

/** Reading the clock would take longer than the instruction does; neighbours of one line are timed together. */
const mostTinyWork = 16;
const isTiny = ({ parts, group }: Mark) =>
  group === undefined && parts.every(({ body, work }) => body.length === 0 && work <= mostTinyWork);

function profileOf(
  { times, count, elements, isCompiled, threads }: EngineProfile,
  forward: ReadonlySet<OperatorNode>,
  lines: SourceLines,
): Profile {
  const { timings } = times;
  const costOf = measureCosts(sharers(timings), isCompiled);
  const shares = timings.flatMap(({ marks, milliseconds }) =>
    shareOut(marks, milliseconds, costOf, { steps: 1, isForward: (node) => forward.has(node) }),
  );
  const spendings = shares.flatMap((share) => share.spendings);
  const milliseconds = timings.reduce((sum, timing) => sum + timing.milliseconds, 0);
  const forwardNodes = spendings.filter(({ isForward }) => isForward).length;
  return {
    engine: isCompiled ? "WebAssembly" : "JavaScript",
    threads,
    milliseconds,
    runs: { count: times.runs, first: times.first },
    timings: { count: timings.length, cost: times.cost },
    nodes: { forward: forwardNodes, backward: spendings.length - forwardNodes },
    instructions: { written: count.written, run: count.run },
    strips: { instructions: count.fused, cut: count.strips },
    bytes: {
      arena: bytesPerElement * elements.arena,
      inputs: bytesPerElement * elements.inputs,
      constants: bytesPerElement * elements.constants,
    },
    lines: byKey(spendings, ({ part }) => lines.of(part.node.span), lineCost),
    ops: byKey(spendings, ({ part }) => part.node.op.name, opCost),
    groups: shares
      .flatMap((share) => fusedGroup(share, lines))
      .toSorted(bySize(({ milliseconds }) => milliseconds)),
  };
}

/** What one node took. */
interface Spending {
  readonly part: Part;
  readonly milliseconds: number;
  readonly elements: number;
  readonly isForward: boolean;
}

/** What instructions of one mark took. */
interface Share {
  readonly mark: Mark;
  readonly milliseconds: number;
  readonly spendings: readonly Spending[];
}

interface Context {
  /** How often the instructions run. */
  readonly steps: number;
  readonly isForward: (node: OperatorNode) => boolean;
}

/** The time of instructions, shared among their nodes in proportion to what each would take alone. */
function shareOut(
  marks: readonly Mark[],
  milliseconds: number,
  costOf: CostModel,
  context: Context,
): Share[] {
  const total = marks.reduce((sum, mark) => sum + markCost(mark, costOf), 0);
  return marks.flatMap((mark): Share[] => {
    const timeOf = (cost: number) => (milliseconds * cost) / total;
    const own: Share = {
      mark,
      milliseconds: timeOf(markCost(mark, costOf)),
      spendings: mark.parts.map((part) => ({
        part,
        milliseconds: timeOf(ownCost(part, costOf)),
        elements: ownWork(part) * context.steps,
        isForward: context.isForward(part.node),
      })),
    };
    const ofBodies = mark.parts.flatMap((part) => {
      const isForward = context.isForward(part.node);
      const inner = { steps: context.steps * stepsOf(part), isForward: () => isForward };
      return shareOut(part.body, timeOf(bodyCost(part, costOf)), costOf, inner);
    });
    return [own, ...ofBodies];
  });
}

const stepsOf = ({ node }: Part) => (isLoop(node) ? node.op.loop.length : 1);

const markCost = ({ parts }: Mark, costOf: CostModel): number =>
  parts.reduce((sum, part) => sum + ownCost(part, costOf) + bodyCost(part, costOf), 0);

/** What all steps of a loop take; nothing for other nodes. */
const bodyCost = (part: Part, costOf: CostModel): number =>
  stepsOf(part) * part.body.reduce((sum, mark) => sum + markCost(mark, costOf), 0);

/** A loop itself begins steps. */
const ownCost = (part: Part, costOf: CostModel) =>
  isLoop(part.node) ? stepsOf(part) * costOf(part.node, 0) : costOf(part.node, part.work);

const ownWork = (part: Part) => (isLoop(part.node) ? stepsOf(part) : part.work);

/** The nodes that share a timing with others. */
function sharers(timings: readonly Timing[]): Set<OperatorNode> {
  const found = new Set<OperatorNode>();
  const add = (marks: readonly Mark[]) => {
    for (const { parts } of marks)
      for (const { node, body } of parts) {
        found.add(node);
        add(body);
      }
  };
  for (const { marks } of timings) {
    const parts = marks.flatMap((mark) => mark.parts);
    if (parts.length > 1 || parts.some(({ body }) => body.length > 0)) add(marks);
  }
  return found;
}

const bySize =
  <T>(size: (item: T) => number) =>
  (a: T, b: T) =>
    size(b) - size(a);

const sumOf = (spendings: readonly Spending[], of: (spending: Spending) => number) =>
  spendings.reduce((sum, spending) => sum + of(spending), 0);

/** A row for each key, the most expensive first. */
function byKey<Key, Row extends Cost>(
  spendings: readonly Spending[],
  keyOf: (spending: Spending) => Key,
  row: (key: Key, spendings: readonly Spending[], cost: Cost) => Row,
): Row[] {
  const groups = new Map<Key, Spending[]>();
  for (const spending of spendings) {
    const key = keyOf(spending);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [spending]);
    else known.push(spending);
  }
  return [...groups]
    .map(([key, some]) =>
      row(key, some, {
        forward: sumOf(some, ({ isForward, milliseconds }) => (isForward ? milliseconds : 0)),
        backward: sumOf(some, ({ isForward, milliseconds }) => (isForward ? 0 : milliseconds)),
      }),
    )
    .toSorted(bySize(({ forward, backward }) => forward + backward));
}

const lineCost = (place: SourceLine | undefined, spendings: readonly Spending[], cost: Cost): LineCost => ({
  place,
  ...cost,
  nodes: spendings.length,
  bytes: bytesPerElement * sumOf(spendings, ({ part }) => part.stored),
});

const opCost = (op: string, spendings: readonly Spending[], cost: Cost): OpCost => ({
  op,
  ...cost,
  nodes: spendings.length,
  elements: sumOf(spendings, ({ elements }) => elements),
});

const inOrder = (a: SourceLine, b: SourceLine) =>
  a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1;

function fusedGroup({ mark, milliseconds }: Share, lines: SourceLines): FusedGroup[] {
  const { group, parts } = mark;
  if (group === undefined) return [];
  const reductions = new Set(group.reductions.map(({ node }) => node));
  const places = new Set(parts.flatMap(({ node }) => lines.of(node.span) ?? []));
  const namesOf = (some: readonly Part[]) => some.map(({ node }) => node.op.name);
  return [
    {
      milliseconds,
      places: [...places].toSorted(inOrder),
      shape: group.shape,
      ops: namesOf(parts.filter(({ node }) => !reductions.has(node))),
      reductions: namesOf(parts.filter(({ node }) => reductions.has(node))),
    },
  ];
}
