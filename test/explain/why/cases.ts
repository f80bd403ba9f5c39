import type { CauseKind } from "../../../src/why-results.js";

/** A question about a script, with its answer. */
export interface Case {
  readonly script: string;
  /** Values of the inputs, as `--set` takes them. */
  readonly set?: Readonly<Record<string, string>>;
  readonly ask: string;
  /** Each cause as `kind line:column op`; without a place where nothing connects. */
  readonly causes: readonly `${CauseKind}${string}`[];
  /** What one of the reasons says. */
  readonly says?: string;
  /** The index of the element that is explained. */
  readonly index?: readonly number[];
}

/** Values that are not finite. */
export const values: readonly Case[] = [
  { script: "w = log(x)", set: { x: "0" }, ask: "w", causes: ["not finite 1:5 log"], says: "log(0) is -∞" },
  {
    script: "u = log(x)\nw = sum(u)",
    set: { x: "[1,-2,3]" },
    ask: "w",
    causes: ["not finite 1:5 log"],
    says: "log(-2) is NaN",
  },
  {
    script: "w = sqrt(a - b)",
    set: { a: "1", b: "2" },
    ask: "w",
    causes: ["not finite 1:5 sqrt"],
    says: "sqrt(-1) is NaN",
  },
  {
    script: "w = mean(x / y)",
    set: { x: "[[1,0],[2,3]]", y: "[1,0]" },
    ask: "w",
    causes: ["not finite 1:10 div"],
    says: "0 / 0 is NaN",
  },
  {
    script: "w = exp(x) / (1 + exp(x))",
    set: { x: "800" },
    ask: "w",
    causes: ["not finite 1:5 exp"],
    says: "overflow: exp(800)",
  },
  {
    script: "p = exp(x)\nw = p / sum(p)",
    set: { x: "[1000, 1, 2]" },
    ask: "w",
    causes: ["not finite 1:5 exp"],
    index: [0],
  },
  {
    script: "w = log(softmax(x))",
    set: { x: "[0, -800]" },
    ask: "w",
    causes: ["not finite 1:5 log"],
    index: [1],
  },
  {
    script: "w = log_softmax(m)",
    set: { m: "[[1,2],[-inf,-inf]]" },
    ask: "w",
    causes: ["not finite 1:5 log_softmax"],
    index: [1, 0],
  },
  {
    script: "m = where(k, x, -inf)\nw = softmax(m)",
    set: { k: "[0,0]", x: "[1,2]" },
    ask: "w",
    causes: ["not finite 2:5 softmax"],
    says: "nothing to normalise by",
  },
  { script: "w = x^0.5", set: { x: "-4" }, ask: "w", causes: ["not finite 1:5 pow"], says: "negative base" },
  {
    script: "w = arccos(x)",
    set: { x: "1.0000001" },
    ask: "w",
    causes: ["not finite 1:5 arccos"],
    says: "clip",
  },
  {
    script: "w = sum(A @ x)",
    set: { A: "[[1e200,1],[1,1]]", x: "[1e200,1]" },
    ask: "w",
    causes: ["not finite 1:9 matmul"],
    says: "overflow",
  },
  { script: "w = cumsum(log(x))", set: { x: "[1,2,0,4]" }, ask: "w[3]", causes: ["not finite 1:12 log"] },
  {
    script: "f(a) = log(a)\nu = f(x)\nw = f(y) + u",
    set: { x: "1", y: "-1" },
    ask: "w",
    causes: ["not finite 1:8 log"],
    says: "log(-1)",
  },
  {
    script: "w = concatenate((log(x), y))[1]",
    set: { x: "[1,0]", y: "[5]" },
    ask: "w",
    causes: ["not finite 1:18 log"],
  },
  {
    script: "L = cholesky(A)\nw = log(L[1,1] - 1)",
    set: { A: "[[4,0],[0,1]]" },
    ask: "w",
    causes: ["not finite 2:5 log"],
  },
  {
    script: "w = std([a, a]) / std([b, b])",
    set: { a: "1", b: "2" },
    ask: "w",
    causes: ["not finite 1:5 div"],
    says: "0 / 0",
  },
  {
    script: "w = fold((h, a) -> log(h - a), 3, xs)",
    set: { xs: "[1,1,1]" },
    ask: "w",
    causes: ["not finite 1:20 log"],
    says: "log(-0.306853)",
  },
  {
    script: "hs = scan((h, a) -> { n = h * a ; (n, exp(n)) }, 1, xs)[1]\nw = sum(hs)",
    set: { xs: "[2,20,30]" },
    ask: "w",
    causes: ["not finite 1:39 exp"],
    says: "exp(1200)",
  },
  {
    script: "w = iterate(x -> x^2, x0, 20)",
    set: { x0: "3" },
    ask: "w",
    causes: ["not finite 1:18 pow"],
    says: "overflow",
  },
  {
    script: "w = while(x -> x < 10, x -> x + log(x), x0, max=9)",
    set: { x0: "-1" },
    ask: "w",
    causes: ["not finite 1:33 log"],
  },
  {
    script: "w = if x > 0 then log(x - 2) else x",
    set: { x: "1" },
    ask: "w",
    causes: ["not finite 1:19 log"],
  },
  {
    script: "w = sum(map(r -> sqrt(sum(r)), X))",
    set: { X: "[[1,2],[-3,1]]" },
    ask: "w",
    causes: ["not finite 1:18 sqrt"],
  },
  { script: "w = grad(sqrt(x), x)\noutput w", set: { x: "0" }, ask: "w", causes: ["not finite 1:10 grad"] },
  { script: "w = x * y", set: { x: "2", y: "3" }, ask: "w", causes: [] },
  {
    script: "w = where(k, sqrt(a), log(b))",
    set: { k: "0", a: "-1", b: "-1" },
    ask: "w",
    causes: ["not finite 1:23 log"],
  },
  {
    script: "u = a / b\nw = cumsum(u)",
    set: { a: "[1e308, 1e308, 1]", b: "[1, 1, 0]" },
    ask: "w[1]",
    causes: ["not finite 2:5 cumsum"],
  },
];

