import { type Identity, identity, vectorOf } from "../identity.js";

/** For each number from 0 to below `size` its place in the list; `undefined` unless each has one. */
function inverseOf(order: Float64Array, size: number): Float64Array | undefined {
  if (order.length !== size) return undefined;
  const places = new Float64Array(size).fill(-1);
  for (const [place, index] of order.entries()) places[index] = place;
  return places.includes(-1) ? undefined : places;
}

export const indexingIdentities: readonly Identity[] = [
  identity(
    "scatter_add(x, a permutation) = gather(x, its inverse)",
    "scatter_add",
    (b, [x, index], { attributes }) => {
      const order = vectorOf(index!);
      const inverse = order && inverseOf(order, attributes.size as number);
      if (inverse === undefined) return undefined;
      const data = b.constant({ shape: [inverse.length], data: inverse });
      return b.apply("gather", [x!, data], { axis: attributes.axis! });
    },
    (b, x) => {
      const index = b.constant({ shape: [3], data: Float64Array.of(2, 0, 1) });
      return b.apply("scatter_add", [x, index], { axis: -1, size: 3 });
    },
    {
      shapes: [
        [
          [2, 3],
          [2, 3],
        ],
      ],
      difference: { ulps: 0, structuralZeros: true, because: "a −0 stays one, which was added to a 0" },
    },
  ),
];
