import { didYouMean, quote, type Wording } from "./wording.js";

/** What is wrong with uncertain inputs, and with what is asked about them. */
export const sensitivity = {
  "sensitivity-of-tensor": (p: { name: string; shape: string; limit: number }) => ({
    message: `${quote(p.name)} has the shape ${p.shape}; outputs of up to ${p.limit} elements are taken element by element`,
    hint: `define a number, such as \`s = sum(${p.name})\` or one element, and choose it with \`--of s\``,
  }),
  "sensitivity-nothing": () => ({
    message: "there is no input that an output could be sensitive to",
    hint: "free names and `input x` are inputs; `--wrt` chooses among them and definitions",
  }),
  "uncertain-value": (p: { name: string; sign: string }) => ({
    message: `the value of ${quote(p.name)} is written with ${quote(p.sign)}, but this command takes numbers without uncertainties`,
    hint: "`autograd sensitivity` propagates uncertainties; elsewhere give the value alone",
  }),
  "plus-minus": (p: { reason: string }) => ({
    message: p.reason,
    hint: "write `x=2±0.1`, or lists: `x=[1, 2] ± [0.1, 0.2]`; `+/-` and `+-` mean the same as `±`",
  }),
  "sigma-assignment": (p: { text: string }) => ({
    message: `${quote(p.text)} is not of the form NAME=SIGMA`,
    hint: "write `--sigma x=0.1`, or `--sigma 'x=[0.1, 0.2]'` with one for each element",
  }),
  "spread-input": (p: { name: string; suggestion?: string | undefined }) => ({
    message: `an uncertainty is given for ${quote(p.name)}, but the script has no such input`,
    ...didYouMean(p.suggestion),
  }),
  "spread-not-an-input": (p: { name: string; what: string }) => ({
    message: `an uncertainty is given for ${quote(p.name)}, but ${quote(p.name)} is ${p.what}, not an input`,
    ...(p.what === "a constant" ? { hint: "constants are exact; make an `input` of it" } : {}),
  }),
  "spread-twice": (p: { name: string }) => ({
    message: `the uncertainty of ${quote(p.name)} is given twice`,
    hint: "give it once: by `±`, `--sigma` or `--covariance`; these stand in for what an input file says",
  }),
  "sigma-shape": (p: { name: string; actual: string; expected: string }) => ({
    message: `the standard deviation of ${quote(p.name)} has the shape ${p.actual}, but ${quote(p.name)} has ${p.expected}`,
    hint: "give one number for all elements, or one for each of them",
  }),
  "sigma-value": (p: { element: string; value: number }) => ({
    message: `the standard deviation of ${quote(p.element)} is ${p.value}; it must be a finite number that is not negative`,
  }),
  "covariance-shape": (p: { parts: string; actual: string; size: number }) => ({
    message: `a covariance of ${p.parts} is a matrix of ${p.size} × ${p.size}, but this one has the shape ${p.actual}`,
    hint: "it has a row and a column for each element of the inputs, in row-major order",
  }),
  "covariance-value": (p: { first: string; second: string; value: number }) => ({
    message: `the covariance of ${quote(p.first)} and ${quote(p.second)} is ${p.value}, not a finite number`,
  }),
  "variance-negative": (p: { element: string; value: number }) => ({
    message: `the variance of ${quote(p.element)} is ${p.value}; it must not be negative`,
  }),
  "covariance-symmetric": (p: { first: string; second: string; value: number; other: number }) => ({
    message: `the covariance is not symmetric: ${p.value} for ${quote(p.first)} and ${quote(p.second)}, but ${p.other} for ${quote(p.second)} and ${quote(p.first)}`,
  }),
  "covariance-correlation": (p: { first: string; second: string; correlation: number }) => ({
    message: `the correlation of ${quote(p.first)} and ${quote(p.second)} is ${Number(p.correlation.toPrecision(6))}; it must be from -1 to 1`,
    hint: "a covariance is a correlation times both standard deviations",
  }),
  "covariance-indefinite": (p: { element: string; rest: number }) => ({
    message: `the covariance is not positive semidefinite: with the others known, ${quote(p.element)} has ${Number(p.rest.toPrecision(3))} of its variance left`,
    hint: "no random numbers have such a covariance; was it rounded to few digits, or put together of several?",
  }),
  "json-uncertain": (p: { path: string; reason: string }) => ({
    message: `${quote(p.path)} ${p.reason}`,
    hint: 'an uncertain input is `{"value": 2, "sigma": 0.1}` or `{"value": [1, 2], "covariance": [[…], […]]}`',
  }),
} satisfies Record<string, (p: never) => Wording>;
