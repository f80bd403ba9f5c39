// The gradient of a recurrent network (examples/lstm.ag) on the data of ADBench: against its own objective, and others.
import { lstm as inputsOf } from "./adbench.mjs";
import { withPublished } from "./data.mjs";
import { median, ratioOf } from "./measure.mjs";
import { example, ours } from "./ours.mjs";
import { tensors } from "./tensors.mjs";
import { opponents, timeOf, versus } from "./versus.mjs";

/** What ADBench's authors published for this size: milliseconds of native code made by Tapenade, and of PyTorch. */
const published = { tapenade: 7.4, torch: 897 };

/** Tapenade is not run here: its time is taken to be that of PyTorch here, by the ratio that was published. */
function tapenade(times) {
  const name = "LSTM l=2 c=1024, gradient / native code of Tapenade, from PyTorch's time";
  const reference = times.get("PyTorch")?.map((time) => (time * published.tapenade) / published.torch);
  if (reference === undefined) return { name, limit: 3, absent: "PyTorch has no time" };
  const detail = `${timeOf(median(times.get("ours")))} against ${timeOf(median(reference))}`;
  return { name, ratio: ratioOf(times.get("ours"), reference), limit: 3, detail };
}

export default ({ quick }) =>
  withPublished("LSTM", async (read) => {
    const inputs = tensors(inputsOf(read("lstm_l2_c1024")));
    const script = example("lstm");
    const { rows, times } = await versus({
      name: "LSTM l=2 c=1024, gradient",
      workload: "lstm",
      inputs,
      subject: ours(script, inputs, { wrt: ["main", "extra"] }),
      companions: { objective: ours(script, inputs, { gradients: false }) },
      against: [...opponents, { peer: "casadi" }, { peer: "tfjs" }],
      quick,
    });
    const ratio = ratioOf(times.get("ours"), times.get("objective"));
    return [{ name: "LSTM l=2 c=1024, gradient / objective", ratio, limit: 2.5 }, ...rows, tapenade(times)];
  });
