import type {
  Elasticities,
  RoundingBound,
  RoundingSource,
  Sensitivity,
  Uncertainty,
} from "../sensitivity-results.js";
import { scalar, type Tensor } from "../tensor.js";
import { type NonFinitePolicy, tensorParts } from "./json-elements.js";
import { inChunks, type Member, objectParts } from "./json-writer.js";

type Policy = Exclude<NonFinitePolicy, "error">;

/**
 * The results as one line of JSON, in chunks. What is not defined is null:
 * `{"elasticities":{"y":{"value":…,"inputs":{"x":{"value":…,"gradient":…,"elasticity":…}}}},
 * "uncertainties":{"y":{"value":…,"sigma":…,"relative":…,"inputs":{"x":{"value":…,"sigma":…,"share":…}}}},
 * "covariance":{"outputs":["y"],"matrix":[[…]]},
 * "rounding":{"y":{"value":…,"bound":…,"relative":…,"sources":[…]}}}`.
 */
export function writeSensitivity(result: Sensitivity, policy: Policy): Generator<string> {
  const { elasticities, propagation, rounding } = result;
  const members: Member[] = [];
  if (elasticities !== undefined)
    members.push(["elasticities", objectParts(elasticities.map((one) => elasticityMember(one, policy)))]);
  if (propagation !== undefined) {
    const { uncertainties, covariance } = propagation;
    const names = uncertainties.map(({ output }) => output);
    members.push(
      ["uncertainties", objectParts(uncertainties.map((one) => uncertaintyMember(one, policy)))],
      [
        "covariance",
        objectParts([
          ["outputs", [JSON.stringify(names)]],
          ["matrix", tensorParts(covariance, policy)],
        ]),
      ],
    );
  }
  if (rounding !== undefined)
    members.push(["rounding", objectParts(rounding.map((one) => roundingMember(one, policy)))]);
  return inChunks(
    (function* () {
      yield* objectParts(members);
      yield "\n";
    })(),
  );
}

const number = (value: number | undefined, policy: Policy): Iterable<string> =>
  value === undefined ? ["null"] : tensorParts(scalar(value), policy);

const tensor = (value: Tensor | undefined, policy: Policy): Iterable<string> =>
  value === undefined ? ["null"] : tensorParts(value, policy);

/** Of 0, nothing is a share. */
const relativeTo = (value: number, size: number) => (value === 0 ? undefined : size / Math.abs(value));

const elasticityMember = ({ output, value, inputs }: Elasticities, policy: Policy): Member => [
  output,
  objectParts([
    ["value", number(value, policy)],
    [
      "inputs",
      objectParts(
        inputs.map(
          ({ name, value: own, gradient, elasticity }): Member => [
            name,
            objectParts([
              ["value", tensor(own, policy)],
              ["gradient", tensor(gradient, policy)],
              ["elasticity", tensor(elasticity, policy)],
            ]),
          ],
        ),
      ),
    ],
  ]),
];

const uncertaintyMember = ({ output, value, sigma, inputs }: Uncertainty, policy: Policy): Member => [
  output,
  objectParts([
    ["value", number(value, policy)],
    ["sigma", number(sigma, policy)],
    ["relative", number(relativeTo(value, sigma), policy)],
    [
      "inputs",
      objectParts(
        inputs.map(
          ({ name, value: own, sigma: off, share }): Member => [
            name,
            objectParts([
              ["value", tensor(own, policy)],
              ["sigma", tensor(off, policy)],
              ["share", tensor(share, policy)],
            ]),
          ],
        ),
      ),
    ],
  ]),
];

const roundingMember = ({ output, value, bound, sources, rest }: RoundingBound, policy: Policy): Member => [
  output,
  objectParts([
    ["value", number(value, policy)],
    ["bound", number(bound, policy)],
    ["relative", number(relativeTo(value, bound), policy)],
    ["sources", list(sources.map((source) => objectParts(sourceMembers(source, policy))))],
    [
      "rest",
      objectParts([
        ["count", [String(rest.count)]],
        ["bound", number(rest.bound, policy)],
      ]),
    ],
  ]),
];

const sourceMembers = ({ op, text, place, bound }: RoundingSource, policy: Policy): Member[] => [
  ["op", [JSON.stringify(op)]],
  ["text", [JSON.stringify(text ?? null)]],
  ["file", [JSON.stringify(place?.file ?? null)]],
  ["line", [JSON.stringify(place?.line ?? null)]],
  ["bound", number(bound, policy)],
];

function* list(items: readonly Iterable<string>[]): Generator<string> {
  yield "[";
  for (const [i, item] of items.entries()) {
    if (i > 0) yield ",";
    yield* item;
  }
  yield "]";
}
