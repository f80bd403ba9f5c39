"""Prints src/engine/kernels/elementwise/trigonometric-tables.ts: sines, short polynomials for what is between them, and π
in parts. Run with `python3 scripts/fit-trigonometric.py > src/engine/kernels/elementwise/trigonometric-tables.ts` and
format (needs mpmath)."""

import mpmath as m

m.mp.dps = 420
PARTS = 64


def rounded(x, bits):
    """x to a whole multiple of 2^-bits."""
    return float(m.nint(x * m.mpf(2) ** bits) / m.mpf(2) ** bits)


def show(name, doc, values, make="table"):
    print(f"/** {doc} */")
    print(f"export const {name} = {make}([{', '.join(repr(v) for v in values)}]);\n")


def constant(name, doc, value):
    print(f"/** {doc} */")
    print(f"export const {name}: f64 = {value!r};\n")


def fit(name, doc, f, limit, degree):
    """A polynomial in q from 0 to the limit, each coefficient under a name of its own."""
    m.mp.dps = 50
    coefficients = m.chebyfit(f, [0, limit], degree + 1)
    for k, c in enumerate(reversed(coefficients)):
        constant(f"{name}{k}", f"{doc}, the coefficient of q^{k}.", float(c))


print("""// biome-ignore-all lint/suspicious/noApproximativeNumericConstant: parts of tables
// Written by scripts/fit-trigonometric.py; what each is used for stands in trigonometric-parts.ts.
import { table } from "../portable/lane.js";
import { numbers } from "../portable/number.js";
""")

part = m.pi / PARTS
constant("partsOfPi", "64 / π.", float(1 / part))
first = rounded(part, 40)
second = rounded(part - first, 76)
constant("piPart", "π / 64 with 40 bits behind the point, so that its products with whole numbers below 2^17 are exact.", first)
constant("piPartRest", "Of what it leaves out the next 36 bits.", second)
constant("piPartLast", "What is left out by both.", float(part - first - second))

sines = [m.mpf(0) if n % PARTS == 0 else m.sin(n * part) for n in range(2 * PARTS)]
show("sineHeads", "sin(πn/64) for n = 0 … 127.", [float(s) for s in sines])
show("sineRests", "What these leave out.", [float(s - float(s)) for s in sines])

constant("halfPi", "π / 2.", float(m.pi / 2))
constant("halfPiRest", "What it leaves out.", float(m.pi / 2 - float(m.pi / 2)))
DIGITS = 50
whole = int(m.floor(2 / m.pi * m.mpf(2) ** (24 * DIGITS)))
digits = [float((whole >> (24 * (DIGITS - 1 - j))) & 0xFFFFFF) for j in range(DIGITS)]
show("twoOverPi", "2 / π in digits to the base 2^24: the digits behind the point, after three zeros.", [0.0] * 3 + digits, "numbers")

limit = (part / 2 * m.mpf("1.001")) ** 2
sine = lambda q: (m.sin(m.sqrt(q)) / m.sqrt(q) - 1) / q if q > 1e-20 else -m.mpf(1) / 6
cosine = lambda q: (m.cos(m.sqrt(q)) - 1) / q if q > 1e-20 else -m.mpf(1) / 2
fit("sineFit", "Of (sin r / r − 1) / r² in q = r² for |r| ≤ π/128", sine, limit, 2)
fit("cosineFit", "Of (cos r − 1) / r², likewise", cosine, limit, 2)

# The arctangent: 8 intervals to the binade from 2^-6 to 32, of which the first has 0 in its place, and all from 32 on.
m.mp.dps = 60
centres = [m.mpf(0)] + [(1 + (m.mpf(j % 8) + m.mpf(1) / 2) / 8) * m.mpf(2) ** (j // 8 - 6) for j in range(1, 88)]
arctangents = [m.atan(c) for c in centres] + [m.pi / 2]
show("arctanCentres", "The middle c of each of the intervals of the arctangent: 5 bits; 0 for the first, which all smaller numbers belong to.",
     [float(c) for c in centres] + [0.0])
show("arctanHeads", "arctan c, and π/2 for all from 32 on.", [float(t) for t in arctangents])
show("arctanRests", "What these leave out.", [float(t - float(t)) for t in arctangents])
limit = m.mpf("0.0335") ** 2
fit("arctanFit", "Of (arctan r / r − 1) / r² in q = r² for |r| ≤ 0.0335",
    lambda q: (m.atan(m.sqrt(q)) / m.sqrt(q) - 1) / q if q > 1e-20 else -m.mpf(1) / 3, limit, 3)
fit("arcsinFit", "Of (arcsin s / s − 1) / s² in q = s² for |s| ≤ 1/2",
    lambda q: (m.asin(m.sqrt(q)) / m.sqrt(q) - 1) / q if q > 1e-20 else m.mpf(1) / 6, m.mpf("0.25"), 12)
constant("pi", "π.", float(m.pi))
constant("piRest", "What it leaves out.", float(m.pi - float(m.pi)))
