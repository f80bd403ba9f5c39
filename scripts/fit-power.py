"""Prints src/engine/kernels/power-tables.ts: powers of two and logarithms as sums of two doubles. Run with
`python3 scripts/fit-power.py > src/engine/kernels/power-tables.ts` and format (needs mpmath)."""

import mpmath as m

m.mp.dps = 60
LN2 = m.log(2)


def parts(x):
    """x as a sum of two doubles."""
    head = float(x)
    return head, float(x - head)


def rounded(x, bits):
    """x to a whole multiple of 2^-bits."""
    return float(m.nint(x * m.mpf(2) ** bits) / m.mpf(2) ** bits)


def show(name, doc, values):
    print(f"/** {doc} */")
    print(f"export const {name} = new Float64Array([{', '.join(repr(v) for v in values)}]);\n")


print("// biome-ignore-all lint/suspicious/noApproximativeNumericConstant: the square root of 2 is one number of a table")
print("// Written by scripts/fit-power.py; what each is used for stands in power.ts.\n")

show("exponentialTable", "2^(j/64) as a sum, for j = 0 … 63: heads and rests by turns.",
     [v for j in range(64) for v in parts(m.mpf(2) ** (m.mpf(j) / 64))])

# Each interval begins where the mantissa's bits are those of the square root of a half plus i/64 of a binade.
OFFSET = 0x3FE6A09E


def at(bits):
    """The double whose upper word is this and whose lower word is 0."""
    exponent = (bits >> 20) - 1023
    return (1 + m.mpf(bits & 0xFFFFF) / 2**20) * m.mpf(2) ** exponent


table = []
worst = 0
for i in range(64):
    low, high = at(OFFSET + (i << 14)), at(OFFSET + ((i + 1) << 14))
    inverse = 1.0 if low <= 1 < high else rounded(2 / (low + high), 9)
    head = rounded(-m.log(inverse), 42)
    table += [inverse, head, float(-m.log(inverse) - head)]
    worst = max(worst, abs(low * inverse - 1), abs(high * inverse - 1))
show("logarithmTable",
     "For each interval of mantissas: an inverse c with 9 bits behind the point (the product with the mantissa is within "
     f"{float(worst):.4f} of 1), and\n * -log c as a sum, the head with 42 bits behind the point.",
     table)
head = rounded(LN2, 42)
print(f"/** log 2 as a sum, the head with 42 bits behind the point. */")
print(f"export const logTwo = [{head!r}, {float(LN2 - head)!r}] as const;\n")
head = rounded(LN2 / 64, 42)
print(f"/** log 2 / 64, likewise. */")
print(f"export const logTwoPart = [{head!r}, {float(LN2 / 64 - head)!r}] as const;")
