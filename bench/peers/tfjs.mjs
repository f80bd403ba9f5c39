// TensorFlow.js on its WebAssembly backend, eager, in single precision (it has no other), on one thread.
import { createRequire } from "node:module";
import { milliseconds } from "../measure.mjs";
import { constant, placement } from "./gmm-parts.mjs";

/** CommonJS, which is what its packages have for Node. */
const require = createRequire(import.meta.url);

function modelsOf(tf) {
  const scalarGradient = (output, wrt, objective) => (inputs, options) => {
    const leaves = wrt.map((name) => inputs[name]);
    const derived = tf.valueAndGrads((...values) =>
      objective({ ...inputs, ...Object.fromEntries(wrt.map((name, i) => [name, values[i]])) }, options),
    );
    return () => {
      const { value, grads } = derived(leaves);
      return {
        [output]: value,
        ...Object.fromEntries(wrt.map((name, i) => [`${output}/${name}`, grads[i]])),
      };
    };
  };

  function gmm(inputs) {
    const [[n, d], [k]] = [inputs.x.shape, inputs.alpha.shape];
    const [gamma, m] = [inputs.gamma.dataSync()[0], inputs.m.dataSync()[0]];
    const parts = placement(d);
    const [lower, diagonal] = [tf.tensor2d(parts.lower), tf.tensor2d(parts.diagonal)];
    const objective = ({ alpha, mu, q, l, x }) => {
      const flat = tf.add(tf.matMul(l, lower), tf.matMul(tf.exp(q), diagonal));
      const shift = tf.matMul(flat.reshape([k, d, d]), mu.reshape([k, d, 1])).reshape([k, d]);
      const z = tf
        .matMul(x, flat.reshape([k * d, d]), false, true)
        .reshape([n, k, d])
        .sub(shift);
      const total = q.sum(1);
      const score = alpha.add(total).sub(z.square().sum(2).mul(0.5));
      return tf
        .logSumExp(score, 1)
        .sum()
        .sub(tf.logSumExp(alpha).mul(n))
        .add(
          tf
            .exp(q.mul(2))
            .sum()
            .add(l.square().sum())
            .mul(gamma ** 2 / 2),
        )
        .sub(total.sum().mul(m))
        .add(constant(n, k, d, gamma, m));
    };
    return scalarGradient("L", ["alpha", "mu", "q", "l"], objective)(inputs);
  }

  function lstm({ main, extra, state, seq }) {
    const [c, b] = seq.shape;
    const [weights, biases] = tf.unstack(main.reshape([-1, 2, 4, b]), 1);
    const [enter, leave, shift] = tf.unstack(extra);
    const layers = tf.unstack(weights).map((weight, i) => [weight, tf.unstack(biases)[i]]);
    const states = tf.unstack(state.reshape([-1, 2, b])).map((layer) => tf.unstack(layer));
    const tops = tf.unstack(seq.slice([0, 0], [c - 1, b]).mul(enter)).map((input) => {
      let x = input;
      layers.forEach(([weight, bias], i) => {
        const [h, cell] = states[i];
        const gates = tf.stack([x, h, x, h]).mul(weight).add(bias);
        const [forget, admit, emit] = tf.unstack(tf.sigmoid(gates.slice([0, 0], [3, b])));
        const after = cell.mul(forget).add(admit.mul(tf.tanh(gates.slice([3, 0], [1, b]).reshape([b]))));
        x = emit.mul(tf.tanh(after));
        states[i] = [x, after];
      });
      return x;
    });
    const y = tf.stack(tops).mul(leave).add(shift);
    const norm = tf.log(tf.exp(y).sum(1, true).add(2));
    return seq
      .slice([1, 0], [c - 1, b])
      .mul(y.sub(norm))
      .mean()
      .neg();
  }

  const network = ({ X, Y }, [W1, b1, W2, b2]) => {
    const scores = tf.tanh(X.matMul(W1).add(b1)).matMul(W2).add(b2);
    return tf.logSumExp(scores, 1).sub(Y.mul(scores).sum(1)).mean();
  };

  function training(inputs, { steps, rate }) {
    const names = ["W1", "b1", "W2", "b2"];
    const slopes = tf.grads((...params) => network(inputs, params));
    return () => {
      let params = names.map((name) => inputs[name]);
      for (let step = 0; step < steps; step++) {
        const before = params;
        params = tf.tidy(() => slopes(before).map((slope, i) => before[i].sub(slope.mul(rate))));
        if (step > 0) tf.dispose(before);
      }
      return Object.fromEntries(names.map((name, i) => [name, params[i]]));
    };
  }

  return {
    gmm,
    lstm: scalarGradient("loss", ["main", "extra"], lstm),
    exp_sin: scalarGradient("y", ["x"], ({ x }) => tf.exp(tf.sin(x)).sum()),
    softplus_product: scalarGradient("y", ["x"], ({ A, x }) => tf.log1p(tf.exp(tf.dot(A, x))).sum()),
    matrix_product: scalarGradient("y", ["A", "X", "B"], ({ A, X, B }) =>
      A.matMul(X).matMul(B).square().sum(),
    ),
    training,
  };
}

export async function start() {
  const tf = require("@tensorflow/tfjs");
  const { setThreadsCount } = require("@tensorflow/tfjs-backend-wasm");
  setThreadsCount(1);
  if (!(await tf.setBackend("wasm"))) throw new Error("its wasm backend does not start");
  const models = modelsOf(tf);
  return {
    version: tf.version.tfjs,
    async prepare(workload, inputs, options = {}) {
      const given = Object.fromEntries(
        Object.entries(inputs).map(([name, { shape, data }]) => [
          name,
          tf.tensor(Float32Array.from(data), shape),
        ]),
      );
      const call = models[workload](given, options);
      const once = () => tf.tidy(() => void call());
      return {
        first: await milliseconds(once),
        run: async (count) =>
          (await milliseconds(() => {
            for (let i = 0; i < count; i++) once();
          })) / count,
        results: async () =>
          new Map(
            tf.tidy(() => Object.entries(call()).map(([name, tensor]) => [name, tensor.dataSync().slice()])),
          ),
        forget: () => tf.dispose(given),
      };
    },
  };
}
