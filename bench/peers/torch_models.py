"""The models of the workloads in PyTorch."""

import math

import torch
from torch.nn.functional import pad


def gmm(alpha, mu, q, l, x, gamma, m):
    (n, d), k = x.shape, len(alpha)
    columns, rows = torch.triu_indices(d, d, 1)
    Q = torch.diag_embed(torch.exp(q))
    Q[:, rows, columns] = l
    z = (x @ Q.reshape(k * d, d).T).reshape(n, k, d) - torch.einsum("kab,kb->ka", Q, mu)
    total = q.sum(1)
    score = alpha + total - 0.5 * (z**2).sum(2)
    likelihood = torch.logsumexp(score, 1).sum() - n * torch.logsumexp(alpha, 0) - 0.5 * n * d * math.log(2 * math.pi)
    nu = d + m + 1
    log_gamma = 0.25 * d * (d - 1) * math.log(math.pi) + torch.lgamma((nu - torch.arange(d)) / 2).sum()
    C = nu * d * (torch.log(gamma) - 0.5 * math.log(2)) - log_gamma
    prior = 0.5 * gamma**2 * (torch.exp(2 * q).sum() + (l**2).sum()) - m * total.sum() - k * C
    return likelihood + prior


def lstm(main, extra, state, seq):
    b = seq.shape[1]
    layers = main.reshape(-1, 2, 4, b)
    states = [(h, c) for h, c in state.reshape(-1, 2, b)]
    tops = []
    for x in seq[:-1] * extra[0]:
        for i, (weight, bias) in enumerate(layers):
            h, c = states[i]
            gates = torch.stack((x, h, x, h)) * weight + bias
            forget, admit, emit = torch.sigmoid(gates[:3])
            c = c * forget + admit * torch.tanh(gates[3])
            x = emit * torch.tanh(c)
            states[i] = (x, c)
        tops.append(x)
    y = torch.stack(tops) * extra[1] + extra[2]
    norm = torch.log(2 + torch.exp(y).sum(1, keepdim=True))
    return -(seq[1:] * (y - norm)).mean()


def rotate(r, v):
    """v about r by the angle |r|, which is not 0 in the data."""
    angle = torch.sqrt((r * r).sum())
    axis = r / angle
    cosine = torch.cos(angle)
    return v * cosine + torch.linalg.cross(axis, v) * torch.sin(angle) + axis * (axis @ v) * (1 - cosine)


def reprojection(camera, point, weight, feature):
    r, center, f, u0, kappa = camera[:3], camera[3:6], camera[6], camera[7:9], camera[9:]
    y = rotate(r, point - center)
    u = y[:2] / y[2]
    d2 = (u * u).sum()
    return (error := weight * (f * u * (1 + kappa[0] * d2 + kappa[1] * d2**2) + u0 - feature)), error


def rotations(angles, axis):
    """Rotations of homogeneous points about the z axis (0) or the x axis (1) by each of the angles."""
    one, zero = torch.ones_like(angles), torch.zeros_like(angles)
    c, s = torch.cos(angles), torch.sin(angles)
    flat = (
        (c, -s, zero, zero, s, c, zero, zero, zero, zero, one, zero, zero, zero, zero, one)
        if axis == 0
        else (one, zero, zero, zero, zero, c, -s, zero, zero, s, c, zero, zero, zero, zero, one)
    )
    return torch.stack(flat, -1).reshape(*angles.shape, 4, 4)


def hand(theta, points, positions, weights, base_relatives, inverse_base_absolutes):
    """All five fingers at once: a level of bones after the other, from the palm on."""
    angles = theta[6:].reshape(5, 4)
    bend = pad(angles[:, [0, 2, 3]], (1, 0))
    spread = pad(angles[:, 1:2], (1, 2))
    fingers = base_relatives[1:21].reshape(5, 4, 4, 4) @ rotations(spread, 0) @ rotations(bend, 1)
    palm = base_relatives[0]
    levels, before = [], palm
    for level in range(4):
        before = before @ fingers[:, level]
        levels.append(before)
    bones = torch.stack(levels, 1).reshape(20, 4, 4)
    absolute = torch.cat((palm[None], bones, (palm @ base_relatives[21])[None]))
    moved = torch.einsum("bij,cj->cbi", absolute @ inverse_base_absolutes, positions)
    vertices = torch.einsum("cb,cbi->ci", weights, moved)[:, :3]
    turned = torch.func.vmap(rotate, in_dims=(None, 0))(theta[:3], vertices)
    return (error := points - (turned + theta[3:6])), error


def logistic(w, X, y):
    score = X @ w
    return (torch.nn.functional.softplus(score, threshold=torch.inf) - y * score).sum()


def network(X, Y, W1, b1, W2, b2):
    scores = torch.tanh(X @ W1 + b1) @ W2 + b2
    return (torch.logsumexp(scores, 1) - (Y * scores).sum(1)).mean()


def chain(x0, p, q, count):
    before, x = x0, x0
    for i in range(1, count + 1):
        kind = i % 4
        following = x * p if kind == 0 else x + q if kind == 1 else x - before if kind == 2 else x * before
        before, x = x, following
    return x
