import type { CallExpression, IfExpression } from "../../grammar/index.js";
import { fault, type Span } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import { parameter, unpack } from "../ops/loop.js";
import { type LoopFunctionName, loopFunctions } from "../ops/loop-functions.js";
import { formatShape, sameShape } from "../tensor.js";
import type { Given } from "./arguments.js";
import { closeBranch, closeLoop } from "./bodies.js";
import { type Context, constantOf, nodeOf } from "./context.js";
import { apply, type Lower } from "./functions.js";
import { runSteps } from "./segments.js";
import { requireMatch } from "./signature.js";
import type { Computation } from "./trampoline.js";
import { type Callable, describeValue, type Scope, tensor, type Value } from "./value.js";
import { vectorise } from "./vectorise.js";

/** A value in which every tensor has been replaced, in the order in which they stand. */
type Structure = (nodes: readonly OperatorNode[]) => Value;

/** The tensors that a value is made of, and how to make such a value of others. */
function takeLeaves(
  value: Value,
  span: Span,
): { readonly leaves: OperatorNode[]; readonly structure: Structure } {
  if (value.kind === "tensor") return { leaves: [value.node], structure: ([node]) => tensor(node!) };
  if (value.kind !== "tuple") throw fault("loop-value", { actual: describeValue(value) }, span);
  const parts = value.elements.map((element) => takeLeaves(element, span));
  return {
    leaves: parts.flatMap(({ leaves }) => leaves),
    structure: (nodes) => {
      let at = 0;
      return {
        kind: "tuple",
        elements: parts.map(({ leaves, structure }) => {
          at += leaves.length;
          return structure(nodes.slice(at - leaves.length, at));
        }),
      };
    },
  };
}

/** What a call of a loop function has given, by parameter. */
type Arguments = ReadonlyMap<string, readonly Given[]>;

/** A call of `map`, `fold`, `scan`, `iterate` or `while`. */
export function* lowerLoop(
  context: Context,
  name: LoopFunctionName,
  call: CallExpression,
  given: readonly Given[],
  lower: Lower,
): Computation<Value> {
  const matched = requireMatch(name, loopFunctions.get(name)!.parameters, call);
  const arguments_: Arguments = new Map(
    [...matched].map(([parameter, positions]) => [parameter, positions.map((position) => given[position]!)]),
  );
  return yield forms[name](context, name, call, arguments_, lower);
}

type Form = (
  context: Context,
  name: LoopFunctionName,
  call: CallExpression,
  given: Arguments,
  lower: Lower,
) => Computation<Value>;

const only = (given: Arguments, name: string): Given => given.get(name)![0]!;

const forms: Readonly<Record<LoopFunctionName, Form>> = {
  *map(context, name, call, given, lower) {
    const f = callableOf(name, only(given, "f"));
    return yield build(context, name, call, lower, {
      init: undefined,
      sequences: given.get("xs")!,
      steps: undefined,
      condition: undefined,
      step: (_carry, slices) => ({ f, given: slices }),
      parts: (value) => ({ carry: undefined, stacked: value }),
      result: (_carry, stacked) => stacked!,
    });
  },
  *fold(context, name, call, given, lower) {
    const f = callableOf(name, only(given, "f"));
    return yield build(context, name, call, lower, {
      init: only(given, "init"),
      sequences: given.get("xs")!,
      steps: undefined,
      condition: undefined,
      step: (carry, slices) => ({ f, given: [carry!, ...slices] }),
      parts: (value) => ({ carry: value, stacked: undefined }),
      result: (carry) => carry!,
    });
  },
  *scan(context, name, call, given, lower) {
    const f = callableOf(name, only(given, "f"));
    return yield build(context, name, call, lower, {
      init: only(given, "init"),
      sequences: given.get("xs")!,
      steps: undefined,
      condition: undefined,
      step: (carry, slices) => ({ f, given: [carry!, ...slices] }),
      parts: (value) => {
        if (value.kind === "tuple" && value.elements.length === 2)
          return { carry: value.elements[0]!, stacked: value.elements[1]! };
        throw fault("scan-result", { actual: describeValue(value) }, only(given, "f").span);
      },
      result: (carry, stacked) => ({ kind: "tuple", elements: [carry!, stacked!] }),
    });
  },
  *iterate(context, name, call, given, lower) {
    const f = callableOf(name, only(given, "f"));
    return yield build(context, name, call, lower, {
      init: only(given, "x0"),
      sequences: [],
      steps: wholeNumber(context, name, "n", only(given, "n")),
      condition: undefined,
      step: (carry) => ({ f, given: [carry!] }),
      parts: (value) => ({ carry: value, stacked: undefined }),
      result: (carry) => carry!,
    });
  },
  *while(context, name, call, given, lower) {
    const f = callableOf(name, only(given, "f"));
    const most = given.has("max")
      ? wholeNumber(context, name, "max", only(given, "max"))
      : (loopFunctions.get(name)!.parameters.get("max")!.default as number);
    return yield build(context, name, call, lower, {
      init: only(given, "x0"),
      sequences: [],
      steps: most,
      condition: { f: callableOf(name, only(given, "cond")), span: only(given, "cond").span },
      step: (carry) => ({ f, given: [carry!] }),
      parts: (value) => ({ carry: value, stacked: undefined }),
      result: (carry) => carry!,
    });
  },
};

