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
    },
    2: {
        "default": [[-2.5, 1.5], [0.3, 2.0], [1.25, -0.75]],
        "power": [[0.3, 2.5], [2.0, -1.5], [1.5, 3.0], [4.0, 0.5]],
        "wide": [[-30.0, 2.0], [0.5, 0.25], [40.0, 41.0]],
        "mod": [[5.3, 2.0], [-5.3, 2.0], [5.3, -2.0]],
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
    "softplus": ("wide", lambda x: m.log(1 + m.exp(x))),
    "relu": ("default", lambda x: x if x > 0 else mpf(0)),
    "sin": ("wide", m.sin),
    "cos": ("wide", m.cos),
    "tan": ("default", m.tan),
    "arcsin": ("unit", m.asin),
    "arccos": ("unit", m.acos),
    "arctan": ("wide", m.atan),
    "sinh": ("wide", m.sinh),
    "cosh": ("wide", m.cosh),
    "tanh": ("wide", m.tanh),
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
}


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
    points = POINTS[2].get(which) if name in ("add", "sub", "mul", "div", "pow", "hypot", "maximum", "minimum", "arctan2", "logaddexp", "mod") else POINTS[1][which]
    table[name] = list(rows(f, points))

target = pathlib.Path(__file__).with_name("reference.json")
target.write_text("{\n" + ",\n".join(f' "{k}": {json.dumps(v)}' for k, v in table.items()) + "\n}\n")
