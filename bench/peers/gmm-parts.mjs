// What the Gaussian mixtures of peers in JavaScript share: the parts that do not depend on parameters.

/** log Γ at a positive multiple of 1/2, by Γ(a + 1) = a Γ(a). */
const logGamma = (a) => {
  if (a === 0.5) return Math.log(Math.PI) / 2;
  return a === 1 ? 0 : Math.log(a - 1) + logGamma(a - 1);
};

/** Matrices of zeros and ones that put a row of l, or of exp(q), to its places in a triangle of d × d elements. */
export function placement(d) {
  const lower = Array.from({ length: (d * (d - 1)) / 2 }, () => new Array(d * d).fill(0));
  const diagonal = Array.from({ length: d }, () => new Array(d * d).fill(0));
  let place = 0;
  for (let column = 0; column < d; column++) {
    diagonal[column][column * d + column] = 1;
    for (let row = column + 1; row < d; row++) lower[place++][row * d + column] = 1;
  }
  return { lower, diagonal };
}

/** What is added to the likelihood whatever the parameters are. */
export function constant(n, k, d, gamma, m) {
  const nu = d + m + 1;
  let C = nu * d * (Math.log(gamma) - Math.log(2) / 2) - ((d * (d - 1)) / 4) * Math.log(Math.PI);
  for (let j = 0; j < d; j++) C -= logGamma((nu - j) / 2);
  return (-n * d * Math.log(2 * Math.PI)) / 2 - k * C;
}
