/** A script of `count` definitions in one chain, with one output; each definition makes two to three operations. */
export function chainScript(count) {
  const lines = ["x0 = 0.5", "p = 1.25"];
  for (let i = 1; i <= count; i++) {
    const previous = `x${i - 1}`;
    lines.push(
      i % 3 === 0
        ? `x${i} = sin(${previous}) * p + 0.25`
        : i % 3 === 1
          ? `x${i} = ${previous} / (1 + ${previous}^2)`
          : `x${i} = tanh(${previous} - p) + x${Math.max(0, i - 2)}`,
    );
  }
  return `${lines.join("\n")}\n`;
}
