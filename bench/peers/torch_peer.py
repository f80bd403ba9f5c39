"""PyTorch, eager, on one thread: derivatives of every workload as its users take them."""

import torch

import torch_models as models

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
version = torch.__version__


def gradient(output, function, wrt):
    """Value and gradient of a scalar, by reverse mode."""

    def workload(inputs, _):
        leaves = {name: inputs[name].clone().requires_grad_() for name in wrt}
        arguments = {**inputs, **leaves}

        def call():
            value = function(**arguments)
            gradients = torch.autograd.grad(value, tuple(leaves.values()))
            return {output: value.detach(), **{f"{output}/{n}": g for n, g in zip(wrt, gradients)}}

        return call

    return workload


def bundle(inputs, _):
    cameras, points = inputs["cameras"], inputs["points"]
    observation = torch.arange(len(inputs["weights"]))
    errors = torch.func.vmap(torch.func.jacrev(models.reprojection, argnums=(0, 1, 2), has_aux=True))

    def call():
        weights = inputs["weights"]
        cams, pts = cameras[observation % len(cameras)], points[observation % len(points)]
        by_input, error = errors(cams, pts, weights, inputs["features"])
        return {
            "error": error,
            **{f"error/{name}": block for name, block in zip(("cameras", "points", "weights"), by_input)},
            "weight_error": 1 - weights**2,
            "weight_error/weights": -2 * weights,
        }

    return call


def hand(inputs, _):
    theta = inputs.pop("theta")
    jacobian = torch.func.jacfwd(lambda theta: models.hand(theta, **inputs), has_aux=True)

    def call():
        derivative, error = jacobian(theta)
        return {"error": error, "error/theta": derivative}

    return call


def logistic_hessian(inputs, _):
    w = inputs.pop("w")
    hessian = torch.func.hessian(lambda w: models.logistic(w=w, **inputs))
    return lambda: {"loss/w/w": hessian(w)}


def training(inputs, options):
    names = ("W1", "b1", "W2", "b2")
    data = {name: inputs[name] for name in ("X", "Y")}

    def call():
        params = [inputs[name].clone().requires_grad_() for name in names]
        for _ in range(options["steps"]):
            loss = models.network(**data, **dict(zip(names, params)))
            gradients = torch.autograd.grad(loss, params)
            with torch.no_grad():
                for param, slope in zip(params, gradients):
                    param -= options["rate"] * slope
        return {name: param.detach() for name, param in zip(names, params)}

    return call


def chain(inputs, options):
    return gradient("y", lambda **start: models.chain(**start, count=options["count"]), ("x0", "p", "q"))(inputs, {})


workloads = {
    "gmm": gradient("L", models.gmm, ("alpha", "mu", "q", "l")),
    "lstm": gradient("loss", models.lstm, ("main", "extra")),
    "bundle": bundle,
    "hand": hand,
    "chain": chain,
    "exp_sin": gradient("y", lambda x: torch.exp(torch.sin(x)).sum(), ("x",)),
    "softplus_product": gradient("y", lambda A, x: torch.log1p(torch.exp(A @ x)).sum(), ("x",)),
    "matrix_product": gradient("y", lambda A, X, B: torch.linalg.norm(A @ X @ B) ** 2, ("A", "X", "B")),
    "logistic_hessian": logistic_hessian,
    "training": training,
}


def prepare(workload, inputs, options):
    return workloads[workload]({name: torch.from_numpy(value.copy()) for name, value in inputs.items()}, options)
