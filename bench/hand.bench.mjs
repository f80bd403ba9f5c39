// The Jacobian of hand tracking (examples/hand-tracking.ag) on the data of ADBench.
import { hand as inputsOf } from "./adbench.mjs";
import { withPublished } from "./data.mjs";
import { example, ours } from "./ours.mjs";
import { tensors } from "./tensors.mjs";
import { opponents, versus } from "./versus.mjs";

/** Here points belong to vertices, not to triangles: peers need one corner of the three, which are all the same. */
function forPeers({ us, positions, weights, ...others }) {
  const first = ({ shape: [, ...shape], data }) => ({ shape, data: data.subarray(0, data.length / 3) });
  return { ...others, positions: first(positions), weights: first(weights) };
}

export default ({ quick }) =>
  withPublished("HAND", async (read) => {
    const inputs = tensors(inputsOf(read("hand_model_small"), read("hand1_simple_t26_c100")));
    const { rows } = await versus({
      name: "HAND simple, c=100, Jacobian",
      workload: "hand",
      inputs: forPeers(inputs),
      subject: ours(example("hand-tracking"), inputs, { wrt: ["theta"] }),
      against: [...opponents, { peer: "casadi" }],
      quick,
    });
    return rows;
  });
