"""CasADi: symbolic graphs of scalars (SX), mapped over rows where there are many, run by its virtual machine."""

import casadi as ca
import numpy as np

import casadi_models as models

version = ca.__version__


def runner(function, arguments, shapes):
    """Runs a function; its results, column-major as CasADi keeps them, get their shapes when they are asked for."""
    names = function.name_out()
    numbers = [ca.DM(argument) for argument in arguments]

    def call():
        results = function.call(numbers)
        return {name.replace("__", "/"): Rows(result, shape) for name, result, shape in zip(names, results, shapes)}

    return call


class Rows:
    """A result whose columns are the rows of a tensor."""

    def __init__(self, matrix, shape):
        self.matrix, self.shape = matrix, shape

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.matrix.full().T.reshape(self.shape), dtype=dtype)


def gradient(output, value, symbols, inputs):
    """Symbols hold tensors as columns of rows: the transpose of what NumPy has."""
    wrt = list(symbols)
    slopes = [ca.gradient(value, symbols[name]) for name in wrt]
    function = ca.Function(
        "derived", [*symbols.values()], [value, *slopes], [*wrt], [output, *[f"{output}__{name}" for name in wrt]]
    )
    shapes = [(), *[inputs[name].shape for name in wrt]]
    return runner(function, [np.atleast_2d(inputs[name]).T for name in wrt], shapes)


def gmm(inputs, _):
    wrt = ("alpha", "mu", "q", "l")
    symbols = {name: ca.MX.sym(name, *np.atleast_2d(inputs[name]).T.shape) for name in wrt}
    return gradient("L", models.gmm(**symbols, **{n: v for n, v in inputs.items() if n not in wrt}), symbols, inputs)


def lstm(inputs, _):
    symbols = {name: ca.MX.sym(name, *inputs[name].T.shape) for name in ("main", "extra")}
    return gradient("loss", models.lstm(**symbols, state=inputs["state"], seq=inputs["seq"]), symbols, inputs)


def bundle(inputs, _):
    p = len(inputs["weights"])
    symbols = [ca.SX.sym("camera", 11), ca.SX.sym("point", 3), ca.SX.sym("weight"), ca.SX.sym("feature", 2)]
    error = models.reprojection(*symbols)
    weight = symbols[2]
    # One column an observation: each block row by row.
    blocks = [ca.vec(ca.jacobian(error, symbol).T) for symbol in symbols[:3]]
    names = ["error", "error__cameras", "error__points", "error__weights", "weight_error", "weight_error__weights"]
    each = ca.Function("each", symbols, [error, *map(ca.densify, blocks), 1 - weight**2, -2 * weight], list("cpwf"), names)
    shapes = [(p, 2), (p, 2, 11), (p, 2, 3), (p, 2), (p,), (p,)]
    observation = np.arange(p)
    cameras = inputs["cameras"][observation % len(inputs["cameras"])]
    points = inputs["points"][observation % len(inputs["points"])]
    arguments = [cameras.T, points.T, inputs["weights"][None], inputs["features"].T]
    return runner(each.map(p), arguments, shapes)


def hand(inputs, _):
    theta = ca.SX.sym("theta", 26)
    error = ca.vertcat(*models.hand(theta, **{n: v for n, v in inputs.items() if n != "theta"}))
    jacobian = ca.densify(ca.jacobian(error, theta).T)
    function = ca.Function("derived", [theta], [error, jacobian], ["theta"], ["error", "error__theta"])
    c = len(inputs["points"])
    return runner(function, [inputs["theta"]], [(c, 3), (c, 3, 26)])


def logistic_hessian(inputs, _):
    w = ca.MX.sym("w", len(inputs["w"]))
    score = ca.DM(inputs["X"]) @ w
    loss = ca.sum1(ca.log1p(ca.exp(score)) - ca.DM(inputs["y"]) * score)
    function = ca.Function("derived", [w], [ca.densify(ca.hessian(loss, w)[0])], ["w"], ["loss__w__w"])
    return runner(function, [inputs["w"]], [(len(inputs["w"]),) * 2])


def chain(inputs, options):
    symbols = {name: ca.SX.sym(name) for name in ("x0", "p", "q")}
    return gradient("y", models.chain(**symbols, count=options["count"]), symbols, inputs)


workloads = {
    "gmm": gmm,
    "lstm": lstm,
    "bundle": bundle,
    "hand": hand,
    "logistic_hessian": logistic_hessian,
    "chain": chain,
}


def prepare(workload, inputs, options):
    return workloads[workload](inputs, options)
