import { fault, type Span } from "../diagnostics.js";
import { type Limits, limitFlags } from "../limits.js";
import type { Attribute, Attributes, Operator, OperatorNode } from "./node.js";

const noAttributes: Attributes = Object.freeze({});

/** Constants up to this size are compared by value, larger ones only by identity: hashing them costs more than it saves. */
const largestComparedConstant = 64;

/**
 * The only maker of nodes. It checks shapes through the operator and shares equal nodes (hash-consing):
 * the same operator, inputs and attributes give the same node.
 */
export class Builder {
  /** The place in the source that the nodes made from now on come from; derivative nodes inherit their primal's. */
  span: Span | undefined = undefined;

  readonly #limit: number;
  readonly #nodes: OperatorNode[] = [];
  /** The hash of each node: growing the table need not compute it again, and few nodes are looked at that are not equal. */
  #hashes = new Int32Array(1 << 9);
  /** Open addressing over node ids (stored plus one; 0 is free). */
  #table = new Int32Array(1 << 10);
  readonly #operatorNumbers = new Map<Operator, number>();
  readonly #attributes = new Map<string, Interned>();
  #attributeCount = 0;

  constructor(limits: Pick<Limits, "nodes">) {
    this.#limit = limits.nodes;
  }

  get size(): number {
    return this.#nodes.length;
  }

  /** How many more nodes the graph may have. */
  get room(): number {
    return this.#limit - this.#nodes.length;
  }

  /** The node with this id. */
  at(id: number): OperatorNode {
    return this.#nodes[id]!;
  }

  /** Throws a `Fault` where the shapes do not fit or the graph is full. */
  node(op: Operator, inputs: readonly OperatorNode[], given: Attributes = noAttributes): OperatorNode {
    const { number, attributes } = this.#intern(given);
    let hash = mix(this.#operatorNumber(op), number);
    for (const input of inputs) hash = mix(hash, input.id);

    const mask = this.#table.length - 1;
    let slot = hash & mask;
    for (;;) {
      const stored = this.#table[slot]!;
      if (stored === 0) break;
      if (this.#hashes[stored - 1] === hash) {
        const node = this.#nodes[stored - 1]!;
        if (node.op === op && node.attributes === attributes && sameInputs(node.inputs, inputs)) return node;
      }
      slot = (slot + 1) & mask;
    }

    const shape = op.shape(inputs, attributes, this.span);
    const id = this.#nodes.length;
    if (id >= this.#limit) {
      throw fault(
        "limit",
        { what: "the graph has too many nodes", limit: `${this.#limit}`, flag: limitFlags.nodes },
        this.span,
      );
    }
    const node: OperatorNode = { id, op, inputs, attributes, shape, span: this.span };
    this.#nodes.push(node);
    if (id === this.#hashes.length) this.#grow();
    this.#place(id, hash);
    return node;
  }

  #intern(attributes: Attributes): Interned {
    if (attributes === noAttributes) return internedNone;
    const key = attributesKey(attributes);
    const known = key === undefined ? undefined : this.#attributes.get(key);
    if (known !== undefined) return known;
    this.#attributeCount += 1;
    const interned = { number: this.#attributeCount, attributes: Object.freeze(attributes) };
    if (key !== undefined) this.#attributes.set(key, interned);
    return interned;
  }

  #operatorNumber(op: Operator): number {
    let number = this.#operatorNumbers.get(op);
    if (number === undefined) {
      number = this.#operatorNumbers.size + 1;
      this.#operatorNumbers.set(op, number);
    }
    return number;
  }

  /** Doubles the room for nodes; the table keeps twice as many slots, so it is never more than half full. */
  #grow(): void {
    const known = this.#hashes;
    this.#hashes = new Int32Array(known.length * 2);
    this.#hashes.set(known);
    this.#table = new Int32Array(known.length * 4);
    for (let id = 0; id < known.length; id++) this.#place(id, known[id]!);
  }

  #place(id: number, hash: number): void {
    const mask = this.#table.length - 1;
    let slot = hash & mask;
    while (this.#table[slot] !== 0) slot = (slot + 1) & mask;
    this.#table[slot] = id + 1;
    this.#hashes[id] = hash;
  }
}

interface Interned {
  readonly number: number;
  readonly attributes: Attributes;
}

const internedNone: Interned = { number: 0, attributes: noAttributes };

function sameInputs(a: readonly OperatorNode[], b: readonly OperatorNode[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function mix(hash: number, value: number): number {
  let h = Math.imul(hash ^ value, 0x9e3779b1);
  h ^= h >>> 15;
  return Math.imul(h, 0x85ebca6b) ^ (h >>> 13);
}

function attributesKey(attributes: Attributes): string | undefined {
  let key = "";
  for (const name of Object.keys(attributes)) {
    const text = attributeKey(attributes[name]!);
    if (text === undefined) return undefined;
    key += `${name}=${text};`;
  }
  return key;
}

function attributeKey(attribute: Attribute): string | undefined {
  if (typeof attribute === "number") return numberKey(attribute);
  if (typeof attribute === "string") return JSON.stringify(attribute);
  if (typeof attribute === "boolean") return String(attribute);
  if ("data" in attribute) {
    if (attribute.data.length > largestComparedConstant) return undefined;
    return `[${attribute.shape.join(",")}]${Array.from(attribute.data, numberKey).join(",")}`;
  }
  return attribute.join(",");
}

const numberKey = (value: number) => (Object.is(value, -0) ? "-0" : String(value));
