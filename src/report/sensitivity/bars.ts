/** Parts of a character, by eighths, from the left. */
const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

/** What all bars of a chart share. */
export interface Scale {
  /** The longest bar. */
  readonly largest: number;
  readonly hasNegative: boolean;
}

export function scaleOf(sizes: readonly (number | undefined)[]): Scale {
  const known = sizes.filter((size) => size !== undefined);
  return {
    largest: known.reduce((most, size) => Math.max(most, Math.abs(size)), 0),
    hasNegative: known.some((size) => size < 0),
  };
}

/** A bar in so many columns; where some are negative, these go to the left from the middle. */
export function bar(size: number | undefined, { largest, hasNegative }: Scale, width: number): string {
  if (size === undefined || largest === 0) return "";
  if (!hasNegative) return toTheRight(size / largest, width);
  const side = Math.floor((width - 1) / 2);
  const length = Math.abs(size) / largest;
  if (size >= 0) return `${" ".repeat(side)}│${toTheRight(length, side)}`;
  const halves = Math.round(length * side * 2);
  const text = `${halves % 2 === 1 ? "▐" : ""}${"█".repeat(Math.floor(halves / 2))}`;
  return `${text.padStart(side)}│`;
}

function toTheRight(length: number, width: number): string {
  const parts = Math.round(length * width * 8);
  return "█".repeat(Math.floor(parts / 8)) + eighths[parts % 8]!;
}