/** Values that are 0. */
export const zeroValues: readonly Case[] = [
  {
    script: "w = prod(exp(x))",
    set: { x: "[-800, 2]" },
    ask: "w",
    causes: ["zero by value 1:10 exp"],
    says: "underflow",
  },
  { script: "w = x - y", set: { x: "2", y: "2" }, ask: "w", causes: ["cancelled 1:5 sub"] },
  { script: "u = relu(x)\nw = 3 * u", set: { x: "-2" }, ask: "w", causes: ["zero by value 1:5 relu"] },
  {
    script: "w = (x > 1) * y",
    set: { x: "0", y: "3" },
    ask: "w",
    causes: ["zero by value 1:5 greater"],
    says: "0 > 1 does not hold",
  },
  {
    script: "w = x * y",
    set: { x: "0", y: "3" },
    ask: "w",
    causes: ["zero by value 1:5 input"],
    says: "x is given as 0",
  },
];

/** Derivatives that are not finite. */
export const slopes: readonly Case[] = [
  { script: "w = sqrt(x)", set: { x: "0" }, ask: "x", causes: ["not finite 1:5 sqrt"], says: "+∞" },
  {
    script: "w = sum(m * sqrt(x))",
    set: { m: "[0,1]", x: "[0,4]" },
    ask: "w/x",
    causes: ["not finite 1:13 sqrt"],
    says: "0·∞",
    index: [0],
  },
  {
    script: "w = sum(x * log(x))",
    set: { x: "[1,0]" },
    ask: "∂w/∂x",
    causes: ["not finite 1:13 log"],
    says: "log(0)",
  },
  { script: "w = norm(x)^0.5", set: { x: "[0,0]" }, ask: "x", causes: ["not finite 1:5 pow"] },
  {
    script: "w = x^0.3 * y",
    set: { x: "0", y: "2" },
    ask: "w/x",
    causes: ["not finite 1:5 pow"],
    says: "infinite",
  },
  { script: "w = arcsin(x)", set: { x: "1" }, ask: "w/x", causes: ["not finite 1:5 arcsin"] },
  {
    script: "w = (-x)^y",
    set: { x: "2", y: "3" },
    ask: "w/y",
    causes: ["not finite 1:5 pow"],
    says: "log(-2)",
  },
  {
    script: "w = sum(sqrt(x @ x.T))",
    set: { x: "[[1,0],[0,1]]" },
    ask: "x",
    causes: ["not finite 1:9 sqrt"],
  },
  { script: "w = sqrt(x)", set: { x: "[4,0]" }, ask: "w/x", causes: ["not finite 1:5 sqrt"], index: [1, 1] },
  {
    script: "w = fold((h, a) -> sqrt(h) * a, 1, xs)",
    set: { xs: "[1,0,2]" },
    ask: "xs",
    causes: ["not finite 1:20 sqrt"],
  },
  {
    script: "safe(x) = sqrt(x)\nderivative safe(x; dx) = dx / (2 * sqrt(x))\nw = safe(u * 2)",
    set: { u: "0" },
    ask: "u",
    causes: ["not finite 3:5 safe"],
  },
  { script: "w = 1e300 * x * y", set: { x: "1e-200", y: "1e200" }, ask: "w/y", causes: [] },
  {
    script: "a = 1e200 * x\nw = a * 1e200 * y\noutput w",
    set: { x: "1", y: "0" },
    ask: "w/y",
    causes: ["not finite 2:5 mul"],
  },
];

