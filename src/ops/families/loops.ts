import { tensorOps } from "../op.js";

export const loops = tensorOps({
  loop: {
    // What it computes stands in each node's own operation, with its derivatives.
    doc: "Steps that hand carries on, by a body with a graph of its own; everything that comes of it in one vector.",
    shape: () => [],
    batch: null,
    vjp: null,
    jvp: null,
  },
});
