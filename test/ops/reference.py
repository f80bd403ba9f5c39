"""Writes test/ops/reference.json: values and partials of the elementwise operations to 17 digits, computed with
mpmath at 60 digits from their textbook definitions. Run with `python3 test/ops/reference.py` (needs mpmath)."""

import json
import pathlib

from mpmath import diff, mp, mpf
import mpmath as m

mp.dps = 60

POINTS = {
    1: {
        "default": [[-2.5], [-0.75], [0.3], [1.0], [2.75]],
        "positive": [[1e-5], [0.3], [1.0], [2.75], [1e5]],
        "unit": [[-0.95], [-0.3], [1e-5], [0.5], [0.999]],
        "above_one": [[1.001], [1.5], [3.0], [1e5]],
        "wide": [[-30.0], [-3.0], [-1e-5], [0.7], [3.0], [30.0]],
        "around": [[0.2], [0.8], [-1.3]],
        "error": [[-5.5], [-1.25], [-0.4], [1e-8], [0.49], [0.51], [1.0], [2.4], [2.6], [5.0]],
        "tail": [[-6.0], [-0.6], [0.25], [0.7], [2.0], [3.0], [8.0], [15.5], [25.0]],
        "bell": [[-35.0], [-8.3], [-1.3], [0.3], [1.0], [2.75], [8.0]],
        # Away from the zero of the derivative, where any formula cancels.
        "activation": [[-20.0], [-5.0], [-2.5], [0.3], [1.0], [2.75], [10.0]],
        "gamma": [
            [-7.3], [-0.5], [1e-10], [0.01], [0.3], [0.74], [0.76], [0.999999], [1.24], [1.26], [1.5], [1.74], [1.99999],
            [2.00001], [2.5], [2.99], [3.01], [7.7], [11.9], [12.1], [50.5], [1e5], [1e15],
        ],
    },
    2: {
        "default": [[-2.5, 1.5], [0.3, 2.0], [1.25, -0.75]],
        "power": [[0.3, 2.5], [2.0, -1.5], [1.5, 3.0], [4.0, 0.5]],
        "wide": [[-30.0, 2.0], [0.5, 0.25], [40.0, 41.0]],
        "order": [[1.0, -7.3], [1.0, 0.01], [1.0, 1.0], [1.0, 2.5], [1.0, 40.0], [2.0, 0.3], [2.0, 15.9], [3.0, 4.5]],
        "slope": [[-2.5, 0.5], [-0.01, 0.25], [1.5, 0.5]],
        "mod": [[5.3, 2.0], [-5.3, 2.0], [5.3, -2.0]],
    },
    3: {
        "shift": [[0.3, 2.5, 1.0], [2.0, 0.1, 1.0], [1e-3, 0.3, 2.0], [4.0, -0.5, 1.0]],
    },
}

OPS = {
    "neg": ("default", lambda x: -x),
    "square": ("default", lambda x: x * x),
    "reciprocal": ("default", lambda x: 1 / x),
    "sqrt": ("positive", m.sqrt),
    "cbrt": ("positive", lambda x: m.cbrt(x)),
    "abs": ("default", abs),
    "exp": ("wide", m.exp),
    "expm1": ("wide", m.expm1),
    "log": ("positive", m.log),
    "log1p": ("positive", lambda x: m.log(1 + x)),
    "log2": ("positive", lambda x: m.log(x) / m.log(2)),
    "log10": ("positive", lambda x: m.log(x) / m.log(10)),
    "sigmoid": ("wide", lambda x: 1 / (1 + m.exp(-x))),
    "sigmoid_slope": ("wide", lambda x: 1 / ((1 + m.exp(-x)) * (1 + m.exp(x)))),
    "softplus": ("wide", lambda x: m.log(1 + m.exp(x))),
    "relu": ("default", lambda x: x if x > 0 else mpf(0)),
    "silu": ("activation", lambda x: x / (1 + m.exp(-x))),
    "gelu": ("activation", lambda x: x * m.erfc(-x / m.sqrt(2)) / 2),
    "leaky_relu": ("slope", lambda x, a: x if x > 0 else a * x),
    "elu": ("slope", lambda x, a: x if x > 0 else a * m.expm1(x)),
    "erf": ("error", m.erf),
    "erfc": ("tail", m.erfc),
    "gammaln": ("gamma", lambda x: m.log(abs(m.gamma(x))) if x < 1000 else m.loggamma(x)),
    "digamma": ("gamma", m.digamma),
    "polygamma": ("order", lambda n, x: m.polygamma(int(m.nint(n)), x)),
    "gaussian": ("tail", lambda x: m.exp(-x * x)),
    "normal_cdf": ("bell", lambda x: m.erfc(-x / m.sqrt(2)) / 2),
    "normal_pdf": ("bell", lambda x: m.exp(-x * x / 2) / m.sqrt(2 * m.pi)),
    "sin": ("wide", m.sin),
    "cos": ("wide", m.cos),
    "tan": ("default", m.tan),
    "arcsin": ("unit", m.asin),
    "arccos": ("unit", m.acos),
    "arctan": ("wide", m.atan),
    "sinh": ("wide", m.sinh),
    "cosh": ("wide", m.cosh),
    "tanh": ("wide", m.tanh),
    "one_minus_square": ("unit", lambda x: 1 - x * x),
    "sech_squared": ("wide", lambda x: 1 / m.cosh(x) ** 2),
    "arcsinh": ("wide", m.asinh),
    "arccosh": ("above_one", m.acosh),
    "arctanh": ("unit", m.atanh),
    "sign": ("default", m.sign),
    "floor": ("around", m.floor),
    "ceil": ("around", m.ceil),
    "round": ("around", m.nint),
    "add": ("default", lambda x, y: x + y),
    "sub": ("default", lambda x, y: x - y),
    "mul": ("default", lambda x, y: x * y),
    "div": ("default", lambda x, y: x / y),
    "pow": ("power", lambda x, y: x**y),
    "hypot": ("default", lambda x, y: m.sqrt(x * x + y * y)),
    "maximum": ("default", max),
    "minimum": ("default", min),
    "arctan2": ("default", m.atan2),
    "logaddexp": ("wide", lambda x, y: m.log(m.exp(x) + m.exp(y))),
    "mod": ("mod", lambda x, y: x - y * m.floor(x / y)),
    "floor_quotient": ("mod", lambda x, y: m.floor(x / y)),
    "sigmoid_of_difference": ("wide", lambda x, y: 1 / (1 + m.exp(y - x))),
    "shifted_power": ("shift", lambda x, y, k: x ** (y - m.nint(k))),
}


BINARY = set(
    "add sub mul div pow hypot maximum minimum arctan2 logaddexp mod leaky_relu elu polygamma "
    "floor_quotient sigmoid_of_difference".split()
)
TERNARY = {"shifted_power"}


def number(x):
    return float(x)


def rows(f, points):
    for point in points:
        args = [mpf(x) for x in point]
        partials = [
            diff(f, tuple(args), tuple(int(i == j) for j in range(len(args)))) if len(args) > 1 else diff(f, args[0])
            for i in range(len(args))
        ]
        yield {"at": point, "value": number(f(*args)), "partials": [number(p) for p in partials]}


table = {}
for name, (which, f) in OPS.items():
    points = POINTS[3 if name in TERNARY else 2 if name in BINARY else 1][which]
    table[name] = list(rows(f, points))

target = pathlib.Path(__file__).with_name("reference.json")
target.write_text("{\n" + ",\n".join(f' "{k}": {json.dumps(v)}' for k, v in table.items()) + "\n}\n")
