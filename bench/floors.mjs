// Workloads once more as loops over arrays, with derivatives by hand (floors/*.ts): what plain code in the same language
// takes, as one more of those that are compared.
import { milliseconds } from "./measure.mjs";
import { importTypeScript } from "./typescript.mjs";

export async function floor(name, inputs, options = {}) {
  const { prepare } = await importTypeScript(`floors/${name}.ts`);
  const once = prepare(inputs, options);
  return {
    title: "loops by hand",
    run: async (count) =>
      (await milliseconds(() => {
        for (let i = 0; i < count; i++) once();
      })) / count,
    results: async () => new Map(Object.entries(once())),
  };
}
