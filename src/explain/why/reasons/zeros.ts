import { type Explain, explainBy, type Reason, say, smallest, type Table } from "./reason.js";

const saturated =
  (name: string, remedy: string): Explain =>
  ([x]) => ({ reason: `\`${name}\` is saturated: its slope at ${say(x)} is below ${smallest}`, remedy });

const scaleDown = "keep its argument near 0: scale inputs or weights down";

const flatAt =
  (what: string): Explain =>
  ([x]) => ({ reason: `the slope of \`${what}\` at ${say(x)} is 0` });

const side =
  (name: string, word: string): Explain =>
  ([x, y], { index }) => {
    const [own, other] = index === 0 ? [x, y] : [y, x];
    return {
      reason: `\`${name}\` takes the other argument: ${say(other)} is ${word} than ${say(own)}`,
      remedy: "a smooth form passes to both sides: `logaddexp(x, y)`, `softplus`",
    };
  };

const factor: Explain = ([x, y], { index }) => ({
  reason: `the other factor is ${say(index === 0 ? y : x)}`,
  remedy: "start factors, such as weights, away from 0",
});

const otherElement =
  (name: string): Explain =>
  () => ({
    reason: `\`${name}\` passes to the element that it takes only, and that is another one`,
    remedy: "`logsumexp` and `softmax` pass to all elements",
  });

const oneHot =
  (name: string): Explain =>
  () => ({
    reason: `\`${name}\` is saturated: the weight of an element is 0 or 1 up to the last digit`,
    remedy: "divide its argument by a temperature, or keep the elements closer together",
  });

/** Where derivatives are 0 because of the values. */
const byValue: Table = {
  sigmoid: saturated("sigmoid", `${scaleDown}; of a loss, \`softplus\` and \`log_softmax\` keep the slope`),
  sigmoid_slope: saturated("sigmoid", scaleDown),
  tanh: saturated("tanh", scaleDown),
  sech_squared: saturated("tanh", scaleDown),
  softplus: saturated("softplus", scaleDown),
  erf: saturated("erf", scaleDown),
  erfc: saturated("erfc", scaleDown),
  gelu: saturated("gelu", scaleDown),
  silu: saturated("silu", scaleDown),
  elu: saturated("elu", scaleDown),
  relu: ([x]) => ({
    reason: `\`relu\` is dead: its argument is ${say(x)}, and at or below 0 its slope is 0`,
    remedy: "`leaky_relu`, `elu` or `softplus` have a slope there; or raise the bias before it",
  }),
  leaky_relu: ([x, slope]) => ({ reason: `the slope of \`leaky_relu\` at ${say(x)} is ${say(slope)}` }),
  exp: ([x]) => ({
    reason: `underflow: exp(${say(x)}) is below ${smallest}, and so is its slope`,
    remedy: "compute in logarithms: `logsumexp`, `log_softmax`",
  }),
  logaddexp: saturated("logaddexp", "the other argument is far larger"),
  maximum: side("maximum", "larger"),
  minimum: side("minimum", "smaller"),
  mul: factor,
  div: ([x], { index }) =>
    index === 1
      ? { reason: `the numerator is ${say(x)}` }
      : { reason: "underflow: the divisor is so large that its reciprocal is 0" },
  matmul: () => ({
    reason: "the elements of the other matrix that it meets are 0",
    remedy: "weights that start at 0 stay there: start them away from it",
  }),
  prod: () => ({ reason: "another factor of the product is 0" }),
  cumprod: () => ({ reason: "another factor of the product is 0" }),
  square: flatAt("x²"),
  pow: ([x, y], { index }) => ({
    reason:
      index === 0
        ? `the slope of \`x ^ ${say(y)}\` at ${say(x)} is 0`
        : `the slope of \`${say(x)} ^ y\` at ${say(y)} is 0`,
  }),
  cos: flatAt("cos"),
  sin: flatAt("sin"),
  cosh: flatAt("cosh"),
  abs: ([x]) => ({ reason: `at the kink of \`abs\`, ${say(x)}, the derivative is 0 by convention` }),
  hypot: () => ({ reason: "at (0, 0) the derivative of `hypot` is 0 by convention" }),
  norm: () => ({ reason: "at 0 the derivative of `norm` is 0 by convention" }),
  arctan: saturated("arctan", scaleDown),
  max: otherElement("max"),
  min: otherElement("min"),
  softmax: oneHot("softmax"),
  log_softmax: oneHot("log_softmax"),
  logsumexp: oneHot("logsumexp"),
  custom: () => ({ reason: "the derivative that the function states itself is 0 here" }),
};

/** Why an operation passes 0 back, though something else has come to it. */
export function reasonOfZero(op: string, x: readonly number[], index: number): Reason {
  const found = explainBy(byValue, op)?.(x, { value: 0, index });
  if (found !== undefined) return found;
  const given = x.length > 0 && x.length <= 3 ? ` at ${x.map(say).join(" and ")}` : "";
  return { reason: `the derivative of \`${op}\`${given} is 0` };
}

const steps =
  (name: string): Explain =>
  () => ({
    reason: `\`${name}\` is constant between its jumps: its derivative is 0 everywhere`,
    remedy: "use a smooth form, or state a derivative of your own: `derivative f(x; dx) = dx`",
  });

const compares: Explain = () => ({
  reason: "a comparison is 0 or 1: its derivative is 0 everywhere",
  remedy: "a smooth form is `sigmoid((x - y) / width)`",
});

/** Where derivatives are 0 whatever the values are. */
const byStructure: Table = {
  stop_gradient: () => ({
    reason: "`stop_gradient` passes no derivative",
    remedy: "leave it out where the derivative is wanted",
  }),
  floor: steps("floor"),
  ceil: steps("ceil"),
  round: steps("round"),
  sign: steps("sign"),
  floor_quotient: steps("floor"),
  less: compares,
  less_equal: compares,
  greater: compares,
  greater_equal: compares,
  equal: compares,
  not_equal: compares,
  logical_and: compares,
  logical_or: compares,
  logical_not: compares,
  gather: (_x, { index }) =>
    index === 1
      ? { reason: "an index chooses an element; it has no derivative" }
      : { reason: "the index takes other elements" },
  where: (_x, { index }) =>
    index === 0
      ? { reason: "the condition of `where` only chooses; it has no derivative" }
      : {
          reason: "`where` takes the other side here",
          remedy: "this is as it should be, unless the condition is wrong",
        },
  slice: () => ({ reason: "the slice takes other elements" }),
  det_sign: () => ({ reason: "the sign of a determinant is constant between its jumps" }),
};

/** Operations that people know to pass nothing; others, such as the factors of a matrix, are only read beside what passes. */
export const isBarrier = (op: string): boolean => explainBy(byStructure, op) !== undefined;

/** Why nothing passes an operation, whatever the values are. */
export const reasonOfStructure = (op: string, index: number): Reason =>
  explainBy(byStructure, op)?.([], { value: 0, index }) ?? {
    reason: `\`${op}\` does not depend on it: the derivative is 0 everywhere`,
  };
