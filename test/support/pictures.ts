import { pictureOf } from "../../src/explain/picture/pictures.js";
import type { PictureRequest } from "../../src/explain/picture/request.js";
import type { Picture } from "../../src/graph-results.js";
import { type CompileOptions, compile, type InputValue, type Program } from "../../src/index.js";
import { defaultLimits } from "../../src/limits.js";
import { toTensor } from "../../src/program/values.js";

export interface ScriptPicture {
  readonly program: Program;
  readonly picture: Picture;
  readonly codes: readonly string[];
}

/** The picture of a script, with values. */
export function pictureOfScript(
  script: string,
  options: CompileOptions & Partial<PictureRequest> & { readonly values?: Record<string, InputValue> } = {},
): ScriptPicture {
  const { values = {}, depth, isBackward = false, isComputed = true, title = "script.ag", ...rest } = options;
  const compiled = compile({ name: title, text: script }, rest);
  if (!compiled.ok) throw new Error(compiled.diagnostics[0]!.message);
  const { program } = compiled;
  const inputs = new Map(Object.entries(values).map(([name, value]) => [name, toTensor(name, value)]));
  const { picture, diagnostics } = pictureOf(program, inputs, {
    title,
    depth,
    isBackward,
    isComputed,
    limits: defaultLimits,
  });
  return { program, picture, codes: diagnostics.map(({ code }) => code) };
}

/** The box of this name, and its place. */
export function boxNamed({ boxes }: Picture, name: string) {
  const index = boxes.findIndex((box) => box.name === name);
  if (index < 0)
    throw new Error(`no box is called ${name}: ${boxes.map((box) => box.name ?? box.formula).join("; ")}`);
  return { index, box: boxes[index]! };
}

/** The four functions of examples/chain.ag. */
export const chain = `f(x, y) = x * y
g(z) = sin(z)
h(z) = z^2
k(u, v) = u + log(v)
x = 2
y = 3
z = f(x, y)
u = g(z)
v = h(z)
w = k(u, v)
`;
