/** Parts of a character, by eighths, from the left. */
const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

/** The sizes of the longest bars of a chart to either side; 0 where there is none. */
export interface Scale {
  readonly positive: number;
  readonly negative: number;
}

export function scaleOf(sizes: readonly (number | undefined)[]): Scale {
  const known = sizes.filter((size) => size !== undefined);
  const longest = (sign: number) => known.reduce((most, size) => Math.max(most, sign * size), 0);
  return { positive: longest(1), negative: longest(-1) };
}

/** How much of a width the bars to the left get, and how long a bar of size 1 is. */
export function divided({ positive, negative }: Scale, width: number): { left: number; unit: number } {
  const all = positive + negative;
  return { left: all === 0 ? 0 : (width * negative) / all, unit: all === 0 ? 0 : width / all };
}

/** A bar in so many columns; where some are negative, these go to the left from a line. */
export function bar(size: number | undefined, scale: Scale, width: number): string {
  if (size === undefined || scale.positive + scale.negative === 0) return "";
  if (scale.negative === 0) return toTheRight(size * divided(scale, width).unit);
  const side = Math.ceil(divided(scale, width - 1).left);
  const room = width - 1 - side;
  const toTheLeft = side / scale.negative;
  const unit = scale.positive === 0 ? toTheLeft : Math.min(toTheLeft, room / scale.positive);
  if (size >= 0) return `${" ".repeat(side)}│${toTheRight(size * unit)}`;
  const halves = Math.round(-size * unit * 2);
  const text = `${halves % 2 === 1 ? "▐" : ""}${"█".repeat(Math.floor(halves / 2))}`;
  return `${text.padStart(side)}│`;
}

function toTheRight(length: number): string {
  const parts = Math.round(length * 8);
  return "█".repeat(Math.floor(parts / 8)) + eighths[parts % 8]!;
}
