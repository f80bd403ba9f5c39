import { type Fault, fault, type Note } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import { formatBytes, limitFlags } from "../limits.js";
import { formatShape, sizeOf } from "../tensor.js";
import { viewing } from "./liveness.js";

export const bytesPerElement = 8;

/** How many of the largest values a refusal names. */
const named = 3;

/** What has no room, with the largest values of the nodes that are planned: that is where to save. */
export function memoryFault(
  bytes: number,
  limit: number,
  nodes: readonly OperatorNode[],
  results: readonly OperatorNode[],
): Fault {
  // A view takes nothing, unless it is asked for: then it is written out.
  const written = new Set(results);
  const bySize = nodes
    .filter((node) => (!viewing.has(node.op.name) || written.has(node)) && sizeOf(node.shape) > 1)
    .toSorted((a, b) => sizeOf(b.shape) - sizeOf(a.shape));
  const notes = bySize.flatMap((node): Note[] => {
    const { op, shape, span } = node;
    const name = op.name === "input" ? `the input \`${node.attributes.name}\`` : `\`${op.name}\``;
    const message = `${name}, ${formatShape(shape)}, takes ${formatBytes(bytesPerElement * sizeOf(shape))}`;
    return span === undefined ? [] : [{ message, span }];
  });
  return fault(
    "memory-limit",
    { bytes: formatBytes(bytes), limit: formatBytes(limit), flag: limitFlags.memory },
    notes[0]?.span,
    notes.slice(0, named),
  );
}
