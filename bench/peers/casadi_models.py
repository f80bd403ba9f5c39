"""The models of the workloads in CasADi, where a tensor's rows are the columns of a matrix."""

import math

import casadi as ca
import numpy as np


def gmm(alpha, mu, q, l, x, gamma, m):
    (n, d), k = x.shape, alpha.shape[0]
    gamma, m = float(gamma), float(m)
    scores = point_scores(d, k).map(n)(ca.DM(x.T), alpha, mu, q, l)
    likelihood = ca.sum2(rowwise_logsumexp(k).map(n)(scores))
    total = ca.sum1(ca.sum2(q))
    likelihood += -n * ca.logsumexp(alpha) - 0.5 * n * d * math.log(2 * math.pi)
    nu = d + m + 1
    log_gamma = 0.25 * d * (d - 1) * math.log(math.pi) + sum(math.lgamma((nu - j) / 2) for j in range(d))
    C = nu * d * (math.log(gamma) - 0.5 * math.log(2)) - log_gamma
    return likelihood + 0.5 * gamma**2 * (ca.sumsqr(ca.exp(q)) + ca.sumsqr(l)) - m * total - k * C


def point_scores(d, k):
    x, alpha = ca.SX.sym("x", d), ca.SX.sym("alpha", k)
    mu, q, l = ca.SX.sym("mu", d, k), ca.SX.sym("q", d, k), ca.SX.sym("l", d * (d - 1) // 2, k)
    columns, rows = np.triu_indices(d, 1)
    scores = []
    for j in range(k):
        Q = ca.SX(d, d)
        for a in range(d):
            Q[a, a] = ca.exp(q[a, j])
        for place, (a, b) in enumerate(zip(rows, columns)):
            Q[int(a), int(b)] = l[place, j]
        scores.append(alpha[j] + ca.sum1(q[:, j]) - 0.5 * ca.sumsqr(Q @ (x - mu[:, j])))
    return ca.Function("scores", [x, alpha, mu, q, l], [ca.vertcat(*scores)])


def rowwise_logsumexp(k):
    s = ca.SX.sym("s", k)
    most = ca.mmax(s)
    return ca.Function("lse", [s], [most + ca.log(ca.sum1(ca.exp(s - most)))])


def lstm(main, extra, state, seq):
    (c, b), layers = seq.shape, len(state) // 2
    states, x = ca.SX.sym("states", b, 2 * layers), ca.SX.sym("x", b)
    gates, weights = ca.SX.sym("main", 4 * b, 2 * layers), ca.SX.sym("extra", b, 3)
    target = ca.SX.sym("target", b)
    after, top = [], x * weights[:, 0]
    for i in range(layers):
        h, cell = states[:, 2 * i], states[:, 2 * i + 1]
        pre = ca.vertcat(top, h, top, h) * gates[:, 2 * i] + gates[:, 2 * i + 1]
        forget, admit, emit = (1 / (1 + ca.exp(-pre[g * b : (g + 1) * b])) for g in range(3))
        cell = cell * forget + admit * ca.tanh(pre[3 * b :])
        top = emit * ca.tanh(cell)
        after += [top, cell]
    y = top * weights[:, 1] + weights[:, 2]
    term = ca.dot(target, y - ca.log(2 + ca.sum1(ca.exp(y))))
    step = ca.Function("step", [states, x, target, gates, weights], [ca.horzcat(*after), term])
    run = step.mapaccum("run", c - 1)
    terms = run(ca.DM(state.T), ca.DM(seq[:-1].T), ca.DM(seq[1:].T), *(ca.repmat(m, 1, c - 1) for m in (main, extra)))[1]
    return -ca.sum2(terms) / ((c - 1) * b)


def rotate(r, v):
    """v about r by the angle |r|, which is not 0 in the data."""
    angle = ca.norm_2(r)
    axis = r / angle
    cosine = ca.cos(angle)
    return v * cosine + ca.cross(axis, v) * ca.sin(angle) + axis * ca.dot(axis, v) * (1 - cosine)


def reprojection(camera, point, weight, feature):
    y = rotate(camera[:3], point - camera[3:6])
    u = y[:2] / y[2]
    d2 = ca.sumsqr(u)
    return weight * (camera[6] * u * (1 + camera[9] * d2 + camera[10] * d2**2) + camera[7:9] - feature)


def rotation(angle, axis):
    """Of homogeneous points about the z axis (0) or the x axis (1)."""
    c, s = ca.cos(angle), ca.sin(angle)
    turn = ca.vertcat(ca.horzcat(c, -s), ca.horzcat(s, c))
    return ca.diagcat(turn, ca.SX.eye(2)) if axis == 0 else ca.diagcat(1, turn, 1)


def hand(theta, points, positions, weights, base_relatives, inverse_base_absolutes):
    palm = ca.SX(base_relatives[0])
    absolute = [palm]
    for finger in range(5):
        before = palm
        first, spread, *others = (theta[6 + 4 * finger + i] for i in range(4))
        for level, bend in enumerate((0, first, *others)):
            before = before @ base_relatives[1 + 4 * finger + level]
            if level == 1:
                before = before @ rotation(spread, 0)
            if level > 0:
                before = before @ rotation(bend, 1)
            absolute.append(before)
    absolute.append(palm @ base_relatives[21])
    bones = [bone @ inverse for bone, inverse in zip(absolute, inverse_base_absolutes)]
    errors = []
    for point, position, weight in zip(points, positions, weights):
        blend = sum((w * bone for w, bone in zip(weight, bones) if w != 0), ca.SX(4, 4))
        errors.append(point - (rotate(theta[:3], (blend @ position)[:3]) + theta[3:6]))
    return errors


def chain(x0, p, q, count):
    before, x = x0, x0
    for i in range(1, count + 1):
        kind = i % 4
        following = x * p if kind == 0 else x + q if kind == 1 else x - before if kind == 2 else x * before
        before, x = x, following
    return x
