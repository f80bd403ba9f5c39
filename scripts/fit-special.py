"""Prints tables of kernels: Chebyshev fits at 60 digits, as polynomials. Run with
`python3 scripts/fit-special.py error > src/engine/kernels/elementwise/error-tables.ts`, likewise for `gamma`, and format
(needs mpmath)."""

import sys

import mpmath as m

m.mp.dps = 60
TARGET = m.mpf(2) ** -58


def fit(name, doc, f, low, high, head=None):
    """
    The shortest polynomial in x - middle whose relative error on [low, high] is below TARGET. `head` takes the leading
    part of the constant coefficient off, which is added last and loses nothing; the polynomial keeps the rest of it.
    """
    middle, half = m.mpf((low + high) / 2), m.mpf(high - low) / 2
    g = lambda u: f(middle + u)
    samples = [half * m.mpf(k) / 40 for k in range(-40, 41) if k % 7 != 3]
    for n in range(8, 40):
        coefficients = m.chebyfit(g, [-half, half], n)
        worst = max(abs(m.polyval(coefficients, u) / g(u) - 1) for u in samples)
        if worst < TARGET:
            break
    less = ""
    if head is not None:
        taken = head(coefficients[-1])
        coefficients[-1] -= taken
        less = f", less {name}Head"
    print(f"/** {doc}, from {low:.4g} to {high:.4g}: the middle, and a polynomial in the distance from it{less}, highest power first. */")
    if head is not None:
        print(f"export const {name}Head: f64 = {float(taken)!r};")
    print(f"export const {name}Middle: f64 = {float(middle)!r};")
    print(f"export const {name}Size: i32 = {n};")
    print(f"export const {name} = numbers([{', '.join(repr(float(c)) for c in coefficients)}]);\n")


def scaled_erfc(x):
    return m.exp(x * x) * m.erfc(x)


def named(name, doc, f, low, high, degree):
    """A polynomial with each coefficient under a name of its own."""
    coefficients = m.chebyfit(f, [low, high], degree + 1)
    for k, c in enumerate(reversed(coefficients)):
        print(f"/** {doc}, the coefficient of q^{k}. */")
        print(f"export const {name}{k}: f64 = {float(c)!r};\n")


def show(name, doc, values):
    print(f"/** {doc} */")
    print(f"export const {name} = table([{', '.join(repr(v) for v in values)}]);\n")


