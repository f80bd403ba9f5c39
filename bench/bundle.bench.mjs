// The sparse Jacobian of bundle adjustment (examples/bundle-adjustment.ag) on the data of ADBench.
import { ba as inputsOf } from "./adbench.mjs";
import { withPublished } from "./data.mjs";
import { example, ours } from "./ours.mjs";
import { tensors } from "./tensors.mjs";
import { opponents, versus } from "./versus.mjs";

/** How many columns an observation has in the Jacobian by each input. */
const widths = { cameras: 11, points: 3, weights: 1 };

/** The elements of a sparse Jacobian in the small dense block that each row has; others hold the blocks alone. */
function blocks({ coordinates: { shape, rows, cols }, tensor }, width) {
  const dense = new Float64Array(shape[0] * width);
  tensor.data.forEach((value, i) => {
    dense[rows[i] * width + (cols[i] % width)] = value;
  });
  return dense;
}

const read = ({ outputs, gradients }) =>
  new Map([
    ...outputs.map(({ name, tensor }) => [name, tensor.data]),
    ...gradients
      .filter(({ connected }) => connected)
      .map((gradient) => [`${gradient.output}/${gradient.input}`, blocks(gradient, widths[gradient.input])]),
  ]);

export default ({ quick }) =>
  withPublished("BA", async (file) => {
    const inputs = tensors(inputsOf(file("ba1_n49_m7776_p31843")));
    const { rows } = await versus({
      name: "BA n=49 m=7776 p=31843, Jacobian",
      workload: "bundle",
      inputs,
      subject: ours(example("bundle-adjustment"), inputs, { wrt: Object.keys(widths), sparse: true }, read),
      against: [...opponents, { peer: "casadi" }],
      quick,
    });
    return rows;
  });
