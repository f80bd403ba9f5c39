// jax-js on its WebAssembly backend, with jit. An array belongs to the call that it is given to; `.ref` keeps it.
import { milliseconds } from "../measure.mjs";
import { constant, placement } from "./gmm-parts.mjs";

function modelsOf({ jit, nn, numpy: np, grad, hessian, valueAndGrad }) {
  const scalarGradient = (output, wrt, objective) => (inputs, options) => {
    const others = Object.keys(inputs).filter((name) => !wrt.includes(name));
    const pick = (names, values) => Object.fromEntries(names.map((name, i) => [name, values[i]]));
    const derived = jit((leaves, fixed) =>
      valueAndGrad((values) => objective({ ...pick(wrt, values), ...pick(others, fixed) }, options))(leaves),
    );
    return () => {
      const refs = (names) => names.map((name) => inputs[name].ref);
      const [value, slopes] = derived(refs(wrt), refs(others));
      return {
        [output]: value,
        ...pick(
          wrt.map((name) => `${output}/${name}`),
          slopes,
        ),
      };
    };
  };

  function gmm({ gamma: gammas, m: ms, ...inputs }) {
    const [[n, d], [k]] = [inputs.x.shape, inputs.alpha.shape];
    const [[gamma], [m]] = [gammas.ref.dataSync(), ms.ref.dataSync()];
    const parts = placement(d);
    const matrix = (rows) => np.array(Float64Array.from(rows.flat())).reshape([rows.length, d * d]);
    const given = { ...inputs, lower: matrix(parts.lower), diagonal: matrix(parts.diagonal) };
    const objective = ({ alpha, mu, q, l, x, lower, diagonal }) => {
      const flat = np.matmul(l.ref, lower).add(np.matmul(np.exp(q.ref), diagonal));
      const shift = np.matmul(flat.ref.reshape([k, d, d]), mu.reshape([k, d, 1])).reshape([k, d]);
      const z = np
        .matmul(x, flat.reshape([k * d, d]).transpose())
        .reshape([n, k, d])
        .sub(shift);
      const total = q.ref.sum(1);
      const score = alpha.ref.add(total.ref).sub(np.square(z).sum(2).mul(0.5));
      const prior = np.exp(q.mul(2)).sum().add(np.square(l).sum());
      return nn
        .logsumexp(score, 1)
        .sum()
        .sub(nn.logsumexp(alpha).mul(n))
        .add(prior.mul(gamma ** 2 / 2))
        .sub(total.sum().mul(m))
        .add(constant(n, k, d, gamma, m));
    };
    return scalarGradient("L", ["alpha", "mu", "q", "l"], objective)(given);
  }

  function logisticHessian({ w, X, y }) {
    const loss = (weights, rows, labels) => {
      const score = np.matmul(rows, weights);
      return nn.softplus(score.ref).sub(labels.mul(score)).sum();
    };
    const derived = jit((weights, rows, labels) => hessian((at) => loss(at, rows.ref, labels.ref))(weights));
    return () => ({ "loss/w/w": derived(w.ref, X.ref, y.ref) });
  }

  function training(inputs, { steps, rate }) {
    const names = ["W1", "b1", "W2", "b2"];
    const loss = ([W1, b1, W2, b2], X, Y) => {
      const scores = np.matmul(np.tanh(np.matmul(X, W1).add(b1)), W2).add(b2);
      return np.mean(nn.logsumexp(scores.ref, 1).sub(Y.mul(scores).sum(1)));
    };
    const step = jit((params, X, Y) => {
      const slopes = grad(loss)(
        params.map((param) => param.ref),
        X,
        Y,
      );
      return params.map((param, i) => param.sub(slopes[i].mul(rate)));
    });
    return () => {
      let params = names.map((name) => inputs[name].ref);
      for (let i = 0; i < steps; i++) params = step(params, inputs.X.ref, inputs.Y.ref);
      return Object.fromEntries(names.map((name, i) => [name, params[i]]));
    };
  }

  return {
    gmm,
    logistic_hessian: logisticHessian,
    training,
    exp_sin: scalarGradient("y", ["x"], ({ x }) => np.exp(np.sin(x)).sum()),
    softplus_product: scalarGradient("y", ["x"], ({ A, x }) => np.log1p(np.exp(np.matmul(A, x))).sum()),
    matrix_product: scalarGradient("y", ["A", "X", "B"], ({ A, X, B }) =>
      np.square(np.matmul(np.matmul(A, X), B)).sum(),
    ),
  };
}

export async function start() {
  // It asks values whether they are of this class, which Node has from version 24 on.
  globalThis.Float16Array ??= class Float16Array {};
  const jax = await import("@jax-js/jax");
  await jax.init("wasm");
  jax.defaultDevice("wasm");
  const models = modelsOf(jax);
  return {
    async prepare(workload, inputs, options = {}) {
      const given = Object.fromEntries(
        Object.entries(inputs).map(([name, { shape, data }]) => [name, jax.numpy.array(data).reshape(shape)]),
      );
      const call = models[workload](given, options);
      const once = async () => {
        const results = await jax.blockUntilReady(call());
        for (const result of Object.values(results)) result.dispose();
      };
      return {
        first: await milliseconds(once),
        run: async (count) =>
          (await milliseconds(async () => {
            for (let i = 0; i < count; i++) await once();
          })) / count,
        async results() {
          const named = [];
          for (const [name, array] of Object.entries(call())) named.push([name, await array.data()]);
          return new Map(named);
        },
        forget: () => {
          for (const array of Object.values(given)) array.dispose();
        },
      };
    },
  };
}
