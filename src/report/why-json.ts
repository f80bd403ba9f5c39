import { locate, type Span } from "../diagnostics.js";
import type { Cause, Element, Link, Why } from "../why-results.js";

/** Numbers that JSON has no words for are strings, as elsewhere. */
const number = (x: number): number | string => (Number.isFinite(x) ? x : String(x));

const place = (span: Span | undefined) => {
  if (span === undefined) return {};
  const { line, column } = locate(span.source, span.start);
  return { file: span.source.name, line, column, text: span.source.text.slice(span.start, span.end) };
};

const element = ({ index, shape, value }: Element) => ({ index, shape, value: number(value) });

const link = ({ is, label, op, span, loops, calls, ...rest }: Link) => ({
  is,
  name: label,
  op,
  ...element(rest),
  ...place(span),
  ...(loops.length === 0 ? {} : { loops }),
  ...(calls.length === 0 ? {} : { calls }),
});

const cause = ({ kind, reason, remedy, at, reads, sumGrad, elements, otherSteps, chain }: Cause) => ({
  kind,
  reason,
  ...(remedy === undefined ? {} : { help: remedy }),
  ...(at === undefined ? {} : { at: link(at) }),
  reads: reads.map(({ label, others, ...rest }) => ({
    name: label,
    ...element(rest),
    ...(others === undefined ? {} : { others }),
  })),
  ...(sumGrad === undefined ? {} : { sumGrad: element(sumGrad) }),
  ...(elements === undefined ? {} : { elements }),
  ...(otherSteps === undefined ? {} : { otherSteps }),
  chain: chain.map(link),
});

/** What `autograd why` has found, for programs. */
export function whyJson({ name, index, value, shape, count, causes, omitted }: Why): string {
  const found = { name, index, shape, value: number(value), count, causes: causes.map(cause), omitted };
  return `${JSON.stringify(found)}\n`;
}
