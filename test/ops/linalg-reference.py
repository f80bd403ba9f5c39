"""Writes linalg-reference.json: values of linear algebra from NumPy, matrix exponentials from series of 40 digits.

Run: python3 test/ops/linalg-reference.py  (needs NumPy and mpmath)
"""
import json
from pathlib import Path

import mpmath
import numpy as np

random = np.random.default_rng(20240607)
cases = []


def case(text, f, **shapes):
    values = {name: np.round(random.uniform(-3, 3, shape), 3) for name, shape in shapes.items()}
    add(text, f, values)


def add(text, f, values):
    expected = f(*values.values())
    inputs = {name: np.asarray(value).tolist() for name, value in values.items()}
    cases.append({"text": text, "inputs": inputs, "expected": np.asarray(expected).tolist()})


def einsum(subscripts, **shapes):
    names = ", ".join(shapes)
    case(f'einsum("{subscripts}", {names})', lambda *values: np.einsum(subscripts, *values), **shapes)


def symmetric(x):
    return (x + np.swapaxes(x, -1, -2)) / 2


def positive(v):
    """The sign that makes the largest element of each column positive."""
    largest = np.take_along_axis(v, np.abs(v).argmax(axis=-2, keepdims=True), -2)
    return np.where(largest < 0, -1.0, 1.0)


def eigh(x):
    w, v = np.linalg.eigh(symmetric(x))
    return w, v * positive(v)


def svd(x):
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    sign = positive(u)
    return u * sign, s, np.swapaxes(sign, -1, -2) * vh


def expm(x):
    mpmath.mp.dps = 40
    flat = x.reshape(-1, *x.shape[-2:])
    return np.array([np.array(mpmath.expm(mpmath.matrix(m), method="taylor").tolist(), dtype=float) for m in flat]).reshape(x.shape)


einsum("ij,jk", x=(2, 3), y=(3, 4))
einsum("ij,jk->ki", x=(2, 3), y=(3, 4))
einsum("ba", x=(2, 3))
einsum("bA", x=(2, 3))
einsum("i,j", x=(2,), y=(3,))
einsum("i,i", x=(3,), y=(3,))
einsum("i,i->i", x=(1,), y=(3,))
einsum("ij,ij->", x=(2, 1), y=(2, 3))
einsum("ij,jk->ik", x=(2, 1), y=(3, 2))
einsum("iij->j", x=(3, 3, 2))
einsum("iji->ij", x=(3, 2, 3))
einsum("iii", x=(3, 3, 3))
einsum("...ij,...jk->...ik", x=(2, 1, 2, 3), y=(4, 3, 2))
einsum("...a,...b->ab...", x=(2, 3), y=(2, 4))
einsum("...", x=(2, 3))
einsum("...ii", x=(4, 2, 2))
einsum("i...->...", x=(2, 3))
einsum("i...,i...", x=(2, 3), y=(2, 3))
einsum("i...j->j...", x=(2, 3, 4))
einsum("ij,jk,kl->il", x=(2, 3), y=(3, 4), z=(4, 2))
einsum("i,j,k->kji", x=(2,), y=(3,), z=(2,))
einsum("bi,bj,bk->ijk", x=(2, 2), y=(2, 3), z=(2, 2))
einsum("ij,kl->", x=(2, 3), y=(3, 2))
einsum(" i j , j k ", x=(2, 3), y=(3, 2))
einsum(",ij->ji", x=(), y=(2, 3))
einsum("", x=())
einsum("ijk,ilm,njm,nlk->", w=(2, 3, 4), x=(2, 2, 3), y=(3, 3, 3), z=(3, 2, 4))
einsum("ij->", x=(2, 0))
einsum("ij,kj", x=(2, 0), y=(3, 0))

