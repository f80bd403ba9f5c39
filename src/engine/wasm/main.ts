export { strip, walk } from "./dispatch";
/** The first address that is free: what the compiler has placed ends here. */
export const heapBase: usize = __heap_base;
