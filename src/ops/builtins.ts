import { type Builtin, builtin, type Parameter, required } from "./builtin.js";
import { derivativeFunctions } from "./derivative-functions.js";
import { barrierFunctions } from "./families/barrier.js";
import { contractionFunctions } from "./families/contraction.js";
import { creationFunctions } from "./families/creation.js";
import { indexingFunctions } from "./families/indexing.js";
import { linalgFunctions } from "./families/linalg.js";
import { matrixExponentialFunctions } from "./families/matrix-exponential.js";
import { productFunctions } from "./families/products.js";
import { randomFunctions } from "./families/random.js";
import { reductionFunctions } from "./families/reduction.js";
import { shapingFunctions } from "./families/shaping.js";
import { solvingFunctions } from "./families/solving.js";
import { spectralFunctions } from "./families/spectral.js";
import { statisticsFunctions } from "./families/statistics.js";
import { tilingFunctions } from "./families/tiling.js";
import { triangularFunctions } from "./families/triangular.js";
import { loopFunctions } from "./loop-functions.js";
import type { ScalarOp } from "./op.js";
import { scalarOperations } from "./registry.js";
import type { Operand } from "./vocabulary.js";

/** An elementwise operation that is a function of the language, as such; nothing for an operator or a hidden one. */
function elementwise({ name, args, documentation, defaults }: ScalarOp): Builtin[] {
  if (documentation === undefined) return [];
  const parameter = (arg: string): Parameter => {
    const value = defaults[arg];
    return value === undefined ? required("tensor") : { kind: "tensor", required: false, default: value };
  };
  return [
    {
      ...documentation,
      name,
      parameters: new Map(args.map((arg): [string, Parameter] => [arg, parameter(arg)])),
      build: (b, values) => b.elementwise(name, ...args.map((arg) => values.get(arg) as Operand)),
    },
  ];
}

const clip = builtin({
  name: "clip",
  doc: "x, but not below min and not above max. At a bound, x and the bound share the derivative equally.",
  family: "elementwise",
  derivative: "1 between the bounds, 0 outside; by a bound 1 where it holds",
  conventions: "At a bound, x and the bound get ½ each.",
  example: "z = clip([-1, 0.5, 2], 0, 1)",
  parameters: { x: required("tensor"), min: required("tensor"), max: required("tensor") },
  build: (b, { x, min, max }) => b.minimum(b.maximum(x, min), max),
});

const aliases: readonly (readonly [alias: string, name: string])[] = [
  ["asin", "arcsin"],
  ["acos", "arccos"],
  ["atan", "arctan"],
  ["atan2", "arctan2"],
  ["asinh", "arcsinh"],
  ["acosh", "arccosh"],
  ["atanh", "arctanh"],
];

function withAliases(functions: readonly Builtin[]): ReadonlyMap<string, Builtin> {
  const byName = new Map(functions.map((f) => [f.name, f]));
  for (const [alias, name] of aliases) byName.set(alias, byName.get(name)!);
  return byName;
}

/** The functions of the language by name. */
export const builtinFunctions = withAliases([
  ...scalarOperations.flatMap(elementwise),
  clip,
  ...reductionFunctions,
  ...productFunctions,
  ...statisticsFunctions,
  ...linalgFunctions,
  ...contractionFunctions,
  ...solvingFunctions,
  ...triangularFunctions,
  ...spectralFunctions,
  ...matrixExponentialFunctions,
  ...shapingFunctions,
  ...indexingFunctions,
  ...tilingFunctions,
  ...creationFunctions,
  ...barrierFunctions,
  ...randomFunctions,
]);

/** The constants of the language by name. */
export const builtinConstants: ReadonlyMap<string, number> = new Map([
  ["pi", Math.PI],
  ["e", Math.E],
  ["inf", Number.POSITIVE_INFINITY],
  ["true", 1],
  ["false", 0],
  ["True", 1],
  ["False", 0],
]);

/** Whether the language itself gives this name a meaning. */
export function isBuiltin(name: string): boolean {
  return (
    builtinFunctions.has(name) ||
    builtinConstants.has(name) ||
    derivativeFunctions.has(name) ||
    loopFunctions.has(name)
  );
}