case("tensordot(x, y)", np.tensordot, x=(2, 3, 4), y=(3, 4, 2))
case("tensordot(x, y, 1)", lambda x, y: np.tensordot(x, y, 1), x=(2, 3), y=(3, 4, 2))
case("tensordot(x, y, axes=0)", lambda x, y: np.tensordot(x, y, 0), x=(2,), y=(3, 2))
case("tensordot(x, y, ([0, 1], [1, 0]))", lambda x, y: np.tensordot(x, y, ([0, 1], [1, 0])), x=(2, 3, 4), y=(3, 2, 2))
case("tensordot(x, y, [1, 0])", lambda x, y: np.tensordot(x, y, [1, 0]), x=(2, 3), y=(3, 2))
case("tensordot(x, y, ((-1), (0)))", lambda x, y: np.tensordot(x, y, (-1, 0)), x=(2, 3), y=(3, 2))
case("kron(x, y)", np.kron, x=(2, 3), y=(3, 2))
case("kron(x, y)", np.kron, x=(2,), y=(3, 2, 2))
case("kron(x, y)", np.kron, x=(2, 1, 3), y=(2, 2))
case("kron(x, y)", np.kron, x=(), y=(2,))
for k in (-4, -1, 0, 2, 5):
    case(f"diag(x, {k})", lambda x: np.diag(x, k), x=(3,))
    case(f"diag(x, {k})", lambda x: np.diag(x, k), x=(3, 4))
    case(f"tril(x, {k})", lambda x: np.tril(x, k), x=(2, 3, 4))
    case(f"triu(x, {k})", lambda x: np.triu(x, k), x=(4, 3))

for shape in ((1, 1), (2, 2), (5, 5), (2, 3, 3), (2, 1, 2, 2)):
    case("det(x)", np.linalg.det, x=shape)
    case("slogdet(x)[0]", lambda x: np.linalg.slogdet(x)[0], x=shape)
    case("slogdet(x)[1]", lambda x: np.linalg.slogdet(x)[1], x=shape)
    case("inv(x)", np.linalg.inv, x=shape)
    case("eigvalsh(x)", lambda x: np.linalg.eigvalsh(symmetric(x)), x=shape)
    case("eigh(x)[0]", lambda x: eigh(x)[0], x=shape)
    case("eigh(x)[1]", lambda x: eigh(x)[1], x=shape)
    case("expm(x)", expm, x=shape)
add("det(x)", np.linalg.det, {"x": np.zeros((3, 3))})
add("slogdet(x)[0]", lambda x: 0, {"x": np.ones((2, 2))})
case("expm(x / 1000)", lambda x: expm(x / 1000), x=(3, 3))
case("expm(x / 40)", lambda x: expm(x / 40), x=(3, 3))
case("expm(x / 10)", lambda x: expm(x / 10), x=(3, 3))
case("expm(x / 4)", lambda x: expm(x / 4), x=(3, 3))
case("expm(5 * x)", lambda x: expm(5 * x), x=(4, 4))

case("solve(x, y)", np.linalg.solve, x=(3, 3), y=(3,))
case("solve(x, y)", np.linalg.solve, x=(3, 3), y=(3, 2))
case("solve(x, y)", np.linalg.solve, x=(2, 3, 3), y=(3,))
case("solve(x, y)", np.linalg.solve, x=(2, 3, 3), y=(3, 2))
case("solve(x, y)", np.linalg.solve, x=(3, 3), y=(2, 3, 2))
case("solve(x, y)", np.linalg.solve, x=(4, 1, 2, 2), y=(3, 2, 5))
for shape in ((1, 1), (4, 4), (2, 3, 3)):
    n = shape[-1]
    case(f"cholesky(x @ einsum('...ij->...ji', x) + eye({n}))", lambda x: np.linalg.cholesky(x @ np.swapaxes(x, -1, -2) + np.eye(n)), x=shape)
for shape in ((4, 2), (2, 4), (3, 3), (1, 3), (3, 1), (2, 3, 2), (2, 2, 3)):
    for i in range(2):
        case(f"qr(x)[{i}]", lambda x: np.linalg.qr(x)[i], x=shape)
    for i in range(3):
        case(f"svd(x)[{i}]", lambda x: svd(x)[i], x=shape)

Path(__file__).with_name("linalg-reference.json").write_text(
    "[\n" + ",\n".join("  " + json.dumps(c) for c in cases) + "\n]\n"
)
