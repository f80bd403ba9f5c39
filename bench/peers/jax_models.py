"""The models of the workloads in JAX."""

import jax
import jax.numpy as jnp
from jax.scipy.special import gammaln, logsumexp


def gmm(alpha, mu, q, l, x, gamma, m):
    (n, d), k = x.shape, len(alpha)
    columns, rows = jnp.triu_indices(d, 1)
    Q = jax.vmap(jnp.diag)(jnp.exp(q)).at[:, rows, columns].set(l)
    z = (x @ Q.reshape(k * d, d).T).reshape(n, k, d) - jnp.einsum("kab,kb->ka", Q, mu)
    total = q.sum(1)
    score = alpha + total - 0.5 * (z**2).sum(2)
    likelihood = logsumexp(score, axis=1).sum() - n * logsumexp(alpha) - 0.5 * n * d * jnp.log(2 * jnp.pi)
    nu = d + m + 1
    log_gamma = 0.25 * d * (d - 1) * jnp.log(jnp.pi) + gammaln((nu - jnp.arange(d)) / 2).sum()
    C = nu * d * (jnp.log(gamma) - 0.5 * jnp.log(2)) - log_gamma
    prior = 0.5 * gamma**2 * (jnp.exp(2 * q).sum() + (l**2).sum()) - m * total.sum() - k * C
    return likelihood + prior


def lstm(main, extra, state, seq):
    b = seq.shape[1]
    layers = main.reshape(-1, 2, 4, b)

    def step(states, x):
        after = []
        for (weight, bias), (h, c) in zip(layers, states):
            gates = jnp.stack((x, h, x, h)) * weight + bias
            forget, admit, emit = jax.nn.sigmoid(gates[:3])
            c = c * forget + admit * jnp.tanh(gates[3])
            x = emit * jnp.tanh(c)
            after.append(jnp.stack((x, c)))
        return jnp.stack(after), x

    tops = jax.lax.scan(step, state.reshape(-1, 2, b), seq[:-1] * extra[0])[1]
    y = tops * extra[1] + extra[2]
    norm = jnp.log(2 + jnp.exp(y).sum(1, keepdims=True))
    return -(seq[1:] * (y - norm)).mean()


def rotate(r, v):
    """v about r by the angle |r|, which is not 0 in the data."""
    angle = jnp.sqrt(r @ r)
    axis = r / angle
    cosine = jnp.cos(angle)
    return v * cosine + jnp.cross(axis, v) * jnp.sin(angle) + axis * (axis @ v) * (1 - cosine)


def reprojection(camera, point, weight, feature):
    r, center, f, u0, kappa = camera[:3], camera[3:6], camera[6], camera[7:9], camera[9:]
    y = rotate(r, point - center)
    u = y[:2] / y[2]
    d2 = u @ u
    return (error := weight * (f * u * (1 + kappa[0] * d2 + kappa[1] * d2**2) + u0 - feature)), error


def rotations(angles, axis):
    """Rotations of homogeneous points about the z axis (0) or the x axis (1) by each of the angles."""
    one, zero = jnp.ones_like(angles), jnp.zeros_like(angles)
    c, s = jnp.cos(angles), jnp.sin(angles)
    flat = (
        (c, -s, zero, zero, s, c, zero, zero, zero, zero, one, zero, zero, zero, zero, one)
        if axis == 0
        else (one, zero, zero, zero, zero, c, -s, zero, zero, s, c, zero, zero, zero, zero, one)
    )
    return jnp.stack(flat, -1).reshape(*angles.shape, 4, 4)


def hand(theta, points, positions, weights, base_relatives, inverse_base_absolutes):
    """All five fingers at once: a level of bones after the other, from the palm on."""
    angles = theta[6:].reshape(5, 4)
    bend = jnp.pad(angles[:, jnp.array([0, 2, 3])], ((0, 0), (1, 0)))
    spread = jnp.pad(angles[:, 1:2], ((0, 0), (1, 2)))
    fingers = base_relatives[1:21].reshape(5, 4, 4, 4) @ rotations(spread, 0) @ rotations(bend, 1)
    palm = base_relatives[0]
    levels, before = [], palm
    for level in range(4):
        before = before @ fingers[:, level]
        levels.append(before)
    bones = jnp.stack(levels, 1).reshape(20, 4, 4)
    absolute = jnp.concatenate((palm[None], bones, (palm @ base_relatives[21])[None]))
    moved = jnp.einsum("bij,cj->cbi", absolute @ inverse_base_absolutes, positions)
    vertices = jnp.einsum("cb,cbi->ci", weights, moved)[:, :3]
    turned = jax.vmap(rotate, in_axes=(None, 0))(theta[:3], vertices)
    return (error := points - (turned + theta[3:6])), error


def logistic(w, X, y):
    score = X @ w
    return (jax.nn.softplus(score) - y * score).sum()


def network(X, Y, W1, b1, W2, b2):
    scores = jnp.tanh(X @ W1 + b1) @ W2 + b2
    return (logsumexp(scores, axis=1) - (Y * scores).sum(1)).mean()


def chain(x0, p, q, count):
    before, x = x0, x0
    for i in range(1, count + 1):
        kind = i % 4
        following = x * p if kind == 0 else x + q if kind == 1 else x - before if kind == 2 else x * before
        before, x = x, following
    return x
