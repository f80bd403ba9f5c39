import type { Expression } from "../../grammar/ast.js";
import type { OperatorNode } from "../graph/node.js";
import { isLoop, type Loop, type LoopOp, unpackedFrom } from "../ops/loop.js";
import { defaultMost } from "../ops/loop-functions.js";
import { filledOf } from "./numbers.js";
import { everything, flipped, formOf, type LoopForm } from "./pieces.js";
import type { Scope } from "./scope.js";
import { fillOf, type Look, type Spelling, type Spelt, seen } from "./spelling.js";
import {
  binary,
  block,
  call,
  choice,
  definition,
  lambda,
  literal,
  name,
  oneOrTuple,
  tuple,
  unary,
} from "./terms.js";
import { writeBlock } from "./write.js";

type LoopNode = OperatorNode & { readonly op: LoopOp };

/** Loops are not written twice. */
const heavy = 1000;

/** A loop's parameters and inputs by what they are for. */
function apart<T>({ carries, sequences, body }: Loop, list: readonly T[]) {
  return {
    carries: list.slice(0, carries),
    sequences: list.slice(carries, carries + sequences),
    invariants: list.slice(carries + sequences, body.parameters.length),
    count: list[body.parameters.length],
  };
}

/** Names for a loop's parameters tell what they hold. */
const stems: Readonly<Record<string, string>> = {
  carry: "h",
  slice: "x",
  cotangent: "g",
  tangent: "d",
  value: "v",
  live: "m",
};

function stemOf(parameter: OperatorNode): string {
  const [label] = (parameter.attributes.name as string).split(" ");
  return stems[label!] ?? "p";
}

/** The body as a plan, and which of the nodes around it stand in it. */
function bodyOf(node: LoopNode, look: Look) {
  const { loop } = node.op;
  const own = apart(loop, loop.body.parameters);
  const inputs = apart(loop, node.inputs);
  const roots = loop.condition === null ? loop.body.results : [...loop.body.results, loop.condition];
  const plan = look.planBody(roots);
  const invariants = own.invariants.flatMap((parameter, i) =>
    plan.has(parameter) ? [{ parameter, node: inputs.invariants[i]! }] : [],
  );
  const constants = [...plan.keys()].flatMap((inner) =>
    look.isNamed(inner) ? [{ parameter: inner, node: inner }] : [],
  );
  const used = [...invariants, ...constants];
  return { loop, own, inputs, plan, used, form: formOf(node, look) };
}

type BodyOf = ReturnType<typeof bodyOf>;
type Bindings = Map<OperatorNode, Expression>;

const bind = (
  nodes: readonly OperatorNode[],
  expressions: readonly Expression[],
  into: Bindings,
): Bindings => {
  nodes.forEach((node, i) => {
    into.set(node, expressions[i]!);
  });
  return into;
};

/** Names for parameters, and the nodes bound to them. */
function named(parameters: readonly OperatorNode[], scope: Scope, into: Bindings): string[] {
  const isAlone = parameters.length === 1;
  const names = parameters.map((parameter) => scope.fresh(stemOf(parameter), !isAlone));
  bind(parameters, names.map(name), into);
  return names;
}

/**
 * Carries are one parameter: alone under its name, several as a tuple that the block takes apart. `extra` is carried along
 * behind them.
 */
function carriesOf(
  parameters: readonly OperatorNode[],
  extra: readonly string[],
  scope: Scope,
  into: Bindings,
): { readonly parameter: string; readonly opening: ReturnType<typeof definition>[] } {
  const names = [...named(parameters, scope, into), ...extra];
  if (names.length === 1) return { parameter: names[0]!, opening: [] };
  const parameter = scope.fresh("carry");
  return { parameter, opening: [definition(names, name(parameter))] };
}

/** A branch of one step or none. */
function asChoice(node: LoopNode, look: Look): Spelt {
  const first = earlierBranch(node, look);
  return first === undefined ? oneBranch(node, look) : twoBranches(first, node, look);
}

