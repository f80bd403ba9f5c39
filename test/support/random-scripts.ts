import { randomSource } from "./random.js";

/**
 * A script of random operations on numbers and on vectors of three, all of moderate size: definitions that read earlier
 * ones, loops in loops, branches, barriers, functions with a derivative of their own, and derivatives.
 */
export function randomScript(seed: number): string {
  const random = randomSource(1000 + seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const number = () => (random() * 4 - 2).toFixed(3);
  const names = ["a", "b", "v"];
  const lines = [
    `input a = ${number()}`,
    `input b = ${number()}`,
    `input v = [${number()}, ${number()}, ${number()}]`,
    "f(x) = log1p(exp(x)) / 3",
    "derivative f(x; dx) = 2 * dx",
  ];
  const unary = [
    (x: string) => `sin(${x})`,
    (x: string) => `tanh(${x})`,
    (x: string) => `exp(-(${x})^2)`,
    (x: string) => `sqrt(1 + (${x})^2)`,
    (x: string) => `log(2 + cos(${x}))`,
    (x: string) => `stop_gradient(${x}) / 7`,
    (x: string) => `f(${x})`,
    (x: string) => `(if a > b then cos(${x}) else ${x} / 3)`,
    (x: string) => `where(${x} > 0.1, ${x} / 3, erf(${x}))`,
    (x: string) => `cumsum([${["a", "b"].join(", ")}, sum(${x})])`,
    (x: string) => `softmax([a, 1, mean(${x})])`,
    (x: string) => `iterate(s -> sin(s) + ${number()} * ${x}, ${x}, ${2 + Math.floor(random() * 5)})`,
    (x: string) => `fold((s, t) -> tanh(s * t + sum(${x})), a, [0.3, ${number()}, 1.7, ${number()}])`,
    (x: string) =>
      `fold((s, t) -> iterate(r -> cos(r * t) / 3 + s, s, 3), sum(${x}), [0.3, ${number()}, 0.9])`,
    (x: string) => `sum(map(t -> iterate(s -> s * t / 3 + 0.1, t, 4), v)) * ${x}`,
  ];
  const binary = ["+", "-", "*"];
  const count = 4 + Math.floor(random() * 6);
  for (let i = 0; i < count; i++) {
    const [x, y] = [pick(names), pick(names)];
    const text = `${pick(unary)(x)} ${pick(binary)} ${pick(unary)(y)}`;
    lines.push(`d${i} = tanh(${text}) * ${number()}`);
    names.push(`d${i}`);
  }
  lines.push(`w = sum(${names.at(-1)}) + sum(${names.at(-2)})`, "g = grad(w, v)", "output w, g");
  return lines.join("\n");
}
