// Jacobians with a structure against the function itself: what a colored sweep costs, and what finding the colors does.
import { compile } from "../dist/index.js";
import { compare } from "./measure.mjs";

const variables = 100_000;
const script = `r = (3 - 2*x)*x - concatenate(([0], x[:-1])) - 2*concatenate((x[1:], [0])) + 1`;

export default async function sparse() {
  const x = Float64Array.from({ length: variables }, (_, i) => Math.sin(i));
  const program = (options) => {
    const compiled = compile(script, options);
    if (!compiled.ok) throw new Error(compiled.diagnostics[0].message);
    return () => {
      const result = compiled.program.run({ x });
      if (!result.ok) throw new Error(result.diagnostics[0].message);
      return result.evaluation;
    };
  };
  const jacobian = program({ sparse: true });
  const residual = program({ gradients: false });
  const { tensor } = jacobian().gradients[0];
  if (tensor.data.length !== 3 * variables - 2) throw new Error("the Jacobian has not three diagonals");
  const again = await compare(jacobian, residual, { pairs: 15, warmup: 3 });
  const first = await compare(
    () => program({ sparse: true })(),
    () => program({ gradients: false })(),
    { pairs: 9, warmup: 1 },
  );
  const detail = ({ subject, reference }) =>
    `${subject.median.toFixed(1)} ms against ${reference.median.toFixed(1)} ms`;
  return [
    {
      name: `sparse Jacobian, ${variables} variables, against the residual`,
      ratio: again.ratio,
      limit: 12,
      detail: detail(again),
    },
    {
      name: "the same with compiling: structure, colors, plan",
      ratio: first.ratio,
      detail: detail(first),
    },
  ];
}
