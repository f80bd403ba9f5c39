/**
 * The instruction set. A plan is one sequence of 32-bit integers over one arena of float64 values; offsets and strides
 * count elements. The elementwise kernels have opcodes of their own, for single elements and for contiguous ones:
 *
 *   scalarBase + kernel        dst src₁ …        one element each
 *   contiguousBase + kernel    n dst src₁ …      n elements each, one after another
 *   combined                   dst x y z         one element each: x·y + z, x·y − z or z − x·y, rounded twice
 *
 * Every other instruction begins with its opcode and the index of a kernel:
 *
 *   opcode kernel nest inner…
 *
 * A nest is the loops around an inner kernel:
 *
 *   rank  size₁ … size_rank  (offset  stride₁ … stride_rank) for the destination and each source
 *
 *   map N       inner: n, the destination's and each source's stride  an elementwise kernel along a strip
 *   copy        inner: n, two strides
 *   reduce      inner: n, the source's stride                         n elements to one
 *   axis        inner: n, two strides                                 n elements to n (softmax)
 *   matmul      inner: m, k, n, row and column stride of both sources, how many matrices there are and the strides from
 *               one to the next of all three; the rows of those of the destination are contiguous
 *   iota        inner: n                                              0, 1, …, n − 1
 *   linalg N    inner: m, n, p, offset of work space                  a kernel of kernels/linalg.ts on contiguous matrices
 *   gather      inner: n, two strides, offset and stride of indices,
 *               width, two strides of it                          n rows of elements of the source by index
 *   scatter     inner: as gather                                  n rows of elements added to the destination by index
 *   recurrence  inner: n, three strides                               hᵢ = aᵢ·hᵢ₋₁ + cᵢ
 *   random      inner: n, low and high word of the seed               n random numbers
 *   pair        inner: n; two destinations, no loops around           two elementwise kernels on contiguous elements
 *
 *   loop        opcode 0 steps reverse base size count made  condition conditionEnd bodyEnd end  reads stacks …
 *
 * A loop runs the instructions that follow it, `end` words, in the part of the arena that begins at `base`: as often as
 * `steps` says, or the number at offset `count` (−1: none), while the number at `condition` in its part (−1: none) is not 0
 * after the first `conditionEnd` words of a step. Words from `bodyEnd` on follow when what a step stacks has been
 * copied out. `reads` triples (sequence, slot, size) say what is copied in before a step, `stacks` triples
 * (result, stack, size) what is copied out. The number of steps made goes to offset `made` (−1: nowhere).
 *
 *   strips      words rows columns height width order buffers direct splats walked instructions reductions partials share  lists…
 *
 * Strips run a chain of elementwise kernels over a space of `rows` × `columns`, a part of `height` × `width` elements at
 * a time, so that what lies between the kernels stays in the cache. Operands are numbered: `direct` ones lie in the arena
 * in row-major order; `splats` are one number; `walked` ones are views of any strides that are copied strip by strip; the
 * rest are results that nothing but the chain reads. All but the first have a strip of room each from `buffers` on. The
 * lists: an offset for each direct operand and each splat; rank, sizes, offset and strides for each walked one; kernel,
 * destination and three sources for each instruction; and for each reduction what it runs along (0: columns, 1: rows, 2:
 * both), its kernel, the kernel that joins two of its results, source, destination, and room behind the buffers. Strips are
 * taken row by row, or (`order` 1) stretch by stretch of columns. Threads take `share` units at a time, and put what these
 * give to `partials`.
 *
 * A kernel of `linalg` may fail: it returns a number, which the interpreter hands back with the instruction's place.
 * Nothing else is in a plan: no closures, no objects, no names; so any interpreter of integers can run it.
 */
export const opcode = {
  map1: 0,
  map2: 1,
  map3: 2,
  copy: 3,
  reduce: 4,
  axis: 5,
  matmul: 6,
  iota: 7,
  linalg1: 8,
  linalg2: 9,
  gather: 10,
  scatter: 11,
  recurrence: 12,
  random: 13,
  loop: 14,
  strips: 15,
  pair: 16,
} as const;

/** Opcodes of single elements: this, plus the number of the kernel. */
export const scalarBase = 64;
/** Opcodes of two operations on single elements; they stand behind those of one, which leave room for them. */
export const combined = { mulAdd: 189, mulSub: 190, subMul: 191 } as const;
/** The first of them. */
export const combinedBase = combined.mulAdd;
/** Opcodes of contiguous elements: this, plus the number of the kernel. */
export const contiguousBase = 192;

export type Opcode = (typeof opcode)[keyof typeof opcode];

/** Elements of a strip: few enough that a dozen of them stay in the first cache. */
export const stripLength = 256;

/** A growing sequence of instructions. */
export class InstructionBuffer {
  #code = new Int32Array(1 << 10);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(...words: readonly number[]): void {
    if (this.#length + words.length > this.#code.length) {
      const larger = new Int32Array(Math.max(this.#code.length * 2, this.#length + words.length));
      larger.set(this.#code);
      this.#code = larger;
    }
    for (const word of words) this.#code[this.#length++] = word;
  }

  append(words: Int32Array): void {
    if (this.#length + words.length > this.#code.length) {
      const larger = new Int32Array(Math.max(this.#code.length * 2, this.#length + words.length));
      larger.set(this.#code);
      this.#code = larger;
    }
    this.#code.set(words, this.#length);
    this.#length += words.length;
  }

  finish(): Int32Array {
    return this.#code.slice(0, this.#length);
  }
}