/** What sets the loop functions apart. */
interface Plan {
  readonly init: Given | undefined;
  readonly sequences: readonly Given[];
  /** How many steps, where no sequence says so. */
  readonly steps: number | undefined;
  readonly condition: { readonly f: Callable; readonly span: Span } | undefined;
  /** The function of a step, and what it is given. */
  readonly step: (
    carry: Given | undefined,
    slices: readonly Given[],
  ) => { readonly f: Callable; readonly given: readonly Given[] };
  /** What a step gives, taken apart. */
  readonly parts: (value: Value) => {
    readonly carry: Value | undefined;
    readonly stacked: Value | undefined;
  };
  readonly result: (carry: Value | undefined, stacked: Value | undefined) => Value;
}

function* build(
  context: Context,
  name: string,
  call: CallExpression,
  lower: Lower,
  plan: Plan,
): Computation<Value> {
  const { b } = context;
  const init = plan.init === undefined ? undefined : takeLeaves(plan.init.value, plan.init.span);
  const sequences = plan.sequences.map(({ value, span }) => ({ ...takeLeaves(value, span), span }));
  const length = plan.steps ?? commonLength(name, sequences, call.span);
  const carries = (init?.leaves ?? []).map(({ shape }) => parameter(b, "carry", shape));
  const slices = sequences.map(({ leaves }) =>
    leaves.map(({ shape }) => parameter(b, "slice", shape.slice(1))),
  );
  const carry: Given | undefined =
    init === undefined ? undefined : { value: init.structure(carries), span: plan.init!.span };

  for (const node of carries) context.loopSources.set(node, null);
  slices.forEach((list, k) => {
    for (const [i, slice] of list.entries()) context.loopSources.set(slice, sequences[k]!.leaves[i]!);
  });
  context.openLoops.count += 1;
  let condition: OperatorNode | null = null;
  if (plan.condition !== undefined) {
    const { f, span } = plan.condition;
    const value: Value = yield apply(context, f, [carry!], span, lower);
    condition = nodeOf(value, span);
    if (condition.shape.length > 0)
      throw fault("loop-condition", { what: "`while`", shape: formatShape(condition.shape) }, span);
  }
  const { f, given } = plan.step(
    carry,
    sequences.map(({ structure, span }, k) => ({ value: structure(slices[k]!), span })),
  );
  const functionSpan =
    call.args.find(({ keyword }) => keyword?.name === "f")?.value.span ?? spanOf(call, plan);
  const value: Value = yield apply(context, f, given, functionSpan, lower);
  context.openLoops.count -= 1;
  const made = plan.parts(value);
  const next = made.carry === undefined ? undefined : takeLeaves(made.carry, functionSpan);
  const stacked = made.stacked === undefined ? undefined : takeLeaves(made.stacked, functionSpan);
  if (init !== undefined && next !== undefined) checkCarry(init.leaves, next.leaves, functionSpan);

  b.builder.span = call.span;
  const results = [...(next?.leaves ?? []), ...(stacked?.leaves ?? [])];
  if (carries.length === 0) {
    const sequenceOf = new Map(
      slices.flatMap((list, k) => list.map((slice, i) => [slice, sequences[k]!.leaves[i]!])),
    );
    const all = vectorise(b, results, sequenceOf, length, context.journal);
    if (all !== undefined) return plan.result(undefined, stacked?.structure(all));
  }
  const parameters = [...carries, ...slices.flat()];
  const closed = closeLoop(b, { parameters, results, condition }, context.journal);
  const gives = runSteps(context, {
    ...closed,
    carries: init?.leaves ?? [],
    sequences: sequences.flatMap(({ leaves }) => leaves),
    length,
  });
  return plan.result(
    next?.structure(gives.slice(0, carries.length)),
    stacked?.structure(gives.slice(carries.length, results.length)),
  );
}