/** The first of the two loops that a branch is: made where the other one is not, from zeros. */
export function earlierBranch(node: LoopNode, look: Pick<Look, "isNamed">): LoopNode | undefined {
  const { carries, count } = apart(node.op.loop, node.inputs);
  const other = seen(count, "sub", look);
  if (
    other === undefined ||
    fillOf(other.inputs[0]!) !== 1 ||
    carries.length < node.op.loop.body.results.length
  )
    return undefined;
  const found = unpackedFrom(carries);
  if (found === undefined || look.isNamed(found) || !isLoop(found)) return undefined;
  const { loop } = found.op;
  const { carries: init, count: taken } = apart(loop, found.inputs);
  const isFirst = loop.counted && loop.length === 1 && taken === other.inputs[1];
  return isFirst && init.every((one) => fillOf(one) === 0) && loop.body.results.length === carries.length
    ? found
    : undefined;
}

/** What an `if` asks, without the comparison that makes 0 and 1 of it. */
function testOf(
  count: OperatorNode,
  look: Look,
): { part: OperatorNode; write: (x: Expression) => Expression } {
  const negated = seen(count, "sub", look);
  if (negated !== undefined && fillOf(negated.inputs[0]!) === 1) {
    const { part, write } = testOf(negated.inputs[1]!, look);
    return { part, write: (x) => unary("not", write(x)) };
  }
  const test = seen(count, "not_equal", look);
  const isTest = test !== undefined && fillOf(test.inputs[1]!) === 0;
  return { part: isTest ? test.inputs[0]! : count, write: (x) => x };
}

const zerosFor = ({ shape }: OperatorNode): Expression => filledOf(0, shape);

function twoBranches(first: LoopNode, second: LoopNode, look: Look): Spelt {
  const [one, two] = [bodyOf(first, look), bodyOf(second, look)];
  const test = testOf(one.inputs.count!, look);
  const parts = [test.part, ...one.used.map(({ node }) => node), ...two.used.map(({ node }) => node)];
  return {
    parts,
    names: parts.map((_, i) => i).slice(1),
    weight: heavy,
    make: ([chooser, ...rest], scope) => {
      const branch = (body: BodyOf, outer: readonly Expression[]) => {
        const inner = scope.inner();
        const bindings = bind(
          body.used.map(({ parameter }) => parameter),
          outer,
          new Map(),
        );
        bind(body.own.carries, body.own.carries.map(zerosFor), bindings);
        return writeBlock(body.plan, body.loop.body.results, bindings, inner);
      };
      const at = one.used.length;
      return choice(test.write(chooser!), branch(one, rest.slice(0, at)), branch(two, rest.slice(at)));
    },
  };
}

function oneBranch(node: LoopNode, look: Look): Spelt {
  const body = bodyOf(node, look);
  const { loop, own, inputs } = body;
  const test = testOf(inputs.count!, look);
  const parts = [
    test.part,
    ...inputs.carries,
    ...inputs.sequences,
    ...body.used.map(({ node: outer }) => outer),
  ];
  return {
    parts,
    names: parts.map((_, i) => i).slice(1),
    weight: heavy,
    make: ([chooser, ...rest], scope) => {
      const before = rest.slice(0, loop.carries);
      const slices = rest.slice(loop.carries, loop.carries + loop.sequences).map(
        (x) =>
          ({
            kind: "index",
            operand: x,
            subscripts: [{ kind: "at", index: literal(0), span: x.span }],
            span: x.span,
          }) as const,
      );
      const bindings = bind(own.carries, before, new Map());
      bind(own.sequences, slices, bindings);
      bind(
        body.used.map(({ parameter }) => parameter),
        rest.slice(loop.carries + loop.sequences),
        bindings,
      );
      const taken = writeBlock(body.plan, loop.body.results, bindings, scope.inner());
      const left = [...before, ...loop.body.results.slice(loop.carries).map(zerosFor)];
      return choice(test.write(chooser!), taken, oneOrTuple(left));
    },
  };
}

/** A step of a scan that is made only where a condition holds: else the carries stay, and zeros are stacked. */
function guarded(
  condition: Expression | undefined,
  step: Expression,
  carries: Expression,
  stacked: readonly OperatorNode[],
): Expression {
  return condition === undefined
    ? step
    : choice(
        condition,
        step,
        tuple([carries, stacked.length === 0 ? literal(0) : oneOrTuple(stacked.map(zerosFor))]),
      );
}

