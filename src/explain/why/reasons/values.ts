import { type Explain, explainBy, largest, type Reason, say, type Table } from "./reason.js";

const overflow = (what: string, remedy?: string): Reason => ({
  reason: `overflow: ${what} is beyond ${largest}`,
  ...(remedy === undefined ? {} : { remedy }),
});

const safeLog = "keep the argument above 0: `log(maximum(x, 1e-12))`, or `log1p(u)` where it is 1 + u";

const logarithm =
  (name: string, pole: number): Explain =>
  ([x]) => {
    if (x === pole)
      return {
        reason: `${name}(${say(x)}) is -∞`,
        remedy: name === "log1p" ? "keep the argument above -1" : safeLog,
      };
    if (x! < pole)
      return {
        reason: `${name}(${say(x)}) is NaN: ${name} is defined above ${pole} only`,
        remedy: name === "log1p" ? "keep the argument above -1" : safeLog,
      };
    return undefined;
  };

const exponential =
  (name: string, from: string, remedy: string): Explain =>
  ([x]) =>
    Number.isFinite(x)
      ? overflow(`${name}(${say(x)})`, `${name} overflows from ${from} on; ${remedy}`)
      : undefined;

const outside =
  (name: string, domain: string, remedy: string, poles: readonly number[] = []): Explain =>
  ([x]) =>
    poles.includes(x!)
      ? { reason: `${name}(${say(x)}) is infinite`, remedy }
      : { reason: `${name}(${say(x)}) is NaN: ${name} is defined for ${domain}`, remedy };

const ofInfinity =
  (name: string): Explain =>
  ([x]) =>
    Number.isFinite(x) ? undefined : { reason: `${name}(${say(x)}) is NaN: it has no limit there` };

const isInfinite = (x: number | undefined) =>
  x === Number.POSITIVE_INFINITY || x === Number.NEGATIVE_INFINITY;

const sum =
  (sign: "+" | "-"): Explain =>
  ([x, y], { value }) =>
    isInfinite(x) && isInfinite(y) && Number.isNaN(value)
      ? {
          reason: `${say(x)} ${sign} ${y! < 0 ? `(${say(y)})` : say(y)} is NaN`,
          remedy: "compute in logarithms, or subtract the maximum first, as `logsumexp` and `softmax` do",
        }
      : overflow(`${say(x)} ${sign} ${say(y)}`, "scale the numbers, or compute with their logarithms");

const product: Explain = ([x, y], { value }) =>
  Number.isNaN(value)
    ? {
        reason: `${say(x)} * ${say(y)} is NaN: a factor of 0 does not mask an infinity`,
        remedy: "choose with `where(condition, a, b)` instead of multiplying by 0",
      }
    : overflow(`${say(x)} * ${say(y)}`, "scale the factors, or add their logarithms");

const division: Explain = ([x, y]) => {
  const remedy = "keep the divisor away from 0: `where(y == 0, 0, x / where(y == 0, 1, y))`";
  if (y === 0 && x === 0) return { reason: "0 / 0 is NaN", remedy };
  if (y === 0) return { reason: `${say(x)} / ${say(y)} is infinite`, remedy };
  if (isInfinite(x) && isInfinite(y))
    return {
      reason: `${say(x)} / ${say(y)} is NaN`,
      remedy:
        "rewrite it so that both stay finite: `sigmoid`, `softmax` and `tanh` are stable forms of such quotients",
    };
  return overflow(`${say(x)} / ${say(y)}`, "the divisor is close to 0: keep it away from there");
};

const power: Explain = ([x, y]) => {
  if (x === 0 && y! < 0) return { reason: `0 ^ ${say(y)} is infinite`, remedy: "keep the base away from 0" };
  if (x! < 0 && !Number.isInteger(y))
    return {
      reason: `(${say(x)}) ^ ${say(y)} is NaN: a negative base has whole exponents only`,
      remedy: "take `abs(x)`, `cbrt(x)` for a third, or keep the base above 0",
    };
  return overflow(`${say(x)} ^ ${say(y)}`, "compute with the logarithm, `y * log(x)`");
};

const gamma =
  (name: string): Explain =>
  ([x]) =>
    x! <= 0 && Number.isInteger(x)
      ? { reason: `${name} has a pole at ${say(x)}`, remedy: "keep the argument above 0" }
      : overflow(`${name}(${say(x)})`);

