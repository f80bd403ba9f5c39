import { explainBy, type Reason, say, smallest, type Table } from "./reason.js";

type ZeroReason = Reason & { readonly isCancelled?: boolean };

const cancelled = (text: string): ZeroReason => ({ reason: text, isCancelled: true });

const underflow = (what: string, remedy: string): ZeroReason => ({
  reason: `underflow: ${what} is below ${smallest}`,
  remedy,
});

const comparison = (x: readonly number[], sign: string): ZeroReason => ({
  reason: `${say(x[0])} ${sign} ${say(x[1])} does not hold`,
});

const logarithms = "compute with logarithms: `logsumexp`, `log_softmax`";

/** Why a value is 0 though what it is computed from is not. */
const zeros: Table = {
  add: ([x, y]) => cancelled(`${say(x)} + ${y! < 0 ? `(${say(y)})` : say(y)} cancel`),
  sub: ([x, y]) => cancelled(`${say(x)} - ${y! < 0 ? `(${say(y)})` : say(y)} cancel`),
  sum: (x) => cancelled(`${x.length} terms cancel`),
  cumsum: (x) => cancelled(`${x.length} terms cancel`),
  exp: ([x]) => underflow(`exp(${say(x)})`, logarithms),
  sigmoid: ([x]) => underflow(`sigmoid(${say(x)})`, "its logarithm is `-softplus(-x)`"),
  softmax: () => underflow("the weight of this element", "`log_softmax` keeps it"),
  mul: ([x, y]) => underflow(`${say(x)} * ${say(y)}`, "add the logarithms instead"),
  div: ([x, y]) => underflow(`${say(x)} / ${say(y)}`, "subtract the logarithms instead"),
  prod: () => underflow("the product of these numbers", "add the logarithms: `sum(log(x))`"),
  cumprod: () => underflow("the product of these numbers", "add the logarithms: `cumsum(log(x))`"),
  pow: ([x, y]) => underflow(`${say(x)} ^ ${say(y)}`, "compute with the logarithm, `y * log(x)`"),
  square: ([x]) => underflow(`${say(x)}²`, "scale the numbers"),
  relu: ([x]) => ({ reason: `\`relu\` is 0 for all arguments at or below 0, such as ${say(x)}` }),
  maximum: ([x, y]) => ({ reason: `the larger of ${say(x)} and ${say(y)} is 0` }),
  minimum: ([x, y]) => ({ reason: `the smaller of ${say(x)} and ${say(y)} is 0` }),
  log: ([x]) => ({ reason: `log(${say(x)}) is 0` }),
  floor: ([x]) => ({ reason: `floor(${say(x)}) is 0` }),
  ceil: ([x]) => ({ reason: `ceil(${say(x)}) is 0` }),
  round: ([x]) => ({ reason: `round(${say(x)}) is 0` }),
  less: (x) => comparison(x, "<"),
  less_equal: (x) => comparison(x, "<="),
  greater: (x) => comparison(x, ">"),
  greater_equal: (x) => comparison(x, ">="),
  equal: (x) => comparison(x, "=="),
  not_equal: (x) => comparison(x, "!="),
  matmul: () => cancelled("the products of what meets here are 0, or cancel"),
  det: () => ({ reason: "the matrix is singular: its determinant is 0" }),
  embed: () => ({ reason: "nothing is written to this element" }),
  embed_diagonal: () => ({ reason: "this element is off the diagonal" }),
  scatter_add: () => ({ reason: "nothing is added to this element" }),
};

export function reasonOfZeroValue(op: string, x: readonly number[]): ZeroReason {
  const found = explainBy(zeros, op)?.(x, { value: 0, index: 0 });
  if (found !== undefined) return found;
  if (x.length > 0 && x.every((one) => one === 0))
    return { reason: "it is made of zeros that the script writes" };
  const given = x.length > 0 && x.length <= 3 ? ` of ${x.map(say).join(" and ")}` : "";
  return { reason: `\`${op}\`${given} is 0` };
}
