"""JAX in float64 on one thread, with and without jit."""

from functools import partial

import jax
import jax.numpy as jnp

import jax_models as models

version = jax.__version__


def gradient(output, function, wrt):
    """Value and gradient of a scalar, by reverse mode."""

    def workload(inputs, _):
        fixed = {name: value for name, value in inputs.items() if name not in wrt}
        leaves = {name: inputs[name] for name in wrt}

        def derived(leaves, fixed):
            value, gradients = jax.value_and_grad(lambda leaves: function(**leaves, **fixed))(leaves)
            return {output: value, **{f"{output}/{n}": g for n, g in gradients.items()}}

        return derived, (leaves, fixed)

    return workload


def bundle(inputs, _):
    errors = jax.vmap(jax.jacrev(models.reprojection, argnums=(0, 1, 2), has_aux=True))

    def derived(cameras, points, weights, features):
        observation = jnp.arange(len(weights))
        cams, pts = cameras[observation % len(cameras)], points[observation % len(points)]
        by_input, error = errors(cams, pts, weights, features)
        return {
            "error": error,
            **{f"error/{name}": block for name, block in zip(("cameras", "points", "weights"), by_input)},
            "weight_error": 1 - weights**2,
            "weight_error/weights": -2 * weights,
        }

    return derived, (inputs["cameras"], inputs["points"], inputs["weights"], inputs["features"])


def hand(inputs, _):
    theta = inputs.pop("theta")

    def derived(theta, model):
        derivative, error = jax.jacfwd(partial(models.hand, **model), has_aux=True)(theta)
        return {"error": error, "error/theta": derivative}

    return derived, (theta, inputs)


def logistic_hessian(inputs, _):
    w = inputs.pop("w")
    return lambda w, data: {"loss/w/w": jax.hessian(lambda w: models.logistic(w, **data))(w)}, (w, inputs)


def training(inputs, options):
    data = {name: inputs.pop(name) for name in ("X", "Y")}

    def trained(params, data):
        def step(params, _):
            slopes = jax.grad(lambda params: models.network(**data, **params))(params)
            return jax.tree.map(lambda param, slope: param - options["rate"] * slope, params, slopes), None

        return jax.lax.scan(step, params, length=options["steps"])[0]

    return trained, (inputs, data)


def chain(inputs, options):
    return gradient("y", partial(models.chain, count=options["count"]), ("x0", "p", "q"))(inputs, {})


workloads = {
    "gmm": gradient("L", models.gmm, ("alpha", "mu", "q", "l")),
    "lstm": gradient("loss", models.lstm, ("main", "extra")),
    "bundle": bundle,
    "hand": hand,
    "chain": chain,
    "exp_sin": gradient("y", lambda x: jnp.exp(jnp.sin(x)).sum(), ("x",)),
    "softplus_product": gradient("y", lambda A, x: jnp.log1p(jnp.exp(A @ x)).sum(), ("x",)),
    "matrix_product": gradient("y", lambda A, X, B: jnp.linalg.norm(A @ X @ B) ** 2, ("A", "X", "B")),
    "logistic_hessian": logistic_hessian,
    "training": training,
}


def prepare(workload, inputs, options):
    arrays = {name: jnp.asarray(value) for name, value in inputs.items()}
    function, arguments = workloads[workload](arrays, options)
    derived = jax.jit(function) if options["jit"] else function
    return lambda: jax.block_until_ready(derived(*arguments))