def error_tables():
    print("""// Written by scripts/fit-special.py; what each is used for stands in error-function.ts.
import { table } from "../portable/lane.js";
""")
    named("erfFit", "Of erf(x) / x - 1 in q = x\u00b2, from 0 to 0.25",
          lambda s: (m.erf(m.sqrt(s)) / m.sqrt(s) if s > 1e-30 else 2 / m.sqrt(m.pi)) - 1, 0, 0.25, 9)

    # The intervals of exp(x^2)·erfc(x): 8 to the binade from 1/4 to 32, each with a polynomial in the distance from its middle.
    DEGREE = 11
    centres, rows, worst = [], [], 0
    for j in range(56):
        low = (1 + m.mpf(j % 8) / 8) * m.mpf(2) ** (j // 8 - 2)
        half = m.mpf(2) ** (j // 8 - 2) / 16
        centre = low + half
        coefficients = m.chebyfit(lambda t: scaled_erfc(centre + t), [-half, half], DEGREE + 1)
        samples = [half * m.mpf(k) / 20 for k in range(-20, 21)]
        worst = max(worst, *(abs(m.polyval(coefficients, t) / scaled_erfc(centre + t) - 1) for t in samples))
        centres.append(float(centre))
        rows.append(list(reversed(coefficients)))
    show("erfcCentres", f"The middles of 8 intervals to the binade from 1/4 to 32; the polynomials are good to 2^{float(m.log(worst, 2)):.1f}.", centres)
    for k in range(DEGREE + 1):
        show(f"erfcFit{k}", f"Of exp(x\u00b2)\u00b7erfc(x) around each of them, the coefficients of t^{k}.", [float(row[k]) for row in rows])
    show("erfcFit0Rest", "What the first of these leave out.", [float(row[0] - float(row[0])) for row in rows])


def gamma_tables():
    print("""// Written by scripts/fit-special.py; what each is used for stands in log-gamma.ts, digamma.ts and polygamma.ts.
import { numbers } from "../portable/number.js";
""")
    log_gamma = lambda x: m.log(m.gamma(x))
    near = lambda f, at: (lambda x: f(x) / (x - at) if abs(x - at) > m.mpf(10) ** -40 else m.digamma(at))
    fit("logGammaAtOne", "log \u0393(x) / (x - 1)", near(log_gamma, 1), 0.75, 1.25)
    fit("logGammaBetween", "log \u0393(x)", log_gamma, 1.25, 1.75)
    # Heads of few digits: their products with x - 2 are exact.
    fit("logGammaAtTwo", "log \u0393(x) / (x - 2)", near(log_gamma, 2), 1.75, 2.25, lambda _: m.mpf(0.4375))
    fit("logGammaAboveTwo", "log \u0393(x) / (x - 2)", near(log_gamma, 2), 2.25, 3.0, lambda _: m.mpf(0.5))

    sinc = lambda s: m.sin(m.pi * m.sqrt(s)) / (m.pi * m.sqrt(s))
    curvature = lambda f, limit: (lambda s: (f(s) - 1) / s if s > m.mpf(10) ** -20 else limit)
    fit("sincPi", "(sin(\u03c0x)/(\u03c0x) - 1) / x\u00b2 in x\u00b2", curvature(sinc, -m.pi**2 / 6), 0, 0.0625)
    fit("cosPi", "(cos(\u03c0x) - 1) / x\u00b2 in x\u00b2", curvature(lambda s: m.cos(m.pi * m.sqrt(s)), -m.pi**2 / 2), 0, 0.0625)

    over = lambda f, limit: (lambda s: f(m.sqrt(s)) if s > m.mpf(10) ** -20 else limit)
    fit("cotangent", "(\u03c0·cot(\u03c0x) - 1/x) / x in x\u00b2", over(lambda x: (m.pi * m.cot(m.pi * x) - 1 / x) / x, -m.pi**2 / 3), 0, 0.0625)
    fit("tangent", "(tan(\u03c0x)/(\u03c0x) - 1) / x\u00b2 in x\u00b2", over(lambda x: (m.tan(m.pi * x) / (m.pi * x) - 1) / x**2, m.pi**2 / 3), 0, 0.0625)

    bernoulli = [m.bernoulli(2 * k) for k in range(1, 9)]
    for name, doc, weight in [("gammaSeries", "B_2k / (2k·(2k − 1))", lambda k: 2 * k * (2 * k - 1)), ("digammaSeries", "B_2k / 2k", lambda k: 2 * k), ("bernoulli", "B_2k", lambda k: 1)]:
        print(f"/** {doc} for k = 1 … 8. */")
        print(f"export const {name} = numbers([{', '.join(repr(float(b / weight(k + 1))) for k, b in enumerate(bernoulli))}]);\n")

    root = m.findroot(m.digamma, 1.46)
    head = m.mpf(float(root))
    fit("digammaAtRoot", "\u03c8(x) / (x - root)",
        lambda x: m.digamma(x) / (x - root) if abs(x - root) > m.mpf(10) ** -30 else m.polygamma(1, root), 1.0, 2.0)
    for name, low, high in [("Two", 2.0, 3.0), ("Three", 3.0, 5.0), ("Five", 5.0, 8.0), ("Eight", 8.0, 12.0)]:
        fit(f"digammaAbove{name}", "\u03c8(x)", m.digamma, low, high, lambda c: m.mpf(float(c)))
    print(f"/** The positive zero of \u03c8, as a sum. */")
    print(f"export const digammaRoot: f64 = {float(head)!r};")
    print(f"export const digammaRootRest: f64 = {float(root - head)!r};")


{"error": error_tables, "gamma": gamma_tables}[sys.argv[1]]()
