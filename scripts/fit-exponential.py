"""Prints src/engine/kernels/elementwise/exponential-tables.ts: powers of two, logarithms, and short polynomials for what
is between them. Run with `python3 scripts/fit-exponential.py > src/engine/kernels/elementwise/exponential-tables.ts` and
format (needs mpmath)."""

import mpmath as m

m.mp.dps = 60
LN2 = m.log(2)
PARTS = 64


def parts(x):
    """x as a sum of two doubles."""
    head = float(x)
    return head, float(x - head)


def rounded(x, bits):
    """x to a whole multiple of 2^-bits."""
    return float(m.nint(x * m.mpf(2) ** bits) / m.mpf(2) ** bits)


def show(name, doc, values):
    print(f"/** {doc} */")
    print(f"export const {name} = table([{', '.join(repr(v) for v in values)}]);\n")


def constant(name, doc, value):
    print(f"/** {doc} */")
    print(f"export const {name}: f64 = {value!r};\n")


print("""// biome-ignore-all lint/suspicious/noApproximativeNumericConstant: the square root of 2 is one number of a table
// Written by scripts/fit-exponential.py; what each is used for stands in exponential-parts.ts and logarithm-parts.ts.
import { table } from "../portable/lane.js";
""")

powers = [m.mpf(2) ** (m.mpf(j) / PARTS) for j in range(PARTS)]
show("exponentialHeads", "2^(j/64) for j = 0 … 63.", [float(p) for p in powers])
show("exponentialRests", "What these leave out, relative to them.", [float(p / float(p) - 1) for p in powers])

constant("partsOfLogTwo", "64 / log 2.", float(PARTS / LN2))
head = rounded(LN2 / PARTS, 42)
constant("logTwoPart", "log 2 / 64 with 42 bits behind the point, so that its products with whole numbers below 2^17 are exact.", head)
constant("logTwoPartRest", "What it leaves out.", float(LN2 / PARTS - head))

# The intervals of mantissas begin where the bits are those of the square root of a half plus i/128 of a binade.
FIRST = 0x3FE6A09E


def at(word):
    """The double whose upper word is this and whose lower word is 0."""
    return (1 + m.mpf(word & 0xFFFFF) / 2**20) * m.mpf(2) ** ((word >> 20) - 1023)


inverses, heads, rests = [], [], []
worst = 0
for i in range(128):
    low, high = at(FIRST + (i << 13)), at(FIRST + ((i + 1) << 13))
    inverse = 1.0 if low <= 1 < high else rounded(2 / (low + high), 13)
    head = rounded(-m.log(inverse), 42)
    inverses.append(inverse)
    heads.append(head)
    rests.append(float(-m.log(inverse) - head))
    worst = max(worst, abs(low * inverse - 1), abs(high * inverse - 1))
show("inverses", f"For each of the intervals of mantissas an inverse c with 13 bits behind the point: c·z is within {float(worst):.5f} of 1.",
     inverses)
show("logarithmHeads", "−log c with 42 bits behind the point.", heads)
show("logarithmRests", "What these leave out.", rests)
head = rounded(LN2, 42)
constant("logTwo", "log 2 with 42 bits behind the point.", head)
constant("logTwoRest", "What it leaves out.", float(LN2 - head))
TENTH = LN2 / m.log(10)
head = rounded(TENTH, 42)
constant("logTenOfTwo", "log₁₀ 2 with 42 bits behind the point.", head)
constant("logTenOfTwoRest", "What it leaves out.", float(TENTH - head))
for name, value, doc in [("logTwoOfE", 1 / LN2, "log₂ e"), ("logTenOfE", 1 / m.log(10), "log₁₀ e")]:
    head = rounded(value, 24)
    constant(name, f"{doc} with 24 bits behind the point.", head)
    constant(f"{name}Rest", "What it leaves out.", float(value - head))

limit = 0.0041
degree = 5
fit = m.chebyfit(lambda r: (m.log1p(r) - r) / r**2 if abs(r) > m.mpf(10) ** -12 else -m.mpf(1) / 2 + r / 3, [-limit, limit], degree + 1)
for k, c in enumerate(reversed(fit)):
    constant(f"logarithmFit{k}", f"Of (log(1 + r) − r) / r² for |r| ≤ {limit}, the coefficient of r^{k}.", float(c))

fit = m.chebyfit(lambda t: (t + m.mpf("0.35")) ** (-m.mpf(1) / 3), [0, 2.5], 6)
for k, c in enumerate(reversed(fit)):
    constant(f"inverseRootFit{k}", f"Of z^(−1/3) from 0.35 to 2.85, the coefficient of (z − 0.35)^{k}.", float(c))