/** Derivatives that are 0. */
export const zeros: readonly Case[] = [
  {
    script: "u = sin(x)\nw = y^2\noutput w",
    set: { x: "1", y: "2" },
    ask: "w/x",
    causes: ["not connected"],
    says: "only u reads it",
  },
  { script: "w = floor(x)", set: { x: "1.5" }, ask: "x", causes: ["zero by structure 1:5 floor"] },
  {
    script: "w = stop_gradient(x) * 2 + (x > 1)",
    set: { x: "1.5" },
    ask: "x",
    causes: ["zero by structure 1:5 stop_gradient", "zero by structure 1:28 greater"],
  },
  {
    script: "w = if x > 3 then x^2 else y",
    set: { x: "1", y: "2" },
    ask: "w/x",
    causes: ["zero by structure 1:5 if", "zero by structure 1:5 if"],
    says: "not taken",
  },
  {
    script: "w = where(x > 3, x^2, y)",
    set: { x: "1", y: "2" },
    ask: "w/x",
    causes: ["zero by structure 1:5 where", "zero by structure 1:5 where"],
  },
  {
    script: "w = sum(x[0:2]^2)",
    set: { x: "[1,2,3]" },
    ask: "x",
    causes: ["zero by structure 1:9 index"],
    index: [2],
  },
  {
    script: "w = sigmoid(x * 800)",
    set: { x: "2" },
    ask: "x",
    causes: ["zero by value 1:5 sigmoid"],
    says: "saturated",
  },
  {
    script: "w = tanh(800 * x) + relu(-x)",
    set: { x: "2" },
    ask: "x",
    causes: ["zero by value 1:5 tanh", "zero by value 1:21 relu"],
  },
  {
    script: "h = relu(x @ W)\nw = sum(h)",
    set: { x: "[[1,2]]", W: "[[-1,1],[-1,1]]" },
    ask: "W",
    causes: ["zero by value 1:5 relu"],
    index: [0, 0],
  },
  {
    script: "w = maximum(x, y)",
    set: { x: "1", y: "2" },
    ask: "w/x",
    causes: ["zero by value 1:5 maximum"],
    says: "2 is larger than 1",
  },
  {
    script: "w = x * y",
    set: { x: "1", y: "0" },
    ask: "w/x",
    causes: ["zero by value 1:5 mul"],
    says: "other factor is 0",
  },
  {
    script: "w = (x * 1e-200) * 1e-200",
    set: { x: "1" },
    ask: "x",
    causes: ["zero by value 1:5 mul"],
    says: "underflow",
  },
  {
    script: "w = exp(-x)",
    set: { x: "1000" },
    ask: "x",
    causes: ["zero by value 1:5 exp"],
    says: "underflow",
  },
  { script: "w = x - x", set: { x: "1" }, ask: "x", causes: ["cancelled 1:5 input"] },
  { script: "w = sum(softmax(x))", set: { x: "[1,1]" }, ask: "x", causes: ["cancelled 1:9 softmax"] },
  { script: "w = max(x)", set: { x: "[1,5,2]" }, ask: "x", causes: ["zero by value 1:5 max"], index: [0] },
  { script: "w = (x - 3)^2", set: { x: "3" }, ask: "x", causes: ["zero by value 1:5 pow"] },
  {
    script: "w = sum(v @ A)",
    set: { v: "[1,2]", A: "[[0,0],[1,1]]" },
    ask: "v",
    causes: ["zero by value 1:9 matmul"],
    index: [0],
  },
  {
    script: "w = fold((h, a) -> tanh(h * a), x, xs)",
    set: { x: "1", xs: "[900,1]" },
    ask: "x",
    causes: ["zero by value 1:20 tanh"],
  },
  {
    script: "w = iterate(h -> floor(h) + 1, x, 3)",
    set: { x: "0.5" },
    ask: "x",
    causes: ["zero by structure 1:18 floor"],
  },
  {
    script: "f(a) = a^2\nderivative f(a; da) = 0 * da\nw = f(x)",
    set: { x: "2" },
    ask: "x",
    causes: ["zero by value 3:5 f"],
  },
  { script: "s = x^2\nw = clip(s, 0, 1)", set: { x: "3" }, ask: "x", causes: ["zero by value 2:5 clip"] },
  { script: "w = x[0] * 2", set: { x: "[1,2]" }, ask: "w/x[1]", causes: ["zero by structure 1:5 index"] },
  {
    script: "w = 0.1*x + 0.2*x - 0.3*x",
    set: { x: "1" },
    ask: "x",
    causes: ["cancelled 1:9 input"],
    says: "up to rounding",
  },
  {
    script: "w = A @ x",
    set: { A: "[[1,2],[0,0]]", x: "[1,2]" },
    ask: "w/x",
    causes: ["zero by value 1:5 matmul"],
    index: [1, 0],
  },
  {
    script: "w = cumsum(relu(x))[0]",
    set: { x: "[1,2,3]" },
    ask: "w/x[1]",
    causes: ["zero by structure 1:5 index"],
  },
];
