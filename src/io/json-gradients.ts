import type { Fault } from "../diagnostics.js";
import type { Coordinates } from "../results.js";
import type { Tensor } from "../tensor.js";
import { expectEnd, isObjectNext, type JsonMember, readObject, skipValue } from "./json-objects.js";
import { readTensor } from "./json-tensor.js";
import { JsonText, startOfText } from "./json-text.js";

/** A value or a derivative that a text states, and where. */
export interface Stated {
  readonly tensor: Tensor;
  /** Of a sparse derivative: `tensor` has the elements that stand here. */
  readonly coordinates?: Coordinates;
  readonly place: JsonMember;
}

/** What a text states of one output's derivatives. */
export interface StatedOutput {
  readonly place: JsonMember;
  readonly byInput: ReadonlyMap<string, Stated>;
}

export interface StatedResults {
  readonly text: JsonText;
  /** The values at which it holds, where it tells of them. */
  readonly inputs: ReadonlyMap<string, Tensor> | undefined;
  readonly outputs: ReadonlyMap<string, Stated>;
  readonly gradients: ReadonlyMap<string, StatedOutput>;
}

/** What else `eval --json` prints. */
const skipped: ReadonlySet<string> = new Set(["hessians", "hessian_sparsity", "nodes", "profile"]);

const shapeHint = 'write it as `{"gradients": {"w": {"x": …}}}`';

/**
 * Reads results as `eval --json` prints them: `{"outputs":{"w":…},"gradients":{"w":{"x":…}}}`, where a derivative may be
 * sparse; with `"inputs":{"x":…}` it tells of the point, too. Other members are refused, since a misspelt one would be
 * compared with nothing.
 *
 * @throws Fault with the place and the path, such as `gradients.w.x[1]`
 */
export function readResults(bytes: Uint8Array, sourceName: string): StatedResults {
  const text = new JsonText(bytes, sourceName, "gradients");
  text.pos = startOfText(bytes);
  let inputs: Map<string, Tensor> | undefined;
  const outputs = new Map<string, Stated>();
  const gradients = new Map<string, StatedOutput>();
  const sections: Readonly<Record<string, (member: JsonMember) => void>> = {
    inputs: () => {
      const values = new Map<string, Tensor>();
      readObject(text, "inputs", ({ name, path }) => values.set(name, readTensor(text, path)));
      inputs = values;
    },
    outputs: () =>
      readObject(text, "outputs", (place) =>
        outputs.set(place.name, { tensor: readTensor(text, place.path), place }),
      ),
    gradients: () =>
      readObject(
        text,
        "gradients",
        (place) => {
          const byInput = new Map<string, Stated>();
          readObject(text, place.path, (own) => byInput.set(own.name, readDerivative(text, own)), shapeHint);
          gradients.set(place.name, { place, byInput });
        },
        shapeHint,
      ),
  };
  readObject(
    text,
    "",
    (member) => {
      const { name, path, start, end } = member;
      if (Object.hasOwn(sections, name)) sections[name]!(member);
      else if (skipped.has(name)) skipValue(text, path);
      else throw text.fail("claim-member", { path }, start, end);
    },
    shapeHint,
  );
  expectEnd(text, "object");
  return { text, inputs, outputs, gradients };
}

function readDerivative(text: JsonText, place: JsonMember): Stated {
  if (!isObjectNext(text)) return { tensor: readTensor(text, place.path), place };
  const parts = new Map<string, Stated>();
  readObject(text, place.path, (own) => {
    if (!["shape", "rows", "cols", "values"].includes(own.name))
      throw text.fail("claim-sparse", { path: own.path, reason: "is no part of it" }, own.start, own.end);
    const tensor = readTensor(text, own.path);
    if (tensor.shape.length !== 1) throw sparse(text, own, "is no list of numbers");
    parts.set(own.name, { tensor, place: own });
  });
  const part = (name: string): Stated => {
    const found = parts.get(name);
    if (found === undefined) throw sparse(text, place, `has no member \`${name}\``);
    return found;
  };
  const shape = part("shape").tensor.data;
  if (shape.length !== 2) throw sparse(text, part("shape").place, "is not that of a matrix");
  const { tensor } = part("values");
  const indices = (name: "rows" | "cols", size: number): Int32Array => {
    const own = part(name);
    const { data } = own.tensor;
    if (data.length !== tensor.data.length)
      throw sparse(text, own.place, `has ${data.length} numbers, where \`values\` has ${tensor.data.length}`);
    const bad = data.find((x) => !(Number.isInteger(x) && x >= 0 && x < size));
    if (bad !== undefined)
      throw sparse(text, own.place, `has ${bad}, where there are indices 0 to ${size - 1}`);
    return Int32Array.from(data);
  };
  const [rows, columns] = [shape[0]!, shape[1]!];
  const coordinates = {
    shape: [rows, columns] as const,
    rows: indices("rows", rows),
    cols: indices("cols", columns),
  };
  return { tensor, coordinates, place };
}

const sparse = (text: JsonText, { path, start, end }: JsonMember, reason: string): Fault =>
  text.fail("claim-sparse", { path, reason }, start, end);
