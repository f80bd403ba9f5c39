"""NumPy with derivatives by hand: what whole-array code without a differentiator takes, and its BLAS called directly."""

import numpy as np

version = np.__version__


def exp_sin(x):
    y = np.exp(np.sin(x))
    return {"y": y.sum(), "y/x": y * np.cos(x)}


def softplus_product(A, x):
    e = np.exp(A @ x)
    return {"y": np.log1p(e).sum(), "y/x": (e / (1 + e)) @ A}


def matrix_product(A, X, B):
    P = A @ X
    R = P @ B
    G = 2 * R
    H = G @ B.T
    return {"y": np.linalg.norm(R) ** 2, "y/A": H @ X.T, "y/X": A.T @ H, "y/B": P.T @ G}


def logistic_hessian(w, X, y):
    p = 1 / (1 + np.exp(-(X @ w)))
    return {"loss/w/w": (X.T * (p * (1 - p))) @ X}


workloads = {
    "exp_sin": exp_sin,
    "softplus_product": softplus_product,
    "matrix_product": matrix_product,
    "logistic_hessian": logistic_hessian,
}


def prepare(workload, inputs, _):
    arrays = {name: value.copy() for name, value in inputs.items()}
    return lambda: workloads[workload](**arrays)
