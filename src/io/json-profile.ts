import type { Cost, Profile, SourceLine } from "../results.js";

/** A profile as JSON; every row also has its time as a whole and the share of all time. */
export function profileJson({ lines, ops, groups, ...facts }: Profile): string {
  const share = (milliseconds: number) => (facts.milliseconds === 0 ? 0 : milliseconds / facts.milliseconds);
  const cost = ({ forward, backward }: Cost) => {
    const milliseconds = forward + backward;
    return { milliseconds, share: share(milliseconds), forward, backward };
  };
  return JSON.stringify({
    ...facts,
    lines: lines.map(({ place, nodes, bytes, ...spent }) => {
      const { file, line, text } = place ?? { file: null, line: null, text: null };
      return { file, line, text, ...cost(spent), nodes, bytes };
    }),
    ops: ops.map(({ op, nodes, elements, ...spent }) => ({ op, ...cost(spent), nodes, elements })),
    groups: groups.map(({ milliseconds, places, ...what }) => ({
      milliseconds,
      share: share(milliseconds),
      lines: places.map(({ file, line }: SourceLine) => ({ file, line })),
      ...what,
    })),
  });
}