function asLoop(node: LoopNode, look: Look, form: Exclude<LoopForm, "if">): Spelt {
  const body = bodyOf(node, look);
  const { loop, own, inputs, plan, used } = body;
  const outer = used.map(({ node: one }) => one);
  const counts = loop.counted ? [inputs.count!] : [];
  const parts = [...inputs.carries, ...inputs.sequences, ...outer, ...counts];
  const firstOuter = loop.carries + loop.sequences;
  return {
    parts,
    names: parts.map((_, i) => i).slice(firstOuter),
    weight: heavy,
    make: (all, scope) => {
      const init = all.slice(0, loop.carries);
      const sequences = all.slice(loop.carries, firstOuter).map((x) => flipped(loop, x));
      const bindings: Bindings = bind(
        used.map(({ parameter }) => parameter),
        all.slice(firstOuter, firstOuter + used.length),
        new Map(),
      );
      const count = loop.counted ? all.at(-1)! : undefined;
      const inner = scope.inner();
      if (form === "scan") return scanOf(body, inner, bindings, init, sequences, count);
      const results = loop.body.results;
      if (form === "map") {
        const names = named(own.sequences, inner, bindings);
        return call("map", [lambda(names, writeBlock(plan, results, bindings, inner)), ...sequences]);
      }
      const carry = carriesOf(own.carries, [], inner, bindings);
      if (form === "fold") {
        const names = named(own.sequences, inner, bindings);
        const step = writeBlock(plan, results, bindings, inner, carry.opening);
        return call("fold", [lambda([carry.parameter, ...names], step), oneOrTuple(init), ...sequences]);
      }
      const step = lambda([carry.parameter], writeBlock(plan, results, bindings, inner, carry.opening));
      if (form === "iterate") return call("iterate", [step, oneOrTuple(init), literal(loop.length)]);
      const test = scope.inner();
      const asked: Bindings = new Map(bindings);
      const again = carriesOf(own.carries, [], test, asked);
      const condition = lambda(
        [again.parameter],
        writeBlock(plan, [loop.condition!], asked, test, again.opening),
      );
      const most = loop.length === defaultMost ? undefined : literal(loop.length);
      return call("while", [condition, step, oneOrTuple(init)], { max: most });
    },
  };
}

/** A loop that stacks what its steps give, or makes not all of them. */
function scanOf(
  { loop, own, plan }: BodyOf,
  scope: Scope,
  bindings: Bindings,
  init: readonly Expression[],
  sequences: readonly Expression[],
  count: Expression | undefined,
): Expression {
  const { body, carries, condition, length } = loop;
  const steps = condition === null ? [] : [scope.fresh("n")];
  const carry = carriesOf(own.carries, steps, scope, bindings);
  const names = named(own.sequences, scope, bindings);
  const isNumbered = count !== undefined || names.length === 0;
  const number = isNumbered ? [scope.fresh("k")] : [];
  const numbering = isNumbered ? [flipped(loop, call("arange", [literal(length)]))] : [];
  const stacked = body.results.slice(carries);
  const stays = oneOrTuple([...own.carries.map((one) => bindings.get(one)!), ...steps.map(name)]);
  const isMade =
    count !== undefined
      ? binary("<", name(number[0]!), count)
      : condition === null
        ? undefined
        : writeBlock(plan, [condition], bindings, scope.inner());
  const step = writeBlock(plan, body.results, bindings, scope.inner(), [], (values) => {
    const next = [...values.slice(0, carries), ...steps.map((one) => binary("+", name(one), literal(1)))];
    const given = stacked.length === 0 ? [literal(0)] : values.slice(carries);
    return tuple([oneOrTuple(next), oneOrTuple(given)]);
  });
  const whole = block(carry.opening, guarded(isMade, step, stays, stacked));
  const start = oneOrTuple([...init, ...steps.map(() => literal(0))]);
  return call("scan", [
    lambda([carry.parameter, ...names, ...number], whole),
    start,
    ...sequences,
    ...numbering,
  ]);
}

/** A loop, in the form of the language that it has. */
export const loopSpelling: Spelling = (node, look) => {
  if (!isLoop(node)) throw new Error("a loop without a body");
  const form = formOf(node, look);
  const own = form === "if" ? asChoice(node, look) : asLoop(node, look, form);
  return { ...own, joined: (whole) => everything(node.op.loop, form, whole) };
};
