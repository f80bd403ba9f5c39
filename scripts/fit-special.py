"""Prints src/engine/kernels/special-tables.ts: Chebyshev fits at 60 digits, as polynomials. Run with
`python3 scripts/fit-special.py > src/engine/kernels/special-tables.ts` and format (needs mpmath)."""

import mpmath as m

m.mp.dps = 60
TARGET = m.mpf(2) ** -58


def fit(name, doc, f, low, high):
    """The shortest polynomial in x - middle whose relative error on [low, high] is below TARGET."""
    middle, half = m.mpf((low + high) / 2), m.mpf(high - low) / 2
    g = lambda u: f(middle + u)
    samples = [half * m.mpf(k) / 40 for k in range(-40, 41) if k % 7 != 3]
    for n in range(8, 40):
        coefficients = m.chebyfit(g, [-half, half], n)
        worst = max(abs(m.polyval(coefficients, u) / g(u) - 1) for u in samples)
        if worst < TARGET:
            break
    print(f"/** {doc}, from {low:.4g} to {high:.4g}. */")
    print(f"export const {name}: Fit = {{")
    print(f"  middle: {float(middle)!r},")
    print(f"  coefficients: [{', '.join(repr(float(c)) for c in coefficients)}],")
    print("};\n")


def in_ratio(f, k):
    """A function of t = (x - k) / (x + k)."""
    return lambda t: f(k * (1 + t) / (1 - t))


def scaled_erfc(x):
    return m.exp(x * x) * m.erfc(x)


print("""// Written by scripts/fit-special.py; what each is used for stands in special.ts and gamma.ts.

/** A polynomial in x - middle, highest power first. */
export interface Fit {
  readonly middle: number;
  readonly coefficients: readonly number[];
}

/** Its value at x, by Horner's rule. */
export function evaluateFit({ middle, coefficients }: Fit, x: number): number {
  const u = x - middle;
  let value = 0;
  for (const c of coefficients) value = value * u + c;
  return value;
}

/** Its value at x without the constant term, which can then be added with care. */
export function varyingPart({ middle, coefficients }: Fit, x: number): number {
  const u = x - middle;
  let value = 0;
  for (let i = 0; i < coefficients.length - 1; i++) value = (value + coefficients[i]!) * u;
  return value;
}
""")

ratio = lambda x, k: (x - k) / (x + k)

fit("erfOverX", "erf(x) / x - 1 in x\u00b2", lambda s: (m.erf(m.sqrt(s)) / m.sqrt(s) if s > 0 else 2 / m.sqrt(m.pi)) - 1, 0, 0.25)
for name, low, high, k in [("scaledErfcNear", 0.5, 2.5, 1), ("scaledErfcFar", 2.5, 28, 4)]:
    a, b = float(ratio(low, k)), float(ratio(high, k))
    fit(name, f"exp(x\u00b2)\u00b7erfc(x)\u00b7(1 + 2x) in t = (x - {k}) / (x + {k}) for {low} <= x <= {high}",
        in_ratio(lambda x: scaled_erfc(x) * (1 + 2 * x), k), a, b)

log_gamma = lambda x: m.log(m.gamma(x))
near = lambda f, at: (lambda x: f(x) / (x - at) if abs(x - at) > m.mpf(10) ** -40 else m.digamma(at))
fit("logGammaAtOne", "log \u0393(x) / (x - 1)", near(log_gamma, 1), 0.75, 1.25)
fit("logGammaBetween", "log \u0393(x)", log_gamma, 1.25, 1.75)
fit("logGammaAtTwo", "log \u0393(x) / (x - 2)", near(log_gamma, 2), 1.75, 3.0)

sinc = lambda s: m.sin(m.pi * m.sqrt(s)) / (m.pi * m.sqrt(s))
curvature = lambda f, limit: (lambda s: (f(s) - 1) / s if s > m.mpf(10) ** -20 else limit)
fit("sincPi", "(sin(\u03c0x)/(\u03c0x) - 1) / x\u00b2 in x\u00b2", curvature(sinc, -m.pi**2 / 6), 0, 0.0625)
fit("cosPi", "(cos(\u03c0x) - 1) / x\u00b2 in x\u00b2", curvature(lambda s: m.cos(m.pi * m.sqrt(s)), -m.pi**2 / 2), 0, 0.0625)

root = m.findroot(m.digamma, 1.46)
head = m.mpf(float(root))
fit("digammaAtRoot", "\u03c8(x) / (x - root)",
    lambda x: m.digamma(x) / (x - root) if abs(x - root) > m.mpf(10) ** -30 else m.polygamma(1, root), 1.0, 2.0)
fit("digammaAboveTwo", "\u03c8(x)", m.digamma, 2.0, 3.0)
print(f"/** The positive zero of \u03c8, as a sum. */")
print(f"export const digammaRoot = [{float(head)!r}, {float(root - head)!r}] as const;")