/** Where the function of a step stands in the call. */
const spanOf = (call: CallExpression, { condition }: Plan): Span =>
  (call.args[condition === undefined ? 0 : 1] ?? call.args[0])!.value.span;

function callableOf(name: string, { value, span }: Given): Callable {
  if (value.kind === "function" || value.kind === "builtin") return value;
  throw fault("function-needed", { name, actual: describeValue(value) }, span);
}

/** Steps of one loop: they are counted in 32 bits. */
const mostSteps = 2 ** 31 - 1;

function wholeNumber(context: Context, name: string, argument: string, { value, span }: Given): number {
  const node = nodeOf(value, span);
  const { shape, data } = constantOf(context, node, `the argument \`${argument}\` of \`${name}\``, span);
  const count = data[0]!;
  if (shape.length === 0 && Number.isSafeInteger(count) && count >= 0 && count <= mostSteps) return count;
  const actual = shape.length > 0 ? describeValue(value) : `${count}`;
  throw fault(
    "argument-kind",
    { name, argument, expected: `a whole number from 0 to ${mostSteps}`, actual },
    span,
  );
}

/** The size of the first axis, which all sequences share. */
function commonLength(
  name: string,
  sequences: readonly { readonly leaves: readonly OperatorNode[]; readonly span: Span }[],
  span: Span,
): number {
  let length: number | undefined;
  for (const sequence of sequences) {
    for (const { shape } of sequence.leaves) {
      if (shape.length === 0) throw fault("sequence-scalar", { name }, sequence.span);
      length ??= shape[0]!;
      if (shape[0] !== length)
        throw fault("sequence-lengths", { name, first: length, other: shape[0]! }, sequence.span);
    }
  }
  if (length === undefined) throw fault("sequence-missing", { name }, span);
  return length;
}

/** A step hands on what it was given, in the same shapes. */
function checkCarry(before: readonly OperatorNode[], after: readonly OperatorNode[], span: Span): void {
  if (before.length !== after.length)
    throw fault("carry-size", { before: before.length, after: after.length }, span);
  before.forEach(({ shape }, i) => {
    const other = after[i]!.shape;
    if (!sameShape(shape, other)) {
      throw fault(
        "carry-shape",
        { before: formatShape(shape), after: formatShape(other), index: before.length > 1 ? i : undefined },
        span,
      );
    }
  });
}

/**
 * A branch as two loops of one step or none, one behind the other: the first is made where the condition is not 0, the
 * second where it is. So only the branch that is taken is computed, in derivatives too.
 */
export function* lowerIf(
  context: Context,
  scope: Scope,
  expression: IfExpression,
  lower: Lower,
): Computation<Value> {
  const { b } = context;
  const { condition, consequent, alternate } = expression;
  const chooser = nodeOf(yield lower(context, scope, condition), condition.span);
  if (chooser.shape.length > 0)
    throw fault("loop-condition", { what: "`if`", shape: formatShape(chooser.shape) }, condition.span);
  const { conditional } = context;
  const start = b.builder.size;
  const first = takeLeaves(yield lower(context, scope, consequent), consequent.span);
  const second = takeLeaves(yield lower(context, scope, alternate), alternate.span);
  conditional.add(start, b.builder.size);
  if (first.leaves.length !== second.leaves.length) {
    throw fault(
      "branch-parts",
      { first: first.leaves.length, second: second.leaves.length },
      expression.span,
    );
  }
  first.leaves.forEach(({ shape }, i) => {
    const other = second.leaves[i]!.shape;
    if (!sameShape(shape, other)) {
      throw fault(
        "branch-shapes",
        { first: formatShape(shape), second: formatShape(other) },
        expression.span,
      );
    }
  });
  b.builder.span = expression.span;
  const taken = (count: OperatorNode, values: readonly OperatorNode[], before: readonly OperatorNode[]) => {
    const carries = values.map(({ shape }) => parameter(b, "carry", shape));
    const open = { parameters: carries, results: values, condition: null };
    const closed = closeBranch(b, open, (node) => conditional.has(node), context.journal);
    const loop = {
      body: closed.body,
      carries: carries.length,
      sequences: 0,
      length: 1,
      reverse: false,
      counted: true,
      condition: null,
    };
    const node = context.differentiation.loop(b, loop, [...before, ...closed.invariants, count]);
    return unpack(b, node, loop);
  };
  const nothing = first.leaves.map(({ shape }) => b.broadcastTo(0, shape));
  const isTrue = b.elementwise("not_equal", chooser, 0);
  const one = taken(isTrue, first.leaves, nothing);
  return second.structure(taken(b.sub(1, isTrue), second.leaves, one));
}