const manySums: Explain = (_x, { value }) =>
  Number.isNaN(value)
    ? { reason: "∞ and -∞ are added up, which is NaN" }
    : overflow("a sum of these numbers", "scale the numbers, or take `logsumexp` of their logarithms");

const manyProducts: Explain = (_x, { value }) =>
  Number.isNaN(value)
    ? {
        reason: "0 meets ∞ in a product, which is NaN",
        remedy: "choose with `where` instead of multiplying by 0",
      }
    : overflow("a product of these numbers", "add the logarithms: `exp(sum(log(x)))`");

const normalised: Explain = (x) => {
  if (x.every((one) => one === Number.NEGATIVE_INFINITY))
    return {
      reason: "every element is -∞, so there is nothing to normalise by: 0 / 0 is NaN",
      remedy: "leave at least one element unmasked, or mask with a large negative number such as -1e9",
    };
  return { reason: "an element is ∞, and ∞ / ∞ is NaN", remedy: "keep the elements finite" };
};

const stableForms =
  "`softplus`, `logsumexp`, `sigmoid` and `softmax` are stable forms of what is often written with it";

/** Why a value is NaN or infinite where what it is computed from is not. */
const values: Table = {
  log: logarithm("log", 0),
  log2: logarithm("log2", 0),
  log10: logarithm("log10", 0),
  log1p: logarithm("log1p", -1),
  sqrt: outside(
    "sqrt",
    "x ≥ 0",
    "keep the argument at or above 0: `sqrt(maximum(x, 0))`; rounding makes it negative in `a - b`",
  ),
  exp: exponential("exp", "709.8", stableForms),
  expm1: exponential("expm1", "709.8", stableForms),
  sinh: exponential("sinh", "710.5", "keep the argument small"),
  cosh: exponential(
    "cosh",
    "710.5",
    "keep the argument small; `log(cosh(x))` is `abs(x) + log1p(exp(-2*abs(x))) - log(2)`",
  ),
  square: ([x]) => overflow(`${say(x)}²`, "scale the numbers; `hypot` and `norm` do not overflow"),
  reciprocal: ([x]) =>
    x === 0
      ? { reason: "1 / 0 is infinite", remedy: "keep the argument away from 0" }
      : overflow(`1 / ${say(x)}`, "keep the argument away from 0"),
  div: division,
  mul: product,
  add: sum("+"),
  sub: sum("-"),
  pow: power,
  shifted_power: ([x, y, k]) => power([x!, y! - k!], { value: 0, index: 0 }),
  mod: ([x, y]) => (y === 0 ? { reason: `mod(${say(x)}, 0) is NaN` } : undefined),
  arcsin: outside(
    "arcsin",
    "-1 ≤ x ≤ 1",
    "`clip(x, -1, 1)` keeps the argument inside; rounding may leave it",
  ),
  arccos: outside(
    "arccos",
    "-1 ≤ x ≤ 1",
    "`clip(x, -1, 1)` keeps the argument inside; rounding may leave it",
  ),
  arccosh: outside("arccosh", "x ≥ 1", "`maximum(x, 1)` keeps the argument inside"),
  arctanh: outside("arctanh", "-1 < x < 1", "keep the argument inside", [-1, 1]),
  sin: ofInfinity("sin"),
  cos: ofInfinity("cos"),
  tan: ofInfinity("tan"),
  gammaln: gamma("gammaln"),
  digamma: gamma("digamma"),
  polygamma: ([, x]) => gamma("polygamma")([x!], { value: 0, index: 1 }),
  sum: manySums,
  cumsum: manySums,
  matmul: (_x, at) =>
    Number.isNaN(at.value)
      ? { reason: "0 · ∞ or ∞ - ∞ in a sum of products is NaN" }
      : overflow("a sum of products", "scale the matrices"),
  prod: manyProducts,
  cumprod: manyProducts,
  softmax: normalised,
  log_softmax: normalised,
  logsumexp: normalised,
};

/** Why an element is not finite, from what it was computed from. */
export function reasonOfValue(op: string, x: readonly number[], value: number): Reason {
  const found = explainBy(values, op)?.(x, { value, index: 0 });
  if (found !== undefined) return found;
  const given = x.length > 0 && x.length <= 3 ? ` for ${x.map(say).join(" and ")}` : "";
  return isInfinite(value) && x.every(Number.isFinite)
    ? overflow(`the value of \`${op}\`${given}`)
    : { reason: `\`${op}\` gives ${say(value)}${given}` };
}
